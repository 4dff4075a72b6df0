"""Measure search, filters, recall, restart and memory at a hundred thousand passages, and the rate of indexing.

    python -m bench.speed.scale ARTICLES.jsonl[.gz] [--home FOLDER] [--passages 100000] [--embedded 5000] [--replaced]

The first articles are added as a user would add them, which gives the rate. The rest are copies: each word gives way to
one of the same length, as often as it occurs in the articles, so that every span stays right; their vectors are the
originals' turned by a random angle. `--home` keeps the archive for another run. `--replaced` measures again on a copy
of it in which half of the articles have given way to revisions, and one publisher has 99 % of all, when the vector
index has been made anew.
"""

import argparse
import random
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from rich.progress import track

from bench.speed.instruments.search_clock import GivenVectors, latency_of, p99_of, questions_of
from bench.speed.instruments.stages import Stages, adding
from bench.speed.instruments.varied_archive import SHARES, Copies, add_copies, drafts_of, indexed, originals_in
from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.search.exact_search import ExactSearch
from onrecord.index.search.retriever import Retriever
from onrecord.index.text.embedder import Vector
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Draft, Filters
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, archive_file, open_parts


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
            _build(home, drafts_of(options.articles), embedded=options.embedded, passages=options.passages)
        _measure(home, options.queries)
        if options.replaced:
            copy = Path(temporary) / "replaced"
            shutil.copytree(home, copy)
            _replace(copy)
            _measure(copy, options.queries)


# The archive


def _build(home: Path, drafts: Iterator[Draft], *, embedded: int, passages: int) -> None:
    with open_parts(Settings(home=home)) as parts:
        started = time.perf_counter()
        texts = []
        with Stages(adding(parts)) as watched:
            while parts.archive.counts().passages < embedded:
                texts += [added.article.id for added in parts.indexer.add(islice(drafts, 128))]
        seconds = time.perf_counter() - started
        done = parts.archive.counts().passages
        print(f"added {done} passages of {len(texts)} articles: {done / seconds:.1f} passages/s in {seconds:.0f} s")
        for name, spent in sorted(watched.spent.items(), key=lambda pair: -pair[1]):
            print(f"  {name:28} {spent:6.1f} s  {spent / seconds:.3f} of it")
    # A second opening, without the lock's owner in between: copies go past the indexer.
    with open_parts(Settings(home=home)) as parts:
        there = parts.archive.counts().passages
        wanted = iter(track(range(there, passages), description="copies"))
        for added in add_copies(parts, Copies(originals_in(parts.archive)), passages=passages):
            list(islice(wanted, added))
        print(f"{parts.archive.counts()}, {archive_file(home).stat().st_size / 1e6:.0f} MB")


def _replace(home: Path) -> None:
    """Let half of the articles give way to others, a few at a time as they come, and one publisher have 99 %."""
    with open_parts(Settings(home=home)) as parts:
        infos, _ = parts.archive.articles(limit=10**9)
        chosen = random.Random(13).sample([info.id for info in infos], len(infos) // 2)
        copies = Copies([indexed(parts.archive, article_id) for article_id in chosen[:3_000]], seed=13)
        # A copy that is thrown away need not be safe: 33,000 commits wait for the disk otherwise.
        parts.archive.database.writer.execute("PRAGMA synchronous = OFF")
        started = time.perf_counter()
        for start in track(range(0, len(chosen), 64), description="replacing"):
            batch: list[tuple[int, Vector]] = []
            for turn, article_id in enumerate(chosen[start : start + 64], start=10**6 + start):
                article = copies.copy_of(indexed(parts.archive, article_id), turn)
                saved = parts.archive.save(article, instead_of=article_id)
                parts.vector_index.remove(saved.removed)
                batch += zip(saved.added, saved.vectors, strict=True)
            parts.vector_index.upsert([i for i, _ in batch], np.stack([vector for _, vector in batch]))
        print(f"{len(chosen)} of {len(infos)} articles replaced in {time.perf_counter() - started:.0f} s")
        started = time.perf_counter()
        while _gone(parts.archive) - int(parts.archive.fact("vectors_made") or 0) > 0.2 * len(
            parts.archive.passages.ids()
        ):
            time.sleep(1)
        print(f"vector index made anew after another {time.perf_counter() - started:.0f} s")
    with sqlite3.connect(archive_file(home)) as db:
        db.execute("UPDATE articles SET publisher_folded = '99 %', publisher = '99 %' WHERE number % 100")


def _gone(archive: SqliteArchive) -> int:
    last, there = archive.passages.state()
    return last - there


# What is measured


def _measure(home: Path, queries: int) -> None:
    settings = Settings(home=home)
    started = time.perf_counter()
    with open_parts(settings) as parts:
        opened = time.perf_counter() - started
        given = GivenVectors(parts.embedder)
        retriever = Retriever(archive=parts.archive, vector_index=parts.vector_index, embedder=given)
        questions = questions_of(parts.archive, queries)
        parts.retriever.retrieve(questions[0], limit=8)
        print(f"restart: open {opened:.1f} s, first passages after {time.perf_counter() - started:.1f} s")
        for question in track(questions, description="questions"):
            given.embed_question(question)
        started = time.perf_counter()
        retriever.retrieve(questions[0], limit=8, filters=Filters(publisher="nobody"))
        print(f"first filtered query, which loads the vectors: {time.perf_counter() - started:.2f} s")
        every = len(parts.archive.passages.ids())
        plain = latency_of(retriever, questions, None)
        print(f"{every} passages, {len(questions)} questions of {_words_in(questions):.1f} words, search only")
        print(f"  no filter                    {_quantiles(plain)}")
        for name, filters in _filters(parts.archive):
            share = len(parts.archive.passages.ids(filters)) / every
            times = latency_of(retriever, questions, filters)
            ratios = [statistics.median(times) / statistics.median(plain), p99_of(times) / p99_of(plain)]
            print(f"  {name:20} {share:7.2%} {_quantiles(times)}, {ratios[0]:.1f} and {ratios[1]:.1f} times unfiltered")
        print(f"recall@10 of the vector index: {_recall(parts, given, questions):.4f}")
        indexed, exact = _exact_latency(parts, given, questions)
        print(f"the 100 nearest: vector index {_quantiles(indexed)}; exact {_quantiles(exact)}")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _words_in(questions: Sequence[str]) -> float:
    return statistics.mean(len(question.split()) for question in questions)


def _filters(archive: SqliteArchive) -> Iterator[tuple[str, Filters]]:
    infos, _ = archive.articles(limit=10**9)
    dates = sorted(to_utc(info.published_at) for info in infos if info.published_at)
    names = [info.id for info in infos]
    random.Random(3).shuffle(names)
    for name, share in SHARES.items():
        # The last days: the first day of all has a tenth of a percent by itself.
        yield f"dates {name}", Filters(published_after=dates[-max(1, int(share * len(dates)))])
    publishers = {info.publisher for info in infos}
    for name in SHARES:
        if name in publishers:
            yield f"publisher {name}", Filters(publisher=name)
    for name, share in SHARES.items():
        yield f"article_ids {name}", Filters(article_ids=tuple(names[: int(share * len(names))]))
    for name in SHARES:
        yield f"speakers {name}", Filters(speakers=(f"Speaker {name}",))
    middle = dates[len(dates) // 2]
    yield (
        "all of them",
        Filters(published_after=middle, publisher="50 %", speakers=("Speaker 99 %",), article_ids=tuple(names[::2])),
    )


def _quantiles(times: Sequence[float]) -> str:
    return f"p50 {statistics.median(times):5.1f} ms, p99 {p99_of(times):5.1f} ms"


def _recall(parts: Parts, given: GivenVectors, questions: Sequence[str]) -> float:
    """Return the share of the ten nearest that is found; one that is as near as the tenth counts, whichever it is."""
    _, vectors = parts.archive.passages.vectors(sorted(parts.archive.passages.ids()))
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
    every = ExactSearch(parts.archive).select(Filters())
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
