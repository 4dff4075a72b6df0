"""The archive's file, threads and processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading

import pytest

from onrecord.index.archive.archive import Counts, SqliteArchive, content_hash
from onrecord.index.errors import ArchiveError, InvalidArticle, OnRecordError
from tests.index.archive.made_up import indexed, trouble
from tests.paths import ROOT

# The file


def test_what_was_saved_is_there_when_the_archive_is_opened_again(archive, file):
    """Articles, words and the archive's own id outlive the process."""
    saved = archive.save(indexed("One two."))
    archive.close()
    again = SqliteArchive(file)
    assert (again.id, again.articles(limit=9)) == (archive.id, ([saved.article], None))
    assert [i for i, _ in again.words.match(["two"], limit=9)] == list(saved.added)
    again.close()


def test_two_archives_have_two_ids(archive, tmp_path):
    """A vector index knows by the id which archive it was made from."""
    other = SqliteArchive(tmp_path / "other.sqlite3")
    assert len({archive.id, other.id}) == 2
    other.close()


def test_an_archive_of_another_format_is_refused(archive, file):
    """The error names both formats and the way out; the file is left as it is."""
    archive.close()
    database = sqlite3.connect(file)
    (ours,) = database.execute("PRAGMA user_version").fetchone()
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ArchiveError) as caught:
        SqliteArchive(file)
    assert str(caught.value) == (
        f"The archive {file} has format 99, this version reads format {ours}. "
        "Use the version of onrecord that wrote it, or add the articles to a new folder (ONRECORD_HOME)."
    )
    database = sqlite3.connect(file)
    assert database.execute("PRAGMA user_version").fetchone() == (99,)
    database.close()


def test_a_file_that_is_no_archive_is_refused(file):
    """A file with something else in it is named and not overwritten."""
    file.parent.mkdir()
    file.write_bytes(b"Not a database, but long enough to be looked at. " * 20)
    with pytest.raises(ArchiveError) as caught:
        SqliteArchive(file)
    assert str(caught.value) == (
        f"The archive {file} is damaged: file is not a database. Restore a backup with `onrecord restore FILE "
        "--force`; `onrecord verify` says what is wrong."
    )
    assert file.read_bytes().startswith(b"Not a database")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A file where the folder should be is the system's error, with the way out."""
    (tmp_path / "home").write_text("a file")
    file = tmp_path / "home" / "archive.sqlite3"
    with pytest.raises(ArchiveError) as caught:
        SqliteArchive(file)
    assert str(caught.value).startswith(f"Cannot open the archive {file}: ")
    assert str(caught.value).endswith(". Choose another folder with ONRECORD_HOME.")
    assert isinstance(caught.value, OnRecordError)
    assert not isinstance(caught.value, InvalidArticle)


# Threads and processes


def test_readers_see_whole_revisions_while_one_writes(archive, file):
    """Two threads that read while a third one replaces an article never see half of a revision."""
    texts = [f"Text {letter}.\n" * (1 + number) for number, letter in enumerate("abcdef")]
    article_id = archive.save(indexed(texts[0], source_name="1.txt")).article.id
    written, errors, seen = threading.Event(), [], set()

    def write():
        for turn in range(60):
            archive.save(indexed(texts[turn % 6], source_name="1.txt"))
        written.set()

    def read():
        while not written.is_set():
            article = archive.article(article_id)
            seen.add(article.text)
            if content_hash(article.text) != article.info.content_sha256 or article.text not in texts:
                errors.append(article)
            for one in archive.passages.found(dict.fromkeys(archive.passages.ids(), (0.0, 0.0))):
                if not one.text.startswith("Text "):
                    errors.append(one)
            archive.passages.vectors(archive.passages.ids())
            archive.words.match(["text"], limit=9)

    def guarded(work):
        try:
            work()
        except Exception as error:
            errors.append(error)
            written.set()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (read, read, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(seen) > 1
    assert archive.article(article_id).text == texts[59 % 6]
    assert trouble(file) == []


def test_writers_take_turns(archive, file):
    """Four threads that save at once lose nothing."""

    def save(name):
        for number in range(10):
            archive.save(indexed(f"Text {number} of {name}.", source_name=f"{name}/{number}"))

    threads = [threading.Thread(target=save, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert archive.counts() == Counts(articles=40, passages=40, sentences=160, quotations=0)
    assert trouble(file) == []


SAVE_WITHOUT_END = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from onrecord.index.archive.archive import SqliteArchive
    from tests.index.archive.made_up import indexed
    archive = SqliteArchive(Path({file!r}))
    number = 0
    while True:
        text = "\\n".join(f"Line {{line}} of article {{number}}." for line in range(20))
        saved = archive.save(indexed(text, source_name=f"{{number % 7}}.txt"))
        print(saved.article.id, number, flush=True)
        number += 1
"""


def test_what_was_acknowledged_survives_a_kill(file):
    """Killed at any instant, the archive holds the last revision that was acknowledged, or the next, and is whole."""
    code = textwrap.dedent(SAVE_WITHOUT_END).format(root=str(ROOT), file=str(file))
    for lines in (1, 4, 23):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ)
        acknowledged = dict(process.stdout.readline().split() for _ in range(lines))
        process.send_signal(signal.SIGKILL)
        rest = process.communicate()[0].splitlines()
        acknowledged.update(line.split() for line in rest if len(line.split()) == 2)
        assert trouble(file) == []
        archive = SqliteArchive(file)
        texts = {article_id: archive.article(article_id).text for article_id in acknowledged}
        archive.close()
        for article_id, number in acknowledged.items():
            assert texts[article_id].startswith(
                (f"Line 0 of article {number}.", f"Line 0 of article {int(number) + 7}.")
            )
