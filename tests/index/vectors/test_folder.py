"""The folder of the vector index: whatever happened to it, the archive's passages are found."""

import logging
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.text.embedder import Embedding
from onrecord.index.values import Draft, Passage, Span
from onrecord.index.vectors.folder import VectorFolder
from onrecord.index.vectors.probe import find_trouble, probe
from tests.paths import ROOT

DIMENSION = 16
PASSAGES = 1_500
"""More than the thousand after which Chroma writes its HNSW files and forgets its log of the vectors."""
SEGMENT_FILES = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")


def unit_vectors(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


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
        self.probed = 0

    def run(self, work=lambda archive, index: None, *, before_the_end=lambda: None):
        """Open, check that every id is there and found by its own vector, do the work, close; return what was noted."""
        archive = SqliteArchive(self.file)
        vectors = VectorFolder(self.vectors, archive=archive, probe=self.probe)
        try:
            index = vectors.open()
            ids = archive.passage_ids()
            assert index.ids() == set(ids)
            some = ids[:: max(1, len(ids) // 60)]
            _, own = archive.vectors(some)
            nearest = [index.search(vector, limit=1)[0] for vector in own]
            assert [i for i, _ in nearest] == some
            np.testing.assert_allclose([cosine for _, cosine in nearest], 1.0, atol=1e-3)
            work(archive, index)
            before_the_end()
            return archive.fact("vector_index_mended")
        finally:
            vectors.close()
            archive.close()

    def probe(self, folder, file):
        self.probed += 1
        return probe(folder, file)

    def segment(self):
        (found,) = (path for path in self.vectors.iterdir() if path.is_dir())
        return found


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


def test_a_folder_that_was_closed_in_order_is_opened_without_a_probe(home):
    """Nothing is mended, nothing noted and no process started; the seal is off as long as the folder is open."""
    assert home.run(before_the_end=lambda: (home.vectors / "seal.json").exists() and 1 / 0) is None
    assert (home.vectors / "seal.json").exists()
    assert home.run() is None
    assert home.probed == 0


def test_a_folder_that_could_not_be_written_is_not_sealed(home):
    """After a failed write, on a full disk for instance, the next start looks closer."""

    def fail(archive, index):
        with pytest.raises(Exception, match="dimension"):
            index.upsert([99_999], np.ones((1, 3), dtype=np.float32))

    assert home.run(fail) is None
    assert not (home.vectors / "seal.json").exists()
    assert home.run() is None
    assert home.probed == 1


def test_the_first_start_is_no_repair(tmp_path):
    """An archive without passages needs no vector index, so its absence is not noted."""
    home = Home(tmp_path / "home")
    assert home.run() is None
    assert home.probed == 0


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
def test_whatever_happens_to_a_closed_folder_is_noticed_and_mended(home, caplog, damage):
    """One warning says why and how many; every passage is found again; the next start has nothing to mend."""
    DAMAGE[damage](home)
    noted = home.run()
    assert noted is not None
    why = "its folder is not there" if "folder" in damage or "place" in damage else "a file of its folder was changed"
    assert f"rebuilt from {PASSAGES} vectors of the archive: {why}" in noted
    assert [record.levelno for record in caplog.records if record.name == "onrecord.index.vectors.folder"] == [
        logging.WARNING
    ]
    assert noted.partition(": ")[2] in caplog.text
    caplog.clear()
    assert home.run() == noted
    assert caplog.text == ""
    assert home.probed == 0


def test_a_stale_copy_of_the_folder_is_completed(home, tmp_path):
    """What was added since the copy was made is added to it, the rest stays."""
    stale = shutil.copytree(home.vectors, tmp_path / "stale")
    home.run(lambda archive, index: fill(archive, index, count=40, name="b", seed=1))
    shutil.rmtree(home.vectors)
    stale.rename(home.vectors)
    noted = home.run()
    assert noted is not None
    assert noted.endswith("it was out of step: 40 passages added, 0 removed")


def test_a_stale_copy_with_nothing_worth_keeping_is_thrown_away(home, tmp_path):
    """A copy from yesterday whose passages have all been replaced since is made anew."""
    stale = shutil.copytree(home.vectors, tmp_path / "stale")
    home.run(lambda archive, index: fill(archive, index, count=40, name="b", seed=1))
    home.run(lambda archive, index: fill(archive, index, count=10, name="a", seed=2))
    shutil.rmtree(home.vectors)
    stale.rename(home.vectors)
    noted = home.run()
    assert noted is not None
    # None of yesterday's passages is left, so nothing of the copy is worth keeping.
    assert noted.endswith("rebuilt from 50 vectors of the archive: it holds none of the archive's passages")
    assert home.probed == 1


def test_the_folder_of_an_archive_that_went_another_way_is_not_taken_for_this_one_s(home, tmp_path):
    """Two copies of one archive that grew apart give the same ids to different passages: the vectors tell."""
    other = Home(Path(shutil.copytree(home.folder, tmp_path / "other")))
    home.run(lambda archive, index: fill(archive, index, count=40, name="b", seed=1))
    other.run(lambda archive, index: fill(archive, index, count=40, name="c", seed=2))
    shutil.rmtree(home.vectors)
    shutil.copytree(other.vectors, home.vectors)
    noted = home.run()
    assert noted is not None
    assert f"40 of {PASSAGES + 40} vectors are not the archive's" in noted


# After a crash there is no seal


def unsealed(home):
    (home.vectors / "seal.json").unlink()


def test_a_folder_without_a_seal_is_probed_and_kept_if_it_is_sound(home):
    """After a crash the folder is opened by a process of its own first; nothing is rebuilt for nothing."""
    unsealed(home)
    assert home.run() is None
    assert home.probed == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("segment deleted", "Error"),
        ("database emptied", "it holds none of the archive's passages"),
        ("database halved", "its database is damaged"),
        ("data_level0.bin deleted", "Chroma says: "),
        ("data_level0.bin halved", ""),
        ("data_level0.bin scribbled on", ""),
        ("index_metadata.pickle deleted", ""),
        ("length.bin halved", "vectors are not the archive's"),
    ],
)
def test_damage_is_found_without_a_seal_too(home, damage, why):
    """Also where Chroma itself says nothing: its count is right, but what it finds is not."""
    DAMAGE[damage](home)
    unsealed(home)
    noted = home.run()
    assert noted is not None
    assert f"rebuilt from {PASSAGES} vectors" in noted
    assert why in noted
    assert home.probed == 1


def test_what_kills_chroma_s_native_code_does_not_kill_us(home):
    """A damaged graph ends a process that searches it with SIGSEGV: the process that only looks is another one."""
    _point_the_graph_nowhere(home.segment() / "data_level0.bin")
    unsealed(home)
    code = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from onrecord.index.vectors.probe import find_trouble
        find_trouble(Path({str(home.vectors)!r}), Path({str(home.file)!r}))
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, check=False)
    assert killed.returncode == -11
    noted = home.run()
    assert noted is not None
    assert "Chroma died opening it (SIGSEGV)" in noted


def _point_the_graph_nowhere(file):
    """Give every node of the graph neighbours that are not there."""
    size = file.stat().st_size // PASSAGES
    data = np.fromfile(file, dtype=np.uint8).reshape(-1, size)
    # A node begins with how many neighbours it has, and their numbers.
    neighbours = data[:, 4:132].view(np.uint32)
    neighbours[:] = 0x7FFFFFF0
    data.tofile(file)


def test_the_probe_s_own_words_and_no_trouble(home):
    """In its own process and in this one, a sound folder is no trouble and one without a database is."""
    assert (probe(home.vectors, home.file), find_trouble(home.vectors, home.file)) == (None, None)
    (home.vectors / "chroma.sqlite3").unlink()
    assert "its database is damaged" in str(probe(home.vectors, home.file))


def test_a_probe_ends_with_the_process_that_started_it(home, tmp_path):
    """The probe may not outlive the process that holds the archive's lock, however that one dies."""
    started = tmp_path / "started"
    code = f"""
        import sys, os, threading, time, signal
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        import subprocess
        from index import vector_probe
        class Noted(subprocess.Popen):
            def __init__(self, *arguments, **options):
                super().__init__(*arguments, **options)
                Path({str(started)!r}).write_text(str(self.pid))
                os.kill(os.getpid(), signal.SIGKILL)
        subprocess.Popen = Noted
        vector_probe.probe(Path({str(home.vectors)!r}), Path({str(home.file)!r}))
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, check=False)
    assert killed.returncode == -9
    pid = int(started.read_text())
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            break
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the probe lives on")
