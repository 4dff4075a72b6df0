"""Speakers looked up by name or role."""

import pytest

from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.values import Draft
from tests.names_with_particles import EVERY

TWO = "Two Clintons\n\n“Go,” Bill Clinton said. “Stay,” Hillary Clinton said."


def test_a_speaker_is_known_as_soon_as_an_article_quotes_him(store):
    """New articles bring new speakers; a name nobody bears finds nobody."""
    speakers = SpeakerFinder(store.archive)
    assert speakers.match("Ana Reis") == ()
    list(store.indexer.add([Draft(text="Harbour\n\n“It opens in May,” Mayor Ana Reis said.")]))
    assert speakers.match("Reis") == speakers.match("ana reis") == ("Ana Reis",)
    assert speakers.match("Costa") == ()


def test_two_people_of_one_surname_stay_two(store):
    """A bare surname may mean both; a full name means one."""
    list(store.indexer.add([Draft(text=TWO)]))
    speakers = SpeakerFinder(store.archive)
    assert speakers.match("Clinton") == ("Bill Clinton", "Hillary Clinton")
    assert speakers.match("Bill Clinton") == ("Bill Clinton",)


def test_a_role_that_two_people_have_finds_neither(store):
    """Who is meant by a role must be beyond doubt."""
    one = "Harbour\n\n“It opens in May,” Mayor Ana Reis said."
    other = "Tunnel\n\n“It opens in June,” Mayor Rui Costa said."
    list(store.indexer.add([Draft(text=one)]))
    speakers = SpeakerFinder(store.archive)
    assert speakers.match("the mayor") == ("Ana Reis",)
    list(store.indexer.add([Draft(text=other)]))
    assert speakers.match("the mayor") == ()


QUOTED = """Rates

“They rise in May,” Satoshi Sumita said. “They fall,” Dmitry Peskov said. “Never,” Bill Clinton said.
“In June,” Ursula von der Leyen said.
"""


@pytest.fixture
def quoted(store):
    list(store.indexer.add([Draft(text=QUOTED)]))
    return SpeakerFinder(store.archive)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("Bank of Japan chief Sumita", "Satoshi Sumita"),
        ("central bank governor Satoshi Sumita", "Satoshi Sumita"),
        ("Satoshi Sumita of the Bank of Japan", "Satoshi Sumita"),
        ("Satoshi Sumita, the governor", "Satoshi Sumita"),
        ("Kremlin spokesman Dmitry Peskov", "Dmitry Peskov"),
        ("kremlin spokesman dmitry peskov", "Dmitry Peskov"),
        ("the Kremlin’s Peskov", "Dmitry Peskov"),
        ("European Commission President Ursula von der Leyen", "Ursula von der Leyen"),
        ("Secretary of State and National Security Adviser Bill Clinton", "Bill Clinton"),
    ],
)
def test_a_role_may_stand_around_a_name(quoted, who, name):
    """What somebody is called beside the name says nothing against it."""
    assert quoted.match(who) == (name,)


@pytest.mark.parametrize("who", ["Peskov and Bill Clinton", "bill clinton & dmitry peskov"])
def test_of_two_both_are_meant(quoted, who):
    """A question about what two people said gets the words of both."""
    assert quoted.match(who) == ("Bill Clinton", "Dmitry Peskov")


@pytest.mark.parametrize(
    "who",
    [
        "Macron and Peskov",
        "Senator Hillary Clinton",
        "hillary clinton",
        "a lawyer for Bill Clinton",
        "the wife of former president Clinton",
        "a spokesman for the late Dmitry Peskov",
        "Dmitry Peskov's deputy",
        "the Clinton campaign",
        "critics of Ursula von der Leyen",
    ],
)
def test_who_belongs_to_somebody_is_somebody_else(quoted, who):
    """Nobody gets another's words for a surname or an employer they share."""
    assert quoted.match(who) == ()


@pytest.fixture
def particles(store):
    """Return the speakers of an archive in which everybody with a particle in the name speaks once."""
    said = " ".join(f"“We agree,” {full} said." for _, full, _, _ in EVERY)
    list(store.indexer.add([Draft(text=f"Everybody agrees\n\n{said}")]))
    return SpeakerFinder(store.archive)


def test_a_name_with_particles_is_found_by_any_part_of_its_surname(particles):
    """The full name, the surname with its particles and what is left without them all find who bears it."""
    missed = [
        (full, asked)
        for _, full, *parts in EVERY
        for asked in (full, *parts)
        # Two spellings of one person in one article are one speaker.
        if full.casefold() not in map(str.casefold, particles.match(asked))
    ]
    assert missed == []


def test_of_a_list_of_names_with_particles_all_are_meant(particles):
    """A list is cut between its members and nowhere else."""
    assert particles.match("Eduardo dos Santos, Luca della Valle and Ursula von der Leyen") == (
        "Eduardo dos Santos",
        "Luca della Valle",
        "Ursula von der Leyen",
    )
    assert particles.match("dos Santos, von der Leyen, and ten Hag") == (
        "Eduardo dos Santos",
        "Erik ten Hag",
        "Ursula von der Leyen",
    )
    assert particles.match("Eduardo dos Santos, Luca di Valle and Ursula von der Leyen") == ()
    assert particles.match("Maria Kovach and Eduardo dos Santos") == ()
