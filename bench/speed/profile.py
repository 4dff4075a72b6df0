"""Measure where the time of one question and of one addition goes, against what encoding, reading and disk take alone.

    python -m bench.speed.profile HOME ARTICLES.jsonl[.gz] [--questions 100] [--added 96]

HOME is an archive, for instance one that `bench.speed.scale` made; a copy of it is used. The questions are asked one
after the other. A stage's time is its own, without the stages within it. Encoding and the search by vector run beside
the search by word, so the stages of a question add up to more than the whole. The tables are printed as Markdown.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from rich.progress import track

from bench.speed.instruments.search_clock import questions_of
from bench.speed.instruments.stages import Stages, adding, asking
from bench.speed.instruments.varied_archive import drafts_of
from onrecord.index.text.embedder import Embedding
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, archive_file, open_parts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--added", type=int, default=96)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        shutil.copytree(options.home, home)
        with open_parts(Settings(home=home)) as parts:
            print(f"{parts.archive.counts().passages} passages\n")
            questions = questions_of(parts.archive, options.questions)
            for question in questions[:20]:
                parts.answerer.look(question, limit=5)
            _ask(parts, questions)
            _add(parts, options.articles, options.added)
            _on_disk(archive_file(home).with_name("floor"))


def _ask(parts: Parts, questions: Sequence[str]) -> None:
    by_stage: dict[str, list[float]] = defaultdict(list)
    whole, plain = [], []
    for question in track(questions, description="questions"):
        plain.append(_seconds(lambda q=question: parts.answerer.look(q, limit=5)))  # type: ignore[misc]
        with Stages(asking(parts)) as stages:
            whole.append(_seconds(lambda q=question: parts.answerer.look(q, limit=5)))  # type: ignore[misc]
        for stage in dict.fromkeys(stage for _, _, stage in asking(parts)):
            by_stage[stage].append(stages.spent[stage])
    print("| a question | ms, median | of the whole |\n| --- | --: | --: |")
    middle = statistics.median(whole)
    for stage, times in sorted(by_stage.items(), key=lambda pair: -statistics.median(pair[1])):
        print(f"| {stage} | {statistics.median(times) * 1e3:.1f} | {statistics.median(times) / middle:.2f} |")
    print(f"| whole, watched | {middle * 1e3:.1f} | |\n| whole, not watched | {statistics.median(plain) * 1e3:.1f} | |")
    encoded = [_seconds(lambda q=question: parts.embedder.embed_question(q)) for question in questions]  # type: ignore[misc]
    print(f"| floor: encode the question | {statistics.median(encoded) * 1e3:.1f} | |\n")


def _add(parts: Parts, file: Path, count: int) -> None:
    drafts = (draft for draft in drafts_of(file) if parts.archive.find(draft) is None)
    kept: list[tuple[list[str], object]] = []
    embed = parts.embedder.embed

    def remembered(texts: list[str], spans: object) -> list[Embedding]:
        kept.append((texts, spans))
        return embed(texts, spans)  # type: ignore[arg-type]

    list(parts.indexer.add(islice(drafts, 32)))
    new = list(islice(drafts, count))
    before = parts.archive.counts().passages
    parts.embedder.embed = remembered  # type: ignore[method-assign,assignment]
    with Stages(adding(parts)) as stages:
        spent = _seconds(lambda: list(parts.indexer.add(new)))
    passages = parts.archive.counts().passages - before
    alone = _seconds(lambda: [embed(texts, spans) for texts, spans in kept])  # type: ignore[arg-type]
    print(f"| adding {count} articles, {passages} passages | ms a passage | of the whole |\n| --- | --: | --: |")
    for stage, seconds in sorted(stages.spent.items(), key=lambda pair: -pair[1]):
        print(f"| {stage} | {seconds * 1e3 / passages:.2f} | {seconds / spent:.3f} |")
    print(f"| whole | {spent * 1e3 / passages:.2f} | |")
    print(f"| floor: encode alone, again | {alone * 1e3 / passages:.2f} | {alone / spent:.3f} |\n")


def _on_disk(file: Path) -> None:
    """Print what it takes to write an article's bytes and wait for the disk."""
    with file.open("wb") as stream:

        def write() -> None:
            stream.write(bytes(16_384))
            stream.flush()
            os.fsync(stream.fileno())

        times = [_seconds(write) for _ in range(100)]
    print(f"Disk alone, 16 KB and fsync: {statistics.median(times) * 1e3:.1f} ms, an article has one commit.")


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
