from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.index.values import Span
from onrecord.service.answers.answer import Answer, AnswerSentence
from onrecord.service.evaluation.datasets.dataset import GoldQuestion
from onrecord.service.evaluation.outcomes import OutcomeFile
from onrecord.service.evaluation.runner import Runner
from onrecord.service.wiring import Parts

ASKED = GoldQuestion(
    id="1",
    text="What did Putin say about legality?",
    answerable=True,
    words=("legally impossible",),
    articles={"001": 1},
)
EVEREST = GoldQuestion(id="2", text="How tall is Mount Everest?", answerable=False)


class Writer:
    """Writes a sentence of its own over the archive's quotes, as a language model does, and shifts one of them."""

    def __init__(self, parts: Parts) -> None:
        self._answerer = parts.answerer
        self.asked: list[str] = []

    def answer(self, text: str, /, *, limit: int) -> Answer:
        self.asked.append(text)
        found = self._answerer.answer(text, limit=limit)
        if not found.citations:
            return found
        first, *rest = found.citations
        shifted = replace(first, span=Span(first.span.start + 1, first.span.end + 1))
        sentences = (AnswerSentence(text="Putin calls it legally impossible.", citations=(first.number,)),)
        return replace(found, mode="generative", sentences=sentences, citations=(shifted, *rest))


@pytest.fixture
def outcomes(tmp_path: Path) -> Iterator[OutcomeFile]:
    file = OutcomeFile(tmp_path / "answers.jsonl")
    yield file
    file.close()


def runner(parts: Parts, answerer: Writer) -> Runner:
    return Runner(answerer=answerer, retriever=parts.retriever, archive=parts.archive, limit=3)


def test_whatever_answers_can_be_measured(seeded: Parts, outcomes: OutcomeFile) -> None:
    """Sentences and citations are kept as they were shown; a citation that is no slice of its article is noticed."""
    gold = next(info.id for info in seeded.archive.articles(limit=10)[0] if (info.source_name or "").startswith("001"))
    (found,) = runner(seeded, Writer(seeded)).run([ASKED], {"1": {gold: 1}}, outcomes)
    assert (found.status, found.mode) == ("answered", "generative")
    assert found.sentences[0].text == "Putin calls it legally impossible."
    assert [cited.exact for cited in found.citations] == [False] + [True] * (len(found.citations) - 1)
    assert gold in found.articles[:2]
    assert found.held_at is not None
    assert found.answer_ms > 0


def test_what_is_kept_is_not_asked_again(seeded: Parts, outcomes: OutcomeFile) -> None:
    """Only questions without an outcome are asked, after one of them was asked uncounted; the order is the set's."""
    writer = Writer(seeded)
    relevant: dict[str, dict[str, int]] = {"1": {}, "2": {}}
    (first,) = runner(seeded, writer).run([ASKED], relevant, outcomes)
    assert writer.asked == [ASKED.text] * 2
    writer.asked.clear()
    both = list(runner(seeded, writer).run([ASKED, EVEREST], relevant, outcomes))
    assert writer.asked == [EVEREST.text] * 2
    assert both[0] == first
    assert (both[1].status, both[1].citations, both[1].articles) == ("abstained", (), ())
