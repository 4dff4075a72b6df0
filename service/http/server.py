"""The HTTP server process: it listens, opens the parts and prints its address."""

import logging
import resource
import socket
import sys
from contextlib import suppress
from functools import partial
from types import FrameType

import uvicorn

from onrecord.index.archive.lock import announce
from onrecord.index.errors import OnRecordError
from onrecord.service.http.app import create_app
from onrecord.service.http.connections import GuardedProtocol, Room
from onrecord.service.http.request_ids import NameRequest
from onrecord.service.settings import load_settings
from onrecord.service.wiring import Parts, open_parts

_SWITCH_SECONDS = 0.0005
"""Time for which a thread that computes may keep the others waiting; Python's own 5 ms hold up the event loop, which
then refuses too slowly what it has no room for."""
_OTHER_FILES = 200
"""Files that the service has open beside its connections: the archive, the vector index, the models."""


class CannotListen(OnRecordError):
    """The server cannot listen on this address."""


class _Announcing(uvicorn.Server):
    """A server that prints its address as soon as it can be reached, and stops what takes long when it ends."""

    def __init__(self, config: uvicorn.Config, *, parts: Parts, llm: str) -> None:
        super().__init__(config)
        self._home = parts.archive.file.parent
        self._indexer = parts.indexer
        self._articles = parts.archive.counts().articles
        self._llm = llm

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # A long list that is being added is answered in time: nothing of it is stored.
        self._indexer.stop()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{port}"
            announce(self._home, address)
            print(_describe(address, self._articles, self._llm), flush=True)  # noqa: T201


def serve(*, host: str, port: int) -> None:
    """Serve until interrupted; raise `CannotListen`, or an error of `open_parts`, before anything is served."""
    settings = load_settings()
    sys.setswitchinterval(_SWITCH_SECONDS)
    handler = logging.StreamHandler()
    handler.addFilter(NameRequest())
    logging.basicConfig(
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s",
        handlers=[handler],
    )
    for chatty in ("httpx", "sentence_transformers", "chromadb"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It listens before the models are loaded, so that a port in use is an error at once.
    listener = _listen(host, port)
    with listener, open_parts(settings, reads=True, writes_prose=True) as parts:
        room = Room(max_connections=_allowed_connections(settings.max_connections))
        config = uvicorn.Config(
            create_app(parts, settings, listens_on=host),
            # Uvicorn calls what it takes for a class.
            http=partial(GuardedProtocol, room=room),  # type: ignore[arg-type]
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        # Uvicorn raises the interrupt again after it has shut down in good order, and here that is the end.
        with suppress(KeyboardInterrupt):
            _Announcing(config, parts=parts, llm=settings.llm).run(sockets=[listener])


def _allowed_connections(wanted: int) -> int:
    """Return how many connections there may be, after the limit of open files was raised for them as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        wanted = max(1, soft - _OTHER_FILES)
    return wanted


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. "
            "Choose another port with --port (PORT= with make)."
        ) from error
    return listener


def _describe(address: str, articles: int, llm: str) -> str:
    fake = "  model  echo, a fake for trials: it copies sentences and makes one up\n"
    return (
        f"onrecord serves {articles} articles at {address}\n"
        f"{'' if llm == 'none' else fake if llm == 'echo' else f'  model  {llm}' + chr(10)}"
        f"  page  {address}/\n"
        f"  API   {address}/docs\n"
        f"  try   curl -s {address}/ask -H 'Content-Type: application/json' "
        """-d '{"question": "what did Putin say about legality?"}'"""
    )
