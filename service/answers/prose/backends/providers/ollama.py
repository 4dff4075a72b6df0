"""The language models that Ollama runs, through its own API."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict

from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.remote import Patience, Remote

CONTEXT_TOKENS = 8192
"""Tokens of prompt and answer together. Ollama's default is half as many, and it cuts off the rest without an error."""
MAX_ANSWER_TOKENS = 2048
"""Tokens in an answer."""


class Ollama:
    """A backend that calls POST {url}/api/chat and reads one JSON object from each line."""

    def __init__(self, model: str, *, url: str, patience: Patience) -> None:
        self.name = f"ollama:{model}"
        self._remote = Remote(url, name=self.name, patience=patience)
        self._model = model

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raise `BackendError` if the server does not give it to its end."""
        remote = self._remote
        body = {
            "model": self._model,
            "messages": [asdict(message) for message in messages],
            "stream": True,
            "options": {"temperature": 0, "num_ctx": CONTEXT_TOKENS, "num_predict": MAX_ANSWER_TOKENS},
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
