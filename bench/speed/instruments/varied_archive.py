"""Large archives made of few articles: copies, varied so that none is a copy of another.

Each word gives way to one of the same length, as often as it occurs in the articles, so that every span stays right;
the vectors are the originals' turned by a random angle.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.index.text.embedder import Embedding, Vector
from onrecord.index.values import Draft, Filters, Passage, Span
from onrecord.service.evaluation.datasets.json_files import read_records
from onrecord.service.wiring import Parts

SHARES = {"0.1 %": 0.001, "2 %": 0.02, "50 %": 0.5, "99 %": 0.99}
WORD = re.compile(r"[A-Za-z]{3,}")
_TURN = 0.55
"""Length of the noise added to a copy's unit vector: a cosine of .88 to its original, as between two such articles."""
_BATCH = 4096
_COPY = "copy-"


def drafts_of(file: Path) -> Iterator[Draft]:
    """Yield the articles of a file of Reuters-21578 that have a text."""
    for _, article in read_records(file):
        if article["text"].strip():
            day = datetime.strptime(article["date"].split()[0], "%d-%b-%Y").date()
            yield Draft(text=article["text"], title=article["title"], source_name=article["id"], published_at=str(day))


class Copies:
    """Copies of some articles, without end."""

    def __init__(self, originals: Sequence[IndexedArticle], *, first: int = 0, seed: int = 7) -> None:
        """Make copies from number `first` on; each has its number in its source name."""
        self._originals = originals
        self._chance, self._noise = random.Random(seed + first), np.random.default_rng(seed + first)
        self._words = Words(original.draft.text for original in originals)
        self._numbers = count(first)

    def __iter__(self) -> Iterator[IndexedArticle]:
        """Return this: it never ends."""
        return self

    def __next__(self) -> IndexedArticle:
        """Return the next copy, as it is handed to `save`."""
        number = next(self._numbers)
        return self.copy_of(self._originals[number % len(self._originals)], number)

    def copy_of(self, original: IndexedArticle, number: int) -> IndexedArticle:
        """Return the copy of an article, with other words and vectors."""
        return _varied(original, number, self._words, self._chance, self._noise)


def add_copies(parts: Parts, copies: Iterator[IndexedArticle], *, passages: int) -> Iterator[int]:
    """Add copies until the archive has so many passages; yield how many each brings.

    They go past the indexer, and nothing waits for the disk: such an archive is only measured.
    """
    parts.archive.database.writer.execute("PRAGMA synchronous = OFF")
    there = parts.archive.counts().passages
    ids: list[int] = []
    vectors: list[Vector] = []
    while there < passages:
        saved = parts.archive.save(next(copies))
        ids += saved.added
        vectors += saved.vectors
        there += len(saved.added)
        if len(ids) >= _BATCH or there >= passages:
            parts.vector_index.upsert(ids, np.stack(vectors))
            ids, vectors = [], []
        yield len(saved.added)


def originals_in(archive: SqliteArchive) -> list[IndexedArticle]:
    """Return the articles that are no copies."""
    infos, _ = archive.articles(limit=10**9)
    return [indexed(archive, info.id) for info in infos if not (info.source_name or "").startswith(_COPY)]


def indexed(archive: SqliteArchive, article_id: str) -> IndexedArticle:
    """Read an article back as it was handed to `save`."""
    article = archive.article(article_id)
    found = archive.passages.found(dict.fromkeys(archive.passages.ids(Filters(article_ids=(article_id,))), (0.0, 0.0)))
    found.sort(key=lambda passage: passage.span.start)
    sentences = archive.passages.sentences([passage.id for passage in found])
    _, vectors = archive.passages.vectors([passage.id for passage in found])
    return IndexedArticle(
        draft=Draft(text=article.text, title=article.info.title),
        passages=tuple(
            (
                Passage(span=passage.span, sentences=sentences[passage.id].spans),
                Embedding(vector=vector, parts=sentences[passage.id].vectors),
            )
            for passage, vector in zip(found, vectors, strict=True)
        ),
    )


class Words:
    """The articles' words by length, each as often as it occurs, and one in fifty made up: names never end."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in WORD.findall(text))
        self._by_length: dict[int, list[list[str] | list[int]]] = {}
        for length in {len(word) for word in counts}:
            words = [word for word in counts if len(word) == length]
            self._by_length[length] = [words, list(np.cumsum([counts[word] for word in words]).tolist())]

    def instead(self, word: str, chance: random.Random) -> str:
        """Return another word of the same length."""
        if chance.random() < 0.02:
            return "".join(chance.choice("aeiou" if i % 2 else "bcdfgklmnprstvz") for i in range(len(word))).title()
        words, sums = self._by_length.get(len(word), [[word], [1]])
        return str(chance.choices(words, cum_weights=sums)[0])  # type: ignore[arg-type]


def _varied(
    original: IndexedArticle, turn: int, words: Words, chance: random.Random, noise: np.random.Generator
) -> IndexedArticle:
    text = WORD.sub(
        lambda m: words.instead(m.group(), chance) if chance.random() < 0.6 else m.group(), original.draft.text
    )
    title = WORD.sub(lambda m: words.instead(m.group(), chance), original.draft.title or "")
    # A day in 1,000; a publisher of one article in a thousand, in fifty, and of half of them.
    day = np.datetime64("2020-01-01") + turn * 7919 % 1000
    share = turn * 6007 % 1000
    publisher = "0.1 %" if share < 1 else "2 %" if share < 21 else "50 %" if share < 521 else "the rest"
    passages = tuple(
        (passage, replace(embedding, vector=_turned(embedding.vector, noise)))
        for passage, embedding in original.passages
    )
    return IndexedArticle(
        draft=Draft(text=text, title=title, publisher=publisher, published_at=str(day), source_name=f"{_COPY}{turn}"),
        passages=passages,
        quotations=tuple(
            _quotation(text, passage.sentences[0], f"Speaker {name}")
            for passage, _ in passages
            for name, part in SHARES.items()
            if passage.sentences and chance.random() < part
        ),
    )


def _turned(vector: Vector, noise: np.random.Generator) -> Vector:
    step = noise.standard_normal(len(vector), dtype=np.float32)
    moved = vector + _TURN * step / np.linalg.norm(step)
    return (moved / np.linalg.norm(moved)).astype(np.float32)


def _quotation(text: str, span: Span, speaker: str) -> Quotation:
    return Quotation(
        text=span.of(text), span=span, kind=QuotationKind.DIRECT, cue=None, cue_span=None, speaker_mention=None,
        speaker_span=None, speaker=speaker, role=None, denied=False, reported_by=None,
    )  # fmt: skip
