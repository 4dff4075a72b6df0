"""Questions: `POST /ask`."""

import json
import uuid
from collections.abc import Iterator
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.sse import format_sse_event
from pydantic import BaseModel

from onrecord.service.answers.answer import Answer, Done, Event, Proved, Sources
from onrecord.service.http.requests.answer_response import respond
from onrecord.service.http.requests.dependencies import TAKES_NO_QUERY, AppMetrics, AppParts, AppSettings
from onrecord.service.http.requests.request_limits import check_length, check_limit
from onrecord.service.schemas.answers import AnswerOut, AskIn, CitationOut, SentenceOut

router = APIRouter(tags=["questions"], dependencies=[TAKES_NO_QUERY])


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
    body: AskIn, request: Request, parts: AppParts, settings: AppSettings, metrics: AppMetrics
) -> AnswerOut | Response:
    """Answer a question with verbatim quotes, or prose that they prove, or say that the archive does not answer it."""
    check_length(body.question, "question", settings)
    check_limit(body.limit, settings)
    request.state.question = body.question
    asked = await parts.readings.run(partial(body.to_asked, parts.speakers))
    writer = _Writer(prose=parts.answering.writes(asked))
    return await respond(request, asked, writer, stream=body.stream, answering=parts.answering, metrics=metrics)


class _Writer:
    """A writer of answers in the service's own form."""

    def __init__(self, *, prose: bool) -> None:
        self._prose = prose

    def whole(self, answer: Answer) -> AnswerOut:
        """Return the answer under an id of its own."""
        return AnswerOut.from_answer(answer, id=uuid.uuid4().hex)

    def chunks(self, event: Event) -> Iterator[bytes]:
        """Yield the server-sent events for one event; a citation comes with the first sentence that uses it.

        In prose the citation comes before its sentence: the quotes in `sources` are others, under the same numbers.
        """
        if isinstance(event, Sources):
            citations = [CitationOut.from_citation(citation).model_dump(mode="json") for citation in event.citations]
            yield _event("sources", {"citations": citations})
        elif isinstance(event, Proved):
            written = [_event("citation", CitationOut.from_citation(citation)) for citation in event.citations]
            sentence = SentenceOut(text=event.sentence.text, citations=list(event.sentence.citations))
            written.insert(len(written) if self._prose else 0, _event("sentence", sentence))
            yield from written
        elif isinstance(event, Done):
            yield _event("done", self.whole(event.answer))

    def failure(self, detail: str) -> bytes:
        """Return the event `error`."""
        return _event("error", {"detail": detail})


def _event(name: str, data: BaseModel | dict[str, object]) -> bytes:
    body = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    return format_sse_event(event=name, data_str=body)
