"""A vector index in which much was replaced is made anew while it is used."""

import logging
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import onrecord.index.vectors.chroma_folder
from onrecord.index.errors import VectorIndexMissing
from onrecord.index.vectors.current_index import CurrentIndex
from onrecord.index.vectors.index_builder import start_build
from tests.index.vectors.test_chroma_folder import PASSAGES, Home, fill, finds_every_passage, unit_vectors


class WearingHome(Home):
    """A home whose index is checked all the time, and worn from a thousand passages on."""

    def open(self):
        return super().open(min_worn_passages=1_000, check_every_seconds=0.05)

    def wait_until_built_anew(self, before):
        # The child process that builds it has a low priority.
        for _ in range(4_800):
            if self.archive.fact("vectors_made") != before:
                return
            time.sleep(0.05)
        pytest.fail("the index was not built anew")


@pytest.fixture
def home(tmp_path):
    return WearingHome(tmp_path / "home")


def test_an_index_in_which_a_fifth_was_replaced_is_made_anew_while_it_is_searched(home, caplog):
    """No search fails or comes back empty meanwhile; the new folder takes the old one's place and is sealed."""
    caplog.set_level(logging.INFO, logger="onrecord.index.vectors.chroma_folder")
    vectors = home.open()
    fill(home.archive, vectors, count=40, name="stays", seed=3)
    fill(home.archive, vectors)
    assert home.archive.fact("vectors_made") == "0"
    counts, going = [], threading.Event()
    (own,) = unit_vectors(1, seed=9)

    def search():
        while not going.wait(0.001):
            counts.append(len(vectors.search(own, limit=5)))

    searching = threading.Thread(target=search)
    searching.start()
    (segment,) = [path.name for path in home.vectors.iterdir() if path.is_dir()]
    try:
        fill(home.archive, vectors, seed=1)
        home.wait_until_built_anew("0")
    finally:
        going.set()
        searching.join()
    assert set(counts) == {5}
    assert home.archive.fact("vectors_made") == str(PASSAGES)
    assert "built anew" in caplog.text
    assert [path.name for path in home.vectors.iterdir() if path.is_dir()] != [segment]
    finds_every_passage(home.archive, vectors)
    home.close()
    assert home.run() is None
    assert [path.name for path in home.folder.iterdir() if path.is_dir()] == ["vectors"]


def test_what_changes_while_the_new_one_is_made_is_in_it(home, monkeypatch):
    """Passages that were added or removed after the new index was filled are added and removed in the exchange."""
    vectors = home.open()

    def start_and_change(*arguments):
        child = start_build(*arguments)
        child.wait()
        fill(home.archive, vectors, count=30, name="b", seed=2)
        vectors.remove(home.archive.remove(home.archive.articles(limit=9)[0][0].id).removed)
        return child

    fill(home.archive, vectors, count=40, name="first", seed=3)
    fill(home.archive, vectors)
    monkeypatch.setattr(onrecord.index.vectors.chroma_folder, "start_build", start_and_change)
    fill(home.archive, vectors, seed=1)
    home.wait_until_built_anew("0")
    assert len(home.archive.passages.ids()) == PASSAGES + 30
    finds_every_passage(home.archive, vectors)
    home.close()


def test_where_the_new_one_cannot_be_made_the_old_one_stays(home, monkeypatch, caplog):
    """One warning says so, and it is not tried again and again."""
    started = []

    def start_what_fails(folder, archive_file):
        started.append(folder)
        return start_build(folder, archive_file.with_name("not-there"))

    vectors = home.open()
    monkeypatch.setattr(onrecord.index.vectors.chroma_folder, "start_build", start_what_fails)
    fill(home.archive, vectors)
    fill(home.archive, vectors, seed=1)
    home.chroma._maintainer.join(timeout=240)
    assert [record.levelno for record in caplog.records if record.name == "onrecord.index.vectors.chroma_folder"] == [
        logging.WARNING
    ]
    assert "the old one stays in use" in caplog.text
    assert started == [home.folder / "vectors.new"]
    assert vectors.ids() == set(home.archive.passages.ids())
    home.close()
    # What half of the passages has gone from is still whole, if no longer quite exact.
    assert home.open().ids() == set(home.archive.passages.ids())
    home.close()


def test_an_end_does_not_wait_for_the_new_one(home, monkeypatch):
    """Closed while the new index is made, its process ends and its folder goes."""
    children = []

    def start_what_never_ends(*_):
        (home.folder / "vectors.new").mkdir()
        children.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        return children[-1]

    monkeypatch.setattr(onrecord.index.vectors.chroma_folder, "start_build", start_what_never_ends)
    vectors = home.open()
    fill(home.archive, vectors)
    fill(home.archive, vectors, seed=1)
    while not children:
        time.sleep(0.01)
    home.close()
    assert children[0].returncode is not None
    assert not (home.folder / "vectors.new").exists()
    # Whole, if no longer quite exact: half of what it was made of has gone.
    assert home.open().ids() == set(home.archive.passages.ids())
    home.close()


@pytest.mark.parametrize("left", ["vectors.new beside it", "vectors.new alone"])
def test_killed_at_any_step_of_it_the_next_start_finds_every_passage(home, left):
    """A folder half made is thrown away; where the old one had gone already, it is made from the archive."""
    home.run(fill)
    shutil.copytree(home.vectors, home.folder / "vectors.new")
    (home.folder / "vectors.new" / "chroma.sqlite3").write_bytes(b"half of it")
    if left.endswith("alone"):
        shutil.rmtree(home.vectors)
    noted = home.run()
    assert (noted is None) == left.endswith("beside it")
    assert not (home.folder / "vectors.new").exists()


def test_little_that_was_replaced_is_left_alone(home):
    """Up to a fifth, and below the size at which it matters, nothing is made anew."""
    vectors = home.open()
    fill(home.archive, vectors)
    fill(home.archive, vectors, count=200, name="b", seed=1)
    fill(home.archive, vectors, count=200, name="b", seed=2)
    time.sleep(0.5)
    assert home.archive.fact("vectors_made") == "0"
    home.close()


def test_an_exchange_waits_for_searches_and_searches_wait_for_it():
    """No search uses the index while it is closed, and none finds that there is no index."""
    order = []
    entered, may_end = threading.Event(), threading.Event()

    class Slow:
        def __init__(self, name):
            self.name = name

        def search(self, vector, *, limit):
            if self.name == "old":
                entered.set()
                may_end.wait()
            order.append(self.name)
            return [(1, 1.0)]

    current = CurrentIndex(Slow("old"))
    vector = np.ones(3, dtype=np.float32)

    def make():
        order.append("exchanged")
        return Slow("new")

    first = threading.Thread(target=lambda: current.search(vector, limit=1))
    exchange = threading.Thread(target=lambda: current.exchange(make))
    first.start()
    entered.wait()
    exchange.start()
    while not current._exchanging:
        time.sleep(0.001)
    second = threading.Thread(target=lambda: current.search(vector, limit=1))
    second.start()
    may_end.set()
    for thread in (first, exchange, second):
        thread.join()
    assert order == ["old", "exchanged", "new"]


def test_an_exchange_that_fails_leaves_no_index():
    """The archive has what is written; searches are then exact, and the next start makes the index."""
    current = CurrentIndex(None)
    with pytest.raises(OSError, match="disk"):
        current.exchange(lambda: (_ for _ in ()).throw(OSError("disk")))
    current.upsert([1], np.ones((1, 3), dtype=np.float32))
    current.remove([1])
    with pytest.raises(VectorIndexMissing, match="no vector index"):
        current.search(np.ones(3, dtype=np.float32), limit=1)
    with pytest.raises(VectorIndexMissing):
        current.ids()
