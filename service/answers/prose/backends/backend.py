"""A language model as the service sees it: a name, and text that comes in pieces.

BackendError                  the model gives no text, or no more; any user may see the message
├── BackendUnreachable        the server does not answer in time, and a second request would wait as long
└── PromptRejected            the model refuses these messages, and may take others
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from onrecord.index.errors import OnRecordError


class BackendError(OnRecordError):
    """An error that says that the language model gave no answer, or broke off.

    The message is one plain sentence without keys, addresses or words of the server, because the user reads it as the
    answer's `degraded_reason`.
    """


class BackendUnreachable(BackendError):
    """An error that says that no server can be reached, or that it does not answer in time."""


class PromptRejected(BackendError):
    """An error that says that the model is there and refuses these messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """A message that is sent to a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


class Backend(Protocol):
    """A language model that streams its answer."""

    @property
    def name(self) -> str:
        """The kind and the model, as in "openai:gpt-4o"; users see it."""

    def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer in pieces, none of them empty.

        Closing the generator stops the model. Hold it in `contextlib.aclosing`, because a loop that is left early does
        not close it.

        Raises:
            BackendError: if the model cannot answer, also after some pieces.
        """

    async def close(self) -> None:
        """Release connections and threads; streams that are under way end."""
