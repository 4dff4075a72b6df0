"""Questions: `POST /ask`, `POST /search` and `POST /verify`."""

import json
import logging
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.errors import ArticleNotFound, OnRecordError
from onrecord.index.search.retriever import Retrieval
from onrecord.index.text.changes import find_successor
from onrecord.index.values import Article, Span
from onrecord.service.answers.answer import Answer, Done, Event, Proved, Sources
from onrecord.service.http.requests.client_connection import unless_gone, with_heartbeats
from onrecord.service.http.requests.parts import (
    AnsweringPart,
    ArchivePart,
    MetricsPart,
    RetrieverPart,
    SettingsPart,
    SpeakersPart,
    TurnsPart,
)
from onrecord.service.http.requests.request_limits import check_length, check_limit
from onrecord.service.schemas.schemas import (
    AnswerOut,
    AskIn,
    ChangeOut,
    CitationOut,
    PassageOut,
    PassagesOut,
    SearchIn,
    SentenceOut,
    SpanOut,
    VerifiedOut,
    VerifyIn,
)

_log = logging.getLogger(__name__)

router = APIRouter(tags=["questions"])

_CLIENT_IS_GONE = 499
"""Nobody reads it; nginx's number for the log."""
_MAX_FOUND = 20
"""Places reported where a quote stands elsewhere."""


@router.post(
    "/ask",
    response_model=AnswerOut,
    summary="Ask the archive",
    responses={
        200: {
            "description": "The answer with its proof, or an abstention. With `stream`, as server-sent events: "
            "`sources` (the quotes found), each `sentence` that is proved with its `citation`s, `done` (the whole "
            "answer) or `error`; comments in between keep the connection open.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def ask(
    body: AskIn,
    request: Request,
    answering: AnsweringPart,
    settings: SettingsPart,
    metrics: MetricsPart,
    speakers: SpeakersPart,
    turns: TurnsPart,
) -> AnswerOut | Response:
    """Answer a question with verbatim quotes, or prose that they prove, or say that the archive does not answer it."""
    check_length(body.question, "question", settings)
    check_limit(body.limit, settings)
    asked = await to_thread.run_sync(body.to_asked, speakers, limiter=turns)

    def write(answer: Answer) -> AnswerOut:
        metrics.answers.labels(answer.status, answer.mode).inc()
        return AnswerOut.of(answer, id=uuid.uuid4().hex)

    if not body.stream:
        answer = await unless_gone(request, answering.answer(asked))
        return write(answer) if answer is not None else Response(status_code=_CLIENT_IS_GONE)
    # The quotes are found before the response begins, so that what goes wrong until then has a status of its own.
    events = answering.events(asked)
    first = await anext(events)
    return StreamingResponse(
        with_heartbeats(request, _written(first, events, write, prose=answering.writes(asked))),
        media_type="text/event-stream",
        # Proxies hold a response back to fill their buffers unless they are told not to.
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@router.post("/search", summary="Find passages")
async def search(
    body: SearchIn, retriever: RetrieverPart, settings: SettingsPart, speakers: SpeakersPart, turns: TurnsPart
) -> PassagesOut:
    """Return the passages nearest to the query by word and by meaning."""
    check_length(body.query, "query", settings)
    check_limit(body.limit, settings)

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


async def _written(
    first: Event, events: AsyncGenerator[Event], write: Callable[[Answer], AnswerOut], *, prose: bool
) -> AsyncGenerator[bytes]:
    """Write the events; a citation comes with the first sentence that uses it.

    In prose it comes before it: the quotes in `sources` are others, under the same numbers.
    """
    async with aclosing(events):
        try:
            yield _sources(first)
            async for event in events:
                if isinstance(event, Proved):
                    written = [_event("citation", CitationOut.of(citation)) for citation in event.citations]
                    sentence = SentenceOut(text=event.sentence.text, citations=list(event.sentence.citations))
                    written.insert(len(written) if prose else 0, _event("sentence", sentence))
                    for part in written:
                        yield part
                elif isinstance(event, Done):
                    yield _event("done", write(event.answer))
        except OnRecordError as error:
            yield _event("error", {"detail": str(error)})
        except Exception:
            _log.exception("An answer broke off.")
            yield _event("error", {"detail": "Something went wrong inside the service; ask again."})


def _sources(event: Event) -> bytes:
    citations = event.citations if isinstance(event, Sources) else ()
    return _event("sources", {"citations": [CitationOut.of(c).model_dump(mode="json") for c in citations]})


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
