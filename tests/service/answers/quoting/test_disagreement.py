"""Two quotes on one point, and whether they differ: made citations, no archive."""

from functools import partial

import pytest

from onrecord.index.values import Span
from onrecord.service.answers.answer import Citation, Disagreement
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.question.question import read_question
from onrecord.service.answers.quoting.chronology import arrange, min_recent_share
from onrecord.service.answers.quoting.disagreement import DisagreementFinder
from tests.article_infos import article_info

FINDER = DisagreementFinder(parse=ParsedText)
arranged = partial(arrange, differ=FINDER.differ)


def cited(
    quote: str, article: str, day: str | None = None, *, marked: str | None = None, score: float = 0.5
) -> Citation:
    """A citation of the whole of an article; its number is the article's."""
    info = article_info(article, title="News", published_at=day)
    at = quote.index(marked) if marked else 0
    return Citation(
        number=int(article),
        article=info,
        span=Span(0, len(quote)),
        quote=quote,
        highlight=Span(at, at + len(marked)) if marked else None,
        score=score,
    )


@pytest.mark.parametrize(
    ("question", "one", "other", "words"),
    [
        (
            "What is the status of the security guarantees for Ukraine?",
            "Security guarantees for Ukraine are still under discussion, Rubio told reporters in Miami.",
            "Ukraine and the United States have agreed on security guarantees, Umerov said on Tuesday.",
            ("under discussion", "agreed"),
        ),
        (
            "Has the port strike been settled?",
            "The strike at the port of Lisbon was settled late on Friday after the dockers accepted a bonus.",
            "The dockers have not settled the strike at the port, a union leader said.",
            ("settled", "not settled"),
        ),
        (
            "What became of the merger of Norbank and Sudbank?",
            "Shareholders of Norbank rejected the merger with Sudbank.",
            "The merger of Norbank and Sudbank was approved on Monday.",
            ("rejected", "approved"),
        ),
        (
            "How many people died in the fire at the mill?",
            "Twelve people died in the fire at the mill, police said.",
            "The fire at the old mill killed 15 people, the fire service said.",
            ("Twelve", "15"),
        ),
        (
            "When will the tram line to Harburg open?",
            "The tram line to Harburg will open in March, the operator said.",
            "The tram line to Harburg is to open in September, two years late.",
            ("March", "September"),
        ),
        (
            "Did the mayor pay the fine for the villa?",
            "The mayor paid the fine for the villa, his lawyer said.",
            "The mayor never paid the fine for the villa, court records show.",
            ("contrary",),
        ),
    ],
)
def test_different_things_on_one_point_are_a_disagreement(question, one, other, words):
    """Whichever of the two comes first."""
    asked = read_question(question)
    pair = cited(one, "1"), cited(other, "2")
    for reason in (FINDER.differ(*pair, asked), FINDER.differ(*reversed(pair), asked)):
        assert reason is not None
        assert all(word in reason for word in words)


def test_two_names_differ_where_only_one_can_be_right():
    asked = read_question("Who leads the Russian delegation?")
    pair = (
        cited("The Russian delegation is led by Kirill Dmitriev.", "1", marked="Kirill Dmitriev"),
        cited("Vladimir Medinsky leads the Russian delegation, Izvestia wrote.", "2", marked="Vladimir Medinsky"),
    )
    assert FINDER.differ(*pair, asked) == "one names Kirill Dmitriev, the other Vladimir Medinsky"
    both = read_question("Who came with the Russian delegation?")
    assert FINDER.differ(*pair, both) is None


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (  # Two different matters.
            "What did Ukraine decide?",
            "Ukraine agreed to a prisoner swap with Russia brokered by Turkey.",
            "Ukraine rejected a plan for elections under martial law.",
        ),
        (  # What is only hoped for is not done.
            "What is the status of the security guarantees?",
            "The security guarantees are still under discussion.",
            "The security guarantees would be agreed within ten days, Zelenskyy hoped.",
        ),
        (  # One rounds what the other says.
            "How many bags of cocoa were sold?",
            "Almost 6.2 million bags of cocoa were sold.",
            "In all 6,183,000 bags of cocoa were sold, the board said.",
        ),
        (  # Figures of different things.
            "How many people died in the fire?",
            "Twelve people died in the fire at the mill.",
            "The fire at the mill broke out at 3 in the morning, and firefighters came from 15 towns.",
        ),
        (  # The same in other words.
            "Did the mayor pay the fine?",
            "The mayor did not pay the fine for the villa.",
            "The mayor never paid the fine for the villa.",
        ),
        (  # A day and a date may be one.
            "When will the bridge open?",
            "The bridge will open on Tuesday.",
            "The bridge will open on 2 December.",
        ),
        (  # A hedge is no denial.
            "Will the bank cut rates?",
            "The central bank may cut its key rate next month.",
            "The central bank will cut its key rate next month.",
        ),
    ],
)
def test_what_only_looks_like_a_disagreement_is_none(question, one, other):
    asked = read_question(question)
    pair = cited(one, "1"), cited(other, "2")
    assert FINDER.differ(*pair, asked) is None
    assert FINDER.differ(*reversed(pair), asked) is None


def test_an_article_does_not_disagree_with_itself():
    """A report has what both sides say."""
    asked = read_question("How many people died in the fire at the mill?")
    one, other = (cited(f"{n} people died in the fire at the mill.", "1") for n in ("Twelve", "Fifteen"))
    assert FINDER.differ(one, other, asked) is None


def test_all_that_differ_on_a_point_are_named_together():
    asked = read_question("How many people died in the fire at the mill?")
    died = [cited(f"{n} people died in the fire at the mill.", str(at)) for at, n in enumerate([12, 15, 12], start=1)]
    other = cited("The mill had been closed for years before the fire.", "4")
    assert FINDER.find([*died, other], [asked]) == (
        Disagreement(citations=(1, 2, 3), reason="one says “12”, the other “15”"),
    )
    assert FINDER.find([died[0], died[2], other], [asked]) == ()


@pytest.mark.parametrize(
    "question",
    [
        "What is the status of the guarantees?",
        "Where do the talks stand?",
        "Is the bridge open now?",
        "What is the latest on the strike?",
        "Has Ukraine agreed to the plan?",
        "Who leads the delegation currently?",
    ],
)
def test_a_question_may_ask_for_the_present_state(question):
    assert min_recent_share(question) is not None


@pytest.mark.parametrize(
    "question",
    ["What did Putin say about legality?", "Who resigned?", "Who was the mayor?", "How many points did it have?"],
)
def test_a_question_may_ask_for_the_past(question):
    assert min_recent_share(question) is None


def test_the_newest_of_equals_comes_first_when_the_present_is_asked_for_and_the_undated_last():
    text = "What is the current price of wheat?"
    old, new, undated, far = (
        cited("Wheat is 5 dollars.", "1", "2025-11-01T00:00:00", score=0.3),
        cited("Wheat is 6 dollars.", "2", "2025-12-01T00:00:00", score=0.25),
        cited("Wheat is dear.", "3", score=0.28),
        cited("Rye is 4 dollars.", "4", "2026-01-01T00:00:00", score=0.01),
    )
    given = [old, undated, new, far]
    shown = arranged(read_question(text), text, given, (), limit=5)
    assert [citation.article.id for citation in shown] == ["2", "1", "3", "4"]
    assert [citation.number for citation in shown] == [1, 2, 3, 4]
    past = "What was the price of wheat?"
    assert [c.article.id for c in arranged(read_question(past), past, given, (), limit=5)] == [
        "1",
        "3",
        "2",
        "4",
    ]


def test_a_quote_that_says_otherwise_is_brought_in_and_the_limit_is_kept():
    text = "How many people died in the fire at the mill?"
    first = cited("Twelve people died in the fire at the mill.", "1", score=0.6)
    idle = cited("The mill was closed for years.", "2", score=0.2)
    other = cited("The fire at the old mill killed 15 people.", "3", score=0.001)
    alike = cited("The fire at the mill killed twelve people.", "4", score=0.0005)

    def shown(limit: int) -> list[str]:
        citations = arranged(read_question(text), text, [first, idle][:limit], [other, alike], limit=limit)
        return [citation.article.id for citation in citations]

    assert shown(3) == ["1", "2", "3"]
    assert shown(2) == ["1", "3"]
    assert shown(1) == ["1"]


def test_what_is_older_gives_way_to_the_newer_that_it_disagrees_with():
    """However much better it fits the question's words."""
    text = "What is the status of the security guarantees?"
    old = cited("The security guarantees are still under discussion.", "1", "2025-11-30T00:00:00", score=0.9)
    new = cited("They agreed on the security guarantees.", "2", "2025-12-02T00:00:00", score=0.02)
    shown = arranged(read_question(text), text, [old], [new], limit=5)
    assert [citation.article.id for citation in shown] == ["2", "1"]
