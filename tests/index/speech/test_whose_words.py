"""Whose words a quotation is, where a name stands in a form that a simple grammar misreads."""

import unicodedata

import pytest

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.speech.quotations import Quotation, quotations_of

STORY = "Harbour news\n\nThe old harbour was closed on Friday.\n\n"


def read(text: str) -> list[Quotation]:
    article = STORY + text + "\n"
    return quotations_of(article, read_article(article).blocks)


def speaker_of(words: str, text: str) -> str | None:
    """Return the speaker of the one quotation with these words."""
    (speaker,) = {quotation.speaker for quotation in read(text) if words in quotation.text}
    return speaker


@pytest.mark.parametrize(
    ("words", "speaker", "text"),
    [
        ("the bus skidded", "Ann Lee", "Ann Lee, 44, of Oak Rd., said the bus skidded."),
        ("two men died", "Joe Ray", "Joe Ray, M.D., said two men died."),
        ("the road was wet", "Tom Berg", "Tom Berg, 51, of Mill St., Leeds, said the road was wet."),
        ("the ice was thin", "Alan Weir", "Alan Weir, 60, from Tynemouth, North Tyneside, said the ice was thin."),
        (
            "ice is dear",
            "Jim Causey",
            "Jim Causey, head of the alliance, a group of ports, said that ice is dear.",
        ),
        ("It is useful", "Ole Brandt", "“It is useful,” says the former head of the port, Ole Brandt."),
        ("He will pay", "Daniel Hagen", "The port's spokesperson, Rear Admiral Daniel Hagen, said: “He will pay.”"),
        ("It was hot", "Bo Lind", "“It was hot,” neighbour Bo Lind said."),
        ("flour is dear", "Helen Grant", "Baker Helen Grant said flour is dear."),
    ],
)
def test_a_description_or_a_place_behind_a_name_is_no_speaker(words: str, speaker: str, text: str) -> None:
    """Nor is a trade part of the name."""
    assert speaker_of(words, text) == speaker


@pytest.mark.parametrize(
    ("words", "speaker", "text"),
    [
        ("Nobody buys", "June March", "Analyst June March said rents would fall. “Nobody buys,” March said."),
        ("We close it", "May Finch", "Mayor May Finch said it is unsafe. “We close it on Monday,” Finch said."),
        ("It is fair", "Mark Will", "Minister Mark Will said fares would fall. “It is fair,” Will said."),
        ("So be it", "Sue Day", "“So be it,” Sue Day said."),
        ("Steel is cheap", "Zhao Lihua", "Premier Zhao Lihua spoke. “Steel is cheap,” Zhao said."),
        ("Rest well", "Rob Hale Jr.", "“Work,” Rob Hale Sr. said in 1950. “Rest well,” Rob Hale Jr. said."),
        ("Done", "George W. Brandt", "“Read on,” George H. W. Brandt said. “Done,” George W. Brandt said."),
        ("We need it", "April Stone", "Secretary April Stone spoke. “We need it,” Stone said. Tom Stone left."),
    ],
)
def test_a_name_that_is_a_word_or_another_persons_too_is_read_as_the_one_meant(
    words: str, speaker: str, text: str
) -> None:
    """Months, auxiliaries and weekdays may be names; suffixes and middle initials tell bearers of one name apart."""
    assert speaker_of(words, text) == speaker


@pytest.mark.parametrize("date", ["March 3", "May 12", "August 1"])
def test_a_date_is_no_name(date: str) -> None:
    """A month before a number tells when, also where somebody is called like the month."""
    quotations = read(f"Analyst June March spoke. The vote is on {date}, officials said.")
    assert [quotation.speaker for quotation in quotations] == [None]


@pytest.mark.parametrize(
    ("words", "speaker", "text"),
    [
        ("lost it all", "Sven Holm", "Ida Crane (nurse): “I slept.”\n\n“We lost it all,” — Sven Holm, farmer."),
        ("true expert", "Geoffrey Stark", "“Anna is a true expert in all of it.” - Commissioner Geoffrey Stark"),
        ("wealth", "Rosa Wexler", "And from Chairwoman Rosa Wexler:\n\n“She brings a wealth of experience to us.”"),
        ("so hot", "Bo Lind", "> “It was so hot,” teacher Bo Lind said."),
    ],
)
def test_a_name_may_sign_its_words_behind_a_dash_or_announce_them(words: str, speaker: str, text: str) -> None:
    """No verb of saying is needed."""
    assert speaker_of(words, text) == speaker


@pytest.mark.parametrize(
    "words",
    [
        "″No delay now,″",
        "”No delay now”,",
        "„No delay now“,",
        "「No delay now」,",
        "&#8220;No delay now,&#8221;",
        "&quot;No delay now,&quot;",
        "\x93No delay now,\x94",
        '"He cried "No delay now" to us,"',
    ],
)
def test_quotation_marks_of_every_kind_hold_a_quotation(words: str) -> None:
    """Those of other languages, of wrong encodings, entities, and marks inside marks."""
    (quotation,) = read(f"{words} port chief Dora Kell said.")
    assert (quotation.text.rstrip(","), quotation.speaker) == (words.rstrip(","), "Dora Kell")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_may_be_decomposed(form: str) -> None:
    """The speaker is named as the text reads, and every span is a place in the text as it is."""
    text = unicodedata.normalize(form, "Minister José Peña said wheat fell. “Bread is cheap,” Peña said.")
    quotation = read(text)[-1]
    assert quotation.speaker == "José Peña"
    assert unicodedata.normalize("NFC", quotation.speaker_mention or "") == "Peña"


def test_invisible_characters_and_lost_spaces_cut_no_name() -> None:
    """A soft hyphen stands in the name, and no space behind a full stop."""
    text = "“Stay home,” said Ana Pe\xadtri.Bo Lind said schools would shut.Police said three men drowned."
    assert [quotation.speaker for quotation in read(text)] == ["Ana Petri", "Bo Lind", None]


@pytest.mark.parametrize("label", ["BREAKING", "UPDATE", "TRANSCRIPT", "EXCLUSIVE", "CORRECTION", "Note", "Q"])
def test_a_label_is_no_speaker(label: str) -> None:
    """What stands before a colon may be no name."""
    assert read(f"{label}: Thousands of people flee from the dam at Orvik") == []


INTERVIEW = "Five questions for Nora Ames\n\nNora Ames is the head of the zoo in Lund.\n\n{}\n"


@pytest.mark.parametrize(
    "turns",
    [
        "Q: What was your first job?\n\nA: I fed penguins in Oslo.\n\nQ: Why?\n\nA: They were hungry.",
        "Q. What was your first job?\nA. I fed penguins in Oslo.\nQ. Why?\nA. They were hungry.",
        "The Post: What was your first job?\n\nNora Ames: I fed penguins.\n\nThe Post: Why?\n\nAmes: Hunger.",
        "What was your first job?\n\nI fed penguins in Oslo.\n\nWhy did you leave?\n\nIt was cold there.",
    ],
)
def test_the_answers_of_an_interview_are_the_words_of_the_one_who_is_interviewed(turns: str) -> None:
    """The letters, the names or the questions show who speaks."""
    text = INTERVIEW.format(turns)
    quotations = quotations_of(text, read_article(text).blocks)
    assert {q.speaker for q in quotations if "penguins" in q.text} == {"Nora Ames"}
    assert not any(q.speaker == "Nora Ames" and "job" in q.text for q in quotations)


def test_all_sentences_of_a_turn_in_a_transcript_are_the_speakers() -> None:
    """Not only the first one."""
    text = "MR. SMITH: When did you see it?\n\nMS. ALVAREZ: At six. The alarm did not ring.\n\nMR. SMITH: Why?"
    (turn,) = (quotation for quotation in read(text) if "alarm" in quotation.text)
    assert (turn.text, turn.speaker) == ("At six. The alarm did not ring.", "ALVAREZ")


@pytest.mark.parametrize(
    ("words", "speaker", "text"),
    [
        ("Come home", None, "Lee called her sister, Sue Hall. “Come home,” she told her."),
        ("Resign", "Ada Pike", "Mayor Ada Pike wrote to her deputy, Lisa Moon. “Resign,” she told her."),
        (
            "It hurts",
            "Ada Pike",
            "Ada Pike spoke to us.\n\nShe lives in Orn.\n\nThe town is old.\n\n“It hurts,” she said.",
        ),
        ("I was cold", "Ana Reis", "Ana Reis, 34, was there.\n\n“I was cold,” the woman said."),
        ("I will go", None, "Ana Reis spoke.\n\nA spokeswoman for the port said no.\n\n“I will go,” she said."),
    ],
)
def test_a_pronoun_means_the_person_spoken_of_and_never_the_one_addressed(
    words: str, speaker: str | None, text: str
) -> None:
    """Where somebody else may be meant, nobody is named."""
    assert speaker_of(words, text) == speaker


def test_a_heading_in_quotation_marks_is_no_quotation() -> None:
    """It has no full stop inside, and is a line of its own."""
    text = "“We will pay for it,” Ana Reis said.\n\n‘No more than one confidence’: Desjardins\n\nThe bank spoke."
    assert [quotation.text for quotation in read(text)] == ["“We will pay for it,”"]


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("Ann Lee’s husband", "Ann Lee’s husband, Tom Roe, said she was home."),
        ("Swimmer, formerly known as Kari Brun", "Swimmer Kari Holt, formerly known as Kari Brun, said: “It is over.”"),
    ],
)
def test_a_role_may_be_a_relation_or_another_name(role: str, text: str) -> None:
    """Whose husband somebody is, and what somebody was called before."""
    assert [quotation.role for quotation in read(text)] == [role]


@pytest.mark.parametrize("tail", ["now", "a", "44, the", "an"])
def test_a_text_may_break_off_where_a_description_begins(tail: str) -> None:
    """Behind the name stands a comma and a last word that describes nobody yet."""
    assert speaker_of("It is over", f"“It is over,” said Ana Reis, {tail}") == "Ana Reis"
