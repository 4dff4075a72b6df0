"""The response to a question: the whole answer, or its events as a stream."""

import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Protocol, TypeVar

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from onrecord.index.errors import OnRecordError
from onrecord.service.answers.answer import Answer, Done, Event
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.requests.client_connection import with_heartbeats

_log = logging.getLogger(__name__)

_Body = TypeVar("_Body", covariant=True)


class AnswerWriter(Protocol[_Body]):
    """A form that an answer is sent in."""

    def whole(self, answer: Answer) -> _Body:
        """Return the body that holds the whole answer."""

    def chunks(self, event: Event) -> Iterable[bytes]:
        """Return what the stream says of one event of the answer."""

    def failure(self, detail: str) -> bytes:
        """Return what the stream ends with if the answer breaks off."""


async def respond(
    request: Request, asked: Asked, writer: AnswerWriter[_Body], *, stream: bool, answering: Answering, metrics: Metrics
) -> _Body | Response:
    """Answer a question in the form of `writer`, and count it; the work stops when the client goes away."""
    if not stream:
        answer = await answering.answer(asked)
        _count(answer, metrics)
        return writer.whole(answer)
    # The quotes are found before the response begins, so that an error until then has a status of its own.
    events = answering.events(asked)
    first = await anext(events)
    return StreamingResponse(
        with_heartbeats(request, _stream(first, events, writer, metrics)),
        media_type="text/event-stream",
        # Proxies hold a response back to fill their buffers unless a header forbids it.
        headers={"X-Accel-Buffering": "no"},
    )


async def _stream(
    first: Event, events: AsyncGenerator[Event], writer: AnswerWriter[object], metrics: Metrics
) -> AsyncGenerator[bytes]:
    async with aclosing(events):
        try:
            for chunk in writer.chunks(first):
                yield chunk
            async for event in events:
                if isinstance(event, Done):
                    _count(event.answer, metrics)
                for chunk in writer.chunks(event):
                    yield chunk
        except OnRecordError as error:
            yield writer.failure(str(error))
        except Exception:
            _log.exception("An answer broke off.")
            yield writer.failure("Something went wrong inside the service; ask again.")


def _count(answer: Answer, metrics: Metrics) -> None:
    metrics.answers.labels(answer.status, answer.mode).inc()
