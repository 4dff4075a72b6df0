"""Services that behave as the real one seldom does."""

import json
from collections.abc import Sequence
from threading import Event

from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.service.http.routes.page import router as pages
from onrecord.service.settings import Settings


class Brake:
    """The service in front of it, held back after so many pieces of a streamed answer until it is released."""

    def __init__(self, app: ASGIApp, *, after: int) -> None:
        self._app = app
        self.after = after
        self.released = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pieces = 0

        async def slowly(message: Message) -> None:
            nonlocal pieces
            if message["type"] == "http.response.body":
                if pieces == self.after:
                    await to_thread.run_sync(self.released.wait, abandon_on_cancel=True)
                pieces += 1
            await send(message)

        asked = scope["type"] == "http" and scope["path"] == "/ask"
        await self._app(scope, receive, slowly if asked else send)


def citation(number: int, quote: str, **more: object) -> dict[str, object]:
    """Return a citation of the contract."""
    return {
        "number": number,
        "article_id": "a",
        "title": "Harbour to open",
        "publisher": "The Coast",
        "author": None,
        "published_at": "2025-11-03",
        "url": None,
        "source_name": None,
        "quote": quote,
        "start": 0,
        "end": len(quote),
        "highlight": None,
        "speaker": None,
        "content_sha256": "0" * 64,
        "score": 0.9,
        **more,
    }


def answer(**more: object) -> dict[str, object]:
    """Return a whole answer of the contract."""
    return {
        "id": "1",
        "question": "?",
        "status": "answered",
        "mode": "generative",
        "degraded_reason": None,
        "confidence": 0.9,
        "answer": "",
        "sentences": [],
        "citations": [],
        "rejected": [],
        "closest": [],
        "timings_ms": {"retrieve": 1, "read": 1, "generate": 1, "total": 3},
        **more,
    }


def event(name: str, data: object) -> str:
    """Return a server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def scripted(pieces: Sequence[str | bytes]) -> FastAPI:
    """Return a service that answers every question with these pieces of a stream; `/` is our page."""
    app = FastAPI()
    app.include_router(pages)
    app.state.settings = Settings()

    @app.post("/ask")
    async def ask() -> StreamingResponse:
        async def stream():
            for piece in pieces:
                yield piece

        return StreamingResponse(stream(), media_type="text/event-stream")

    return app
