"""Hybrid search over the seed articles."""

import statistics
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.articles.indexer import Indexer
from onrecord.index.search.retriever import Retriever, average
from onrecord.index.text.terms import content_terms
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Draft, Filters
from onrecord.index.vectors.chroma_index import ChromaIndex

QUESTIONS = [
    "what did Putin say about legality?",
    "Who is Kaja Kallas?",
    "frozen assets",
    "???",
    "",
    "Київ",
    "x" * 5_000,
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory, embedder, seeds):
    """An archive with the seed articles, its vector index, and its retriever. The tests only read it."""
    home = tmp_path_factory.mktemp("home")
    archive = SqliteArchive(home / "archive.sqlite3")
    vector_index = ChromaIndex(home / "vectors", archive_id=archive.id)
    indexer = Indexer(archive=archive, vector_index=vector_index, embedder=embedder)
    drafts = (draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name))
    assert len(list(indexer.add(drafts))) == 5
    yield archive, vector_index, Retriever(archive=archive, vector_index=vector_index, embedder=embedder)
    vector_index.close()
    archive.close()


def standard(scores):
    deviation = statistics.pstdev(scores)
    return [(score - statistics.fmean(scores)) / deviation if deviation > 0 else 0.0 for score in scores]


def stretched(scores):
    low, span = min(scores), max(scores) - min(scores)
    return [(score - low) / span if span > 0 else 0.0 for score in scores]


def test_legality_finds_legally_impossible(filled):
    """The passage that answers is among the first though the question has another form of its words."""
    _, _, retriever = filled
    best = retriever.retrieve("what did Putin say about legality?", limit=3).passages
    holding = [one.article.source_name for one in best if "legally impossible" in one.text]
    assert holding == ["001_b467bdeb06d57ac6.txt"]


def test_the_stem_alone_finds_it(filled, embedder):
    """With all weight on the words, "legality" finds the passages with a word of its stem, and those first."""
    archive, vector_index, _ = filled
    retriever = Retriever(archive=archive, vector_index=vector_index, embedder=embedder, fuse=average(1.0))
    found = retriever.retrieve("legality", limit=99).passages
    holding = [one for one in found if one.score > 0]
    assert holding
    assert holding == list(found[: len(holding)])
    assert ["legal" in {t.stem for t in content_terms(one.article.title + "\n" + one.text)} for one in found] == [
        one in holding for one in found
    ]
    assert any("legally impossible" in one.text for one in holding)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_score_is_the_average_of_both_sides(filled, embedder, question, weight):
    """Standard scores of cosine and BM25 over the candidates, averaged by weight and stretched to 0..1, best first."""
    archive, vector_index, _ = filled
    retriever = Retriever(archive=archive, vector_index=vector_index, embedder=embedder, fuse=average(weight))
    retrieval = retriever.retrieve(question, limit=99)
    np.testing.assert_allclose(retrieval.vector, embedder.embed_question(question), atol=1e-6)
    ids, vectors = archive.passages.vectors(archive.passages.ids())
    assert 20 < len(ids) < 100, "all passages are candidates"
    cosines = (vectors @ retrieval.vector).tolist()
    words = dict(archive.words.match([term.folded for term in content_terms(question)], limit=99))
    bm25 = [words.get(i, 0.0) for i in ids]
    fused = zip(standard(cosines), standard(bm25), strict=True)
    expected = dict(zip(ids, stretched([(1 - weight) * near + weight * word for near, word in fused]), strict=True))
    similarities = dict(zip(ids, cosines, strict=True))
    assert {one.id for one in retrieval.passages} == set(ids)
    np.testing.assert_allclose([one.score for one in retrieval.passages], sorted(expected.values())[::-1], atol=3e-3)
    for one in retrieval.passages:
        assert one.score == pytest.approx(expected[one.id], abs=3e-3)
        assert one.similarity == pytest.approx(similarities[one.id], abs=1e-3)
        assert archive.article(one.article.id).text[one.span.start : one.span.end] == one.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_finds_the_same(filled, question):
    """Asked again, the same passages come in the same order with the same scores; fewer are the first of more."""
    _, _, retriever = filled
    first, again = (retriever.retrieve(question, limit=10).passages for _ in range(2))
    assert first == again
    assert len(first) == 10
    assert retriever.retrieve(question, limit=3).passages == first[:3]


@settings(max_examples=30)
@given(data=st.data())
def test_filters_restrict_exactly(filled, data):
    """What passes the filters is found, all of it and nothing else; the cosines are those of an unfiltered search."""
    archive, _, retriever = filled
    infos, _ = archive.articles(limit=99)
    instants = [None, "2025-11-01T00:00:00", *(to_utc(info.published_at) for info in infos if info.published_at)]
    filters = data.draw(
        st.builds(
            Filters,
            published_after=st.sampled_from(instants),
            published_before=st.sampled_from(instants),
            publisher=st.sampled_from([None, None, "nobody", *(i.publisher.upper() for i in infos if i.publisher)]),
            article_ids=st.none() | st.lists(st.sampled_from([info.id for info in infos]), max_size=4).map(tuple),
        )
    )
    question = data.draw(st.sampled_from(QUESTIONS))
    found = retriever.retrieve(question, limit=99, filters=filters).passages
    every = {one.id: one for one in retriever.retrieve(question, limit=99).passages}
    assert {one.id for one in found} == set(archive.passages.ids(filters))
    assert [one.similarity for one in found] == pytest.approx([every[one.id].similarity for one in found], abs=1e-3)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_questions_at_once_find_what_each_finds_alone(filled):
    """One question is worked on by two threads, several by one each; nothing of one comes into another."""
    _, _, retriever = filled
    questions = [f"{question} {more}" for question in QUESTIONS[:3] for more in ("Europe", "money", "peace talks")]
    alone = [retriever.retrieve(question, limit=4).passages for question in questions]
    with ThreadPoolExecutor(len(questions)) as threads:
        for _ in range(3):
            found = threads.map(lambda question: retriever.retrieve(question, limit=4).passages, questions)
            assert [[p.id for p in passages] for passages in found] == [[p.id for p in passages] for passages in alone]


def test_the_side_that_fails_is_heard_of(filled, monkeypatch):
    """An error in the other thread is the question's own, and the next question is asked as ever."""
    _, vector_index, retriever = filled
    with monkeypatch.context() as patched:
        patched.setattr(vector_index, "search", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retriever.retrieve("peace", limit=1)
    assert len(retriever.retrieve("peace", limit=1).passages) == 1


def test_the_vocabulary_is_read_ahead(filled, embedder, monkeypatch):
    """What was read before the first question is not read again by it."""
    archive, vector_index, _ = filled
    retriever = Retriever(archive=archive, vector_index=vector_index, embedder=embedder)
    retriever.read_ahead()
    retriever.close()
    monkeypatch.setattr(archive.words, "stems", lambda: 1 / 0)
    assert retriever.mend("what did Zelenksy say?") == "what did Zelensky say?"


def test_an_empty_archive_finds_nothing(store):
    """No passage is no error, with filters and without."""
    for filters in (None, Filters(publisher="AP")):
        assert store.retriever.retrieve("legality", limit=5, filters=filters).passages == ()


def test_filters_that_nothing_passes_find_nothing(filled):
    """A publisher that is not there is no error."""
    _, _, retriever = filled
    assert retriever.retrieve("legality", limit=5, filters=Filters(publisher="nobody")).passages == ()


def test_passages_that_go_while_they_are_searched_are_left_out(store):
    """A vector index that is ahead of the archive, or behind it, costs results and is no error."""
    drafts = [
        Draft(text=f"Article {i} is about legality.\n\nAnd about the law.", url=f"https://a.org/{i}") for i in "ab"
    ]
    gone, kept = (added.article for added in store.indexer.add(drafts))
    store.archive.remove(gone.id)
    found = store.retriever.retrieve("legality", limit=9).passages
    assert {one.article.id for one in found} == {kept.id}
    store.vector_index.remove(store.vector_index.ids())
    found = store.retriever.retrieve("legality", limit=9).passages
    assert {one.article.id for one in found} == {kept.id}
