"""Which articles are one story, as the archive keeps it."""

import sqlite3
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.values import Copies
from tests.index.archive.made_up import indexed, trouble
from tests.index.text.test_copies import EARNINGS, HARBOUR

BRIEF = HARBOUR.partition(" A second")[0]
OTHER = HARBOUR.replace("12.5", "15.2")
RIGHT = EARNINGS.replace("34 cts", "43 cts") + "\n(Corrects share figure.)"
TEXTS = {
    "agency": (HARBOUR, "Harbour to open in May", "2025-11-03"),
    "daily": (HARBOUR.replace(" on Monday", ""), "A quay for Porto Alto", "2025-11-04"),
    "brief": (BRIEF, "Harbour to open in May", "2025-11-03"),
    "other": (OTHER, "Harbour to open in May", "2025-11-03"),
    "wrong": (EARNINGS, "FOO CORP YEAR NET", "2025-11-03"),
    "right": (RIGHT, "CORRECTED - FOO CORP YEAR NET", "2025-11-04"),
    "another": (EARNINGS.replace("34", "35"), "FOO CORP YEAR NET", "2025-11-03"),
    "undated": (HARBOUR + " It is said to be the last.", "Porto Alto", None),
}
PAIRS = {
    *combinations(("agency", "brief", "daily", "undated"), 2),
    ("right", "wrong"),
    ("another", "right"),
}


def version(name, source=None):
    text, title, published_at = TEXTS[name]
    return indexed(text, title=title, published_at=published_at, source_name=source or name)


def pairs(archive):
    """Return the pairs of copies by source name, after checking that each is known from both sides."""
    infos, _ = archive.articles(limit=100)
    names = {info.id: info.source_name for info in infos}
    found = {
        (names[a], names[b.article_id]) for a, others in archive.copies.of_articles(list(names)).items() for b in others
    }
    assert found == {(b, a) for a, b in found}
    return {(a, b) for a, b in found if a < b}


def test_each_article_knows_its_copies(archive):
    """Reprints, the brief and the correction are found, and nothing else: neither of the two other reports."""
    saved = {name: archive.save(version(name)).article.id for name in TEXTS}
    assert pairs(archive) == PAIRS
    shared = archive.copies.shared([saved["right"], saved["agency"], saved["other"]])
    assert shared[saved["right"]] == Copies(corrected=tuple(sorted((saved["wrong"], saved["another"]))))
    assert set(shared[saved["agency"]].article_ids) == {saved["brief"], saved["daily"], saved["undated"]}
    assert shared[saved["other"]] == Copies()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([*TEXTS, None])), max_size=14))
def test_only_what_is_there_counts_and_not_how_it_came(steps):
    """After any adding, changing and removing, the copies are those of an archive that was filled with what is left."""
    with TemporaryDirectory() as folder:
        archive, fresh = SqliteArchive(Path(folder) / "one"), SqliteArchive(Path(folder) / "two")
        left = {}
        for source, name in steps:
            if name is not None:
                left[source] = name
                archive.save(version(name, source))
            elif source in left:
                del left[source]
                archive.remove(next(i.id for i in archive.articles(limit=9)[0] if i.source_name == source))
        for source, name in sorted(left.items(), reverse=True):
            fresh.save(version(name, source))
        assert pairs(archive) == pairs(fresh)
        named = {tuple(sorted((left[a], left[b]))) for a, b in pairs(archive)}
        assert {pair for pair in named if pair[0] != pair[1]} <= PAIRS
        assert trouble(archive.file) == []
        archive.close()
        fresh.close()


def test_an_archive_that_never_knew_its_copies_learns_them(archive):
    """What is missing, or was found by other rules, is found again; what is there is left."""
    for name in TEXTS:
        archive.save(version(name))
    assert archive.copies.complete() == len(TEXTS)
    assert archive.copies.complete() == 0
    assert pairs(archive) == PAIRS
    database = sqlite3.connect(archive.file)
    database.execute("DELETE FROM stories WHERE article < 4")
    database.commit()
    database.close()
    assert archive.copies.complete() == 3
    assert pairs(archive) == PAIRS


def test_an_archive_made_before_there_were_copies_is_opened(tmp_path):
    """The tables that came later are made, and the articles' copies found."""
    file = tmp_path / "archive.sqlite3"
    archive = SqliteArchive(file)
    for name in ("agency", "daily"):
        archive.save(version(name))
    archive.close()
    database = sqlite3.connect(file)
    for table in ("copies", "story_keys", "stories", "revisions"):
        database.execute(f"DROP TABLE {table}")
    database.close()
    archive = SqliteArchive(file)
    assert archive.copies.complete() == 2
    assert pairs(archive) == {("agency", "daily")}
    archive.close()
