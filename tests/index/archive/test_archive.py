"""The store of record."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onrecord.index.archive.archive import Counts, IndexedArticle, Saved, SqliteArchive, content_hash
from onrecord.index.archive.word_table import StemCounts
from onrecord.index.errors import ArchiveError, ArticleNotFound, EmbedderMismatch, InvalidArticle, OnRecordError
from onrecord.index.text.embedder import Embedding, Fingerprint
from onrecord.index.text.terms import stem, terms_of
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Article, ArticleInfo, Draft, Filters, FoundPassage, Passage, Span
from tests.paths import ROOT

DIMENSION = 8
MINILM = Fingerprint(name="all-MiniLM-L6-v2", weights_sha256="5" * 64, dimension=384)


def unit_vectors(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def indexed(text, *, seed=0, **fields):
    """Cut a text as simply as can be: a passage a line, a sentence a word."""
    passages, start = [], 0
    for number, line in enumerate(text.split("\n")):
        span = Span(start, start + len(line))
        start = span.end + 1
        if line.strip():
            words = tuple(Span(span.start + t.span.start, span.start + t.span.end) for t in terms_of(line))
            vectors = unit_vectors(len(words) + 1, seed + number)
            passages.append((Passage(span=span, sentences=words), Embedding(vector=vectors[0], parts=vectors[1:])))
    return IndexedArticle(draft=Draft(text=text, **{"title": "A title", **fields}), passages=tuple(passages))


def halved(vectors):
    """What is left of vectors that are stored in half precision."""
    return np.asarray(vectors).astype(np.float16).astype(np.float32)


def trouble(file):
    """Return what is wrong inside an archive's file: orphans, and a word index that does not agree with the text."""
    database = sqlite3.connect(file, timeout=30)
    try:
        found = database.execute("PRAGMA foreign_key_check").fetchall()
        found += [row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += database.execute("SELECT * FROM sentences WHERE passage NOT IN (SELECT id FROM passages)").fetchall()
        found += database.execute(
            "SELECT id FROM passages WHERE article NOT IN (SELECT number FROM articles)"
        ).fetchall()
        try:
            # With rank 1 FTS5 compares the index with every text of the content table.
            database.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(str(error))
        there = {row[0] for row in database.execute("SELECT id FROM passages")}
        database.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab (main, words, instance)")
        found += [
            ("a word of no passage", row) for row in database.execute("SELECT doc FROM places") if row[0] not in there
        ]
        database.rollback()
        return found
    finally:
        database.close()


@pytest.fixture
def file(home):
    return home / "archive.sqlite3"


@pytest.fixture
def archive(file):
    opened = SqliteArchive(file)
    yield opened
    opened.close()


# Articles

any_text = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\f\x85\ufeff"), min_size=1
).filter(str.strip)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """An archive for many examples, each of which leaves it empty, and its file."""
    file = tmp_path_factory.mktemp("shared") / "archive.sqlite3"
    archive = SqliteArchive(file)
    yield archive, file
    archive.close()


@given(any_text)
def test_a_text_reads_back_character_for_character(shared, text):
    """Whatever the check of drafts lets through: the text, its hash, and every passage as Python slices it."""
    archive, file = shared
    article = indexed(text)
    saved = archive.save(article)
    try:
        assert archive.article(saved.article.id) == Article(info=saved.article, text=text)
        assert saved.article.content_sha256 == content_hash(text)
        found = archive.passages.found(dict.fromkeys(saved.added, (0.0, 0.0)))
        assert [(one.span, one.text) for one in found] == [
            (passage.span, text[passage.span.start : passage.span.end]) for passage, _ in article.passages
        ]
    finally:
        archive.remove(saved.article.id)
    assert archive.counts() == Counts(articles=0, passages=0, sentences=0, quotations=0)
    assert trouble(file) == []


def test_an_article_is_saved_with_all_that_is_known_of_it(archive):
    """Every field comes back as it was given; the time of archiving is now, in UTC."""
    fields = {
        "title": "Київ ☃",
        "publisher": "Al Jazeera",
        "author": "Nobody",
        "published_at": "2025-12-01 08:55:24",
        "url": "https://example.org/1",
        "source_name": "1.txt",
    }
    before = datetime.now(UTC).replace(microsecond=0)
    saved = archive.save(indexed("One two.\nThree.", **fields))
    info = saved.article
    assert info == ArticleInfo(
        id=info.id, content_sha256=content_hash("One two.\nThree."), added_at=info.added_at, **fields
    )
    assert before <= datetime.fromisoformat(info.added_at) <= datetime.now(UTC)
    assert archive.info(info.id) == info
    assert archive.articles(limit=9) == ([info], None)
    assert archive.counts() == Counts(articles=1, passages=2, sentences=3, quotations=0)


def test_passages_and_sentences_are_saved_with_their_vectors(archive):
    """What was embedded comes back in half precision, in the order asked for; the passage's text is its slice."""
    article = indexed("One two.\n\nThree.")
    saved = archive.save(article)
    first, second = saved.added
    np.testing.assert_array_equal(saved.vectors, [embedding.vector for _, embedding in article.passages])
    there, vectors = archive.passages.vectors([second, first])
    assert there == [second, first]
    np.testing.assert_array_equal(vectors, halved([saved.vectors[1], saved.vectors[0]]))
    assert archive.passages.found({first: (0.25, 0.5), second: (0.75, -1.0)}) == [
        FoundPassage(id=second, article=saved.article, span=Span(10, 16), text="Three.", score=0.75, similarity=-1.0),
        FoundPassage(id=first, article=saved.article, span=Span(0, 8), text="One two.", score=0.25, similarity=0.5),
    ]
    sentences = archive.passages.sentences([second, first])
    assert {i: stored.spans for i, stored in sentences.items()} == {
        second: (Span(10, 15),),
        first: (Span(0, 3), Span(4, 7)),
    }
    for number, (_, embedding) in zip(saved.added, article.passages, strict=True):
        np.testing.assert_array_equal(sentences[number].vectors, halved(embedding.parts))


def test_passages_that_are_not_there_are_left_out(archive):
    """Between search and reading an article may go: what is gone is no error."""
    saved = archive.save(indexed("One.\nTwo."))
    first, second = saved.added
    gone = archive.remove(archive.save(indexed("Three.", url="https://example.org/3")).article.id).removed[0]
    there, vectors = archive.passages.vectors([gone, second])
    assert there == [second]
    np.testing.assert_array_equal(vectors, halved([saved.vectors[1]]))
    assert [one.id for one in archive.passages.found({gone: (1.0, 1.0), first: (0.0, 0.0)})] == [first]
    sentences = archive.passages.sentences([gone, first])
    assert (sentences[gone].spans, len(sentences[gone].vectors)) == ((), 0)
    assert archive.passages.vectors([])[0] == []
    assert (archive.passages.found({}), archive.passages.sentences([])) == ([], {})


def test_passages_of_the_same_score_come_in_the_order_of_their_ids(archive):
    """An order that does not depend on anything else is the same every time."""
    saved = archive.save(indexed("\n".join(f"Line {i}" for i in range(20))))
    found = archive.passages.found(dict.fromkeys(reversed(saved.added), (0.5, 0.5)))
    assert [one.id for one in found] == list(saved.added)


def test_a_revision_takes_the_place_of_the_article(archive, file):
    """Id and place stay, everything else is the new one's; its passages go and their ids are not used again."""
    other = archive.save(indexed("Other.", source_name="other.txt")).article
    old = archive.save(indexed("One.\nTwo.", source_name="1.txt", publisher="AP", author="Nobody"))
    last = archive.save(indexed("Last.", source_name="last.txt")).article
    new = archive.save(indexed("Three.", source_name="1.txt", title="New"))
    assert new.removed == old.added
    assert not {*new.added} & {*old.added}
    assert min(new.added) > max(old.added)
    assert new.article == replace(
        old.article,
        title="New",
        publisher=None,
        author=None,
        content_sha256=content_hash("Three."),
        added_at=new.article.added_at,
    )
    assert archive.articles(limit=9)[0] == [other, new.article, last]
    assert archive.words.match(["one"], limit=9) == []
    assert archive.counts() == Counts(articles=3, passages=3, sentences=3, quotations=0)
    assert trouble(file) == []


def test_a_removed_article_leaves_nothing(archive, file):
    """Article, passages, sentences, vectors and words are gone; what was removed is said."""
    kept = archive.save(indexed("Kept legality.", source_name="kept.txt"))
    saved = archive.save(indexed("Legally gone.\nTwo.", source_name="gone.txt"))
    assert archive.remove(saved.article.id) == Saved(article=saved.article, removed=saved.added)
    assert archive.counts() == Counts(articles=1, passages=1, sentences=2, quotations=0)
    assert archive.passages.ids() == list(kept.added)
    assert [i for i, _ in archive.words.match(["legality"], limit=9)] == list(kept.added)
    assert archive.words.counts(["gone", "legal"]) == StemCounts(passages=1, by_stem={"gone": 0, "legal": 1})
    assert trouble(file) == []


@pytest.mark.parametrize("ask", ["info", "article", "remove"])
def test_an_article_that_is_not_there_is_named(archive, ask):
    """The error names the id and where all ids are listed."""
    with pytest.raises(ArticleNotFound) as caught:
        getattr(archive, ask)("no-such-id")
    assert str(caught.value) == ("No article 'no-such-id' in the archive; GET /articles or `onrecord list` names all.")


def test_a_save_that_fails_changes_nothing(archive, file):
    """The transaction that replaces an article is taken back whole when it cannot be completed."""
    saved = archive.save(indexed("One two.", source_name="1.txt"))
    good = indexed("Three four.", source_name="1.txt")
    passage, embedding = good.passages[0]
    broken = replace(good, passages=((passage, replace(embedding, parts=embedding.parts[:1])),))
    with pytest.raises(ValueError, match="shorter"):
        archive.save(broken)
    assert archive.article(saved.article.id) == Article(info=saved.article, text="One two.")
    assert [i for i, _ in archive.words.match(["two"], limit=9)] == list(saved.added)
    assert trouble(file) == []
    assert archive.save(good).removed == saved.added


# Revisions

A, B = "https://example.org/a", "https://example.org/b"


@pytest.mark.parametrize(
    ("held", "draft", "same"),
    [
        ({"url": A}, {"url": A, "text": "New."}, True),
        ({"url": A, "source_name": "1.txt"}, {"url": A, "source_name": "2.txt"}, True),
        ({"url": A}, {"url": B}, False),
        ({"url": A, "source_name": "1.txt"}, {"url": B, "source_name": "1.txt"}, False),
        ({"source_name": "1.txt"}, {"url": A, "source_name": "1.txt", "text": "New."}, True),
        ({"source_name": "1.txt"}, {"url": A}, False),
        ({}, {"url": A}, False),
        ({"url": A, "source_name": "1.txt"}, {"source_name": "1.txt", "text": "New."}, True),
        ({"source_name": "1.txt"}, {"source_name": "1.txt", "text": "New."}, True),
        ({"source_name": "1.txt"}, {"source_name": "2.txt"}, False),
        ({"url": A}, {"source_name": "1.txt"}, False),
        ({}, {"source_name": "1.txt"}, False),
        ({}, {}, True),
        ({}, {"text": "New."}, False),
        ({"url": A, "source_name": "1.txt"}, {}, True),
    ],
)
def test_an_article_is_known_by_its_url_else_its_source_name_else_its_text(archive, held, draft, same):
    """A draft is a revision of the article with its url, else of one without url from its source, else its equal."""
    info = archive.save(indexed("Text.", **held)).article
    assert archive.find(Draft(**{"text": "Text.", **draft})) == (info if same else None)


def test_the_url_counts_before_the_source_name(archive):
    """Where two articles could be meant, the one with the draft's url is."""
    archive.save(indexed("One.", source_name="1.txt"))
    second = archive.save(indexed("Two.", url=A)).article
    assert archive.find(Draft(text="Three.", url=A, source_name="1.txt")) == second


def test_what_an_article_is_known_by_is_not_taken_from_it(archive):
    """A revision without the url keeps it, and one that brings a url adds it."""
    first = archive.save(indexed("One.", source_name="1.txt")).article
    second = archive.save(indexed("Two.", source_name="1.txt", url=A)).article
    third = archive.save(indexed("Three.", source_name="1.txt")).article
    assert [(info.id, info.url, info.source_name) for info in (first, second, third)] == [
        (first.id, None, "1.txt"),
        (first.id, A, "1.txt"),
        (first.id, A, "1.txt"),
    ]


def test_an_id_is_never_given_twice(archive, file):
    """A source name that an article has given up names a new article, though the old one has the id made of it."""
    first = archive.save(indexed("One.", source_name="1.txt")).article
    archive.save(indexed("Two.", source_name="1.txt", url=A))
    archive.save(indexed("Two.", source_name="2.txt", url=A))
    other = archive.save(indexed("Three.", source_name="1.txt")).article
    assert other.id != first.id
    assert [archive.article(i).text for i in (first.id, other.id)] == ["Two.", "Three."]
    assert trouble(file) == []


def test_the_same_article_has_the_same_id_in_every_archive(archive, tmp_path):
    """An id is a hash of what the article is known by, so links outlive an archive that is built anew."""
    drafts = [{"url": A, "source_name": "1.txt", "text": "One."}, {"source_name": "2.txt", "text": "Two."}]
    here = [archive.save(indexed(**fields)).article.id for fields in [*drafts, {"text": "Three."}]]
    drafts = [{"text": "Three."}, {"source_name": "2.txt", "text": "New."}, {"url": A, "text": "New as well."}]
    other = SqliteArchive(tmp_path / "other.sqlite3")
    there = [other.save(indexed(title="Another", **fields)).article.id for fields in drafts]
    other.close()
    assert there == here[::-1]
    assert len(set(here)) == 3


class Archiving(RuleBasedStateMachine):
    """Save, replace, remove and reopen in any order; a list of dictionaries says what should be there."""

    texts = st.sampled_from(["One two.", "One two.\nThree.", "Legality 👩‍👩‍👧.\n\nLegally one.", "Ни слова.", "…"])

    @initialize()
    def create(self):
        self.folder = TemporaryDirectory()
        self.file = Path(self.folder.name) / "archive.sqlite3"
        self.archive = SqliteArchive(self.file)
        self.there = []

    def teardown(self):
        if hasattr(self, "archive"):
            self.archive.close()
            self.folder.cleanup()

    def known(self, draft):
        if draft["url"]:
            same_url = [one for one in self.there if one["url"] == draft["url"]]
            no_url = [one for one in self.there if one["url"] is None and draft["source_name"]]
            return [*same_url, *(one for one in no_url if one["source_name"] == draft["source_name"])][:1]
        field = "source_name" if draft["source_name"] else "text"
        return [one for one in self.there if one[field] == draft[field]][:1]

    @rule(
        text=texts,
        title=st.sampled_from(["A title", "Another"]),
        publisher=st.sampled_from([None, "AP", "Київ"]),
        url=st.sampled_from([None, A, B]),
        source_name=st.sampled_from([None, "1.txt", "2.txt"]),
    )
    def save(self, **draft):
        known = self.known(draft)
        found = self.archive.find(Draft(**draft))
        assert (found.id if found else None) == (known[0]["id"] if known else None)
        saved = self.archive.save(indexed(**draft))
        if known:
            kept = {name: draft[name] or known[0][name] for name in ("url", "source_name")}
            assert known[0].pop("passages") == saved.removed
            known[0].update(draft | kept)
            known[0]["passages"] = saved.added
        else:
            assert saved.removed == ()
            assert saved.article.id not in [one["id"] for one in self.there]
            self.there.append({**draft, "id": saved.article.id, "passages": saved.added})

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def remove(self, data):
        one = self.there.pop(data.draw(st.integers(0, len(self.there) - 1)))
        assert self.archive.remove(one["id"]).removed == one["passages"]

    @rule()
    def reopen(self):
        known = self.archive.id
        self.archive.close()
        self.archive = SqliteArchive(self.file)
        assert self.archive.id == known

    @invariant()
    def all_is_there_and_nothing_else(self):
        infos, more = self.archive.articles(limit=99)
        names = ("id", "title", "publisher", "url", "source_name")
        assert more is None
        assert [(*(getattr(info, name) for name in names), self.archive.article(info.id).text) for info in infos] == [
            (*(one[name] for name in names), one["text"]) for one in self.there
        ]
        assert sorted(self.archive.passages.ids()) == sorted(i for one in self.there for i in one["passages"])
        lines = [line for one in self.there for line in one["text"].split("\n") if line]
        holding = sum("legal" in {t.stem for t in terms_of(line)} for line in lines)
        assert self.archive.words.counts(["legal"]) == StemCounts(passages=len(lines), by_stem={"legal": holding})
        assert trouble(self.file) == []


TestArchiving = Archiving.TestCase
TestArchiving.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


# Filters

PUBLISHERS = [None, "Reuters", "reuters", "REUTERS ", "Українська правда", "УКРАЇНСЬКА ПРАВДА", "al_jazeera", "%"]
DATES = [None, "2025-11-30", "2025-12-01", "2025-12-01T08:55:24", "2025-12-01T00:30:00+02:00", "2025-12-02"]
INSTANTS = [None, *(to_utc(date) for date in DATES if date), "2025-12-01T08:55:25"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An archive with an article for each publisher and date, and what was saved."""
    archive = SqliteArchive(tmp_path_factory.mktemp("filled") / "archive.sqlite3")
    saved = [
        archive.save(
            indexed(
                f"Article {number} about legality.\nAnd more of article{number}.",
                seed=number,
                publisher=publisher,
                published_at=date,
                source_name=f"{number}.txt",
            )
        )
        for number, (publisher, date) in enumerate(product(PUBLISHERS, DATES))
    ]
    yield archive, saved
    archive.close()


def passes(info, filters):
    published = to_utc(info.published_at) if info.published_at else None
    return (
        (filters.published_after is None or (published is not None and published >= filters.published_after))
        and (filters.published_before is None or (published is not None and published < filters.published_before))
        and (
            filters.publisher is None
            or (info.publisher is not None and info.publisher.casefold() == filters.publisher.casefold())
        )
        and (filters.article_ids is None or info.id in filters.article_ids)
    )


@given(data=st.data())
def test_filters_let_through_exactly_what_they_name(filled, data):
    """In any combination, the passages are those of the articles that a filter in plain Python lets through."""
    archive, saved = filled
    ids = st.sampled_from([one.article.id for one in saved] + ["no-such-id", "' OR TRUE --"])
    filters = data.draw(
        st.builds(
            Filters,
            published_after=st.sampled_from(INSTANTS),
            published_before=st.sampled_from(INSTANTS),
            publisher=st.sampled_from([*PUBLISHERS, "REUTERS", "ukraine", ""]),
            article_ids=st.none() | st.lists(ids, max_size=30).map(tuple),
        )
    )
    expected = {i for one in saved if passes(one.article, filters) for i in one.added}
    assert set(archive.passages.ids(filters)) == expected
    among = np.array(sorted(expected), dtype=np.int64)
    assert {i for i, _ in archive.words.match(["legality", "more"], limit=999, among=among)} == expected


def test_no_filter_lets_everything_through(filled):
    """None and an empty filter are the same."""
    archive, saved = filled
    every = sorted(i for one in saved for i in one.added)
    assert sorted(archive.passages.ids()) == sorted(archive.passages.ids(Filters())) == every


# Pages


@given(limit=st.integers(1, 60), query=st.sampled_from([None, "", "1", "reut", "_", "%", "\\", "A title", "nothing"]))
def test_pages_hold_every_article_once(filled, limit, query):
    """Page by page come all articles that contain the query, in the order they were added, and none twice."""
    archive, saved = filled
    pages, after = [], 0
    while after is not None:
        page, following = archive.articles(limit=limit, after=after, query=query)
        assert len(page) == limit or following is None
        assert following is None or following > after
        pages += page
        after = following
    assert pages == [
        one.article
        for one in saved
        if (query or "").lower()
        in " ".join([one.article.title, one.article.publisher or "", one.article.source_name]).lower()
    ]


def test_a_last_page_that_is_full_is_the_last(archive):
    """No empty page follows."""
    infos = [archive.save(indexed(f"Text {i}.")).article for i in range(4)]
    first, after = archive.articles(limit=2)
    assert (first, archive.articles(limit=2, after=after)) == (infos[:2], (infos[2:], None))


def test_paging_goes_on_while_articles_come_and_go(archive):
    """A page starts behind the last article of the one before it, whether that is still there or not."""
    infos = [archive.save(indexed(f"Text {i}.")).article for i in range(4)]
    first, after = archive.articles(limit=2)
    archive.remove(infos[0].id)
    archive.remove(infos[1].id)
    infos.append(archive.save(indexed("Text 4.")).article)
    assert archive.articles(limit=9, after=after) == (infos[2:], None)


# Words


def test_words_meet_by_their_stem_whatever_case_and_accents(archive):
    """Legality finds legally and elysee finds Élysée, in the title as well, and the rarer word counts more."""
    first = archive.save(indexed("It is legally impossible.\nThe Élysée said no.", title="On the treaty"))
    second = archive.save(indexed("The vote said no.", title="On something else"))
    legal, elysee, vote = *first.added, *second.added
    assert [i for i, _ in archive.words.match(["legality"], limit=9)] == [legal]
    assert [i for i, _ in archive.words.match(["elysee"], limit=9)] == [elysee]
    assert {i for i, _ in archive.words.match(["treaties"], limit=9)} == {legal, elysee}
    ranked = archive.words.match(["said", "vote"], limit=9)
    assert [i for i, _ in ranked] == [vote, elysee]
    assert ranked[0][1] > ranked[1][1] > 0
    assert archive.words.match(["said", "vote"], limit=1) == ranked[:1]
    assert archive.words.match([], limit=9) == []


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)))
def test_no_word_is_a_command_to_the_word_index(filled, words):
    """Quotes, operators and signs are searched for like any other text, and never raise."""
    archive, _ = filled
    found = archive.words.match([*words, "AND", "NEAR(", '"', "-", "title:legality"], limit=999)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def test_stems_are_counted_by_passage(filled):
    """Each stem's count is the number of passages whose title or text holds it, however often."""
    archive, saved = filled
    stems = [stem(word) for word in ("legality", "article", "titles", "nothing", "article7", "'")]
    passages = archive.passages.found({i: (0.0, 0.0) for one in saved for i in one.added})
    held = [{term.stem for term in terms_of(one.article.title + " " + one.text)} for one in passages]
    assert archive.words.counts(stems) == StemCounts(
        passages=len(passages), by_stem={one: sum(one in stems for stems in held) for one in stems}
    )
    assert archive.words.counts([]) == StemCounts(passages=len(passages), by_stem={})


# The embedder


def test_an_archive_belongs_to_the_model_that_claims_it_first(archive, file):
    """The same model may claim it again, also after the archive was reopened."""
    assert archive.embedder() is None
    archive.claim(MINILM)
    archive.claim(MINILM)
    other = SqliteArchive(file)
    other.claim(MINILM)
    assert other.embedder() == "all-MiniLM-L6-v2"
    other.close()


@pytest.mark.parametrize(
    "change", [{"name": "bge-small"}, {"weights_sha256": "6" * 64}, {"dimension": 512}], ids=["name", "weights", "size"]
)
def test_another_model_is_refused(archive, file, change):
    """The error names both models and the way out, and the archive stays the first one's."""
    archive.claim(MINILM)
    wanted = replace(MINILM, **change)
    with pytest.raises(EmbedderMismatch) as caught:
        archive.claim(wanted)
    assert str(caught.value) == (
        f"The archive {file} was built with the embedding model 'all-MiniLM-L6-v2' (weights 555555555555…), "
        f"not {wanted.name!r} ({wanted.weights_sha256[:12]}…). "
        "Set ONRECORD_EMBEDDER to the first, or build the index anew for the second with `onrecord reindex`, while "
        "the first goes on answering."
    )
    archive.claim(MINILM)


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
        f"Cannot open the archive {file}: file is not a database. "
        "Choose a folder that can be written with ONRECORD_HOME."
    )
    assert file.read_bytes().startswith(b"Not a database")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A file where the folder should be is the system's error, with the way out."""
    (tmp_path / "home").write_text("a file")
    file = tmp_path / "home" / "archive.sqlite3"
    with pytest.raises(ArchiveError) as caught:
        SqliteArchive(file)
    assert str(caught.value).startswith(f"Cannot open the archive {file}: ")
    assert str(caught.value).endswith(". Choose a folder that can be written with ONRECORD_HOME.")
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
    from tests.index.archive.test_archive import indexed
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


def test_the_claim_is_kept_as_json(archive, file):
    """The fingerprint is readable to whoever has to find out which model an archive needs."""
    archive.claim(MINILM)
    database = sqlite3.connect(file)
    (value,) = database.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone()
    database.close()
    assert json.loads(value) == {"name": "all-MiniLM-L6-v2", "weights_sha256": "5" * 64, "dimension": 384}
