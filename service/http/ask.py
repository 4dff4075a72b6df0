"""Questions: `POST /ask`, `POST /search` and `POST /verify`."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace

from anyio import to_thread
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel

from index.archive import SqliteArchive
from index.article_reader import read_article
from index.changes import find_successor
from index.errors import ArticleNotFound
from index.retriever import Retrieval
from index.values import Article, Span
from service.answers import Answer
from service.dialogue import Turn
from service.http.parts import (
    AnswererPart,
    ArchivePart,
    MetricsPart,
    RetrieverPart,
    SettingsPart,
    SpeakersPart,
    TurnsPart,
)
from service.http.schemas import (
    AnswerOut,
    AskIn,
    ChangeOut,
    PassageOut,
    PassagesOut,
    SearchIn,
    SpanOut,
    VerifiedOut,
    VerifyIn,
)
from service.settings import Settings

router = APIRouter(tags=["questions"])

_MAX_FOUND = 20
"""Places reported where a quote stands elsewhere."""


@router.post(
    "/ask",
    response_model=AnswerOut,
    summary="Ask the archive",
    responses={
        200: {
            "description": "The answer with its proof, or an abstention. With `stream`, as server-sent events: "
            "`sources` (the citations), each `sentence` with its `citation`s, and `done` (the whole answer).",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def ask(
    body: AskIn,
    answerer: AnswererPart,
    settings: SettingsPart,
    metrics: MetricsPart,
    speakers: SpeakersPart,
    turns: TurnsPart,
) -> AnswerOut | StreamingResponse:
    """Answer a question with verbatim quotes, or say that the archive does not answer it."""
    _check(body.question, body.limit, "question", settings)

    def work() -> Answer:
        return answerer.answer(
            body.question,
            limit=body.limit,
            filters=body.filters.to_filters(speakers),
            history=[Turn(role=turn.role, content=turn.content) for turn in body.history],
        )

    answer = await to_thread.run_sync(work, limiter=turns)
    if body.mode == "generative":
        answer = replace(answer, degraded_reason="No language model is configured, so the answer is made of quotes.")
    metrics.answers.labels(answer.status, answer.mode).inc()
    out = AnswerOut.of(answer, id=uuid.uuid4().hex)
    if not body.stream:
        return out
    return StreamingResponse(
        _events(out),
        media_type="text/event-stream",
        # Proxies hold a response back to fill their buffers unless they are told not to.
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@router.post("/search", summary="Find passages")
async def search(
    body: SearchIn, retriever: RetrieverPart, settings: SettingsPart, speakers: SpeakersPart, turns: TurnsPart
) -> PassagesOut:
    """Return the passages nearest to the query by word and by meaning."""
    _check(body.query, body.limit, "query", settings)

    def work() -> Retrieval:
        return retriever.retrieve(body.query, limit=body.limit, filters=body.filters.to_filters(speakers))

    found = await to_thread.run_sync(work, limiter=turns)
    return PassagesOut(passages=[PassageOut.of(passage) for passage in found.passages])


@router.post("/verify", summary="Check a citation")
def verify(body: VerifyIn, archive: ArchivePart) -> VerifiedOut:
    """Say whether a citation still holds against the archive as it is now."""
    try:
        article = archive.article(body.article_id)
    except ArticleNotFound:
        return VerifiedOut(verified=False, status="missing", text=None, found_at=[], content_sha256=None)
    there = article.text[body.start : body.end]
    same_text = body.content_sha256 in {None, article.info.content_sha256}
    holds = there == body.quote and len(there) == body.end - body.start
    return VerifiedOut(
        verified=holds,
        status="changed" if not same_text else "verified" if holds else "mismatch",
        change=_change(body, article, archive, same_text=same_text, holds=holds),
        text=there,
        found_at=[SpanOut(start=at, end=at + len(body.quote)) for at in _places(article.text, body.quote, body.start)],
        content_sha256=article.info.content_sha256,
    )


def _change(
    body: VerifyIn, article: Article, archive: SqliteArchive, *, same_text: bool, holds: bool
) -> ChangeOut | None:
    """Say what became of a quote since it was cited; None where nothing did."""
    if same_text and holds:
        return None
    span = Span(body.start, body.end)
    if body.content_sha256 is not None and not same_text:
        revision = archive.revisions.find(body.article_id, body.content_sha256)
    else:
        # The hash is the present text's, or none was sent: an earlier text may have had the quote all the same.
        revision = archive.revisions.find_quote(body.article_id, span, body.quote)
        if revision is None:
            return None
    held = span.of(revision.text) == body.quote if revision else None
    successor = None
    if body.quote and body.quote not in article.text:
        blocks = read_article(article.text, title=article.info.title).blocks
        successor = find_successor(body.quote, article.text, blocks, start=body.start)
    return ChangeOut.of(revision, held=held, successor=successor)


def _check(question: str, limit: int, field: str, settings: Settings) -> None:
    """Hold a request against the limits that the settings give; raises `RequestValidationError`."""
    if len(question) > settings.max_question:
        message = f"it has {len(question):,} characters, the limit is {settings.max_question:,}; ask it shorter"
        raise RequestValidationError([{"type": "too_long", "loc": ("body", field), "msg": message}])
    if limit > settings.max_limit:
        message = f"the limit is {settings.max_limit}; ask for fewer"
        raise RequestValidationError([{"type": "too_large", "loc": ("body", "limit"), "msg": message, "input": limit}])


def _events(answer: AnswerOut) -> Iterator[bytes]:
    yield _event("sources", {"citations": [c.model_dump(mode="json") for c in answer.citations or answer.closest]})
    cited = {citation.number: citation for citation in answer.citations}
    for sentence in answer.sentences:
        yield _event("sentence", sentence)
        for number in sentence.citations:
            yield _event("citation", cited[number])
    yield _event("done", answer)


def _event(name: str, data: BaseModel | dict[str, object]) -> bytes:
    body = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    return format_sse_event(event=name, data_str=body)


def _places(text: str, quote: str, start: int) -> list[int]:
    """Return where the quote stands other than at `start`."""
    places: list[int] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(places) < _MAX_FOUND:
        if at != start:
            places.append(at)
        at = text.find(quote, at + 1)
    return places
