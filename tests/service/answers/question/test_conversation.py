"""Questions as people type them: several in one, and follow-ups that lean on what was said before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.service.answers.question.conversation import Message, follow_up, split_question, stand_alone
from tests.names_with_particles import EVERY

PUTIN = "what did Putin say about legality?"


@pytest.mark.parametrize(
    ("before", "said", "typed", "whole"),
    [
        (PUTIN, "", "and what did he say about elections?", "and what did Putin say about elections?"),
        (PUTIN, "", "and Zelenskyy?", "What did Zelenskyy say about legality?"),
        (PUTIN, "", "what about elections?", "What did Putin say about elections?"),
        (PUTIN, "", "and about security guarantees?", "What did Putin say about security guarantees?"),
        (PUTIN, "", "And what did Rubio say about it?", "And what did Rubio say about legality?"),
        (PUTIN, "", "What did his minister say?", "What did Putin’s minister say?"),
        ("What did Trump say about Zelenskyy?", "", "and him?", "What did Zelenskyy say?"),
        (
            "What did Merkel say about the refugees?",
            "",
            "What did she say about it?",
            "What did Merkel say about the refugees?",
        ),
        (
            "Who is the president?",
            "“Peace,” said Volodymyr Zelenskyy. [1]",
            "How old is he?",
            "How old is Volodymyr Zelenskyy?",
        ),
        ("What is the unemployment rate in Germany?", "", "and in France?", "What is the unemployment rate in France?"),
        ("How many people did Amazon hire?", "", "and Google?", "How many people did Google hire?"),
        ("Did Rubio reject the plan?", "", "why?", "Why did Rubio reject the plan?"),
        ("How many refugees returned?", "", "where did they go?", "where did they go (refugees returned)?"),
    ],
)
def test_a_follow_up_is_made_whole(before, said, typed, whole):
    """What it leaves out is taken from the question before, or from the answer to that."""
    assert follow_up(typed, before, said) == whole
    history = [Message(role="user", content=before), Message(role="assistant", content=said)]
    assert stand_alone(typed, history) == whole


@pytest.mark.parametrize("typed", ["What is the capital of Spain?", "Who is Angela Merkel?", "What happened next?"])
def test_a_question_of_its_own_is_left_as_it_is(typed):
    """Nothing is read into what needs nothing."""
    assert follow_up(typed, PUTIN, "…") == typed
    assert stand_alone(typed, []) == typed


def test_a_conversation_is_followed_turn_by_turn():
    """A follow-up to a follow-up knows what the first was about."""
    history = [
        Message(role="user", content=PUTIN),
        Message(role="assistant", content="“Legally impossible” [1]"),
        Message(role="user", content="and Zelenskyy?"),
        Message(role="assistant", content="…"),
    ]
    assert stand_alone("and about elections?", history) == "What did Zelenskyy say about elections?"


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (
            "Who won the election and when was it held?",
            ["Who won the election?", "when was the election held?"],
        ),
        (
            "What did Putin say about legality? And what did Trump say?",
            ["What did Putin say about legality?", "And what did Trump say?"],
        ),
        (
            "What did Rubio say about Greenland, and who is the Danish prime minister?",
            ["What did Rubio say about Greenland?", "who is the Danish prime minister?"],
        ),
        ("When and where did it happen?", ["When and where did it happen?"]),
        ("I read of a strike. Who called it?", ["I read of a strike. Who called it?"]),
        ("security guarantees and elections", ["security guarantees and elections"]),
    ],
)
def test_several_questions_in_one_are_told_apart(typed, parts):
    """Each stands alone; what is one question stays one, as it was typed."""
    assert list(split_question(typed)) == parts


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_typed_comes_back_as_a_question(typed, before, said):
    """No text makes it fail, run away, or come back empty."""
    history = [Message(role="user", content=before), Message(role="assistant", content=said)]
    parts = split_question(stand_alone(typed, history))
    assert 1 <= len(parts) <= 3
    assert all(parts) or not typed


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_a_pronoun_stands_for_the_whole_name_whatever_particles_it_has(language, full, surname, bare):
    """No name that was asked about, answered with or put in its place is cut at a particle."""
    assert follow_up("What did she say?", f"Who is {full}?") == f"What did {full} say?"
    assert follow_up("What did she say?", f"Who is {surname}?") == f"What did {surname} say?"
    assert follow_up("What did he say?", "Who leads it?", f"It is {full} who leads it.") == f"What did {full} say?"
    assert follow_up(f"And {full}?", "What did Merkel say about grain?") == f"What did {full} say about grain?"
    assert follow_up("And Merkel?", f"What did {full} say about grain?") == "What did Merkel say about grain?"


@pytest.mark.parametrize(
    ("before", "said", "typed", "whole"),
    [
        ("Who leads the Russian team?", "", "and the Ukrainian team?", "Who leads the Ukrainian team?"),
        ("Who leads the Russian team?", "", "And the Swedish one?", "Who leads the Swedish team?"),
        ("How much did Norway sell in 2019?", "", "And in 2021?", "How much did Norway sell in 2021?"),
        ("When does the pool open on Monday?", "", "and on Sunday?", "When does the pool open on Sunday?"),
        ("How many men does the navy have?", "", "What about the army?", "How many men does the army have?"),
        ("What did Petri do before the war?", "", "and after the war?", "What did Petri do after the war?"),
        ("Where is the Orn bridge?", "", "How much did it cost?", "How much did the Orn bridge cost?"),
        ("Who is Nora Sund?", "Nora Sund lives with Erik Falk.", "How old is she?", "How old is Nora Sund?"),
        ("Who is the mayor?", "Nora Sund is the mayor.", "And her husband?", "Who is Nora Sund’s husband?"),
        ("When was ten Hag dismissed?", "", "Who replaced him?", "Who replaced ten Hag?"),
        ("Who owns the hotel (did he sell)?", "", "does it have a bar?", "does the hotel have a bar?"),
    ],
)
def test_a_follow_up_takes_what_it_leaves_out_and_nothing_else(before, said, typed, whole):
    """A year, an adjective, a noun or a preposition is traded for another, and a pronoun for what it means."""
    assert follow_up(typed, before, said) == whole
