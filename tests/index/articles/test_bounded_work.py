"""The work that one article costs grows with its length and no faster, whatever stands in it."""

import time
from itertools import islice, product

import numpy as np
import pytest

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.indexer import Preparer
from onrecord.index.text.embedder import Embedding
from onrecord.index.text.sentences import MAX_SENTENCE_CHARACTERS
from onrecord.index.values import Draft

SHORT, LONG = 10_000, 60_000
LABELS = ["".join(letters) for letters in islice(product("BCDFGHJKLM", repeat=4), LONG // 8)]
"""Labels of as many speakers as a long text has room for."""


class WithoutModel:
    """An embedder that counts a token for every four characters, and gives every text the same vector."""

    max_tokens = 256

    def count_tokens(self, texts):
        return [1 + len(text) // 4 for text in texts]

    def embed(self, texts, parts):
        vector = np.full(384, 384**-0.5, dtype=np.float32)
        return [Embedding(vector=vector, parts=np.stack([vector] * len(held))) for held in parts]


@pytest.mark.parametrize(
    "piece",
    [
        "acgt",
        "bridge ",
        "Ana ",
        "she said ",
        "Ana Reis said that ",
        "(",
        '"',
        "”",
        "“a ‘b ",
        "“We go,” Ana Reis said, “and ",
        "a\n",
        "bridge open\n",
        "Ana Reis\n",
        "1234567890",
        "1,",
        "A. B. ",
        "新闻报道说市长开放大桥",
        "The mayor said it. ",
        pytest.param("".join(f"{label}: Go\n\n" for label in LABELS), id="labels"),
    ],
)
def test_the_work_for_an_article_is_linear_in_its_length(home, piece):
    """Six times the text takes about six times the time to read, cut and store, with or without sentence ends."""
    preparer = Preparer(WithoutModel())
    archive = SqliteArchive(home / "archive.sqlite3")

    def seconds(length):
        draft = Draft(text=(piece * (length // len(piece) + 1))[:length], source_name=str(length))
        started = time.thread_time()
        (article,) = preparer.prepare([draft])
        archive.save(article)
        return time.thread_time() - started

    seconds(SHORT // 10)
    short = seconds(SHORT)
    long = seconds(LONG)
    archive.close()
    # What is quadratic takes 36 times the time; a twentieth of a second is noise.
    assert long < 15 * (short + 0.05)


def test_no_passage_holds_a_sentence_without_end():
    """A text without sentence ends is cut into sentences of a bounded length, and nothing of it is lost."""
    text = "the mayor and the council and " * 2_000
    (article,) = Preparer(WithoutModel()).prepare([Draft(text=text, title="No end")])
    sentences = [sentence.of(text) for passage, _ in article.passages for sentence in passage.sentences]
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert max(map(len, sentences)) <= MAX_SENTENCE_CHARACTERS
