"""Another model for an archive: made beside the old index, in its place in one step, killed at any instant."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing

import pytest

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.indexer import Indexer
from onrecord.index.errors import ArchiveError, ArchiveInUse, EmbedderMismatch
from onrecord.index.search.retriever import Retriever
from onrecord.index.upkeep.next_index import NextIndex, read_next
from onrecord.index.upkeep.reindexer import build_next, needs_next, take_over
from onrecord.index.upkeep.verifier import Verifier
from onrecord.index.values import Draft
from onrecord.index.vectors.chroma_folder import ChromaFolder
from tests.index.vectors.test_chroma_folder import wait_for
from tests.other_embedders import Halved, Hashing
from tests.paths import ROOT


class NoVectors:
    """A vector index for tests of the archive alone."""

    def upsert(self, ids, vectors):
        pass

    def remove(self, ids):
        pass


def text_of(number):
    return (
        f"Harbour number {number} was opened on Monday. “It is mine,” said Ana Reis, the mayor of town {number}.\n\n"
        f"Nobody else was there, and word{number}x was all they said to the papers of the place that day."
    )


def drafts(*numbers):
    return [Draft(text=text_of(n), title=f"Harbour {n}", source_name=f"{n}.txt") for n in numbers]


def content(archive):
    """Everything of record, which no model changes."""
    with closing(sqlite3.connect(archive.file)) as db:
        return db.execute("SELECT * FROM articles ORDER BY number").fetchall()


class Place:
    """An archive's folder, with the old model's archive open."""

    def __init__(self, home, embedder, other):
        self.home = home
        self.next = home / "next"
        self.vectors = home / "vectors"
        self.embedder, self.other = embedder, other
        self.archive = SqliteArchive(home / "archive.sqlite3")
        self.indexer = Indexer(archive=self.archive, vector_index=NoVectors(), embedder=embedder)

    def add(self, *numbers):
        return list(self.indexer.add(drafts(*numbers)))

    def remove(self, number):
        self.indexer.remove(self.archive.find(drafts(number)[0]).id)

    def revise(self, number):
        (draft,) = drafts(number)
        list(self.indexer.add([Draft(text=f"{draft.text} Changed.", title=draft.title, source_name=draft.source_name)]))

    def open_next(self, embedder=None, **options):
        fingerprint = (embedder or self.other).fingerprint
        return closing(NextIndex(self.next, archive_file=self.archive.file, embedder=fingerprint, **options))

    def build(self, embedder=None, batches=None):
        """Make the next index, or so many batches of it; return the progress."""
        said = []
        with self.open_next(embedder) as next_index:
            for progress in build_next(next_index, embedder or self.other):
                said.append(progress)
                if batches is not None and len(said) > batches:
                    break
        return said

    def take_over(self, embedder=None):
        return take_over(self.archive, self.next, self.vectors, embedder or self.other)

    def check(self, embedder):
        """Everything in the archive is the embedder's, whole and found."""
        assert Verifier(self.archive.file).verify("not looked at").sound
        self.archive.claim(embedder.fingerprint)
        texts = {}
        for info in self.archive.articles(limit=1_000)[0]:
            texts[info.source_name] = self.archive.article(info.id).text
            (word,) = {w for w in texts[info.source_name].split() if w.startswith("word") and w.endswith("x")}
            ((found, _),) = self.archive.words.match([word], limit=3)
            _, rows = self.archive.passages.vectors([found])
            assert rows.shape[1] == embedder.fingerprint.dimension
            (quotation,) = self.archive.quotations.find(passages=[found])
            assert quotation.article == info
            assert quotation.quotation.text == "“It is mine,”"
        return texts


@pytest.fixture
def place(home):
    made = Place(home, Hashing("old", 32), Hashing("new", 48))
    yield made
    made.archive.close()


@pytest.fixture
def passes(place):
    """The texts that the new model has embedded."""
    embedded = []
    embed = place.other.embed
    place.other.embed = lambda texts, parts: embedded.extend(texts) or embed(texts, parts)
    return embedded


# The whole way


def test_another_model_takes_the_archive_over(home, embedder):
    """Articles stay to the byte; passages, words and vectors are the new model's, with ids that were never used."""
    new = Halved(embedder)
    place = Place(home, embedder, new)
    place.add(*range(40))
    before, ids, old_id = content(place.archive), set(place.archive.passages.ids()), place.archive.id
    with pytest.raises(EmbedderMismatch, match="`onrecord reindex`"):
        place.archive.claim(new.fingerprint)
    vectors = ChromaFolder(place.vectors, archive=place.archive, build_after_seconds=0.01)
    wait_for(vectors.open())
    vectors.close()
    mended = place.archive.fact("vector_index_mended")
    assert place.build() == [(0, 40), (32, 40), (40, 40)]
    assert place.take_over() is True
    assert content(place.archive) == before
    assert ids.isdisjoint(place.archive.passages.ids())
    assert min(place.archive.passages.ids()) > max(ids)
    assert place.archive.id != old_id
    assert len(place.check(new)) == 40
    with pytest.raises(EmbedderMismatch):
        place.archive.claim(embedder.fingerprint)
    assert not place.vectors.exists()
    assert read_next(place.next) is None
    # Its vector index is built after the next opening, which mends nothing; passages are found before and after.
    vectors = ChromaFolder(place.vectors, archive=place.archive, build_after_seconds=0.01)
    index = vectors.open()
    retriever = Retriever(archive=place.archive, vector_index=index, embedder=new)
    assert retriever.retrieve("word17x", limit=1).passages[0].article.source_name == "17.txt"
    assert wait_for(index) == set(place.archive.passages.ids())
    assert retriever.retrieve("word17x", limit=1).passages[0].article.source_name == "17.txt"
    assert place.archive.fact("vector_index_mended") == mended
    vectors.close()
    assert place.take_over() is False
    place.archive.close()


def test_the_old_index_answers_until_the_switch(place):
    """Whatever is made meanwhile, the archive is what it was to everybody."""
    place.add(*range(70))
    state, vector = place.archive.passages.state(), place.archive.passages.vectors([1])[1].tolist()
    with place.open_next() as next_index:
        for _ in build_next(next_index, place.other):
            assert place.archive.passages.state() == state
            assert place.archive.passages.vectors([1])[1].tolist() == vector
            assert len(place.archive.words.match(["word69x"], limit=3)) == 1
            place.archive.claim(place.embedder.fingerprint)
    place.check(place.embedder)


def test_what_changes_while_it_is_made_is_caught_up(place, passes):
    """Articles added, revised and removed during the build and after it are as they are now; only they are made."""
    place.add(*range(100))
    with place.open_next() as next_index:
        build = build_next(next_index, place.other)
        next(build), next(build)
        place.revise(3)
        place.remove(5)
        place.revise(90)
        place.remove(95)
        place.add(*range(200, 240))
        assert list(build)[-1] == (138, 138)
    once = len(passes)
    place.revise(7)
    place.remove(8)
    place.add(300)
    assert place.take_over() is True
    made = {text.partition("\n")[0] for text in passes[once:]}
    assert made == {"Harbour 7", "Harbour 300"}
    texts = place.check(place.other)
    assert len(texts) == 138
    assert {"5.txt", "8.txt", "95.txt"}.isdisjoint(texts)
    assert {name for name, text in texts.items() if text.endswith("Changed.")} == {"3.txt", "7.txt", "90.txt"}


def test_an_article_whose_title_alone_changed_is_made_again(place):
    """The title stands before each passage when it is embedded."""
    place.add(1)
    place.build()
    list(place.indexer.add([Draft(text=text_of(1), title="Another", source_name="1.txt")]))
    with place.open_next() as next_index:
        assert [one.draft.title for one in next_index.outdated(after=0, limit=9)] == ["Another"]


def test_a_build_that_was_cut_short_goes_on(place, passes):
    """Nothing is embedded twice; half of an index takes nobody's place."""
    place.add(*range(100))
    assert place.build(batches=2)[-1] == (64, 100)
    assert read_next(place.next).finished is False
    once = len(passes)
    assert place.take_over() is False
    with pytest.raises(EmbedderMismatch):
        place.archive.claim(place.other.fingerprint)
    assert place.build()[0] == (64, 100)
    assert len(passes) == once * 100 // 64
    assert len(set(passes)) == len(passes)
    assert place.take_over() is True
    place.check(place.other)


def test_an_index_for_a_third_model_is_not_mixed_in(place):
    """It is named, with the way out; the archive's own model and a third one leave it alone."""
    place.add(*range(3))
    place.build()
    third = Hashing("third", 16)
    with pytest.raises(ArchiveError, match=r"for the model 'new' is begun already, with 3 articles\. .*--force"):
        place.open_next(third)
    assert place.take_over(third) is place.take_over(place.embedder) is False
    assert needs_next(place.archive.file, place.next, place.embedder.fingerprint) is False
    assert needs_next(place.archive.file, place.next, third.fingerprint) is True
    with place.open_next(third, anew=True):
        assert read_next(place.next).embedder == third.fingerprint


def test_the_same_model_makes_its_index_anew(place):
    """After a change of how passages are cut, say."""
    place.add(*range(3))
    ids = set(place.archive.passages.ids())
    assert needs_next(place.archive.file, place.next, place.embedder.fingerprint) is False
    place.build(place.embedder)
    assert needs_next(place.archive.file, place.next, place.embedder.fingerprint) is True
    assert place.take_over(place.embedder) is True
    assert ids.isdisjoint(place.archive.passages.ids())
    place.check(place.embedder)


def test_an_archive_without_articles_changes_its_model_too(place):
    """There is nothing to make, and the old model is refused afterwards."""
    assert place.build() == [(0, 0)]
    assert place.take_over() is True
    place.archive.claim(place.other.fingerprint)


# One at a time, and what may go wrong


def test_two_processes_do_not_make_one_index(place):
    """The second is told who is first; neither may it be taken over while somebody is at it."""
    place.add(1)
    place.build()
    with place.open_next():
        with pytest.raises(ArchiveInUse, match=f"^Process {os.getpid()} is making a new index of the archive "):
            place.open_next()
        with pytest.raises(ArchiveInUse):
            place.take_over()
    assert place.take_over() is True


def test_a_switch_that_was_killed_before_it_had_tidied_up_is_not_made_twice(place):
    """The archive has the new index already: what is left over goes, the old vectors as well."""
    place.add(*range(3))
    place.build()
    shutil.copytree(place.next, place.home / "kept")
    assert place.take_over() is True
    ids = place.archive.passages.ids()
    shutil.rmtree(place.next)
    (place.home / "kept").rename(place.next)
    place.vectors.mkdir()
    assert place.take_over() is False
    assert place.archive.passages.ids() == ids
    assert read_next(place.next) is None
    assert not place.vectors.exists()


def test_a_full_disk_in_the_build_loses_nothing(place):
    """One line; what was made is kept, and the build goes on when there is room."""
    place.add(*range(100))
    with place.open_next() as next_index:
        build = build_next(next_index, place.other)
        next(build), next(build)
        (pages,) = next_index._db.execute("PRAGMA page_count").fetchone()
        next_index._db.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(ArchiveError, match=r"cannot be made: database or disk is full\. What was made is kept"):
            list(build)
    assert place.build()[0] == (32, 100)
    assert place.take_over() is True
    place.check(place.other)


def test_a_full_disk_in_the_switch_leaves_the_old_index(place):
    """The old one goes on as if nothing had been; with room, the new one takes its place."""
    place.add(*range(100))
    place.build()
    (pages,) = place.archive.database.writer.execute("PRAGMA page_count").fetchone()
    place.archive.database.writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(
        ArchiveError,
        match=r"could not be put in place\. The disk that holds the archive \S+ is full\. .+ The archive is as",
    ):
        place.take_over()
    place.check(place.embedder)
    assert place.add(100)[0].status == "created"
    place.archive.database.writer.execute("PRAGMA max_page_count = 1000000")
    assert place.take_over() is True
    assert len(place.check(place.other)) == 101


def test_a_damaged_next_index_takes_nobodys_place(place):
    """It is named with the way out, or begun anew if not even its facts can be read."""
    place.add(*range(100))
    place.build()
    file = place.next / "index.sqlite3"
    whole = file.read_bytes()
    named = 0
    for page in range(0, len(whole), 4096):
        file.write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
        if read_next(place.next) is not None:
            named += 1
            with pytest.raises(ArchiveError, match="(is damaged|cannot be made): .*--force"):
                place.take_over()
    assert named > 5
    place.check(place.embedder)
    file.write_bytes(b"no database" * 1_000)
    assert place.take_over() is False
    assert place.build()[0] == (0, 100)
    assert place.take_over() is True


# Killed

WORKER = """
    import sys
    sys.path.insert(0, {root!r})
    from contextlib import closing
    from pathlib import Path
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.upkeep.next_index import NextIndex
    from onrecord.index.upkeep.reindexer import build_next, take_over
    from tests.other_embedders import Hashing
    home = Path({home!r})
    archive = SqliteArchive(home / "archive.sqlite3")
    print("go", flush=True)
    models = {{"old": Hashing("old", 32), "new": Hashing("new", 48)}}
    take_over(archive, home / "next", home / "vectors", models[archive.embedder()])
    for turn in range(100):
        embedder = models["new" if archive.embedder() == "old" else "old"]
        with closing(NextIndex(home / "next", archive_file=archive.file, embedder=embedder.fingerprint)) as next_index:
            for _ in build_next(next_index, embedder):
                pass
        print("built", flush=True)
        take_over(archive, home / "next", home / "vectors", embedder)
        print("switched", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("after", "delay"), [("go", 0.4), ("built", 0.08)], ids=["build", "switch"])
def test_a_process_may_be_killed_in_the_build_and_in_the_switch(place, after, delay):
    """At whatever instant: the archive is whole, with the one index or the other, and the next one goes on."""
    place.add(*range(300))
    before = content(place.archive)
    chance = random.Random(3)
    models = {"old": place.embedder, "new": place.other}
    code = textwrap.dedent(WORKER.format(root=str(ROOT), home=str(place.home)))
    had = set()
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        while (line := process.stdout.readline().strip()) != after:
            assert line in {"go", "built", "switched"}
        time.sleep(chance.uniform(0, delay))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        state = read_next(place.next)
        had.add((place.archive.embedder(), state and (state.embedder.name, state.finished)))
        assert content(place.archive) == before
        assert len(place.check(models[place.archive.embedder()])) == 300
    assert len(had) > 1
    place.take_over(models[place.archive.embedder()])
    model = next(model for name, model in models.items() if name != place.archive.embedder())
    place.build(model)
    assert place.take_over(model) is True
    place.check(model)
