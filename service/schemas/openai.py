"""The bodies of OpenAI's chat completions, as far as they make sense for an archive."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, model_validator

from onrecord.service.answers.answer import Mode
from onrecord.service.answers.question.conversation import Asked, Message
from onrecord.service.schemas.answers import AnswerOut, CitationOut
from onrecord.service.schemas.fields import Characters

MODELS: dict[str, Mode] = {
    "onrecord": "auto",
    "onrecord-extractive": "extractive",
    "onrecord-generative": "generative",
}
"""The names of the models, each with its mode of `POST /ask`."""

_READ_ROLES = {"user", "assistant"}
_TEXT_PARTS = {"text", "input_text", "output_text", "refusal"}
_MAX_MESSAGES = 100
"""Earlier messages that are read: the last ones."""
_MAX_MESSAGE = 20_000
"""Code points of an earlier message that are read."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def _read_content(value: object, info: ValidationInfo) -> object:
    """Return the text of a message, or None for a message that is not read."""
    if info.data.get("role") not in _READ_ROLES:
        return None
    if not isinstance(value, list):
        return value
    texts = []
    for at, part in enumerate(value):
        kind = part.get("type") if isinstance(part, dict) else None
        text = part.get("refusal" if kind == "refusal" else "text") if isinstance(part, dict) else None
        if kind not in _TEXT_PARTS or not isinstance(text, str):
            raise ValueError(f"part {at} is of type {str(kind)[:40]!r}, and the archive reads nothing but text")
        texts.append(text)
    return "\n".join(texts)


Content = Annotated[
    Characters | None,
    BeforeValidator(_read_content),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                        "required": ["type", "text"],
                    },
                },
                {"type": "null"},
            ]
        }
    ),
]


class _Lenient(BaseModel):
    """A part of a request that may have unknown fields, as clients send what other servers understand."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MessageIn(_Lenient):
    """A message; those of the system, the developer and tools are not read, as the archive takes no instructions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = Field(default=None, validate_default=True)


class StreamOptionsIn(_Lenient):
    """Options of a stream."""

    include_usage: bool | None = None


class CompletionIn(_Lenient):
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
    messages: list[MessageIn] = Field(max_length=10_000, description="The conversation, oldest first.")
    stream: bool | None = Field(default=None, description="Answer in pieces, as server-sent events.")
    stream_options: StreamOptionsIn | None = None
    n: int | None = Field(default=None, description="The number of answers, which is 1.")

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        if self.n is not None and self.n != 1:
            raise ValueError(f"n is {self.n}, and the archive gives one answer; leave it out")
        if not any(message.role == "user" for message in self.messages):
            raise ValueError("messages has no message with the role 'user'; the last one of these is the question")
        if not self.question.strip():
            raise ValueError("the last message with the role 'user' is blank; write what you want to know")
        return self

    @property
    def question(self) -> str:
        """The text of the last message of the user."""
        return self.messages[self._last].content or ""

    @property
    def history(self) -> tuple[Message, ...]:
        """The messages before the question, oldest first."""
        said = [
            Message(role=message.role, content=message.content[:_MAX_MESSAGE])
            for message in self.messages[: self._last]
            if message.role in ("user", "assistant") and message.content and message.content.strip()
        ]
        return tuple(said[-_MAX_MESSAGES:])

    @property
    def wants_usage(self) -> bool:
        """Whether the client wants `usage` at the end of the stream."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def to_asked(self) -> Asked:
        """Return the question to answer; raise `KeyError` for an unknown model."""
        return Asked(question=self.question, mode=MODELS[self.model], history=self.history)

    @property
    def _last(self) -> int:
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
