"""What a language model is to the service: a name, and text that comes in pieces.

BackendError                  no text, or no more; the message is one sentence that any reader may see
├── BackendUnreachable        nobody answers in time: asking again now would cost as long again
└── PromptRejected            these messages are not taken: others may be
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from onrecord.index.errors import OnRecordError


class BackendError(OnRecordError):
    """The language model gave no answer, or broke off.

    The message is one plain sentence without keys, addresses or anything the other side wrote: it goes to whoever
    asked, as `degraded_reason`.
    """


class BackendUnreachable(BackendError):
    """Nobody answers in time."""


class PromptRejected(BackendError):
    """The model is there, and does not take these messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of what the model is told."""

    role: Literal["system", "user", "assistant"]
    content: str


class Backend(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """Kind and model, as "openai:gpt-4o"; it is shown."""

    def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer in pieces, none of them empty; raises `BackendError`, also in the midst of it.

        Closing the generator stops the model. Who may stop early holds it in `contextlib.aclosing`, as a loop that is
        left does not close it.
        """

    async def close(self) -> None:
        """Let go of connections and threads; streams that are under way end."""
