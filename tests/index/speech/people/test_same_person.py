"""One person under several spellings is one speaker; two who share a surname stay two."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.speech.people.same_person import SpeakerDirectory, same_person
from onrecord.index.text.english.names import gender_of, parse_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zelensky", "Volodymyr Zelenskyy"),
        ("President Zelensky", "Volodymyr Zelenskyy"),
        ("Vladimir Zelensky", "Volodymyr Zelenskyy"),
        ("Volodymyr Zelenskiy", "Vladimir Zelenskij"),
        ("Andrii Sybiha", "Andriy Sybiga"),
        ("Yuri Ushakov", "Yury Ushakov"),
        ("Oleksandr Syrskyi", "Alexander Syrsky"),
        ("Serhiy Kyslytsya", "Sergiy Kyslytsia"),
        ("Alexander Lukashenko", "Aleksandr Lukashenka"),
        ("Sergei Lavrov", "Foreign Minister Sergey Lavrov"),
        ("Muhammad bin Salman", "Mohammed bin Salman"),
        ("Bill Clinton", "William J. Clinton"),
        ("Von der Leyen", "Ursula von der Leyen"),
        ("Le Pen", "Marine Le Pen"),
        ("De Gaulle", "General Charles de Gaulle"),
        ("Assad", "Bashar al-Assad"),
        ("al-Assad", "Bashar Assad"),
        ("Gore", "Al Gore"),
        ("Jones", "Van Jones"),
        ("Donald Trump", "Donald J. Trump"),
        ("J. D. Vance", "JD Vance"),
        ("Xi Jinping", "Xi Jin-ping"),
        ("Kim Jong Un", "Kim Jong-un"),
        ("Rubio, Marco", "marco rubio"),
        ("Mrs. Clinton", "Hillary Clinton"),
        ("Pedro Sánchez", "Pedro Sanchez"),
        ("John Smith Jr.", "John Smith"),
    ],
)
def test_spellings_titles_and_short_forms_of_a_name_are_one_person(one: str, other: str) -> None:
    """Transliteration, titles, initials, nicknames and accents do not make a second person."""
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bill Clinton", "Hillary Clinton"),
        ("Marine Le Pen", "Jean-Marie Le Pen"),
        ("Mrs. Clinton", "Bill Clinton"),
        ("Mr. Clinton", "Hillary Clinton"),
        ("Vladimir Putin", "Vladimir Zelensky"),
        ("Donald Trump", "Ivanka Trump"),
        ("George Bush", "Jeb Bush"),
        ("John Smith", "Jane Smith"),
        ("Daniel Smith", "Danielle Smith"),
        ("Mario Rossi", "Maria Rossi"),
        ("Boris Johnson", "Ron Johnson"),
        ("Boris Johnson", "Boris Johnston"),
        ("Marco Rubio", "Marco Polo"),
        ("", "Marco Rubio"),
    ],
)
def test_two_people_who_share_a_name_stay_two(one: str, other: str) -> None:
    """A surname or a first name in common is not enough."""
    assert not same_person(one, other)
    assert not same_person(other, one)


@pytest.fixture(scope="module")
def directory() -> SpeakerDirectory:
    return SpeakerDirectory(
        [
            *("Volodymyr Zelenskyy", "Zelensky", "Vladimir Zelensky", "Bill Clinton", "Hillary Clinton", "Clinton"),
            *(
                "Xi Jinping",
                "Vladimir Putin",
                "Donald Trump",
                "Donald J. Trump",
                "Trump",
                "State Department",
                "Reuters",
            ),
        ]
    )


@pytest.mark.parametrize(
    "question", ["Zelensky", "Zelenskyy", "zelenski", "President Zelensky", "Volodymyr Zelenskyy", "Vladimir Zelensky"]
)
def test_a_question_finds_every_spelling(directory: SpeakerDirectory, question: str) -> None:
    """Whatever spelling the question has, all that the archive has are meant."""
    assert directory.match(question) == {"Volodymyr Zelenskyy", "Zelensky", "Vladimir Zelensky"}
    assert len(directory.groups(question)) == 1


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Clinton", {"Bill Clinton", "Hillary Clinton", "Clinton"}),
        ("Bill Clinton", {"Bill Clinton"}),
        ("President William Clinton", {"Bill Clinton"}),
        ("Mrs. Clinton", {"Hillary Clinton"}),
        ("Hillary Rodham Clinton", {"Hillary Clinton"}),
        ("Chelsea Clinton", set()),
        ("Hillary", {"Hillary Clinton"}),
        ("Putin", {"Vladimir Putin"}),
        ("president putin", {"Vladimir Putin"}),
        ("Xi", {"Xi Jinping"}),
        ("Trump", {"Donald Trump", "Donald J. Trump", "Trump"}),
        ("the State Department", {"State Department"}),
        ("Reuters", {"Reuters"}),
        ("Rubio", set()),
        ("", set()),
        ("?!", set()),
    ],
)
def test_a_question_means_everybody_whom_its_name_fits(
    directory: SpeakerDirectory, question: str, names: set[str]
) -> None:
    """A bare surname means all who bear it, a first name tells them apart, an unknown name means nobody."""
    assert directory.match(question) == names


def test_a_bare_surname_joins_the_only_one_who_bears_it() -> None:
    """Where one Rubio alone is on record, Rubio is he."""
    assert SpeakerDirectory(["Rubio", "Marco Rubio"]).groups("Marco Rubio") == [frozenset({"Rubio", "Marco Rubio"})]
    assert SpeakerDirectory(["Rubio"]).match("Marco Rubio") == {"Rubio"}


def test_the_order_of_the_names_does_not_matter() -> None:
    """Grouping is a matter of the names alone."""
    names = ["Clinton", "Bill Clinton", "W. Clinton", "Hillary Clinton", "Zelensky", "Volodymyr Zelenskyy"]
    assert SpeakerDirectory(names).groups("Clinton") == SpeakerDirectory(reversed(names)).groups("Clinton")


@given(st.lists(st.text(max_size=20), max_size=20), st.text(max_size=20))
def test_any_names_are_grouped_without_loss(names: list[str], question: str) -> None:
    """Every name with letters finds itself, and a match holds only names that were given."""
    directory = SpeakerDirectory(names)
    assert directory.match(question) <= set(names)
    for name in names:
        assert parse_name(name) is None or name in directory.match(name)


def test_a_large_archive_is_grouped_in_seconds() -> None:
    """Ten thousand names take no comparison of all with all."""
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u")]
    names = [
        f"{x.title()}{y} {z.title()}{w}{x}"
        for x in syllables[:10]
        for y in syllables[:10]
        for z in syllables[:10]
        for w in syllables[:10]
    ]
    begun = time.perf_counter()
    directory = SpeakerDirectory(names)
    assert names[0] in directory.match(names[0])
    assert time.perf_counter() - begun < 20


def test_gender_comes_from_names_that_tell_it() -> None:
    """Names that both go by tell nothing."""
    assert [gender_of(name) for name in ("Volodymyr", "Iryna", "Mrs.", "Jean", "Xyz")] == [
        "he",
        "she",
        "she",
        None,
        None,
    ]
