"""OpenAI's form: `POST /v1/chat/completions` and `GET /v1/models`, for existing chat clients."""

import json
import time
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import format_sse_event

from onrecord.service.answers.answer import Answer, Done, Event, Proved, Sources
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.http.problems import NoSuchModel, openai_error
from onrecord.service.http.requests.answer_response import respond
from onrecord.service.http.requests.article_addresses import addresses
from onrecord.service.http.requests.dependencies import AppMetrics, AppParts, AppSettings
from onrecord.service.http.requests.request_limits import check_length
from onrecord.service.schemas.answers import AnswerOut, CitationOut
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

router = APIRouter(prefix="/v1", tags=["OpenAI's shape"])

_STARTED_AT = int(time.time())
"""When the process started, in seconds since 1970: the age of its models, which OpenAI's form asks for."""


@router.get("/models", summary="List the models")
async def list_models(parts: AppParts) -> ModelsOut:
    """Return the kinds of answer as models; prose is one of them if a language model is configured."""
    return ModelsOut(data=[ModelOut(id=name, created=_STARTED_AT) for name in _offered(parts.answering)])


@router.get("/models/{model}", summary="Read a model", responses={404: {"description": "No such model."}})
async def read_model(model: Annotated[str, Path(max_length=200)], parts: AppParts) -> ModelOut:
    """Return one kind of answer as a model."""
    offered = _offered(parts.answering)
    if model not in offered:
        raise NoSuchModel(model, offered)
    return ModelOut(id=model, created=_STARTED_AT)


@router.post(
    "/chat/completions",
    response_model=CompletionOut,
    summary="Ask the archive as a chat model",
    responses={
        404: {"description": "No such model."},
        200: {
            "description": "The answer. With `stream`, as server-sent events: a `chat.completion.chunk` for each "
            "sentence that is proved, one whose delta has the `annotations`, the last one with `citations` and "
            "`onrecord`, then `[DONE]`; comments in between keep the connection open.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
    },
)
async def complete(
    body: CompletionIn, request: Request, parts: AppParts, settings: AppSettings, metrics: AppMetrics
) -> CompletionOut | Response:
    """Answer the user's last message; parameters for a language model are accepted and ignored."""
    if body.model not in MODELS:
        raise NoSuchModel(body.model, list(MODELS))
    check_length(body.question, "messages", settings)
    request.state.question = body.question
    asked = body.to_asked()
    writer = _Writer(
        asked,
        model=body.model,
        base=str(request.base_url),
        prose=parts.answering.writes(asked),
        with_usage=body.wants_usage,
    )
    return await respond(request, asked, writer, stream=bool(body.stream), answering=parts.answering, metrics=metrics)


class _Writer:
    """A writer of one answer in OpenAI's form."""

    def __init__(self, asked: Asked, *, model: str, base: str, prose: bool, with_usage: bool) -> None:
        self._asked = asked
        self._model = model
        self._base = base
        self._prose = prose
        self._with_usage = with_usage
        self._id = uuid.uuid4().hex
        self._created = int(time.time())
        self._sent = Marked()

    def whole(self, answer: Answer) -> CompletionOut:
        """Return the answer as one completion."""
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
            usage=UsageOut.from_texts(self._asked, content.text),
            citations=[CitationOut.from_citation(citation) for citation in answer.citations],
            onrecord=AnswerOut.from_answer(answer, id=self._id),
        )

    def chunks(self, event: Event) -> Iterator[bytes]:
        """Yield the chunks for one event; quotes that prove no prose come with the whole answer."""
        if isinstance(event, Sources):
            yield self._chunk({"role": "assistant", "content": ""})
        elif isinstance(event, Proved) and self._prose:
            piece = Marked(text=" " if self._sent.text else "") + write(event.sentence)
            self._sent += piece
            yield self._chunk({"content": piece.text})
        elif isinstance(event, Done):
            yield from self._end(event.answer)

    def failure(self, detail: str) -> bytes:
        """Return the error that ends a stream."""
        return _event({"error": openai_error(HTTPStatus.INTERNAL_SERVER_ERROR, detail).model_dump()})

    def _end(self, answer: Answer) -> Iterator[bytes]:
        """Yield what is left of the answer, and what goes with it."""
        content = mark(answer.text, answer.sentences)
        sent = len(self._sent.text)
        if content.text[:sent] != self._sent.text:
            # The sentences that were sent were proved, so they stay.
            content = self._sent
        ends = [marker.span.end for marker in content.markers if marker.span.end > sent]
        for start, end in zip([sent, *ends], [*ends, len(content.text)], strict=True):
            if end > start:
                yield self._chunk({"content": content.text[start:end]})
        annotations = self._annotations(content, answer)
        if annotations:
            # They come in one piece: clients that add deltas up cannot add up lists.
            yield self._chunk({"annotations": [annotation.model_dump(mode="json") for annotation in annotations]})
        citations = [CitationOut.from_citation(citation).model_dump(mode="json") for citation in answer.citations]
        whole = AnswerOut.from_answer(answer, id=self._id).model_dump(mode="json")
        yield self._chunk({}, finish_reason="stop", citations=citations, onrecord=whole)
        if self._with_usage:
            usage = UsageOut.from_texts(self._asked, content.text).model_dump()
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


def _event(data: object) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False))
