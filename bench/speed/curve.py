"""Measure one archive as it grows: rate of indexing, memory, disk, latency and restart at each size.

    python -m bench.speed.curve ARTICLES.jsonl[.gz] --home FOLDER [--sizes 1000 10000 …] [--results FILE.json]
    python -m bench.speed.curve --draw FILE.json --plot FILE.png

The archive is made as by `bench.speed.scale`: real articles first, then copies that are varied so that none is a copy
of another. At each size a hundred more real articles are added as a user would add them, the search is timed alone with
the question's vector given, and a service for this archive is started and asked over HTTP. A row is written as soon as
it is measured, and a size that the file has already is not measured again. `--draw` prints the rows as Markdown, and
`--plot` draws them.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.progress import track

from bench.speed.instruments.search_clock import GivenVectors, latency_of, p99_of, questions_of
from bench.speed.instruments.served_archive import serve_archive
from bench.speed.instruments.stages import Stages, adding
from bench.speed.instruments.varied_archive import Copies, add_copies, drafts_of, originals_in
from onrecord.index.search.retriever import Retriever
from onrecord.index.values import Draft
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, archive_file, open_parts, vectors_folder

_EMBEDDED = 5_000
"""Passages that are embedded for real; the rest are copies of them."""
_ADDED = 100
"""Articles of which the rate is measured."""
_STORES = ("look whether it is there", "write to SQLite, with FTS5", "look for copies", "write to Chroma")
_COLUMNS = {
    "passages": "passages",
    "add_per_s": "added, passages/s",
    "add_of_encoding": "share that is encoding",
    "stores_ms": "stores, ms a passage",
    "memory_mb": "memory, MB",
    "disk_kb": "disk, KB a passage",
    "search_p50_ms": "search p50, ms",
    "search_p99_ms": "p99",
    "ask_p50_ms": "`/ask` p50, ms",
    "ask_p99_ms": "p99",
    "restart_s": "restart to first answer, s",
}


def main() -> None:
    """Grow and measure, or draw what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, nargs="?", help="lines with id, title, date and text, as Reuters-21578")
    parser.add_argument("--home", type=Path, help="where the archive is, or is made")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--results", type=Path, default=Path("curve.json"))
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    if options.draw is not None:
        rows = json.loads(options.draw.read_text(encoding="utf-8"))
        print(table_of(rows))
        if options.plot is not None:
            draw(rows, options.plot)
        return
    if options.articles is None or options.home is None:
        parser.error("Name the articles and --home, or --draw a file of results.")
    rows = json.loads(options.results.read_text(encoding="utf-8")) if options.results.exists() else []
    for size in options.sizes:
        if size in {row["size"] for row in rows}:
            continue
        grow(options.home, drafts_of(options.articles), passages=size)
        row = {"size": size, **_measure(options.home, drafts_of(options.articles), options.queries)}
        rows.append(row)
        options.results.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        print(table_of(rows[-1:]), flush=True)


def grow(home: Path, drafts: Iterator[Draft], *, passages: int) -> None:
    """Add articles, then copies of them, until the archive has so many passages."""
    started = time.perf_counter()
    with open_parts(Settings(home=home, reader="none")) as parts:
        new = (draft for draft in drafts if parts.archive.find(draft) is None)
        while parts.archive.counts().passages < min(_EMBEDDED, passages):
            list(parts.indexer.add(islice(new, 32)))
        before = parts.archive.counts()
        if before.passages >= passages:
            return
        copies = Copies(originals_in(parts.archive), first=before.articles)
        wanted = iter(track(range(before.passages, passages), description=f"{passages} passages"))
        for added in add_copies(parts, copies, passages=passages):
            list(islice(wanted, added))
    print(f"{passages - before.passages} passages made in {time.perf_counter() - started:.0f} s", flush=True)


def _measure(home: Path, drafts: Iterator[Draft], queries: int) -> dict[str, Any]:
    with open_parts(Settings(home=home)) as parts:
        row: dict[str, Any] = {**_rate(parts, drafts), "passages": parts.archive.counts().passages}
        given = GivenVectors(parts.embedder)
        questions = questions_of(parts.archive, queries)
        retriever = Retriever(archive=parts.archive, vector_index=parts.vector_index, embedder=given)
        latency_of(retriever, questions[:20], None)
        for question in questions:
            given.embed_question(question)
        times = latency_of(retriever, questions, None)
        row |= {"search_p50_ms": statistics.median(times), "search_p99_ms": p99_of(times)}
        retriever.close()
    files = [archive_file(home), *(path for path in vectors_folder(home).rglob("*") if path.is_file())]
    row["disk_kb"] = sum(file.stat().st_size for file in files) / 1024 / row["passages"]
    return {name: round(value, 3) for name, value in (row | _serve(home, questions)).items()}


def _rate(parts: Parts, drafts: Iterator[Draft]) -> dict[str, float]:
    """Add some articles as a user would; return the passages a second, and what the stores take of it."""
    new = list(islice((draft for draft in drafts if parts.archive.find(draft) is None), _ADDED))
    before = parts.archive.counts().passages
    with Stages(adding(parts)) as stages:
        started = time.perf_counter()
        list(parts.indexer.add(new))
        spent = time.perf_counter() - started
    added = parts.archive.counts().passages - before
    return {
        "add_per_s": added / spent,
        "add_of_encoding": stages.spent["encode"] / spent,
        "stores_ms": sum(stages.spent[name] for name in _STORES) * 1e3 / added,
    }


def _serve(home: Path, questions: Sequence[str]) -> dict[str, float]:
    """Start a service on the archive and ask it; return times and the most memory it took."""
    started = time.perf_counter()
    with serve_archive(home) as served:
        served.ask(questions[0])
        restart = time.perf_counter() - started
        for question in questions[:20]:
            served.ask(question)
        times = [served.time_of(question) for question in questions]
        memory = served.peak_memory_mb()
    return {
        "restart_s": restart,
        "ask_p50_ms": statistics.median(times),
        "ask_p99_ms": p99_of(times),
        "memory_mb": memory,
    }


def table_of(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as Markdown."""
    lines = [f"| {' | '.join(_COLUMNS.values())} |", "|" + " --: |" * len(_COLUMNS)]
    lines += [f"| {' | '.join(_shown(row[name]) for name in _COLUMNS)} |" for row in rows]
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def draw(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Plot the rows against the number of passages."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sizes = [row["passages"] for row in rows]
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
    drawn = (
        ("Adding, passages a second", {"add_per_s": "as a user adds them"}),
        (
            "Milliseconds",
            {
                "search_p50_ms": "search p50",
                "search_p99_ms": "search p99",
                "ask_p50_ms": "/ask p50",
                "ask_p99_ms": "/ask p99",
            },
        ),
        ("Seconds from start to first answer", {"restart_s": "restart"}),
        ("Memory of the server, MB", {"memory_mb": "at most"}),
    )
    for axis, (title, lines) in zip(axes.flat, drawn, strict=True):
        for name, label in lines.items():
            axis.plot(sizes, [row[name] for row in rows], marker="o", label=label)
        axis.set(title=title, xscale="log", xlabel="passages")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        if len(lines) > 1:
            axis.legend()
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
