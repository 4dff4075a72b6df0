"""Every server with OpenAI's chat completions: OpenAI, vLLM, the server of llama.cpp, LM Studio and many more."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict

from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.remote import EVENTS, Patience, Remote, objects


class OpenAI:
    """A backend that calls POST {url}/chat/completions and reads server-sent events."""

    def __init__(self, model: str, *, url: str, key: SecretStr | None = None, patience: Patience) -> None:
        self.name = f"openai:{model}"
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        # Reasoning models refuse a temperature.
        self._remote = Remote(url, name=self.name, patience=patience, headers=headers, wishes={"temperature": 0})
        self._model = model

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raise `BackendError` if the server does not give it to its end."""
        remote, ended = self._remote, False
        body = {"model": self._model, "stream": True, "messages": [asdict(message) for message in messages]}
        async with remote.post("/chat/completions", body, media_type=EVENTS) as events:
            async for data in events:
                if data.strip() == "[DONE]":
                    return
                # The last event has no choices; it holds the number of tokens.
                for choice in objects(remote.payload(data).get("choices"))[:1]:
                    ended = ended or choice.get("finish_reason") is not None
                    if piece := remote.text(choice.get("delta"), "content"):
                        yield piece
        if not ended:
            raise remote.cut_off()

    async def close(self) -> None:
        """Close the connections."""
        await self._remote.close()
