"""The folder of the vector index: whatever happened to it, the archive's passages are found."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.errors import VectorIndexMissing
from onrecord.index.text.embedder import Embedding
from onrecord.index.values import Draft, Passage, Span
from onrecord.index.vectors.chroma_folder import ChromaFolder, verify_folder
from tests.index.archive import made_up
from tests.paths import ROOT

DIMENSION = 16
PASSAGES = 1_500
"""More than the thousand after which Chroma writes its HNSW files and forgets its log of the vectors."""
unit_vectors = partial(made_up.unit_vectors, dimension=DIMENSION)
SEGMENT_FILES = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")


def article(name, count, *, seed=0):
    """An article of one-letter passages, each with a vector of its own."""
    none = np.empty((0, DIMENSION), dtype=np.float32)
    return IndexedArticle(
        draft=Draft(text="x" * count, title=name, source_name=name),
        passages=tuple(
            (Passage(span=Span(at, at + 1), sentences=()), Embedding(vector=vector, parts=none))
            for at, vector in enumerate(unit_vectors(count, seed))
        ),
    )


class Home:
    """An archive's folder, and what a process does with it from start to end."""

    def __init__(self, folder):
        self.folder = folder
        self.vectors = folder / "vectors"
        self.file = folder / "archive.sqlite3"

    def open(self, **options):
        self.archive = SqliteArchive(self.file)
        self.chroma = ChromaFolder(self.vectors, archive=self.archive, **{"build_after_seconds": 0.05, **options})
        return self.chroma.open()

    def close(self):
        self.chroma.close()
        self.archive.close()

    def run(self, work=lambda archive, index: None, *, before_the_end=lambda: None):
        """Open, wait for the index, check that it finds every passage, do the work, close; return what was noted."""
        index = self.open()
        try:
            wait_for(index)
            finds_every_passage(self.archive, index)
            work(self.archive, index)
            before_the_end()
            return self.archive.fact("vector_index_mended")
        finally:
            self.close()

    def die(self):
        """Leave the folder as a process leaves it that is killed while it has the index open: without a seal."""
        with closing(SqliteArchive(self.file)) as archive:
            archive.set_fact("vector_seal", "open")

    def segment(self):
        (found,) = (path for path in self.vectors.iterdir() if path.is_dir())
        return found


def wait_for(index):
    """Wait until the index is there: the child process that builds it has a low priority."""
    for _ in range(4_800):
        try:
            return index.ids()
        except VectorIndexMissing:
            time.sleep(0.05)
    return pytest.fail("the index was not built")


def finds_every_passage(archive, index):
    ids = archive.passages.ids()
    assert index.ids() == set(ids)
    some = ids[:: max(1, len(ids) // 60)]
    _, own = archive.passages.vectors(some)
    nearest = [index.search(vector, limit=1)[0] for vector in own]
    assert [i for i, _ in nearest] == some
    np.testing.assert_allclose([cosine for _, cosine in nearest], 1.0, atol=1e-3)


def fill(archive, index, *, count=PASSAGES, name="a", seed=0):
    saved = archive.save(article(name, count, seed=seed))
    index.remove(saved.removed)
    index.upsert(saved.added, np.stack(saved.vectors))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An archive and its vector index as they are after an orderly end; copied, never opened."""
    home = Home(tmp_path_factory.mktemp("filled") / "home")
    home.run(fill)
    return home.folder


@pytest.fixture
def home(filled, tmp_path):
    return Home(Path(shutil.copytree(filled, tmp_path / "home")))


def truncate(file, share=0.5):
    os.truncate(file, int(file.stat().st_size * share))


def scribble(file, *, at=1 / 3):
    """Write over a part of the file, keeping its size."""
    noise = np.random.default_rng(0).bytes(20_000)
    with file.open("r+b") as stream:
        stream.seek(int(file.stat().st_size * at))
        stream.write(noise[: max(1, file.stat().st_size // 2)])


# An orderly end


def test_a_folder_that_was_closed_in_order_is_opened_again(home):
    """Nothing is built and nothing noted; while the folder is open, its seal counts for nothing."""
    built = home.segment()
    assert home.run(before_the_end=lambda: home.archive.fact("vector_seal") == "open" or 1 / 0) is None
    assert home.segment() == built
    assert home.run() is None


def test_a_folder_that_could_not_be_written_is_built_anew(home):
    """After a failed write, on a full disk for instance, it is given up, and the next start does not trust it."""

    def fail(archive, index):
        index.upsert([99_999], np.ones((1, 3), dtype=np.float32))
        with pytest.raises(VectorIndexMissing):
            index.ids()

    assert home.run(fail) is None
    assert "it was not closed in good order" in home.run()


def test_the_first_start_is_no_repair(tmp_path):
    """An archive without passages needs no vector index, so its absence is not noted, and one is there at once."""
    home = Home(tmp_path / "home")
    assert home.open().ids() == set()
    home.close()
    home.die()
    assert home.run(fill) is None


DAMAGE = {
    "folder deleted": lambda home: shutil.rmtree(home.vectors),
    "a file in its place": lambda home: (shutil.rmtree(home.vectors), home.vectors.write_text("")),
    "segment deleted": lambda home: shutil.rmtree(home.segment()),
    "database deleted": lambda home: (home.vectors / "chroma.sqlite3").unlink(),
    "database emptied": lambda home: truncate(home.vectors / "chroma.sqlite3", 0),
    "database halved": lambda home: truncate(home.vectors / "chroma.sqlite3"),
    "database scribbled on": lambda home: scribble(home.vectors / "chroma.sqlite3"),
    "seal scribbled on": lambda home: scribble(home.vectors / "seal.json"),
}
for _name in SEGMENT_FILES:
    DAMAGE[f"{_name} deleted"] = lambda home, name=_name: (home.segment() / name).unlink()
    DAMAGE[f"{_name} halved"] = lambda home, name=_name: truncate(home.segment() / name)
    DAMAGE[f"{_name} scribbled on"] = lambda home, name=_name: scribble(home.segment() / name)


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_happens_to_a_closed_folder_is_noticed(home, caplog, damage):
    """One warning says why and how many vectors are indexed again; a process that ends before that says no more."""
    DAMAGE[damage](home)
    home.open(build_after_seconds=60.0)
    noted = home.archive.fact("vector_index_mended")
    home.close()
    why = "its folder is not there" if "folder" in damage or "place" in damage else "a file of its folder was changed"
    assert f": being rebuilt from {PASSAGES} vectors of the archive: {why}" in noted
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert why in caplog.text
    caplog.clear()
    home.open(build_after_seconds=60.0)
    assert home.archive.fact("vector_index_mended") == noted
    home.close()
    assert caplog.text == ""
    assert not home.vectors.exists()


def test_a_damaged_folder_is_mended(home, caplog):
    """Every passage is found again; the next start has nothing to mend."""
    truncate(home.segment() / "length.bin")
    noted = home.run()
    assert f": rebuilt from {PASSAGES} vectors of the archive: a file of its folder was changed" in noted
    caplog.clear()
    assert home.run() == noted
    assert caplog.text == ""


def test_a_stale_copy_of_the_folder_is_not_taken_for_the_last_one(home, tmp_path):
    """A copy from yesterday has yesterday's seal: the index is built anew, with what was added since."""
    stale = shutil.copytree(home.vectors, tmp_path / "stale")
    home.run(lambda archive, index: fill(archive, index, count=40, name="b", seed=1))
    shutil.rmtree(home.vectors)
    stale.rename(home.vectors)
    assert home.run().endswith(f"rebuilt from {PASSAGES + 40} vectors of the archive: it was not closed in good order")


def test_an_archive_that_changed_without_its_index_is_followed(home):
    """What another process added and removed meanwhile, over CHROMA_URL for instance, is brought in by the ids."""
    with closing(SqliteArchive(home.file)) as archive:
        archive.save(article("b", 40, seed=1))
    assert home.run().endswith("it was out of step: 40 passages added, 0 removed")


def test_an_archive_that_was_emptied_without_its_index_is_followed(home):
    """A sealed folder is opened in one way, whether passages are left or not."""
    with closing(SqliteArchive(home.file)) as archive:
        archive.remove(archive.find(Draft(text="", source_name="a")).id)
    assert home.run().endswith(f"it was out of step: 0 passages added, {PASSAGES} removed")


# After a crash


def test_after_a_crash_searches_do_without_until_the_index_is_built_anew(home, caplog):
    """One warning; writes are kept; what was added and removed before the index is ready is added and removed in it."""
    home.die()
    index = home.open()
    with pytest.raises(VectorIndexMissing):
        index.search(unit_vectors(1)[0], limit=1)
    fill(home.archive, index, count=40, name="b", seed=1)
    fill(home.archive, index, count=30, name="c", seed=2)
    index.remove(home.archive.remove(home.archive.find(Draft(text="", source_name="b")).id).removed)
    wait_for(index)
    finds_every_passage(home.archive, index)
    assert len(home.archive.passages.ids()) == PASSAGES + 30
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "it was not closed in good order" in caplog.text
    home.close()
    assert "rebuilt from" in home.run()


def test_what_kills_chroma_s_native_code_does_not_kill_us(home):
    """A damaged graph ends a process that searches it with SIGSEGV: after a crash the folder is never opened."""
    _point_the_graph_nowhere(home.segment() / "data_level0.bin")
    with closing(SqliteArchive(home.file)) as archive:
        archive_id = archive.id
    copy = shutil.copytree(home.vectors, home.folder / "copy")
    code = f"""
        import numpy as np
        from pathlib import Path
        from onrecord.index.vectors.chroma_index import ChromaIndex
        index = ChromaIndex(Path({str(copy)!r}), archive_id={archive_id!r})
        index.search(np.full({DIMENSION}, .25, dtype=np.float32), limit=9)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGSEGV
    home.die()
    assert "it was not closed in good order" in home.run()


def _point_the_graph_nowhere(file):
    """Give every node of the graph neighbours that are not there."""
    size = file.stat().st_size // PASSAGES
    data = np.fromfile(file, dtype=np.uint8).reshape(-1, size)
    # A node begins with how many neighbours it has, and their numbers.
    neighbours = data[:, 4:132].view(np.uint32)
    neighbours[:] = 0x7FFFFFF0
    data.tofile(file)


# Verifying


def test_a_sound_folder_is_verified_and_stays_sealed(home):
    """Verifying opens the index, compares every vector, and seals the folder again."""
    with closing(SqliteArchive(home.file)) as archive:
        assert verify_folder(home.vectors, archive) is None
        assert verify_folder(home.vectors, archive) is None
    assert home.run() is None


def test_verifying_names_what_is_wrong(home):
    """A passage that the index lacks, a vector that is another one, and a file that was changed are faults."""
    with closing(SqliteArchive(home.file)) as archive:
        archive.save(article("b", 4, seed=1))
        assert verify_folder(home.vectors, archive) == "4 passages are missing, 0 are not the archive's"
        archive.remove(archive.find(Draft(text="", source_name="b")).id)
        with archive.database.write() as database:
            database.execute("UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 2) WHERE id = 1")
        assert verify_folder(home.vectors, archive) == f"1 of {PASSAGES} vectors are not the archive's"
        truncate(home.segment() / "length.bin")
        assert "was changed or lost" in verify_folder(home.vectors, archive)
        shutil.rmtree(home.vectors)
        assert verify_folder(home.vectors, archive) == "its folder is not there"


def test_verifying_skips_an_index_that_is_built_anew_at_the_next_start(home):
    """After a crash, and until the next index is built, there is nothing to verify."""
    home.die()
    with closing(SqliteArchive(home.file)) as archive:
        with pytest.raises(VectorIndexMissing, match="it was not closed in good order"):
            verify_folder(home.vectors, archive)
        archive.set_fact("vector_seal", "")
        with pytest.raises(VectorIndexMissing, match="there is none yet"):
            verify_folder(home.vectors, archive)
