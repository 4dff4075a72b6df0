"""Any question that is allowed is answered or abstained from, whatever the archive holds."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Draft
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

MAX_QUESTION = Settings().max_question
ARTICLES = (
    "Mayor Ana Reis opened the harbour of Porto Velho in May. “It cost 40 million euros,” Reis said.",
    "The gene reads " + "acgt" * 8_192 + " and was found in Kyiv.",
    "港口新闻\n\n市长安娜·雷斯说，港口将于五月开放。" + "港口将于五月开放。" * 20,
    "항구가 오월에 열린다고 시장이 말했다. " * 10,
    "👩‍👩‍👧‍👦🔥 " * 60 + "Reis said “👍🏽”.",
    "a\u0301\u0302\u0303" * 200 + " Z" + "\u0300" * 300 + " said Ana Reis.",
    "the harbour opens and the mayor goes on without an end and " * 12,
    "ﷺ ﬁ 𝐏𝐮𝐭𝐢𝐧 İstanbul ß " * 20,
    "\u202eneddih\u202c \u200b\ufeff " * 40 + "Kyiv",
    "!?" * 400 + " “" * 200 + "(" * 200,
)
BEGINNINGS = ("", "What did Ana Reis say about ", "Who said that ", "who is ", "When did Porto Vehlo ")
SCRIPTS = (
    "市长港口说",
    "!?",
    "a\u0301\u0302",
    "👩‍👧🔥",
    " \n\t",
    "abcXYZ",
    "“”\"'’",
    ".,;:-",
    "हिन्दी",
    "ﷺﬁ𝐏İß",
    "항구가",
    "0123 ",
)


@st.composite
def questions(draw: st.DrawFn) -> str:
    """Draw a question of at most `MAX_QUESTION` characters: any text, or a run of one script's letters."""
    letters = st.one_of(st.characters(exclude_categories=["Cs"]), *map(st.sampled_from, SCRIPTS))
    some = draw(st.text(letters, min_size=1, max_size=60))
    times = draw(st.sampled_from((1, 1, 5, MAX_QUESTION)))
    return (draw(st.sampled_from(BEGINNINGS)) + some * times)[:MAX_QUESTION]


@pytest.fixture(scope="module")
def hostile(embedder: Embedder, reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The parts on an archive of articles that no newspaper would print."""
    with open_parts(Settings(home=tmp_path_factory.mktemp("hostile")), embedder=embedder, reader=reader) as parts:
        drafts = (Draft(text=text, url=f"https://a.org/{n}") for n, text in enumerate(ARTICLES))
        assert [added.status for added in parts.indexer.add(drafts)] == ["created"] * len(ARTICLES)
        yield parts


@settings(
    max_examples=max(25, settings().max_examples // 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(question=questions())
@example(question="市" * 253)
@example(question="!?" * 122)
@example(question="What did Ana Reis say about " + "acgt" * 490)
@example(question="a" * MAX_QUESTION)
@example(question="\0")
def test_any_question_is_answered_or_abstained_from(hostile: Parts, question: str) -> None:
    """In any script and at any length: there is an answer, every quote is exact, and no part fails."""
    answer = hostile.answerer.answer(question, limit=5)
    assert answer.status in {"answered", "abstained"}
    assert 0 <= answer.confidence <= 1
    for citation in answer.citations + answer.closest:
        assert citation.span.of(hostile.archive.article(citation.article.id).text) == citation.quote


def test_ordinary_questions_are_answered_beside_hostile_articles(hostile: Parts) -> None:
    """The answer is the article's own, with the slip of the finger mended."""
    for question in ("Who opened the harbour of Porto Velho?", "Who opened the harbour of Porto Vehlo?"):
        answer = hostile.answerer.answer(question, limit=1)
        assert "Ana Reis opened" in answer.citations[0].quote
