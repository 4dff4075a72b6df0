"""A model of Anthropic's, through the Messages API."""

from collections.abc import AsyncGenerator, Sequence

from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import Message
from onrecord.service.answers.prose.backends.providers.remote import EVENTS, Patience, Remote

LONGEST = 2048
"""Tokens in an answer; the API wants a number."""


class Anthropic:
    """A model behind POST {url}/v1/messages, streamed as server-sent events."""

    def __init__(self, model: str, *, url: str, key: SecretStr, patience: Patience) -> None:
        self.name = f"anthropic:{model}"
        headers = {"x-api-key": key.get_secret_value(), "anthropic-version": "2023-06-01"}
        # Some of the models take no temperature.
        self._remote = Remote(url, name=self.name, patience=patience, headers=headers, wishes={"temperature": 0})
        self._model = model

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raises `BackendError`."""
        remote = self._remote
        system = "\n\n".join(turn.content for turn in messages if turn.role == "system")
        body = {
            "model": self._model,
            "max_tokens": LONGEST,
            "stream": True,
            **({"system": system} if system else {}),
            "messages": [{"role": turn.role, "content": turn.content} for turn in messages if turn.role != "system"],
        }
        async with remote.post("/v1/messages", body, media_type=EVENTS) as events:
            async for data in events:
                found = remote.payload(data)
                if found.get("type") == "content_block_delta" and (piece := remote.text(found.get("delta"), "text")):
                    yield piece
                if found.get("type") == "message_stop":
                    return
        raise remote.cut_off()

    async def close(self) -> None:
        """Close the connections."""
        await self._remote.close()
