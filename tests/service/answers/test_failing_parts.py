"""A part that fails costs its part and never the answer; it is told in the answer, in the log and in the metrics."""

import logging
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from onrecord.index.errors import ArchiveError
from onrecord.index.fallback import STRICT, Fallback, Part, watch
from onrecord.index.search.copy_finder import COPY_FINDER, CopyFinder
from onrecord.index.search.spelling import SPELLER, Spellings
from onrecord.index.values import Copies
from onrecord.service.answers.evidence.judge import READER
from onrecord.service.answers.evidence.readers.reader import SpanReader
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

QUESTION = "What did Putin say about legality?"
PART = Part(name="part", loss="The part failed, so this is without it.")


def fail(*_: Any, **__: Any) -> NoReturn:
    raise ZeroDivisionError("a slip in the part")


def test_without_the_speller_words_stay_as_they_are_typed(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, failed_parts: list[str]
) -> None:
    """The question is not mended, and answered all the same."""
    monkeypatch.setattr(Spellings, "_vocabulary", fail)
    answer = seeded.answerer.answer("What did Puttin say about legality?", limit=3)
    assert answer.understood_as == ()
    assert answer.degraded_reason == SPELLER.loss
    answer = seeded.answerer.answer(QUESTION, limit=3)
    assert "legally impossible" in answer.citations[0].quote
    assert set(failed_parts) == {"speller"}
    failed_parts.clear()


def test_without_the_reader_the_ranker_decides(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, failed_parts: list[str]
) -> None:
    """The quotes, their order and the confidence are those of an evidence finder that has no reader."""
    question = "How much of Ukraine does Russia control?"
    with monkeypatch.context() as patch:
        patch.setattr(seeded.evidence, "_judge", None)
        ranked = seeded.answerer.answer(question, limit=3)
    monkeypatch.setattr(SpanReader, "read", fail)
    answer = seeded.answerer.answer(question, limit=3)
    assert "one-fifth" in answer.citations[0].quote
    assert (answer.citations, answer.confidence) == (ranked.citations, ranked.confidence)
    assert (ranked.degraded_reason, answer.degraded_reason) == (None, READER.loss)
    assert failed_parts == ["reader"]
    failed_parts.clear()


def test_without_the_copy_finder_no_copies_are_named(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, failed_parts: list[str]
) -> None:
    """The passages come in their order, and no citation has copies."""
    whole = seeded.answerer.answer(QUESTION, limit=3)
    monkeypatch.setattr(CopyFinder, "collapse", fail)
    monkeypatch.setattr(CopyFinder, "carried", fail)
    answer = seeded.answerer.answer(QUESTION, limit=3)
    assert [c.quote for c in answer.citations] == [c.quote for c in whole.citations]
    assert {c.copies for c in answer.citations} == {Copies()}
    assert answer.degraded_reason == COPY_FINDER.loss
    assert set(failed_parts) == {"copy finder"}
    failed_parts.clear()


def test_a_loss_that_comes_twice_is_told_once(seeded: Parts) -> None:
    """Copies are sought for the quotes and again for the prose, and another part may have failed between."""
    answer = seeded.answerer.answer(QUESTION, limit=1)
    assert answer.degraded(None).degraded_reason is None
    twice = answer.degraded(READER.loss, COPY_FINDER.loss).degraded(COPY_FINDER.loss, PART.loss)
    assert twice.degraded_reason == f"{READER.loss} {COPY_FINDER.loss} {PART.loss}"


@pytest.mark.anyio
async def test_a_failure_is_told_in_the_answer_and_counted(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, failed_parts: list[str]
) -> None:
    """Over HTTP the answer has status 200 and names the part, `/metrics` counts it, and the next answer is whole."""
    parts = replace(seeded, fallback=Fallback())
    monkeypatch.setattr(seeded.evidence, "_fallback", parts.fallback)
    async with make_client(create_app(parts, Settings())) as client:
        with monkeypatch.context() as patch:
            patch.setattr(SpanReader, "read", fail)
            answers = [await client.post("/ask", json={"question": QUESTION, "mode": "generative"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        reason = answers[0].json()["degraded_reason"]
        assert reason.startswith(READER.loss)
        assert reason.endswith("No language model is configured, so the answer is made of quotes.")
        assert 'onrecord_part_failures_total{part="reader"} 2.0' in (await client.get("/metrics")).text
        assert (await client.post("/ask", json={"question": QUESTION})).json()["degraded_reason"] is None
    assert failed_parts == ["reader", "reader"]
    failed_parts.clear()


def test_each_part_is_logged_once(caplog: pytest.LogCaptureFixture, failed_parts: list[str]) -> None:
    """With its name and the exception; later failures are only counted."""
    fallback = Fallback()
    with caplog.at_level(logging.ERROR), watch() as failed:
        assert [fallback.run(PART, fail, without=lambda: "without") for _ in range(3)] == ["without"] * 3
    (record,) = caplog.records
    assert "The part failed, so this is without it." in record.getMessage()
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)
    assert fallback.failures == {"part": 3}
    assert list(failed) == [PART]
    assert failed_parts == ["part"] * 3
    failed_parts.clear()


def test_an_error_that_the_program_names_goes_through() -> None:
    """A damaged archive is no failure of a part."""

    def damaged() -> NoReturn:
        raise ArchiveError("The archive is damaged.")

    with pytest.raises(ArchiveError):
        Fallback().run(PART, damaged, without=lambda: None)


def test_what_is_put_together_by_hand_does_without_nothing() -> None:
    """A measurement must not be made without a part unseen."""
    with pytest.raises(ZeroDivisionError):
        STRICT.run(PART, fail, without=lambda: None)
