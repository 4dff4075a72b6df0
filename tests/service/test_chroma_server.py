"""Several processes on one Chroma server: one writes, the others read, and the server may go and come back."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.errors import ArchiveInUse, ArchiveReadOnly, EmbedderMismatch, VectorIndexDown
from onrecord.index.text.embedder import Embedder
from onrecord.index.upkeep.next_index import NextIndex
from onrecord.index.upkeep.reindexer import build_next, take_over
from onrecord.index.values import Draft, Filters
from onrecord.index.vectors.chroma_server import ChromaServer
from onrecord.service.commands.app import app
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, archive_file, next_folder, open_parts, vectors_folder
from tests.other_embedders import Halved
from tests.program import Program
from tests.service.conftest import make_client

pytestmark = pytest.mark.slow

QUESTION = "what did Putin say about legality?"


class Chroma:
    """A real Chroma server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        command = [Path(sys.executable).parent / "chroma", "run", "--path", self.folder, "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 300
        # One client, as each sets TLS up anew.
        with httpx.Client(trust_env=False, verify=False) as client:
            while time.monotonic() < end:
                try:
                    if client.get(f"{self.url}/api/v2/heartbeat").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.2)
        raise AssertionError("chroma run does not answer")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def lose_everything(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
        self.start()


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    server = Chroma(tmp_path_factory.mktemp("chroma") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(home: Path, chroma: Chroma) -> Settings:
    return Settings(home=home, chroma_url=chroma.url)


@pytest.fixture
def writer(settings: Settings, embedder: Embedder, seeds: Path) -> Iterator[Parts]:
    """The process that writes, with the five seed articles."""
    with open_parts(settings, embedder=embedder, reads=True) as parts:
        drafts = (draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name))
        assert len(list(parts.indexer.add(drafts))) == 5
        yield parts


@pytest.fixture
def reader(writer: Parts, settings: Settings, embedder: Embedder) -> Iterator[Parts]:
    """One that reads beside it."""
    with open_parts(settings, embedder=embedder, reads=True) as parts:
        yield parts


def add(parts: Parts, text: str, name: str) -> str:
    (added,) = parts.indexer.add([Draft(text=text, source_name=name)])
    return added.article.id


def best(parts: Parts, query: str, filters: Filters | None = None) -> str | None:
    """The source name of the best passage's article."""
    found = parts.retriever.retrieve(query, limit=1, filters=filters).passages
    return found[0].article.source_name if found else None


def nearest(parts: Parts, query: str) -> str | None:
    """The source name of the article that Chroma itself says is nearest."""
    ((passage, similarity),) = parts.vector_index.search(parts.embedder.embed_question(query), limit=1)
    return parts.archive.passages.found({passage: (1.0, similarity)})[0].article.source_name


# One writes, the others read


def test_a_reader_answers_fully(writer: Parts, reader: Parts) -> None:
    """Questions, searches, filters, speakers and quotations are what the writer has, from the one collection."""
    assert reader.archive.read_only
    answer = reader.answerer.answer(QUESTION, limit=3, filters=Filters())
    assert (answer.status, answer.citations) == (
        "answered",
        writer.answerer.answer(QUESTION, limit=3, filters=Filters()).citations,
    )
    assert reader.vector_index.ids() == set(writer.archive.passages.ids()) == writer.vector_index.ids()
    vector = reader.embedder.embed_question(QUESTION)
    assert reader.vector_index.search(vector, limit=9) == writer.vector_index.search(vector, limit=9)
    assert [one.stored.id for one in reader.quotations.find(speaker="zelenskyy", limit=9)] == [
        one.stored.id for one in writer.quotations.find(speaker="zelenskyy", limit=9)
    ]


def test_a_reader_follows_what_the_writer_does(writer: Parts, reader: Parts) -> None:
    """What is added, revised and removed is so for the reader at its next question, in all that it holds in memory."""
    # Everything in memory is read before there is anything to follow.
    assert best(reader, "Qwortabel", Filters(published_after="1990-01-01")) != "z.txt"
    assert reader.speakers.match("Abelone") == ()
    reader.retriever.retrieve("Who saw Qwortabel?", limit=1)

    text = "Zoo news\n\nThe zebra of Qwortabel was seen in Lisbon. “It was striped,” Abelone Reis said on Monday."
    article = add(writer, text, "z.txt")
    assert best(reader, "a zebra was seen") == nearest(reader, "The zebra of Qwortabel was seen") == "z.txt"
    (speaker,) = reader.speakers.match("Abelone")
    assert best(reader, "stripes", Filters(speakers=(speaker,))) == "z.txt"
    assert [one.stored.quotation.speaker for one in reader.quotations.find(speaker="reis", limit=5)] == [speaker]
    assert "qwortabel" in {
        w for words in reader.retriever.retrieve("Who saw Qwortable?", limit=1).spellings.values() for w in words
    }

    assert add(writer, text.replace("zebra", "heron"), "z.txt") == article
    assert "heron" in reader.retriever.retrieve("a heron was seen", limit=1).passages[0].text
    assert "heron" in reader.archive.article(article).text
    writer.indexer.remove(article)
    assert best(reader, "a heron was seen") != "z.txt"
    assert best(reader, "stripes", Filters(speakers=(speaker,))) is None
    assert reader.vector_index.ids() == set(reader.archive.passages.ids())


@pytest.mark.anyio
async def test_a_reader_takes_nothing_and_says_who_does(writer: Parts, reader: Parts) -> None:
    """Adding and removing is a problem that names the writer's process id; asking and verifying go on."""
    async with make_client(create_app(reader, Settings())) as client:
        asked = (await client.post("/ask", json={"question": QUESTION})).json()
        first = asked["citations"][0]
        check = {name: first[name] for name in ("article_id", "start", "end", "quote", "content_sha256")}
        assert (await client.post("/verify", json=check)).json()["status"] == "verified"
        for response in (
            await client.post("/articles", json={"text": "Mine.", "source_name": "m.txt"}),
            await client.delete(f"/articles/{first['article_id']}"),
        ):
            assert response.status_code == 409
            assert response.headers["content-type"] == "application/problem+json"
            assert f"process {os.getpid()} writes it" in response.json()["detail"]
    with pytest.raises(ArchiveReadOnly):
        reader.indexer.index_again(first["article_id"])
    assert reader.archive.counts().articles == 5


def test_only_who_asks_reads_beside_the_writer(
    writer: Parts, settings: Settings, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On the command line questions are answered and changes refused in one line; without CHROMA_URL both are."""
    monkeypatch.setenv("ONRECORD_HOME", str(settings.home))
    (tmp_path / "x.txt").write_text("A text.")
    with pytest.raises(ArchiveInUse, match="is open in this process already"):
        ExitStack().enter_context(open_parts(Settings(home=settings.home), embedder=embedder, reads=True))
    monkeypatch.setenv("CHROMA_URL", str(settings.chroma_url))
    refused = CliRunner().invoke(app, ["add", str(tmp_path / "x.txt")])
    assert refused.exit_code == 1
    assert "is open in this process already" in refused.stderr
    asked = CliRunner().invoke(app, ["ask", QUESTION, "-n", "1"])
    assert asked.exit_code == 0
    assert "legally impossible" in " ".join(asked.stdout.split())
    assert '"faults": 0' in CliRunner().invoke(app, ["verify", "--json"]).stdout


# The server goes and comes back


def keep(parts: Parts) -> None:
    """What the writer's keeper does every few seconds."""
    server = parts.vector_index
    assert isinstance(server, ChromaServer)
    server._down_until = 0.0
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if not server.behind and server.ids() == set(parts.archive.passages.ids()):
                return
        except VectorIndexDown:
            pass
        time.sleep(0.2)
    raise AssertionError("the server has not got every passage")


def test_without_the_server_searches_are_exact_and_nothing_is_lost(
    writer: Parts, reader: Parts, chroma: Chroma, caplog: pytest.LogCaptureFixture
) -> None:
    """Down: the same answers, said in the log, and articles are taken. Back without its data: it gets every passage."""
    before = writer.answerer.answer(QUESTION, limit=3, filters=Filters()).citations
    found = [passage.id for passage in writer.retriever.retrieve(QUESTION, limit=3).passages]
    chroma.stop()
    try:
        for parts in (writer, reader):
            assert [c.quote for c in parts.answerer.answer(QUESTION, limit=3, filters=Filters()).citations] == [
                c.quote for c in before
            ]
            assert [passage.id for passage in parts.retriever.retrieve(QUESTION, limit=3).passages] == found
        assert f"The Chroma server {chroma.url} (CHROMA_URL) fails: " in caplog.text
        assert "Searches compare every vector meanwhile" in caplog.text
        add(writer, "The zebra of Lisbon was seen.", "z.txt")
        for parts in (writer, reader):
            assert best(parts, "striped animal in Portugal") == "z.txt"
    finally:
        shutil.rmtree(chroma.folder)
        chroma.start()
    keep(writer)
    time.sleep(2.1)
    assert (
        nearest(writer, "The zebra of Lisbon was seen.") == nearest(reader, "The zebra of Lisbon was seen.") == "z.txt"
    )


def test_a_server_that_loses_its_data_gets_it_again(writer: Parts, reader: Parts, chroma: Chroma) -> None:
    """While it lacks passages, nobody is answered from what is left."""
    chroma.lose_everything()
    assert best(reader, "Budapest Memorandum") == best(writer, "Budapest Memorandum") is not None
    keep(writer)
    assert best(reader, "Budapest Memorandum") is not None


def test_a_start_without_the_server_answers(settings: Settings, embedder: Embedder, home: Path, seeds: Path) -> None:
    """It says so, and takes articles; a wrong address is no reason to stay silent."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with open_parts(Settings(home=home, chroma_url=url), embedder=embedder, reads=True) as parts:
        add(parts, "The zebra of Lisbon was seen.", "z.txt")
        assert best(parts, "striped animal") == "z.txt"
    with open_parts(settings, embedder=embedder) as parts:
        assert nearest(parts, "a zebra") == "z.txt"


# Another index


def test_a_reader_does_not_ask_another_models_index(
    writer: Parts, reader: Parts, settings: Settings, embedder: Embedder, chroma: Chroma
) -> None:
    """When the writer has switched, the reader says so instead of comparing what cannot be compared.

    The same model's new index it follows. The server is rid of the old collections.
    """
    for model in (embedder, Halved(embedder)):
        fingerprint = model.fingerprint
        file, folder = archive_file(settings.home), next_folder(settings.home)
        with closing(NextIndex(folder, archive_file=file, embedder=fingerprint)) as next_index:
            for _ in build_next(next_index, model):
                pass
        old = writer.archive.id
        assert take_over(writer.archive, folder, vectors_folder(settings.home), model) is True
        server = writer.vector_index
        assert isinstance(server, ChromaServer)
        server.forget_replaced()
        names = [
            c["name"]
            for c in httpx.get(
                f"{chroma.url}/api/v2/tenants/default_tenant/databases/default_database/collections?limit=1000",
                trust_env=False,
            ).json()
        ]
        assert f"passages-{old}" not in names
        writer.indexer.reconcile()
        if model is embedder:
            assert best(reader, "Budapest Memorandum") is not None
            assert reader.vector_index.ids() == set(reader.archive.passages.ids())
        else:
            with pytest.raises(EmbedderMismatch, match="'halved'"):
                best(reader, "Budapest Memorandum")


# Nowhere else


def test_the_server_is_asked_and_nobody_else(
    writer: Parts, settings: Settings, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's proxy settings are not followed."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with open_parts(settings, embedder=embedder, reads=True) as parts:
            assert parts.vector_index.ids() == set(parts.archive.passages.ids())
        with pytest.raises(BlockingIOError):
            proxy.accept()


# Processes


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[httpx.Client, Program]]:
    environment = {**os.environ, "ONRECORD_HOME": str(settings.home), "CHROMA_URL": str(settings.chroma_url)}
    process = Program("serve", "--port", "0", environment=environment)
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        with httpx.Client(base_url=found.group(), timeout=60, trust_env=False) as client:
            yield client, process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_when_the_writer_dies_readers_answer_and_the_next_start_writes(settings: Settings) -> None:
    """An article acknowledged by the killed writer is found by all; the next process is the writer."""
    body = {"text": "Zoo\n\nThe zebra of Lisbon was seen, Mayor Ana Reis said.", "source_name": "z.txt"}
    with serving(settings) as (first, writer), serving(settings) as (second, _):
        assert first.post("/articles", json=body).status_code == 201
        (passage,) = second.post("/search", json={"query": "zebra"}).json()["passages"]
        assert passage["source_name"] == "z.txt"
        refused = second.post("/articles", json=body)
        assert (refused.status_code, f"process {writer.pid} writes it" in refused.json()["detail"]) == (409, True)
        writer.kill()
        writer.wait()
        assert second.post("/search", json={"query": "zebra"}).json()["passages"] == [passage]
        assert "the next one that starts will write it" in second.post("/articles", json=body).json()["detail"]
        with serving(settings) as (third, _):
            other = {"text": "Harbour\n\nA second zebra swam in the harbour of Porto.", "source_name": "y.txt"}
            assert third.post("/articles", json=other).status_code == 201
            assert second.get("/health/ready").json()["articles"] == 2
            found = second.post("/search", json={"query": "zebra"}).json()["passages"]
            assert {one["source_name"] for one in found} == {"y.txt", "z.txt"}
