"""An index that was made for another embedding model, put in the place of the archive's own."""

import sqlite3
import uuid

from onrecord.index.errors import ArchiveError


def replace_index(db: sqlite3.Connection) -> None:
    """Copy the index of the attached database `next` into the archive; raise `ArchiveError` if articles are missing."""
    (missing,) = db.execute(
        "SELECT count(*) FROM main.articles WHERE (number, content_sha256, title) NOT IN "
        "(SELECT number, content_sha256, title FROM next.articles)"
    ).fetchone()
    if missing:
        raise ArchiveError(f"The new index lacks {missing} articles; `onrecord reindex` completes it.")
    tables = ("passages", "sentences", "quotations")
    used = dict(db.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    db.execute("INSERT INTO words (words) VALUES ('delete-all')")
    for table in reversed(tables):
        db.execute(f"DELETE FROM main.{table}")
    for table in tables:
        columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
        shifts = {"id": used.get(table, 0), "passage": used.get("passages", 0)}
        values = ", ".join(f"{name} + {shifts[name]}" if name in shifts else name for name in columns)
        db.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM next.{table} ORDER BY 1")
    db.execute("INSERT INTO words (words) VALUES ('rebuild')")
    # An empty seal says that the vector index is yet to be built, so that its absence is no loss.
    db.execute("INSERT OR REPLACE INTO main.facts VALUES ('vector_seal', '')")
    known = "name IN ('embedder', 'next_index')"
    db.execute(f"INSERT OR REPLACE INTO main.facts SELECT name, value FROM next.facts WHERE {known}")
    db.execute("INSERT OR REPLACE INTO main.facts SELECT 'replaced_id', value FROM main.facts WHERE name = 'id'")
    db.execute("INSERT OR REPLACE INTO main.facts VALUES ('id', ?)", (uuid.uuid4().hex,))
