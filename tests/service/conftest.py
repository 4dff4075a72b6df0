"""What the service's tests share: parts on an archive of the seed articles, and a client of the app."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.answers.prompts import load_prompts
from onrecord.service.answers.prose.backends.backend import Backend
from onrecord.service.answers.prose.gate.support_model import SupportModel, load_support
from onrecord.service.answers.prose.generative_answerer import GenerativeAnswerer
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts
from tests.grammar import loaded_parser


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def make_client(app: FastAPI, **options: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", **options)


@pytest.fixture
def loaded_models(monkeypatch: pytest.MonkeyPatch, embedder: Embedder, reader: Reader) -> None:
    """Have commands and the library in this process use the tests' own models, so that these are loaded once."""
    for module in ("onrecord.service.wiring", "onrecord.index.text.embedder"):
        monkeypatch.setattr(f"{module}.load_embedder", lambda name: embedder)
    monkeypatch.setattr(
        "onrecord.service.answers.evidence.readers.chosen_reader.load_small_reader", lambda embedder: reader
    )


@pytest.fixture
def parts(embedder: Embedder, reader: Reader, tmp_path: Path) -> Iterator[Parts]:
    """The parts on an empty archive of the test's own."""
    with open_parts(Settings(home=tmp_path / "home"), embedder=embedder, reader=reader) as parts:
        yield parts


@pytest.fixture
async def client(seeded: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app on the seed articles."""
    async with make_client(create_app(seeded, Settings())) as client:
        yield client


@pytest.fixture
async def empty(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app on an empty archive."""
    async with make_client(create_app(parts, Settings())) as client:
        yield client


@cache
def _support() -> SupportModel:
    """Load the model that is shipped, once for all tests."""
    return load_support()


def with_backend(parts: Parts, backend: Backend) -> Parts:
    """Return the parts with a language model to write answers."""
    generative = GenerativeAnswerer(
        extractive=parts.answerer,
        evidence=parts.evidence,
        backend=backend,
        embedder=parts.embedder,
        support_model=_support(),
        parser=loaded_parser(),
        prompts=load_prompts(),
        budget=3_000,
        queue=parts.questions,
        fallback=parts.fallback,
    )
    return replace(parts, answering=Answering(extractive=parts.answerer, generative=generative, queue=parts.questions))
