"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp's server, LM Studio and many more."""

from collections.abc import AsyncGenerator, Sequence

from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import Message
from onrecord.service.answers.prose.backends.providers.remote import EVENTS, Patience, Remote, objects


class OpenAI:
    """A model behind POST {url}/chat/completions, streamed as server-sent events."""

    def __init__(self, model: str, *, url: str, key: SecretStr | None = None, patience: Patience) -> None:
        self.name = f"openai:{model}"
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        # Reasoning models take no temperature.
        self._remote = Remote(url, name=self.name, patience=patience, headers=headers, wishes={"temperature": 0})
        self._model = model

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raises `BackendError`."""
        remote, ended = self._remote, False
        turns = [{"role": turn.role, "content": turn.content} for turn in messages]
        body = {"model": self._model, "stream": True, "messages": turns}
        async with remote.post("/chat/completions", body, media_type=EVENTS) as events:
            async for data in events:
                if data.strip() == "[DONE]":
                    return
                # The last one has no choices but the tokens' count.
                for choice in objects(remote.payload(data).get("choices"))[:1]:
                    ended = ended or choice.get("finish_reason") is not None
                    if piece := remote.text(choice.get("delta"), "content"):
                        yield piece
        if not ended:
            raise remote.cut_off()

    async def close(self) -> None:
        """Close the connections."""
        await self._remote.close()
