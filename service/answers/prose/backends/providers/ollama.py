"""A model that Ollama runs, through its own API."""

from collections.abc import AsyncGenerator, Sequence

from onrecord.service.answers.prose.backends.backend import Message
from onrecord.service.answers.prose.backends.providers.remote import Patience, Remote

CONTEXT = 8192
"""Tokens of prompt and answer. Ollama's own default is half of it, and what is beyond is cut off without a word."""
LONGEST = 2048
"""Tokens in an answer."""


class Ollama:
    """A model behind POST {url}/api/chat, streamed as one JSON object on each line."""

    def __init__(self, model: str, *, url: str, patience: Patience) -> None:
        self.name = f"ollama:{model}"
        self._remote = Remote(url, name=self.name, patience=patience)
        self._model = model

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raises `BackendError`."""
        remote = self._remote
        body = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in messages],
            "stream": True,
            "options": {"temperature": 0, "num_ctx": CONTEXT, "num_predict": LONGEST},
        }
        async with remote.post("/api/chat", body, media_type="application/x-ndjson") as lines:
            async for line in lines:
                if not line.strip():
                    continue
                found = remote.payload(line)
                if piece := remote.text(found.get("message"), "content"):
                    yield piece
                if found.get("done") is True:
                    return
        raise remote.cut_off()

    async def close(self) -> None:
        """Close the connections."""
        await self._remote.close()
