"""Measure search, filters, recall, restart and memory at a hundred thousand passages, and the rate of indexing.

python -m bench.scale ARTICLES.jsonl[.gz] [--home FOLDER] [--passages 100000] [--embedded 5000] [--replaced]

The first articles are added as a user would add them, which gives the rate. The rest are copies: each word gives way to
one of the same length, as often as it occurs in the articles, so that every span stays right; their vectors are the
originals' turned by a random angle. `--home` keeps the archive for another run. `--replaced` measures again on a copy
of it in which half of the articles have given way to revisions, and one publisher has 99 % of all, when the vector
index has been made anew.
"""

import argparse
import gzip
import json
import random
import re
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import numpy as np
from rich.progress import track

import index.archive
import index.indexer
from index.archive import IndexedArticle, SqliteArchive
from index.embedder import Embedder, Embedding, Vector
from index.exact import ExactIndex
from index.instants import to_utc
from index.quotations import Quotation, QuotationKind
from index.retriever import Retriever
from index.terms import STOP_WORDS
from index.values import Draft, Filters, Passage, Span
from service.settings import Settings
from service.wiring import Parts, archive_file, open_parts

_TURN = 0.55
"""Length of the noise added to a copy's unit vector: a cosine of .88 to its original, as between two such articles."""
_SHARES = {"0.1 %": 0.001, "2 %": 0.02, "50 %": 0.5, "99 %": 0.99}
_WORD = re.compile(r"[A-Za-z]{3,}")


class GivenVectors:
    """An embedder that is given the question's vector, so that only the search is measured."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint, self.max_tokens = embedder.fingerprint, embedder.max_tokens
        self.count_tokens, self.embed = embedder.count_tokens, embedder.embed
        self.vectors: dict[str, Vector] = {}

    def embed_question(self, question: str) -> Vector:
        """Return the vector given for the question."""
        if question not in self.vectors:
            self.vectors[question] = self._embedder.embed_question(question)
        return self.vectors[question]


def main() -> None:
    """Build the archive unless it is there, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="lines with id, title, date and text, as in Reuters-21578")
    parser.add_argument("--home", type=Path, help="keep the archive here, and measure the one that is here")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--embedded", type=int, default=5_000, help="passages that are embedded for real")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--replaced", action="store_true", help="measure again with half of the articles replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary)
        if not archive_file(home).exists():
            _build(home, _drafts(options.articles), embedded=options.embedded, passages=options.passages)
        _measure(home, options.queries)
        if options.replaced:
            copy = Path(temporary) / "replaced"
            shutil.copytree(home, copy)
            _replace(copy)
            _measure(copy, options.queries)


# The archive


def _drafts(file: Path) -> Iterator[Draft]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            if article["text"].strip():
                day = datetime.strptime(article["date"].split()[0], "%d-%b-%Y").date()
                yield Draft(
                    text=article["text"], title=article["title"], source_name=article["id"], published_at=str(day)
                )


def _build(home: Path, drafts: Iterator[Draft], *, embedded: int, passages: int) -> None:
    with open_parts(Settings(home=home)) as parts:
        started = time.perf_counter()
        texts = []
        with _Watched(parts) as watched:
            while parts.archive.counts().passages < embedded:
                texts += [added.article.id for added in parts.indexer.add(islice(drafts, 128))]
        seconds = time.perf_counter() - started
        done = parts.archive.counts().passages
        print(f"added {done} passages of {len(texts)} articles: {done / seconds:.1f} passages/s in {seconds:.0f} s")
        for name, spent in sorted(watched.spent.items(), key=lambda pair: -pair[1]):
            print(f"  {name:28} {spent:6.1f} s  {spent / seconds:.3f} of it")
    # A second opening, without the lock's owner in between: copies go past the indexer.
    with open_parts(Settings(home=home)) as parts:
        _copy(parts, texts, passages)
        print(f"{parts.archive.counts()}, {archive_file(home).stat().st_size / 1e6:.0f} MB")


class _Watched:
    """Where the time of adding goes."""

    def __init__(self, parts: Parts) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._stack = ExitStack()
        self._places: list[tuple[object, str]] = [
            (parts.embedder, "embed"),
            (parts.embedder, "count_tokens"),
            (parts.archive, "save"),
            (parts.archive, "find"),
            (parts.vector_index, "upsert"),
            (parts.vector_index, "remove"),
            (index.indexer, "read_article"),
            (index.indexer, "split_passages"),
            (index.indexer, "quotations_of"),
            (index.archive, "link"),
        ]

    def __enter__(self) -> "_Watched":
        for where, name in self._places:
            self._stack.enter_context(patch.object(where, name, self._timed(getattr(where, name), name)))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _timed(self, call: Callable[..., object], name: str) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            started = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self.spent[name] += time.perf_counter() - started

        return timed


def _copy(parts: Parts, ids: Sequence[str], passages: int) -> None:
    """Add copies until there are so many passages."""
    chance, noise = random.Random(7), np.random.default_rng(7)
    originals = [_indexed(parts.archive, article_id) for article_id in track(ids, description="originals")]
    words = _Words(original.draft.text for original in originals)
    there = parts.archive.counts().passages
    batch: list[tuple[int, Vector]] = []
    wanted = iter(track(range(there, passages), description="copies"))
    for turn in range(passages):
        original = originals[turn % len(originals)]
        saved = parts.archive.save(_copied(original, turn, words, chance, noise))
        batch += zip(saved.added, saved.vectors, strict=True)
        there += len(saved.added)
        list(islice(wanted, len(saved.added)))
        if len(batch) >= 4096 or there >= passages:
            parts.vector_index.upsert([i for i, _ in batch], np.stack([vector for _, vector in batch]))
            batch = []
        if there >= passages:
            return


def _replace(home: Path) -> None:
    """Let half of the articles give way to others, a few at a time as they come, and one publisher have 99 %."""
    chance, noise = random.Random(13), np.random.default_rng(13)
    with open_parts(Settings(home=home)) as parts:
        infos, _ = parts.archive.articles(limit=10**9)
        chosen = chance.sample([info.id for info in infos], len(infos) // 2)
        words = _Words(parts.archive.article(article_id).text for article_id in chosen[:3_000])
        # A copy that is thrown away need not be safe: 33,000 commits wait for the disk otherwise.
        parts.archive._writer.execute("PRAGMA synchronous = OFF")
        started = time.perf_counter()
        for start in track(range(0, len(chosen), 64), description="replacing"):
            batch: list[tuple[int, Vector]] = []
            for turn, article_id in enumerate(chosen[start : start + 64], start=10**6 + start):
                article = _copied(_indexed(parts.archive, article_id), turn, words, chance, noise)
                saved = parts.archive.save(article, instead_of=article_id)
                parts.vector_index.remove(saved.removed)
                batch += zip(saved.added, saved.vectors, strict=True)
            parts.vector_index.upsert([i for i, _ in batch], np.stack([vector for _, vector in batch]))
        print(f"{len(chosen)} of {len(infos)} articles replaced in {time.perf_counter() - started:.0f} s")
        started = time.perf_counter()
        while _gone(parts.archive) - int(parts.archive.fact("vectors_made") or 0) > 0.2 * len(
            parts.archive.passage_ids()
        ):
            time.sleep(1)
        print(f"vector index made anew after another {time.perf_counter() - started:.0f} s")
    with sqlite3.connect(archive_file(home)) as db:
        db.execute("UPDATE articles SET publisher_folded = '99 %', publisher = '99 %' WHERE number % 100")


def _gone(archive: SqliteArchive) -> int:
    last, there = archive.passage_state()
    return last - there


def _indexed(archive: SqliteArchive, article_id: str) -> IndexedArticle:
    """Read an article back as it was handed to `save`."""
    article = archive.article(article_id)
    found = archive.passages(dict.fromkeys(archive.passage_ids(Filters(article_ids=(article_id,))), (0.0, 0.0)))
    found.sort(key=lambda passage: passage.span.start)
    sentences = archive.sentences([passage.id for passage in found])
    _, vectors = archive.vectors([passage.id for passage in found])
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


class _Words:
    """The articles' words by length, each as often as it occurs, and one in fifty made up: names never end."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in _WORD.findall(text))
        self._by_length: dict[int, list[list[str] | list[int]]] = {}
        for length in {len(word) for word in counts}:
            words = [word for word in counts if len(word) == length]
            self._by_length[length] = [words, list(np.cumsum([counts[word] for word in words]).tolist())]

    def instead(self, word: str, chance: random.Random) -> str:
        if chance.random() < 0.02:
            return "".join(chance.choice("aeiou" if i % 2 else "bcdfgklmnprstvz") for i in range(len(word))).title()
        words, sums = self._by_length.get(len(word), [[word], [1]])
        return str(chance.choices(words, cum_weights=sums)[0])  # type: ignore[arg-type]


def _copied(
    original: IndexedArticle, turn: int, words: _Words, chance: random.Random, noise: np.random.Generator
) -> IndexedArticle:
    text = _WORD.sub(
        lambda m: words.instead(m.group(), chance) if chance.random() < 0.6 else m.group(), original.draft.text
    )
    title = _WORD.sub(lambda m: words.instead(m.group(), chance), original.draft.title or "")
    # A day in 1,000; a publisher of one article in a thousand, in fifty, and of half of them.
    day = np.datetime64("2020-01-01") + turn * 7919 % 1000
    share = turn * 6007 % 1000
    publisher = "0.1 %" if share < 1 else "2 %" if share < 21 else "50 %" if share < 521 else "the rest"
    passages = tuple(
        (passage, replace(embedding, vector=_turned(embedding.vector, noise)))
        for passage, embedding in original.passages
    )
    return IndexedArticle(
        draft=Draft(text=text, title=title, publisher=publisher, published_at=str(day), source_name=f"copy-{turn}"),
        passages=passages,
        quotations=tuple(
            _quotation(text, passage.sentences[0], f"Speaker {name}")
            for passage, _ in passages
            for name, part in _SHARES.items()
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


# What is measured


def _measure(home: Path, queries: int) -> None:
    settings = Settings(home=home)
    started = time.perf_counter()
    with open_parts(settings) as parts:
        opened = time.perf_counter() - started
        given = GivenVectors(parts.embedder)
        retriever = Retriever(archive=parts.archive, vector_index=parts.vector_index, embedder=given)
        questions = _questions(parts.archive, queries)
        parts.retriever.retrieve(questions[0], limit=8)
        print(f"restart: open {opened:.1f} s, first passages after {time.perf_counter() - started:.1f} s")
        for question in track(questions, description="questions"):
            given.embed_question(question)
        started = time.perf_counter()
        retriever.retrieve(questions[0], limit=8, filters=Filters(publisher="nobody"))
        print(f"first filtered query, which loads the vectors: {time.perf_counter() - started:.2f} s")
        every = len(parts.archive.passage_ids())
        plain = _latency(retriever, questions, None)
        print(f"{every} passages, {len(questions)} questions of {_words_in(questions):.1f} words, search only")
        print(f"  no filter                    {_quantiles(plain)}")
        for name, filters in _filters(parts.archive):
            share = len(parts.archive.passage_ids(filters)) / every
            times = _latency(retriever, questions, filters)
            ratios = [statistics.median(times) / statistics.median(plain), _p99(times) / _p99(plain)]
            print(f"  {name:20} {share:7.2%} {_quantiles(times)}, {ratios[0]:.1f} and {ratios[1]:.1f} times unfiltered")
        print(f"recall@10 of the vector index: {_recall(parts, given, questions):.4f}")
        indexed, exact = _exact_latency(parts, given, questions)
        print(f"the 100 nearest: vector index {_quantiles(indexed)}; exact {_quantiles(exact)}")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _questions(archive: SqliteArchive, count: int) -> list[str]:
    """Make questions of eight words in a row out of passages, as specific and as common as the words there are."""
    chance = random.Random(11)
    ids = chance.sample(archive.passage_ids(), count)
    words = [_WORD.findall(passage.text) for passage in archive.passages(dict.fromkeys(ids, (0.0, 0.0)))]
    found = []
    for held in words:
        content = [word for word in held if word.lower() not in STOP_WORDS]
        start = chance.randrange(max(1, len(content) - 8))
        found.append(" ".join(content[start : start + 8]).lower() or "nothing")
    return found


def _words_in(questions: Sequence[str]) -> float:
    return statistics.mean(len(question.split()) for question in questions)


def _filters(archive: SqliteArchive) -> Iterator[tuple[str, Filters]]:
    infos, _ = archive.articles(limit=10**9)
    dates = sorted(to_utc(info.published_at) for info in infos if info.published_at)
    names = [info.id for info in infos]
    random.Random(3).shuffle(names)
    for name, share in _SHARES.items():
        # The last days: the first day of all has a tenth of a percent by itself.
        yield f"dates {name}", Filters(published_after=dates[-max(1, int(share * len(dates)))])
    publishers = {info.publisher for info in infos}
    for name in _SHARES:
        if name in publishers:
            yield f"publisher {name}", Filters(publisher=name)
    for name, share in _SHARES.items():
        yield f"article_ids {name}", Filters(article_ids=tuple(names[: int(share * len(names))]))
    for name in _SHARES:
        yield f"speakers {name}", Filters(speakers=(f"Speaker {name}",))
    middle = dates[len(dates) // 2]
    yield (
        "all of them",
        Filters(published_after=middle, publisher="50 %", speakers=("Speaker 99 %",), article_ids=tuple(names[::2])),
    )


def _latency(retriever: Retriever, questions: Sequence[str], filters: Filters | None) -> list[float]:
    times = []
    for question in questions:
        started = time.perf_counter()
        retriever.retrieve(question, limit=8, filters=filters)
        times.append((time.perf_counter() - started) * 1e3)
    return times


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _quantiles(times: Sequence[float]) -> str:
    return f"p50 {statistics.median(times):5.1f} ms, p99 {_p99(times):5.1f} ms"


def _recall(parts: Parts, given: GivenVectors, questions: Sequence[str]) -> float:
    """Return the share of the ten nearest that is found; one that is as near as the tenth counts, whichever it is."""
    _, vectors = parts.archive.vectors(sorted(parts.archive.passage_ids()))
    # As Chroma compares them: half precision leaves lengths a little off.
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = 0
    for question in questions:
        least = np.partition(vectors @ given.embed_question(question), -10)[-10] - 1e-6
        # As many as the retriever asks for: Chroma looks further the more it is asked for.
        nearest = parts.vector_index.search(given.embed_question(question), limit=100)[:10]
        found += sum(similarity >= least - 1e-6 for _, similarity in nearest)
    return found / (10 * len(questions))


def _exact_latency(parts: Parts, given: GivenVectors, questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of a search for the nearest alone: in the vector index, and among all, exactly."""
    every = ExactIndex(parts.archive).select(Filters())
    times: tuple[list[float], list[float]] = ([], [])
    for question in questions:
        vector = given.embed_question(question)
        for place, search in enumerate((parts.vector_index.search, every.nearest)):
            started = time.perf_counter()
            search(vector, limit=100)
            times[place].append((time.perf_counter() - started) * 1e3)
    return times


if __name__ == "__main__":
    main()
