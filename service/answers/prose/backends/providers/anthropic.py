"""The language models of Anthropic, through the Messages API."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict

from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.remote import EVENTS, Patience, Remote

MAX_ANSWER_TOKENS = 2048
"""Tokens in an answer; the API requires a limit."""


class Anthropic:
    """A backend that calls POST {url}/v1/messages and reads server-sent events."""

    def __init__(self, model: str, *, url: str, key: SecretStr, patience: Patience) -> None:
        self.name = f"anthropic:{model}"
        headers = {"x-api-key": key.get_secret_value(), "anthropic-version": "2023-06-01"}
        # Some of the models refuse a temperature.
        self._remote = Remote(url, name=self.name, patience=patience, headers=headers, wishes={"temperature": 0})
        self._model = model

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raise `BackendError` if the server does not give it to its end."""
        remote = self._remote
        system = "\n\n".join(message.content for message in messages if message.role == "system")
        body = {
            "model": self._model,
            "max_tokens": MAX_ANSWER_TOKENS,
            "stream": True,
            **({"system": system} if system else {}),
            "messages": [asdict(message) for message in messages if message.role != "system"],
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
