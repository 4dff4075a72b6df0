"""Fit how the ranker's and a reader's scores go together, on topics that the reader never saw; write NAME_judge.json.

    python -m bench.training.fit_judge SET.json[.gz] … [--reader large] [--questions 200]

The sets are in SQuAD 2.0's form; an answer's place may be the words that answer or the sentences that prove it. Of a
set that has topics which the reader's weights say were kept aside in training, only these are asked about. Each
question is put to an archive of its whole set. Every third of those with an answer is also put to the archive without
its topic, which does not answer it. `bench.training.near_misses` makes questions without an answer.

The confidence is the chance that the first sentence answers, if as many first sentences answer as do not. Half of each
set's topics fit, the other half report, and all fit what is shipped.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.progress import track
from safetensors import safe_open

from bench.squad import Asked, read_squad
from bench.training.fitting import ABOVE, BELOW, FREE, Row, area_under_curve, chances, fit_chance, fit_choice
from onrecord.index.text.embedder import SentenceTransformerEmbedder, load_embedder
from onrecord.index.values import Filters
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder
from onrecord.service.answers.evidence.judge import (
    ANSWERABLE_FEATURES,
    SENTENCE_FEATURES,
    answerable_features,
    read,
    sentence_features,
)
from onrecord.service.answers.evidence.readers.chosen_reader import choose_reader
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.answers.evidence.weights import shipped_file
from onrecord.service.answers.question.question import read_question
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts

_FALSE_REFUSALS = 0.06
"""The share of the answerable questions that the threshold refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question put to an archive: its candidates' features, and which of them hold an answer."""

    group: str
    """The set's name."""
    topic: str
    kind: str
    """"answerable", "near miss" or "absent"."""
    sentence: Row
    """The `SENTENCE_FEATURES` of the candidates, shape (candidates, 3)."""
    right: npt.NDArray[np.bool_]
    answerable: Row
    """The `ANSWERABLE_FEATURES` of each candidate as if it were the first, shape (candidates, 4)."""

    def first(self, weights: Row) -> int:
        """Return the position of the candidate that these weights put first."""
        return int(np.argmax(self.sentence @ weights))


def cases(
    file: Path, kept: set[str], embedder: SentenceTransformerEmbedder, reader: Reader, *, most: int
) -> Iterator[Case]:
    """Yield the cases of at most so many of a set's questions with an answer, and as many without."""
    drafts, asked = read_squad(file, paragraphs=0)
    topics = {one.topic for one in asked}
    asked = [one for one in asked if one.topic in kept or not topics & kept]
    chance = random.Random(13)
    chance.shuffle(asked)
    there, missing = [one for one in asked if one.spans][:most], [one for one in asked if not one.spans][:most]
    with (
        tempfile.TemporaryDirectory() as home,
        open_parts(Settings(home=Path(home), reader="none"), embedder=embedder) as parts,
    ):
        added = list(track(parts.indexer.add(drafts), total=len(drafts), description=file.name))
        ids = {one.article.source_name: one.article.id for one in added}
        of_topic = {topic: {one.article.id for one in added if one.article.title == topic} for topic in topics}
        every = set(ids.values())

        def put(one: Asked, kind: str, without: set[str]) -> Case | None:
            filters = Filters(article_ids=tuple(sorted(every - without))) if without else Filters()
            return _case(one, kind, ids[one.source_name], parts.evidence, filters, reader, group=file.name)

        found = [put(one, "near miss", set()) for one in track(missing, description="near misses")]
        for at, one in enumerate(track(there, description="questions")):
            found.append(put(one, "answerable", set()))
            if at % 3 == 0:
                found.append(put(one, "absent", of_topic[one.topic]))
    yield from filter(None, found)


def _case(
    one: Asked, kind: str, own: str, evidence: EvidenceFinder, filters: Filters, reader: Reader, *, group: str
) -> Case | None:
    found = evidence.find(one.question, filters)
    ranking = evidence.rank(read_question(one.question), found)
    if not ranking.candidates:
        return None
    candidates = read(reader, one.question, ranking.candidates, found.sentences)
    return Case(
        group=group,
        topic=one.topic,
        kind=kind,
        sentence=sentence_features(candidates),
        right=np.array(
            [c.passage.article.id == own and any(c.span.overlaps(span) for span in one.spans) for c in candidates]
        ),
        answerable=np.stack(
            [answerable_features(one.question, best, ranking.confidence, found.sentences) for best in candidates]
        ),
    )


def fit(chosen: Sequence[Case]) -> tuple[Row, Row, float]:
    """Return the weights of a sentence's features, those of the confidence, and the threshold."""
    blocks = [(case.sentence, case.right) for case in chosen if case.kind == "answerable"]
    sentence = fit_choice(blocks, [ABOVE, ABOVE, FREE])
    rows, right = _firsts(chosen, sentence)
    answerable = fit_chance(rows, right, [ABOVE, ABOVE, BELOW, FREE])
    there = np.array([case.kind == "answerable" for case in chosen])
    return sentence, answerable, float(np.quantile(chances(rows, answerable)[there], _FALSE_REFUSALS))


def _firsts(chosen: Sequence[Case], sentence: Row) -> tuple[Row, npt.NDArray[np.bool_]]:
    """Return the features of each case's first candidate, and whether it answers."""
    firsts = [case.first(sentence) for case in chosen]
    rows = [case.answerable[first] for case, first in zip(chosen, firsts, strict=True)]
    return np.stack(rows), np.array([case.right[first] for case, first in zip(chosen, firsts, strict=True)])


def report(chosen: Sequence[Case], sentence: Row, answerable: Row, threshold: float) -> dict[str, Any]:
    """Return the figures of cases that nothing was fitted on."""
    rows, right = _firsts(chosen, sentence)
    confidence = chances(rows, answerable)
    kinds = np.array([case.kind for case in chosen])
    there = kinds == "answerable"
    return {
        "questions": int(there.sum()),
        "first_right": float(right[there].mean()),
        "first_right_as_it_refuses": float((right & (confidence >= threshold))[there].mean()),
        "first_right_by_ranker": float(
            np.mean([c.right[np.argmax(c.sentence[:, 0])] for c in chosen if c.right.any()])
        ),
        **{f"refused: {kind}": float((confidence[kinds == kind] < threshold).mean()) for kind in sorted(set(kinds))},
        "auc": area_under_curve(confidence, right),
    }


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=200, help="questions of each set with an answer at most")
    parser.add_argument("--reader", choices=("large", "small"), default="large")
    parser.add_argument("--out", type=Path, help="NAME_judge.json among the shipped weights if none is named")
    options = parser.parse_args()
    chosen = choose_reader(options.reader)
    with safe_open(str(chosen.files[-1]), framework="np") as stored:
        about = stored.metadata()
    embedder = load_embedder()
    reader = chosen.load(embedder)
    kept = set(json.loads(about["kept_aside"]))
    every = [case for file in options.sets for case in cases(file, kept, embedder, reader, most=options.questions)]
    topics = sorted({(case.group, case.topic) for case in every})
    fitted = set(topics[::2])
    sentence, answerable, threshold = fit([case for case in every if (case.group, case.topic) in fitted])
    reports = {
        file.name: report(
            [case for case in every if case.group == file.name and (case.group, case.topic) not in fitted],
            sentence,
            answerable,
            threshold,
        )
        for file in options.sets
    }
    sentence, answerable, threshold = fit(every)
    result = {
        "source": about,
        "fitted_on": [file.name for file in options.sets],
        "report, fitted on the other half of the topics": reports,
        "sentence": dict(zip(SENTENCE_FEATURES, sentence, strict=True)),
        "answerable": dict(zip(ANSWERABLE_FEATURES, answerable, strict=True)),
        "threshold": threshold,
    }
    rounded = json.loads(json.dumps(result), parse_float=lambda number: round(float(number), 4))
    (options.out or shipped_file(chosen.judge)).write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(rounded, indent=2))


if __name__ == "__main__":
    main()
