"""The written claims are what their README says, and the kept half stays closed."""

from collections import Counter

import pytest

from bench.quality.claims.written.__main__ import table
from bench.quality.claims.written.articles import ARTICLES, BORNE_OUT, read_written, sources_of
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span


@pytest.fixture(scope="module")
def articles():
    return read_written()


def test_six_hundred_claims_are_divided_by_article(articles):
    claims = Counter(article.half for article in articles for each in article.claims.values() for _ in each)
    assert claims == {"open": 300, "kept": 300}
    assert len({article.id for article in articles}) == len(articles) == 24


def test_verbatim_claims_are_sentences_of_their_article_and_no_other_claims_are(articles):
    for article in articles:
        sentences = {span.of(article.text) for span in split_sentences(article.text, Span(0, len(article.text)))}
        for kind, claims in article.claims.items():
            assert [claim in sentences for claim in claims] == [kind == "verbatim"] * len(claims)


def test_no_claim_is_made_twice_and_every_class_is_explained(articles):
    for article in articles:
        every = [claim for claims in article.claims.values() for claim in claims]
        assert len(every) == len(set(every))
    explained = ARTICLES.with_name("README.md").read_text(encoding="utf-8")
    kinds = {kind for article in articles for kind in article.claims} - BORNE_OUT
    assert [kind for kind in sorted(kinds) if f"\n| {kind} |" not in explained] == []


def test_sources_hold_every_sentence_of_the_article(articles, embedder):
    (sources,) = sources_of(articles[:1], embedder).values()
    words = " ".join(source.passage.text for source in sources.values()).split()
    assert words == articles[0].text.split()


def test_the_table_counts_what_is_shown_by_class_and_half():
    shown = {("verbatim", "open"): [True], ("roles", "open"): [False, True], ("roles", "kept"): [False]}
    lines = [line.split() for line in table(shown)]
    assert ["roles", "1", "of", "2", "0.500", "0", "of", "1", "0.000"] in lines
    assert ["borne", "out", "1", "of", "1", "1.000", "0", "of", "0", "0.000"] in lines
