"""Measure how often a planted lie answers before the truth, with and without weights for those who add articles.

    python -m bench.quality.poisoned

`cases.toml` has the cases, of six kinds: rewrites of one lie, a false correction, a false copy of a wire report, words
of the question heaped up, a false date, and another's publisher.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from bench.quality.poisoned.cases import CASES, lie_comes_first, poisoned_archive, truth_comes_first
from onrecord.index.text.embedder import load_embedder
from onrecord.service.answers.evidence.readers.chosen_reader import choose_reader

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "all alike": {},
    "tips=.1": {"tips": 0.1},
    "tips=.01": {"tips": 0.01},
    "desk=1,*=0": {"desk": 1.0, "*": 0.0},
}


def main() -> None:
    """Measure and print."""
    embedder = load_embedder()
    reader = choose_reader("large").load(embedder)
    with tempfile.TemporaryDirectory() as folder:
        for name, weights in WEIGHTS.items():
            with poisoned_archive(Path(folder), weights, embedder=embedder, reader=reader) as parts:
                answers = [(case, parts.answerer.answer(case.question, limit=5)) for case in CASES]
            lies = Counter(case.kind for case, answer in answers if lie_comes_first(case, answer))
            truths = sum(truth_comes_first(case, answer) for case, answer in answers)
            print(f"{name}: the lie comes first in {lies.total()} of {len(CASES)} {dict(lies)}, the truth in {truths}")
            for case, answer in answers:
                if not truth_comes_first(case, answer):
                    print(f"    {case.question} {[c.quote[:90] for c in answer.citations[:2]]} {answer.status}")


if __name__ == "__main__":
    main()
