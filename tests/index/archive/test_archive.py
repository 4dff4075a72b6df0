"""The archive: articles, their identity, pages and the embedder."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onrecord.index.archive.archive import Counts, Saved, SqliteArchive, content_hash
from onrecord.index.archive.tables.word_table import StemCounts
from onrecord.index.errors import ArticleNotFound, EmbedderMismatch
from onrecord.index.text.terms import terms_of
from onrecord.index.values import Article, ArticleInfo, Draft, FoundPassage, Span
from tests.index.archive.made_up import (
    MINILM,
    halved,
    indexed,
    trouble,
)

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


def test_the_claim_is_kept_as_json(archive, file):
    """The fact in the archive names the model that it needs."""
    archive.claim(MINILM)
    database = sqlite3.connect(file)
    (value,) = database.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone()
    database.close()
    assert json.loads(value) == {"name": "all-MiniLM-L6-v2", "weights_sha256": "5" * 64, "dimension": 384}
