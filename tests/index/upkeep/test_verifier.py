"""Whether an archive is what it should be, and how it is mended."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from onrecord.index.errors import ArchiveError
from onrecord.index.upkeep.verifier import Verifier
from onrecord.index.values import Draft

FILLER = "The members disagreed about the budget, the calendar, the order of the speakers and the seats in the hall. "


@pytest.fixture
def filled(store):
    """An archive of three articles with passages, sentences and quotations."""
    drafts = [
        Draft(text=f"{FILLER * 12}\n\n“We will stay in {place},” said Ana Reis, the mayor.", source_name=f"{place}.txt")
        for place in ("Porto", "Faro", "Braga")
    ]
    assert [added.status for added in store.indexer.add(drafts)] == ["created"] * 3
    counts = store.archive.counts()
    assert (counts.passages, counts.quotations) == (6, 3)
    return store


def execute(store, statement, *values):
    """Write into the archive's file past everything that keeps it in order."""
    with closing(sqlite3.connect(store.archive.file, isolation_level=None)) as db:
        assert db.execute(statement, values).rowcount


def verify(store):
    return Verifier(store.archive.file).verify(lambda: None)


def faults(report):
    return {check.name: check.listed for check in report.checks if check.faults}


def test_a_sound_archive_is_sound(filled):
    """Everything is looked at and nothing is wrong; a vector index that nobody may look at is said to be skipped."""
    report = verify(filled)
    assert (report.sound, faults(report), report.damaged) == (True, {}, ())
    looked_at = {check.name: check.checked for check in report.checks}
    counts = filled.archive.counts()
    assert looked_at.pop("database") > 10
    assert looked_at.pop("copies") == looked_at.pop("revisions") == 0
    assert looked_at == {
        "texts": 3,
        "passages": counts.passages,
        "sentences": counts.sentences,
        "quotations": counts.quotations,
        "vectors": counts.passages + counts.sentences,
        "words": counts.passages,
        "unfinished repairs": 0,
        "vector index": counts.passages,
    }
    skipped = Verifier(filled.archive.file).verify("in use")
    assert (skipped.sound, skipped.checks[-1].skipped) == (True, "in use")


def test_an_empty_archive_is_sound(store):
    """There is nothing to be wrong."""
    assert verify(store).sound


def test_what_is_wrong_with_the_vector_index_is_reported(filled):
    """A fault that the check of the vector index returns is a fault of the archive."""
    report = Verifier(filled.archive.file).verify(lambda: "it is gone")
    assert (report.sound, faults(report)) == (False, {"vector index": ("it is gone",)})


NOT_A_NUMBER = np.full(384, np.nan, dtype=np.float16).tobytes()
LONG = np.full(384, 1.0, dtype=np.float16).tobytes()

DAMAGE = {
    "a passage beyond its article": ("UPDATE passages SET end = 99999 WHERE id = 2", {"passages"}),
    "a passage that is none": (
        "UPDATE passages SET end = start WHERE id = 2",
        {"passages", "sentences", "quotations", "words"},
    ),
    "a passage over another": ("UPDATE passages SET start = 3 WHERE id = 2", {"passages", "words"}),
    "a sentence outside its passage": (
        "UPDATE sentences SET start = 0, end = 5 WHERE passage = 2 AND start = (SELECT min(start) FROM sentences "
        "WHERE passage = 2)",
        {"sentences"},
    ),
    "a quotation beyond its article": ("UPDATE quotations SET end = 99999 WHERE id = 1", {"quotations"}),
    "a quotation in another's passage": ("UPDATE quotations SET passage = 6 WHERE id = 1", {"quotations"}),
    "a vector that is cut": ("UPDATE passages SET vector = substr(vector, 1, 100) WHERE id = 2", {"vectors"}),
    "a vector of nothing": ("UPDATE passages SET vector = x'' WHERE id = 2", {"vectors"}),
    "a vector of no numbers": (f"UPDATE passages SET vector = x'{NOT_A_NUMBER.hex()}' WHERE id = 2", {"vectors"}),
    "a vector that is too long": (f"UPDATE passages SET vector = x'{LONG.hex()}' WHERE id = 2", {"vectors"}),
    "a sentence's vector": (f"UPDATE sentences SET vector = x'{NOT_A_NUMBER.hex()}' WHERE passage = 2", {"vectors"}),
}
UNINDEXED = {
    "words of no passage": ("INSERT INTO words (rowid, title, text) VALUES (99, 'a', 'b')", {"words"}),
    "words forgotten": (
        "INSERT INTO words (words, rowid, title, text) "
        "SELECT 'delete', id, title, text FROM passage_texts WHERE id = 1",
        {"words"},
    ),
    "words of another text": ("UPDATE articles SET title = 'Another title' WHERE number = 1", {"words"}),
    "a passage of no article": (
        "INSERT INTO passages (article, start, end, vector) VALUES (99, 0, 5, x'00')",
        {"database", "words", "vectors"},
    ),
    "a sentence of no passage": ("INSERT INTO sentences VALUES (99, 0, 5, x'00')", {"database", "sentences"}),
    "a quotation of no article": (
        "INSERT INTO quotations (article, start, end, kind, denied) VALUES (99, 0, 5, 'direct', 0)",
        {"database"},
    ),
}


@pytest.mark.parametrize("damage", DAMAGE | UNINDEXED)
def test_damage_is_named_and_what_is_derived_is_mended(filled, damage):
    """The fault is found where it is, and after the repair the archive is as it was before the damage."""
    before = [filled.archive.article(info.id) for info in filled.archive.articles(limit=9)[0]]
    counts = filled.archive.counts()
    statement, where = (DAMAGE | UNINDEXED)[damage]
    execute(filled, statement)
    report = verify(filled)
    assert not report.sound
    assert set(faults(report)) == where
    assert report.damaged == (() if damage in UNINDEXED else (before[0].info.id,))
    verifier = Verifier(filled.archive.file)
    verifier.mend(report)
    assert verifier.waiting() == list(report.damaged)
    for article in verifier.waiting():
        filled.indexer.index_again(article)
    verifier.done()
    filled.indexer.reconcile()
    assert faults(verify(filled)) == {}
    assert filled.archive.counts() == counts
    assert set(filled.archive.passages.ids()) == filled.vector_index.ids()
    for article in before:
        again = filled.archive.article(article.info.id)
        assert again.text == article.text
        assert again.info.source_name == article.info.source_name


def test_a_repair_that_was_cut_short_is_taken_up_again(filled):
    """Articles that lost their damaged passages and were not indexed again yet are a fault until they are."""
    execute(filled, DAMAGE["a vector that is cut"][0])
    report = verify(filled)
    Verifier(filled.archive.file).mend(report)
    again = verify(filled)
    (damaged,) = report.damaged
    assert (again.sound, again.damaged) == (False, (damaged,))
    assert faults(again) == {"unfinished repairs": (f"article {damaged} waits to be indexed again",)}


def test_a_text_that_is_not_what_was_archived_is_named_and_kept(filled):
    """An article's text cannot be made again: the fault says what to do, and a repair leaves the text alone."""
    execute(filled, "UPDATE articles SET text = replace(text, 'budget', 'BUDGET') WHERE number = 1")
    report = verify(filled)
    info = filled.archive.articles(limit=1)[0][0]
    assert faults(report)["texts"] == (
        f"the text of article {info.id} is not the one that was archived; "
        f"remove it (`onrecord remove {info.id}`) and add it again",
    )
    Verifier(filled.archive.file).mend(report)
    assert set(faults(verify(filled))) == {"texts"}


def test_damaged_pages_are_found(filled, tmp_path):
    """What SQLite itself finds wrong with its file is a fault, and no exception."""
    filled.archive.close()
    content = bytearray(filled.archive.file.read_bytes())
    size = 4096
    for page in range(20, 40):
        content[page * size : page * size + 600] = bytes(600)
    (tmp_path / "broken.sqlite3").write_bytes(content)
    report = Verifier(tmp_path / "broken.sqlite3").verify(lambda: None)
    assert "database" in faults(report)


def test_a_file_that_is_no_database_is_one_error(tmp_path):
    """It cannot be opened, or what is wrong is said."""
    with pytest.raises(ArchiveError, match="Cannot open the archive"):
        Verifier(tmp_path / "none.sqlite3").verify(lambda: None)
    (tmp_path / "text.sqlite3").write_text("no database " * 1_000)
    report = Verifier(tmp_path / "text.sqlite3").verify(lambda: None)
    assert "file is not a database" in str(faults(report)["database"])


def test_many_faults_are_counted_and_some_listed(filled):
    """A report stays readable however much is wrong."""
    execute(filled, "UPDATE sentences SET vector = x''")
    (check,) = (check for check in verify(filled).checks if check.name == "vectors")
    assert (check.faults, len(check.listed)) == (filled.archive.counts().sentences, 20)
    assert json.dumps(check.listed)


def test_copies_and_revisions_are_checked_and_mended(store):
    """A pair that one side does not know of, an article that was never compared and a damaged revision are mended."""
    agency, daily = (
        Draft(text=FILLER * 4 + f"The mayor {ending}.", source_name=ending) for ending in ("agrees", "objects")
    )
    list(store.indexer.add([agency, daily]))
    list(store.indexer.add([Draft(text=FILLER * 5 + "The mayor wavers.", source_name="agrees")]))
    looked_at = {check.name: check.checked for check in verify(store).checks}
    assert (looked_at["copies"], looked_at["revisions"]) == (1, 1)
    execute(store, "DELETE FROM copies WHERE article = 1")
    execute(store, "DELETE FROM stories WHERE article = 1")
    execute(store, "UPDATE revisions SET text = text || '!'")
    report = verify(store)
    assert {name: len(listed) for name, listed in faults(report).items()} == {"copies": 2, "revisions": 1}
    Verifier(store.archive.file).mend(report)
    store.archive.copies.complete()
    assert verify(store).sound
    assert store.archive.counts().articles == 2
    ids = [info.id for info in store.archive.articles(limit=9)[0]]
    assert [other.article_id for other in store.archive.copies.of_articles(ids[:1])[ids[0]]] == ids[1:]
