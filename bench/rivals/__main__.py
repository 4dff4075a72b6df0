"""Measure our system and others on the same articles and questions, and print what came out as Markdown.

    python -m bench.rivals SQUAD.json --strangers OTHER.json.gz OTHER.json.gz [--rounds 3] [--quick]
    python -m bench.rivals --table RESULTS.json [--plot PLOT.png]

Each system has a virtual environment (`--environments`, made by pip the first time), runs in a process of its own
without a network, and is asked in process, ours too: `make bench` says what HTTP adds. Systems take turns in every
round: index the articles in one process; then, in a new one on what is on the disk, answer the first question, a
hundred and fifty from one client, and as many from eight threads at once. Answers do not change from round to round and
are judged once. All have the embedding model that ours brings, from a folder.

The archive is the set without the topics `--absent`, four paragraphs an article. Asked are `--topics`, by default those
of SQuAD 2.0's open half that our models never saw in training.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from bench.rivals.child import Child, ChildFailed
from bench.rivals.environments import ROOT, InstallationFailed, make_environment, packages_of, size_of, versions_of
from bench.rivals.scoring import Asked, score
from bench.rivals.table import OURS, draw, table_of
from bench.rivals.work import QUICK, Sizes, Work, read_work
from onrecord.index.text.built_in_model import built_in_model

SYSTEMS = (OURS, "haystack", "llamaindex", "txtai", "verbatim", "bare")
_TOPICS = "Computational complexity theory,Steam engine,1973 oil crisis"
_ABSENT = "Harvard University"
_WARMED = 10
_CLIENTS = 8


def main() -> None:
    """Measure or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?", help="a set in SQuAD 2.0's form")
    parser.add_argument("--topics", default=_TOPICS, help="those asked about, separated by commas")
    parser.add_argument("--absent", default=_ABSENT, help="those left out of the archive, and asked about")
    parser.add_argument("--strangers", type=Path, nargs="*", default=[], help="sets that the archive cannot answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--quick", action="store_true", help="a few questions, to see that all runs")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--environments", type=Path, default=user_cache_path("onrecord", appauthor=False) / "rivals", metavar="FOLDER"
    )
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results.json")
    parser.add_argument("--table", type=Path, metavar="RESULTS", help="print what an earlier run found")
    parser.add_argument("--plot", type=Path, help="with --table: draw it too")
    options = parser.parse_args()
    if options.table:
        results = json.loads(options.table.read_text(encoding="utf-8"))
        print(table_of(results))
        if options.plot:
            draw(results, options.plot)
        return
    if options.questions is None:
        parser.error("Name a set of questions, or --table a file of results.")
    sizes = QUICK if options.quick else Sizes()
    work = read_work(
        options.questions,
        topics=_listed(options.topics),
        absent=_listed(options.absent),
        strangers=options.strangers,
        sizes=sizes,
        seed=options.seed,
    )

    def keep(results: dict[str, Any]) -> None:
        options.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")

    results = run(_listed(options.systems), work, rounds=options.rounds, environments=options.environments, keep=keep)
    print(table_of(results))


def run(
    names: Sequence[str], work: Work, *, rounds: int, environments: Path, keep: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Measure all, each as often as there are rounds; a system that fails has its error instead of figures.

    `keep` is given the results whenever there are more of them.
    """
    results: dict[str, Any] = {"machine": _machine(), "work": _described(work), "rounds": rounds, "systems": {}}
    with tempfile.TemporaryDirectory() as temporary:
        stage, model = Path(temporary), Path(temporary) / "all-MiniLM-L6-v2"
        shutil.copytree(built_in_model()[0], model)
        (stage / "bench").symlink_to(ROOT / "bench")
        pythons: dict[str, Path] = {}
        for name in names:
            one: dict[str, Any] = {"rounds": []}
            results["systems"][name] = one
            try:
                pythons[name] = python = make_environment(name, environments)
            except InstallationFailed as error:
                one["failed"] = str(error)
                continue
            # Ours has the embedding model among its packages; the others would have downloaded it.
            weights = 0 if name == OURS else size_of(model)
            one["install_mb"] = (size_of(packages_of(python)) + weights) / 1e6
            one["versions"] = versions_of(name, python)
        for number in range(rounds):
            for name in _rotated(list(pythons), number):
                one = results["systems"][name]
                if "failed" in one:
                    continue
                started = time.perf_counter()
                try:
                    _measure(name, pythons[name], work, one, number=number, stage=stage, model=model)
                except ChildFailed as error:
                    one["failed"] = str(error)
                if one["rounds"]:
                    one["median"] = _medians(one["rounds"])
                keep(results)
                spent = time.perf_counter() - started
                said = one.get("failed", "")
                print(f"round {number + 1}, {name}: {spent:.0f} s {said}", file=sys.stderr, flush=True)
    keep(results)
    return results


def _measure(
    name: str, python: Path, work: Work, one: dict[str, Any], *, number: int, stage: Path, model: Path
) -> None:
    folder = stage / "archives" / f"{name}-{number}"
    folder.mkdir(parents=True)
    figures: dict[str, float] = {"load": os.getloadavg()[0]}
    characters = sum(len(article.text) for article in work.articles)
    with Child(name, python, stage=stage, folder=folder, model=model) as child:
        child.call("open")
        made = child.index(work.articles)
        figures["index_peak_mb"] = child.peak_mb()
    figures["passages"] = made["passages"]
    figures["passages_s"] = made["passages"] / made["seconds"]
    figures["characters_s"] = characters / made["seconds"]
    figures["archive_mb"] = size_of(folder) / 1e6
    alone, together = work.timed(number), work.timed(number + 1_000)
    with Child(name, python, stage=stage, folder=folder, model=model) as child:
        child.call("open")
        child.ask(alone[0])
        figures["cold_s"] = time.perf_counter() - child.started
        child.call("ask_many", questions=together[:_WARMED], clients=1, turns=False)
        said = child.call("ask_many", questions=alone, clients=1, turns=False)
        figures |= _times(said, "one")
        if name == OURS:
            # The others search and read nothing: what our own search takes is the like of it.
            for what, questions, clients in (("one", alone, 1), ("eight", together, _CLIENTS)):
                said = child.call("ask_many", questions=questions, clients=clients, turns=False, search=True)
                figures |= _times(said, f"search_{what}")
            figures["search_eight_s"] = len(said["each"]) / said["seconds"]
        if number == 0:
            asked = []
            for question in work.questions:
                reply = child.ask(question.text)
                asked.append(Asked(question=question, reply=reply, found=child.retrieve(question.text) or reply))
            one["quality"] = score(asked, work.texts, seed=work.seed)
            one["did_not_run"] = child.call("attempt")["failed"]
        figures["peak_mb"] = child.peak_mb()
    said = {}
    for turns in (False, True):
        # This runs in a separate process, because a system may not survive it.
        with Child(name, python, stage=stage, folder=folder, model=model) as child:
            child.call("open")
            child.call("ask_many", questions=together[:_WARMED], clients=1, turns=False)
            try:
                said = child.call("ask_many", questions=together, clients=_CLIENTS, turns=turns)
            except ChildFailed as error:
                said = {"each": [], "errors": {str(error): len(together)}}
            else:
                figures["peak_mb"] = max(figures["peak_mb"], child.peak_mb())
        if not turns:
            figures["eight_failed"] = sum(said["errors"].values()) / len(together)
        if not said["errors"]:
            break
        # A service around this system would have its questions wait for each other, so they are asked in turn next.
        one["errors_at_eight"] = said["errors"]
    figures |= _times(said, "eight")
    figures["eight_s"] = len(said["each"]) / said["seconds"]
    one["rounds"].append(figures)
    shutil.rmtree(folder)


def _medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def _times(said: dict[str, Any], name: str) -> dict[str, float]:
    each = sorted(1e3 * seconds for seconds in said["each"])
    if not each:
        raise ChildFailed(next(iter(said["errors"]), "No question was answered."))
    return {f"{name}_p50_ms": statistics.median(each), f"{name}_p99_ms": each[int(0.99 * len(each))]}


def _rotated(names: list[str], number: int) -> list[str]:
    """Return the names with another one first in each round, as the first one finds the machine in another state."""
    start = number % len(names) if names else 0
    return names[start:] + names[:start]


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _described(work: Work) -> dict[str, Any]:
    kinds = [question.kind for question in work.questions]
    return {
        "articles": len(work.articles),
        "characters": sum(len(one.text) for one in work.articles),
        "questions": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        "timed": min(work.sizes.timed, kinds.count("answerable")),
        "seed": work.seed,
    }


def _machine() -> dict[str, Any]:
    found = None
    if (file := Path("/proc/cpuinfo")).exists():
        found = re.search(r"model name\s*:\s*(.+)", file.read_text(encoding="utf-8"))
    return {
        "processor": found.group(1).strip() if found else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
    }


if __name__ == "__main__":
    main()
