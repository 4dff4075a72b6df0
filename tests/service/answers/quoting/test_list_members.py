import pytest

from onrecord.service.answers.question.question import read_question
from onrecord.service.answers.quoting.list_members import find_members, take_in_turn
from onrecord.service.wiring import Parts


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("Which countries border France?", True),
        ("Who attended the meeting?", True),
        ("Name the three conditions.", True),
        ("What are the main points?", True),
        ("list all places", True),
        ("Name the president of France", False),
        ("Who leads the Russian delegation?", False),
        ("What is the status of the talks?", False),
        ("What causes rain?", False),
        ("How many countries border France?", False),
        ("When did the two presidents meet?", False),
    ],
)
def test_it_is_seen_whether_a_list_is_asked_for(text: str, several: bool) -> None:
    """A plural, a number of things or what several do asks for a list; a count or a day does not."""
    assert read_question(text).several is several


def test_members_are_names_and_enumerated_items() -> None:
    """Members go by their last word; what the question says itself and days of the week are none."""
    asked = read_question("Which aides met Marco Rubio?")
    assert find_members("On Monday Ann Hall met Rubio.", asked) == {"hall"}
    items = read_question("What conditions did the union set?")
    assert find_members("They want pay, shorter hours and more holidays.", items) >= {"hour", "holidai"}


def test_a_quote_with_new_members_goes_before_one_that_repeats() -> None:
    """The best stays first; of two that fit equally well, the one that brings somebody new is taken."""
    question = read_question("Who attended the dinner?")
    quotes = ["Ann Hall and Bo Reed dined.", "Bo Reed and Ann Hall ate.", "Cy Wood and Di Park came."]
    taken = take_in_turn(question, quotes, [3.0, 1.1, 1.0])
    assert [at for at, _ in taken] == [0, 2, 1]
    scores = [score for _, score in taken]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("Which European officials did Rubio speak with on Monday?", ("Lammy", "Valtonen", "Kallas")),
        ("Who attended the meeting at the Shell Bay Club?", ("Umerov", "Witkoff", "Kushner")),
        ("What kinds of commitments should the guarantees span?", ("military", "diplomatic", "legal")),
    ],
)
def test_an_answer_holds_the_members(seeded: Parts, question: str, members: tuple[str, ...]) -> None:
    """Asked for a list, the quotes hold its members, and each is a slice of its article."""
    answer = seeded.answerer.answer(question, limit=5)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert [member for member in members if member not in quotes] == []
    texts = {c.article.id: seeded.archive.article(c.article.id).text for c in answer.citations}
    assert all(c.span.of(texts[c.article.id]) == c.quote for c in answer.citations)


def test_a_name_with_particles_is_one_member():
    """Eduardo dos Santos is not Eduardo and Santos."""
    quote = "Eduardo dos Santos, Luca della Valle and Ursula von der Leyen met."
    assert find_members(quote, read_question("Who met?")) == {"santo", "vall", "leyen"}
