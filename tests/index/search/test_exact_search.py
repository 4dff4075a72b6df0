"""Exact search among filtered passages: in step with the archive, and equal to comparing everything."""

import threading
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.search.exact_search import ExactSearch
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.index.text.embedder import Embedding
from onrecord.index.values import Draft, Filters, Passage, Span

PUBLISHERS = [None, "Reuters", "AP", "ÉCLAIR"]
DATES = [None, "2025-11-01", "2025-11-30T23:59:59Z", "2025-12-01", "1963-01-04"]
SPEAKERS = [None, "Vladimir Putin", "Kaja Kallas"]
TEXT = "Somebody said one thing. And another."
CUT = (Passage(span=Span(0, 24), sentences=(Span(0, 24),)), Passage(span=Span(25, 37), sentences=(Span(25, 37),)))


def indexed(number, *, publisher=None, published_at=None, speakers=(None, None)):
    """Make an article of two passages with vectors of its own; each speaker speaks in one of them."""
    vectors = np.random.default_rng(number).standard_normal((2, 8), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    draft = Draft(
        text=TEXT, title="A title", url=f"https://a.org/{number}", publisher=publisher, published_at=published_at
    )
    quotations = tuple(
        Quotation(
            text=passage.span.of(TEXT),
            span=passage.span,
            kind=QuotationKind.REPORTED,
            cue=None,
            cue_span=None,
            speaker_mention=None,
            speaker_span=None,
            speaker=speaker,
            role=None,
            denied=False,
            reported_by=None,
        )
        for passage, speaker in zip(CUT, speakers, strict=True)
    )
    passages = tuple(
        (passage, Embedding(vector=vector, parts=vector[None])) for passage, vector in zip(CUT, vectors, strict=True)
    )
    return IndexedArticle(draft=draft, passages=passages, quotations=quotations)


def brute_force(archive, filters, vector, limit):
    """Compare every passage that SQL lets through."""
    ids, vectors = archive.passages.vectors(sorted(archive.passages.ids(filters)))
    similarities = (vectors @ vector).tolist() if ids else []
    return sorted(zip(ids, similarities, strict=True), key=lambda pair: -pair[1])[:limit]


articles = st.builds(
    dict,
    publisher=st.sampled_from(PUBLISHERS),
    published_at=st.sampled_from(DATES),
    speakers=st.tuples(st.sampled_from(SPEAKERS), st.sampled_from(SPEAKERS)),
)
filters = st.builds(
    Filters,
    published_after=st.sampled_from([None, "2025-11-01T00:00:00", "2025-12-01T00:00:00", ""]),
    published_before=st.sampled_from([None, "2025-11-30T23:59:59", "2025-12-01T00:00:00", "", "nonsense"]),
    publisher=st.sampled_from([None, "reuters", "Éclair", "nobody", ""]),
    speakers=st.none() | st.lists(st.sampled_from(["Vladimir Putin", "Kaja Kallas", "nobody"])).map(tuple),
)


@given(data=st.data(), first=st.lists(articles, max_size=12), then=st.lists(articles, max_size=6))
def test_it_is_what_comparing_everything_gives(tmp_path_factory, data, first, then):
    """Whatever the filters, and after additions, revisions and removals: the same passages, the same cosines."""
    archive = SqliteArchive(tmp_path_factory.mktemp("exact") / "archive.sqlite3")
    try:
        exact, numbers = ExactSearch(archive), count()
        names = [archive.save(indexed(next(numbers), **one)).article.id for one in first]
        for _ in range(2):
            wanted = data.draw(filters)
            chosen = data.draw(st.none() | st.lists(st.sampled_from([*names, "no-such-id"])).map(tuple))
            asked = Filters(
                published_after=wanted.published_after,
                published_before=wanted.published_before,
                publisher=wanted.publisher,
                article_ids=chosen,
                speakers=wanted.speakers,
            )
            vector = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal(8, dtype=np.float32)
            limit = data.draw(st.integers(0, 30))
            selection = exact.select(asked)
            assert selection.ids.tolist() == sorted(archive.passages.ids(asked))
            found, expected = selection.nearest(vector, limit=limit), brute_force(archive, asked, vector, limit)
            assert [i for i, _ in found] == [i for i, _ in expected]
            assert [near for _, near in found] == pytest.approx([near for _, near in expected], abs=1e-4)
            for name in data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []:
                archive.remove(name)
                names.remove(name)
            for number, one in enumerate(then):
                # Under an address that may be there: a revision.
                saved = archive.save(indexed(number, **one))
                names = list(dict.fromkeys([*names, saved.article.id]))
    finally:
        archive.close()


def test_a_selection_stays_as_it_was(archive):
    """What is added or removed after the choice changes nothing about it, so a search sees one state."""
    exact = ExactSearch(archive)
    names = [archive.save(indexed(number, publisher="AP")).article.id for number in range(5)]
    asked, vector = Filters(publisher="ap"), np.ones(8, dtype=np.float32)
    selection = exact.select(asked)
    before = selection.nearest(vector, limit=99)
    archive.remove(names[0])
    for number in range(100, 150):
        archive.save(indexed(number, publisher="AP"))
    assert len(exact.select(asked).ids) == 108
    assert selection.nearest(vector, limit=99) == before
    assert len(before) == 10


def test_memory_follows_an_archive_that_shrinks(archive, monkeypatch):
    """When more passages are gone than there, what is kept in memory is read anew."""
    monkeypatch.setattr("onrecord.index.search.exact_search._BATCH_PASSAGES", 4)
    exact, asked = ExactSearch(archive), Filters(publisher="ap")
    names = [archive.save(indexed(number, publisher="AP")).article.id for number in range(20)]
    assert len(exact.select(asked).ids) == 40
    for name in names[:-3]:
        archive.remove(name)
    assert exact.select(asked).ids.tolist() == sorted(archive.passages.ids(asked))
    assert len(exact.select(asked).ids) == exact._count == 6


def test_threads_may_search_while_one_writes(archive):
    """Every selection is a state that the archive had: whole articles, two passages each."""
    exact, asked, done = ExactSearch(archive), Filters(published_after=""), threading.Event()
    trouble = []

    def search():
        while not done.is_set():
            selection = exact.select(asked)
            near = selection.nearest(np.ones(8, dtype=np.float32), limit=9)
            if len(selection.ids) % 2 or len(near) != min(9, len(selection.ids)):
                trouble.append(selection.ids)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(60):
        name = archive.save(indexed(number, published_at="2025-11-01")).article.id
        if number % 3 == 0:
            archive.remove(name)
    done.set()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert len(exact.select(asked).ids) == 80
