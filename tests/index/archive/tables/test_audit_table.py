import sqlite3

import pytest

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.values import Actor
from tests.index.archive.made_up import indexed

ANA = Actor(name="ana", way="command line")


def test_an_entry_cannot_be_altered_or_deleted(archive: SqliteArchive) -> None:
    """The database itself refuses both, in whatever program it is opened."""
    archive.save(indexed("The harbour opens."), by=ANA)
    for statement in ("UPDATE audit SET who = 'nobody'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), archive.database.write() as db:
            db.execute(statement)
    assert [entry.who for entry in archive.audit.entries()] == ["ana"]


def test_a_change_that_fails_has_no_entry(archive: SqliteArchive) -> None:
    """The entry is written in the transaction of the change: both are there, or neither."""
    saved = archive.save(indexed("The harbour opens."), by=ANA)
    archive.database.writer.execute(
        "CREATE TEMP TRIGGER keeps_all BEFORE DELETE ON articles BEGIN SELECT RAISE (ABORT, 'kept'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="kept"):
        archive.remove(saved.article.id, by=ANA)
    assert [entry.action for entry in archive.audit.entries()] == ["created"]


def test_an_article_that_is_indexed_anew_has_no_entry(archive: SqliteArchive) -> None:
    """Cutting and embedding a text again changes no article."""
    saved = archive.save(indexed("The harbour opens."), by=ANA)
    archive.save(indexed("The harbour opens."), by=None, instead_of=saved.article.id)
    assert [entry.action for entry in archive.audit.entries()] == ["created"]
