"""Questions and outcomes made up for a test."""

from collections.abc import Mapping, Sequence

from onrecord.service.evaluation.datasets.dataset import GoldQuestion
from onrecord.service.evaluation.outcomes import Cited, Outcome, Sentence
from onrecord.service.evaluation.scoring.case import Case


def cited(number: int, article: str, quote: str, *, highlight: str | None = None, exact: bool = True) -> Cited:
    return Cited(number=number, article=article, quote=quote, highlight=highlight, exact=exact)


def outcome(
    *,
    id: str = "1",
    citations: Sequence[Cited] = (),
    closest: Sequence[Cited] = (),
    sentences: Sequence[tuple[str, Sequence[int]]] | None = None,
    confidence: float = 0.5,
    articles: Sequence[str] = (),
    held_at: int | None = None,
    ms: float = 10.0,
) -> Outcome:
    """An answer where there are citations, else a refusal; each citation is a sentence unless they are given."""
    said = [(one.quote, [one.number]) for one in citations] if sentences is None else sentences
    return Outcome(
        id=id,
        status="answered" if citations else "abstained",
        mode="extractive",
        confidence=confidence,
        sentences=tuple(Sentence(text=text, citations=tuple(numbers)) for text, numbers in said),
        citations=tuple(citations),
        closest=tuple(closest),
        articles=tuple(articles),
        held_at=held_at,
        answer_ms=ms,
    )


def case(
    found: Outcome,
    *,
    words: Sequence[str] = (),
    relevant: Mapping[str, int] | None = None,
    answerable: bool | None = True,
) -> Case:
    grades = dict(relevant or {})
    question = GoldQuestion(id=found.id, text="?", answerable=answerable, words=tuple(words), articles=grades)
    return Case(question=question, relevant=grades, outcome=found)
