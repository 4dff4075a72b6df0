"""What the tests share: real parts in temporary folders, and no network."""

import ipaddress
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.articles.indexer import Indexer
from onrecord.index.fallback import Fallback, Part
from onrecord.index.search.retriever import Retriever
from onrecord.index.text.embedder import SentenceTransformerEmbedder, load_embedder
from onrecord.index.vectors.chroma_index import ChromaIndex
from onrecord.service.answers.evidence.readers.reader import SpanReader
from onrecord.service.answers.evidence.readers.small_reader import load_small_reader
from onrecord.service.answers.prose.gate.support_model import CrossEncoder, load_support
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts
from tests.paths import SEEDS

# A run says the same twice; look for new trouble with `pytest --hypothesis-profile=explore`.
settings.register_profile("default", deadline=None, max_examples=100, derandomize=True)
settings.register_profile(
    "explore", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have slow tests, so that at the end no worker has one while the other has nothing."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


# The network

_cut_off = False
_attempts: list[str] = []


def _is_here(host: Any) -> bool:
    """Say whether an address stays on this machine: loopback, or "any of mine" as it is written to listen."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if not _cut_off:
        return
    match event, arguments:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (host, *_))):
            pass
        case (("socket.getaddrinfo" | "socket.gethostbyname" | "socket.gethostbyaddr"), (host, *_)):
            pass
        case _:
            return
    if not _is_here(host):
        _attempts.append(f"{event} {host!r}")
        raise OSError(f"The tests have no network: {event} {host!r}.")


# An audit hook sees every socket, whichever library opens it. It stays for the life of the process, hence the switch.
sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Cut the network off for the whole run; loopback stays."""
    global _cut_off
    _cut_off = True
    yield
    _cut_off = False


@pytest.fixture(autouse=True)
def network_attempts() -> Iterator[list[str]]:
    """What this test tried to reach. An attempt fails the test even where a library swallows the error.

    A test that makes one on purpose takes this fixture, checks it and clears it.
    """
    _attempts.clear()
    yield _attempts
    assert _attempts == [], "the test reached for the network"


@pytest.fixture(autouse=True)
def failed_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The parts that failed in this test. A failure fails the test even though an answer is made without the part.

    A test that makes a part fail takes this fixture, checks it and clears it.
    """
    failed: list[str] = []
    note = Fallback.note

    def note_and_remember(self: Fallback, part: Part, error: Exception) -> None:
        failed.append(part.name)
        note(self, part, error)

    monkeypatch.setattr(Fallback, "note", note_and_remember)
    yield failed
    assert failed == [], "a part failed"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """Forget the settings of the user: no test may touch the user's archive or ask the user's language model.

    The small reader answers, here and in the processes that tests start: the large one takes longer, and has tests of
    its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("ONRECORD_", "CHROMA_", "OPENAI_", "ANTHROPIC_", "OLLAMA_")):
                patch.delenv(name)
        patch.setenv("ONRECORD_READER", "small")
        yield


# The index's parts

_NOBODY = 65_534
"""The user of whom every Linux says that he owns nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An archive of a test's own and the parts that work on it."""

    home: Path
    archive: SqliteArchive
    vector_index: ChromaIndex
    indexer: Indexer
    retriever: Retriever


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The built-in model, loaded once, on one thread.

    Its two threads wait for each other forty times as long as they compute while anything else wants a core.
    """
    import torch

    loaded = load_embedder()
    torch.set_num_threads(1)
    return loaded


@pytest.fixture(scope="session")
def reader(embedder: SentenceTransformerEmbedder) -> SpanReader:
    """The small reader, sharing the embedder's embeddings."""
    return load_small_reader(embedder)


@pytest.fixture(scope="session")
def support(embedder: SentenceTransformerEmbedder) -> CrossEncoder:
    """The support model that is shipped, sharing the embedder's embeddings."""
    return load_support(embedder)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five seed articles."""
    return SEEDS


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of an archive that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def unwritable() -> Callable[[Path], AbstractContextManager[None]]:
    """A folder is made one that this process may only read, until the end of the `with` block."""

    @contextmanager
    def lock(folder: Path) -> Iterator[None]:
        root = os.geteuid() == 0
        paths = [folder, *folder.rglob("*")]
        modes = {path: path.stat().st_mode for path in paths}
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        for parent in folder.parents if root else ():
            modes.setdefault(parent, parent.stat().st_mode)
            parent.chmod(modes[parent] | 0o011)
        if root:
            # Root may write anywhere, so nobody does what the test does.
            os.seteuid(_NOBODY)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)
            for path, mode in modes.items():
                path.chmod(mode)

    return lock


@pytest.fixture
def store(home: Path, embedder: SentenceTransformerEmbedder) -> Iterator[Store]:
    """An empty archive, open."""
    archive = SqliteArchive(home / "archive.sqlite3")
    vector_index = ChromaIndex(home / "vectors", archive_id=archive.id)
    yield Store(
        home=home,
        archive=archive,
        vector_index=vector_index,
        indexer=Indexer(archive=archive, vector_index=vector_index, embedder=embedder),
        retriever=Retriever(archive=archive, vector_index=vector_index, embedder=embedder),
    )
    vector_index.close()
    archive.close()


# The service's parts


@pytest.fixture(scope="session")
def filled_home(embedder: SentenceTransformerEmbedder, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive of the five seed articles, closed in order: copy it, and open the copy."""
    home = tmp_path_factory.mktemp("filled") / "archive"
    with open_parts(Settings(home=home, reader="none"), embedder=embedder) as parts:
        drafts = (draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name))
        assert [added.status for added in parts.indexer.add(drafts)] == ["created"] * 5
    return home


@pytest.fixture(scope="session")
def seeded(
    embedder: SentenceTransformerEmbedder,
    reader: SpanReader,
    filled_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Parts]:
    """The parts on an archive of the five seed articles; for tests that only read."""
    home = shutil.copytree(filled_home, tmp_path_factory.mktemp("seeded") / "archive")
    with open_parts(Settings(home=home), embedder=embedder, reader=reader) as parts:
        yield parts
