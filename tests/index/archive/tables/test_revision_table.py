"""Earlier texts are kept as long as their article, and not a word longer."""

import sqlite3

from onrecord.index.archive.archive import SqliteArchive, content_hash
from onrecord.index.archive.eraser import TO_ERASE
from onrecord.index.upkeep.backup import back_up, restore
from onrecord.index.values import Span
from tests.index.archive.made_up import indexed, trouble

MARKER = "zyqquorvixmaplethorn"


def save(archive, text, source="harbour.txt", title="A title"):
    return archive.save(indexed(text, source_name=source, title=title)).article


def traces(folder, word):
    """Return the files that hold the word, however its letters are written."""
    return [file.name for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes().lower()]


def test_each_text_is_kept_once_when_it_gives_way(archive):
    """Another text is a revision; other data alone, or the same text again, is none."""
    article = save(archive, "The first text.")
    save(archive, "The first text.", title="Another title")
    assert archive.revisions.of_article(article.id) == []
    save(archive, "The second text.", title="A second title")
    save(archive, "The first text.")
    kept = {one.text: (one.title, one.content_sha256) for one in archive.revisions.of_article(article.id)}
    assert kept == {
        "The first text.": ("Another title", content_hash("The first text.")),
        "The second text.": ("A second title", content_hash("The second text.")),
    }
    assert archive.revisions.find(article.id, content_hash("The second text.")).text == "The second text."
    assert archive.revisions.find(article.id, "0" * 64) is None
    assert archive.revisions.find_quote(article.id, Span(4, 10), "second").title == "A second title"
    assert archive.revisions.find_quote(article.id, Span(5, 11), "second") is None


def test_a_removal_leaves_no_trace(archive, tmp_path):
    """Not in the tables, the word index, the revisions, the copies or the log: not a byte of the words is left."""
    for number in range(200):
        save(
            archive, f"Filler {number} about {MARKER[:4]}{number} and the harbour, to fill the pages.", f"{number}.txt"
        )
    article = save(archive, f"The first {MARKER}one text.")
    save(archive, f"The second {MARKER}two text, with {MARKER} in it.", title=f"About {MARKER}three")
    save(archive, "The third text.")
    save(archive, f"The first {MARKER}one text.", "copy.txt")
    assert traces(tmp_path, MARKER)
    for removed in (article.id, next(i.id for i in archive.articles(limit=999)[0] if i.source_name == "copy.txt")):
        archive.remove(removed)
    archive._eraser.wait()
    assert archive.fact(TO_ERASE) is None
    assert traces(tmp_path, MARKER) == []
    assert archive.words.match(["harbour"], limit=1)
    assert trouble(archive.file) == []
    archive.close()
    assert traces(tmp_path, MARKER) == []


def test_what_was_not_wiped_out_is_at_the_next_opening(archive, tmp_path, monkeypatch):
    """A process that is killed after a removal leaves a note, and the next one goes on."""
    article = save(archive, f"About {MARKER}.")
    save(archive, "About the harbour.", "other.txt")
    monkeypatch.setattr(archive._eraser, "start", lambda: None)
    archive.remove(article.id)
    archive.close()
    again = SqliteArchive(archive.file)
    again.resume_erasing()
    again.close()
    assert traces(tmp_path, MARKER) == []
    assert sqlite3.connect(archive.file).execute("SELECT 1 FROM facts WHERE name = ?", (TO_ERASE,)).fetchone() is None


def test_a_backup_has_the_revisions(archive, tmp_path):
    article = save(archive, "The first text.")
    save(archive, "The second text.")
    back_up(archive.file, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "other" / "archive.sqlite3")
    restored = SqliteArchive(tmp_path / "other" / "archive.sqlite3")
    assert restored.revisions.of_article(article.id) == archive.revisions.of_article(article.id) != []
    restored.close()
