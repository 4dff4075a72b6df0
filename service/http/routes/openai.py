"""OpenAI's shape: `POST /v1/chat/completions` and `GET /v1/models`, for chat clients that there are."""

import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from onrecord.index.errors import OnRecordError
from onrecord.service.answers.answer import Answer, Done, Event, Proved
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.http.problems import NoSuchModel, openai_error
from onrecord.service.http.requests.article_addresses import addresses
from onrecord.service.http.requests.client_connection import unless_gone, with_heartbeats
from onrecord.service.http.requests.parts import AnsweringPart, MetricsPart, SettingsPart
from onrecord.service.http.requests.request_limits import check_length
from onrecord.service.schemas.markdown import Marked, mark, write
from onrecord.service.schemas.openai import (
    MODELS,
    AnnotationOut,
    AnsweringMessageOut,
    ChoiceOut,
    CompletionIn,
    CompletionOut,
    ModelOut,
    ModelsOut,
    UrlCitationOut,
    UsageOut,
)
from onrecord.service.schemas.schemas import AnswerOut, CitationOut

_log = logging.getLogger(__name__)

router = APIRouter(prefix="/v1", tags=["OpenAI's shape"])

_CLIENT_IS_GONE = 499
"""Nobody reads it; nginx's number for the log."""
_SINCE = int(time.time())
"""A model's age, which the shape asks for: as old as the process."""


@router.get("/models", summary="List the models")
async def list_models(answering: AnsweringPart) -> ModelsOut:
    """Return the ways to be answered; prose is one where a language model is configured."""
    return ModelsOut(data=[ModelOut(id=name, created=_SINCE) for name in _offered(answering)])


@router.get("/models/{model}", summary="Read a model")
async def read_model(model: Annotated[str, Path(max_length=200)], answering: AnsweringPart) -> ModelOut:
    """Return one of the ways to be answered."""
    offered = _offered(answering)
    if model not in offered:
        raise NoSuchModel(model, offered)
    return ModelOut(id=model, created=_SINCE)


@router.post(
    "/chat/completions",
    response_model=CompletionOut,
    summary="Ask the archive as a chat model",
    responses={
        200: {
            "description": "The answer. With `stream`, as server-sent events: a `chat.completion.chunk` for each "
            "sentence that is proved, one whose delta has the `annotations`, the last one with `citations` and "
            "`onrecord`, then `[DONE]`; comments in between keep the connection open.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def complete(
    body: CompletionIn, request: Request, answering: AnsweringPart, settings: SettingsPart, metrics: MetricsPart
) -> CompletionOut | Response:
    """Answer the user's last message. Parameters of a language model are accepted and change nothing."""
    if body.model not in MODELS:
        raise NoSuchModel(body.model, list(MODELS))
    check_length(body.question, "messages", settings)
    asked = body.to_asked()
    reply = _Reply(asked, model=body.model, base=str(request.base_url))

    def count(answer: Answer) -> None:
        metrics.answers.labels(answer.status, answer.mode).inc()

    if not body.stream:
        answer = await unless_gone(request, answering.answer(asked))
        if answer is None:
            return Response(status_code=_CLIENT_IS_GONE)
        count(answer)
        return reply.whole(answer)

    async def chunks(events: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
        async with aclosing(events):
            try:
                for chunk in reply.begin():
                    yield chunk
                async for event in events:
                    if isinstance(event, Proved) and answering.writes(asked):
                        yield reply.add(event)
                    elif isinstance(event, Done):
                        count(event.answer)
                        for chunk in reply.end(event.answer, with_usage=body.wants_usage):
                            yield chunk
            except OnRecordError as error:
                yield _broken(str(error))
            except Exception:
                _log.exception("An answer broke off.")
                yield _broken("Something went wrong inside the service; ask again.")

    # The quotes are found before the response begins, so that what goes wrong until then has a status of its own.
    events = answering.events(asked)
    await anext(events)
    return StreamingResponse(
        with_heartbeats(request, chunks(events)),
        media_type="text/event-stream",
        # Proxies hold a response back to fill their buffers unless they are told not to.
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


class _Reply:
    """Writes one answer, whole or in chunks."""

    def __init__(self, asked: Asked, *, model: str, base: str) -> None:
        self._asked = asked
        self._model = model
        self._base = base
        self._id = uuid.uuid4().hex
        self._created = int(time.time())
        self._sent = Marked()

    def whole(self, answer: Answer) -> CompletionOut:
        """Write the answer as one."""
        content = mark(answer.text, answer.sentences)
        return CompletionOut(
            id=f"chatcmpl-{self._id}",
            created=self._created,
            model=self._model,
            choices=[
                ChoiceOut(
                    message=AnsweringMessageOut(content=content.text, annotations=self._annotations(content, answer))
                )
            ],
            usage=UsageOut.of(self._asked, content.text),
            citations=[CitationOut.of(citation) for citation in answer.citations],
            onrecord=AnswerOut.of(answer, id=self._id),
        )

    def begin(self) -> Iterator[bytes]:
        """Write what comes before the answer."""
        yield self._chunk({"role": "assistant", "content": ""})

    def add(self, proved: Proved) -> bytes:
        """Write a sentence of prose."""
        piece = Marked(text=" " if self._sent.text else "") + write(proved.sentence)
        self._sent += piece
        return self._chunk({"content": piece.text})

    def end(self, answer: Answer, *, with_usage: bool) -> Iterator[bytes]:
        """Write what is left of the answer, and what goes with it."""
        content = mark(answer.text, answer.sentences)
        sent = len(self._sent.text)
        if content.text[:sent] != self._sent.text:
            # What was sent is what was proved, and stays.
            content = self._sent
        ends = [marker.span.end for marker in content.markers if marker.span.end > sent]
        for start, end in zip([sent, *ends], [*ends, len(content.text)], strict=True):
            if end > start:
                yield self._chunk({"content": content.text[start:end]})
        annotations = self._annotations(content, answer)
        if annotations:
            # In one piece: clients that add deltas up cannot add up lists.
            yield self._chunk({"annotations": [annotation.model_dump(mode="json") for annotation in annotations]})
        citations = [CitationOut.of(citation).model_dump(mode="json") for citation in answer.citations]
        whole = AnswerOut.of(answer, id=self._id).model_dump(mode="json")
        yield self._chunk({}, finish_reason="stop", citations=citations, onrecord=whole)
        if with_usage:
            usage = UsageOut.of(self._asked, content.text).model_dump()
            yield self._data({"choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _annotations(self, content: Marked, answer: Answer) -> list[AnnotationOut]:
        cited = {citation.number: citation for citation in answer.citations}
        urls = addresses(answer.citations, base=self._base)
        return [
            AnnotationOut(
                url_citation=UrlCitationOut(
                    url=urls[marker.number],
                    title=cited[marker.number].article.title,
                    start_index=marker.span.start,
                    end_index=marker.span.end,
                )
            )
            for marker in content.markers
            if marker.number in cited
        ]

    def _chunk(self, delta: dict[str, Any], *, finish_reason: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._data({"choices": [choice], **more})

    def _data(self, fields: dict[str, object]) -> bytes:
        head = {
            "id": f"chatcmpl-{self._id}",
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._model,
        }
        return _event(head | fields)


def _offered(answering: Answering) -> list[str]:
    return [
        name
        for name, mode in MODELS.items()
        if mode != "generative" or answering.writes(Asked(question="", mode="generative"))
    ]


def _broken(detail: str) -> bytes:
    return _event({"error": openai_error(HTTPStatus.INTERNAL_SERVER_ERROR, detail).model_dump()})


def _event(data: object) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
