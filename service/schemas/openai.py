"""The bodies of OpenAI's chat completions, as far as they make sense for an archive."""

import re
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import InitErrorDetails, PydanticCustomError

from onrecord.index.text.invisible_characters import VISIBLE, as_seen
from onrecord.service.answers.answer import Mode
from onrecord.service.answers.question.conversation import Asked, Message
from onrecord.service.schemas.answers import AnswerOut, CitationOut
from onrecord.service.schemas.fields import Characters, LenientModel

MODELS: dict[str, Mode] = {
    "onrecord": "auto",
    "onrecord-extractive": "extractive",
    "onrecord-generative": "generative",
}
"""The names of the models, each with its mode of `POST /ask`."""

_UNREAD_ROLES = {"system", "developer", "tool", "function"}
_TEXT_PARTS = {"text", "input_text", "output_text", "refusal"}
_MAX_MESSAGES = 100
"""Earlier messages that are read: the last ones."""
_MAX_MESSAGE = 20_000
"""Code points of an earlier message that are read."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


class PartIn(LenientModel):
    """A part of a message: a text, or what the archive does not read, such as an image."""

    type: Annotated[Characters, Field(max_length=200)]
    text: Characters | None = None
    refusal: Characters | None = None

    @property
    def said(self) -> str | None:
        """The words of the part; None if it is no text."""
        return (self.refusal if self.type == "refusal" else self.text) if self.type in _TEXT_PARTS else None


def _as_parts(content: object) -> object:
    if not isinstance(content, str | list):
        raise ValueError("it is neither a text nor a list of parts")
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


# One wrong part is told: a body may have a hundred thousand.
Content = Annotated[list[PartIn], FailFast(), BeforeValidator(_as_parts, json_schema_input_type=str | list[PartIn])]
"""The parts of a message; a text is one part."""


class MessageIn(LenientModel):
    """A message; those of the system, the developer and tools are not read, as the archive takes no instructions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = []

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_not_read(cls, data: Any) -> Any:
        role = data.get("role") if isinstance(data, dict) else None
        return {"role": role} if isinstance(role, str) and role in _UNREAD_ROLES else data

    @property
    def text(self) -> str:
        """The words of the message, without parts that are no text."""
        return "\n".join(part.said for part in self.content if part.said is not None)

    @property
    def unread(self) -> tuple[int, str] | None:
        """The first part that is no text, by its place and its type."""
        return next(((at, part.type) for at, part in enumerate(self.content) if part.said is None), None)


class StreamOptionsIn(LenientModel):
    """Options of a stream."""

    include_usage: StrictBool | None = None


_SHOWS: JsonDict = {"type": "string", "pattern": VISIBLE}
_QUESTION: JsonDict = {
    "required": ["role", "content"],
    "properties": {
        "role": {"const": "user"},
        "content": {
            "anyOf": [
                _SHOWS,
                {
                    "type": "array",
                    "contains": {
                        "required": ["type", "text"],
                        "properties": {"type": {"const": "text"}, "text": _SHOWS},
                    },
                },
            ]
        },
    },
}
"""The form of a message that asks, of which a conversation has at least one."""


class CompletionIn(LenientModel):
    """A conversation whose last user message is the question; other fields of OpenAI's are ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "onrecord",
                    "messages": [{"role": "user", "content": "what did Putin say about legality?"}],
                }
            ]
        }
    )

    model: Annotated[Characters, Field(max_length=200)] = Field(
        default="onrecord", description=f"One of {', '.join(MODELS)}; any other is a 404."
    )
    messages: list[MessageIn] = Field(
        max_length=10_000,
        description="The conversation, oldest first. The last message of the user is the question: it has words, and "
        "no part that is no text.",
        json_schema_extra={"contains": _QUESTION},
    )
    stream: StrictBool | None = Field(default=None, description="Answer in pieces, as server-sent events.")
    stream_options: StreamOptionsIn | None = None
    n: int | None = Field(default=None, description="The number of answers, which is 1.")

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        if self.n is not None and self.n != 1:
            raise ValueError(f"n is {self.n}, and the archive gives one answer; leave it out")
        if not any(message.role == "user" for message in self.messages):
            raise ValueError("messages has no message with the role 'user'; the last one of these is the question")
        if unread := self.messages[self._last].unread:
            at, kind = unread
            wrong = f"part {at} is of type {kind[:40]!r}, and the archive reads nothing but text; ask in words"
            error = PydanticCustomError("not_text", "{wrong}", {"wrong": wrong})
            place = ("messages", self._last, "content")
            raise ValidationError.from_exception_data(
                "CompletionIn", [InitErrorDetails(type=error, loc=place, input=None)]
            )
        if not self.question:
            raise ValueError("the last message with the role 'user' is blank; write what you want to know")
        return self

    # A body may have a million characters, so its question is looked for and cleaned once.
    @cached_property
    def question(self) -> str:
        """The text of the last message of the user."""
        return as_seen(self.messages[self._last].text)

    @property
    def history(self) -> tuple[Message, ...]:
        """The messages before the question, oldest first."""
        said = (
            Message(role=message.role, content=text[:_MAX_MESSAGE])
            for message in reversed(self.messages[: self._last])
            if message.role in ("user", "assistant") and (text := message.text).strip()
        )
        return tuple(reversed([*islice(said, _MAX_MESSAGES)]))

    @property
    def wants_usage(self) -> bool:
        """Whether the client wants `usage` at the end of the stream."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def to_asked(self) -> Asked:
        """Return the question to answer; raise `KeyError` for an unknown model."""
        return Asked(question=self.question, mode=MODELS[self.model], history=self.history)

    @cached_property
    def _last(self) -> int:
        """The place of the last message of the user."""
        return max(at for at, message in enumerate(self.messages) if message.role == "user")


class UrlCitationOut(BaseModel):
    """The source that a marker of the content names."""

    url: str = Field(description="The article's own address, or its address in this service.")
    title: str
    start_index: int = Field(description="Where the marker begins in the content, in code points.")
    end_index: int = Field(description="Where it ends, exclusive.")


class AnnotationOut(BaseModel):
    """A marker of the content."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut


class AnsweringMessageOut(BaseModel):
    """The answer as Markdown, each sentence with its markers; an abstention is a sentence that says so."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[AnnotationOut]


class ChoiceOut(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnsweringMessageOut
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class UsageOut(BaseModel):
    """Counts of words and punctuation marks, in the messages that were read and in the content.

    They are not the tokens of a language model, which also reads a prompt and passages.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def from_texts(cls, asked: Asked, content: str) -> Self:
        """Return the counts for a question and the content of its answer."""
        read = sum(map(_count, (asked.question, *(turn.content for turn in asked.history))))
        written = _count(content)
        return cls(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)


class CompletionOut(BaseModel):
    """An answer in OpenAI's shape. `citations` and `onrecord` are this service's own fields."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    citations: list[CitationOut] = Field(description="The sources of the markers, with the exact quotes.")
    onrecord: AnswerOut = Field(description="The answer in the form of `POST /ask`.")


class ModelOut(BaseModel):
    """A kind of answer, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["onrecord"] = "onrecord"


class ModelsOut(BaseModel):
    """The kinds of answer, as models."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


def _count(text: str) -> int:
    return sum(1 for _ in _TOKEN.finditer(text))
