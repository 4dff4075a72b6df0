"""The bodies of OpenAI's chat completions, as far as an archive has something to put there."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, model_validator

from onrecord.service.answers.answer import Mode
from onrecord.service.answers.question import conversation as dialogue
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.schemas.answers import AnswerOut, CitationOut
from onrecord.service.schemas.fields import Characters

MODELS: dict[str, Mode] = {
    "onrecord": "auto",
    "onrecord-extractive": "extractive",
    "onrecord-generative": "generative",
}
"""The models' names, and the mode of `POST /ask` that each is."""

_READ_ROLES = {"user", "assistant"}
_TEXT_PARTS = {"text", "input_text", "output_text", "refusal"}
_TURNS = 100
"""Earlier messages that are read, the last."""
_LONGEST_TURN = 20_000
"""Code points of an earlier message that are read."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def _read_content(value: object, info: ValidationInfo) -> object:
    """Return the text of a message; what stands in one that is not read does not matter."""
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
    """A part of a request that may have more fields: clients send what other servers know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MessageIn(_Lenient):
    """A message. Those of the system, the developer and of tools are not read: nobody instructs the archive."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = Field(default=None, validate_default=True)


class StreamOptionsIn(_Lenient):
    """What a stream is to have besides."""

    include_usage: bool | None = None


class CompletionIn(_Lenient):
    """A conversation whose last message of the user is the question; any other field of OpenAI's is ignored."""

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
    n: int | None = Field(default=None, description="There is one answer.")

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
        """The last thing the user wrote."""
        return self.messages[self._last].content or ""

    @property
    def history(self) -> tuple[dialogue.Turn, ...]:
        """What was said before, oldest first."""
        said = [
            dialogue.Turn(role=message.role, content=message.content[:_LONGEST_TURN])
            for message in self.messages[: self._last]
            if message.role in ("user", "assistant") and message.content and message.content.strip()
        ]
        return tuple(said[-_TURNS:])

    @property
    def wants_usage(self) -> bool:
        """Whether the stream is to end with `usage`."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def to_asked(self) -> Asked:
        """Return the value that is answered; raises `KeyError` for a model that there is not."""
        return Asked(question=self.question, mode=MODELS[self.model], history=self.history)

    @property
    def _last(self) -> int:
        return max(at for at, message in enumerate(self.messages) if message.role == "user")


class UrlCitationOut(BaseModel):
    """What a marker of the content leads to."""

    url: str = Field(description="The article's own, or where this service has it.")
    title: str
    start_index: int = Field(description="Of the marker in the content, in code points.")
    end_index: int = Field(description="Exclusive.")


class AnnotationOut(BaseModel):
    """A marker of the content."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut


class AnsweringMessageOut(BaseModel):
    """The answer as Markdown, each sentence with its markers; to a question that is not answered, one that says so."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[AnnotationOut]


class ChoiceOut(BaseModel):
    """The answer; there is one."""

    index: Literal[0] = 0
    message: AnsweringMessageOut
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class UsageOut(BaseModel):
    """Words and punctuation marks: of the messages that were read, and of the content.

    They are no tokens of a language model, which counts its own, prompt and passages included, where it runs.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def from_texts(cls, asked: Asked, content: str) -> Self:
        """Count."""
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
    citations: list[CitationOut] = Field(description="What the markers stand for, with the exact quotes.")
    onrecord: AnswerOut = Field(description="The answer as `POST /ask` gives it.")


class ModelOut(BaseModel):
    """A way to be answered."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["onrecord"] = "onrecord"


class ModelsOut(BaseModel):
    """The ways to be answered."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


def _count(text: str) -> int:
    return sum(1 for _ in _TOKEN.finditer(text))
