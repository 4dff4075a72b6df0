"""Fit how the ranker's and the reader's scores go together, on topics that the reader never saw; write reader.json.

    python -m bench.training.fit_judge SET.json[.gz] [--strangers OTHER.json[.gz]] [--report OTHER.json[.gz]]

The topics are those that `reader.safetensors` says were kept aside in training. Half of each topic's questions fit the
weights; the other half, and the topics of the set to report on, report; all set the threshold. Unanswerable are those
whose topic was taken out of the archive, and the strangers' set's questions on all other topics: without its own
paragraphs alone, a question is often answered by others, and a model that learns to doubt these doubts what is near as
well.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track
from safetensors import safe_open

from bench.squad import Asked, read_squad
from bench.training.fitting import ABOVE, FREE, Row, area_under_curve, chances, fit_chance, fit_choice
from bench.training.partial_archives import archives_for
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
from onrecord.service.answers.evidence.ranking import Candidate
from onrecord.service.answers.evidence.reader import SpanReader, load_reader, weights_file
from onrecord.service.answers.question.question import read_question
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts

_FALSE_REFUSALS = 0.05
"""Below the promised tenth, because questions less like these are refused more often: of news, twice as often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question put to an archive: its candidates as read, which of them hold an answer, and whether any should."""

    candidates: tuple[Candidate, ...]
    right: npt.NDArray[np.bool_]
    confidence: float
    """The ranker's."""
    answerable: bool
    whole: bool
    """Put to everything, and its own article is there."""
    question: str


def cases(
    file: Path,
    topics: set[str],
    embedder: SentenceTransformerEmbedder,
    reader: SpanReader,
    most: int,
    strangers: Path | None = None,
) -> Iterator[Case]:
    """Yield the cases of a set's questions on these topics, all in the archive, and of strangers on others."""
    drafts, asked = read_squad(file)
    chance = random.Random(13)
    mine = [one for one in asked if one.topic in topics and one.spans]
    with (
        tempfile.TemporaryDirectory() as home,
        open_parts(Settings(home=Path(home), reader="none"), embedder=embedder) as parts,
    ):
        added = list(track(parts.indexer.add(drafts), total=len(drafts), description=file.name))
        ids = {a.article.source_name: a.article.id for a in added}
        titles = {a.article.id: a.article.title for a in added}
        for one in track(chance.sample(mine, min(most, len(mine))), description="questions"):
            own = ids[one.source_name]
            topic = {i for i, title in titles.items() if title == one.topic}
            archives = [*archives_for(one, own=own, topic=topic, every=set(titles), chance=chance)]
            for allowed, answerable in (*archives, (set(titles) - topic, False)):
                if not answerable and allowed & topic:
                    continue
                whole = len(allowed) == len(titles)
                filters = Filters() if whole else Filters(article_ids=tuple(sorted(allowed)))
                yield _case(one, own, parts.evidence, filters, reader, answerable=answerable)
        others = [one for one in read_squad(strangers)[1] if one.topic not in topics] if strangers else []
        for one in track(chance.sample(others, min(most // 2, len(others))), description="strangers"):
            yield _case(one, None, parts.evidence, Filters(), reader, answerable=False)


def _case(
    one: Asked, own: str | None, evidence: EvidenceFinder, filters: Filters, reader: SpanReader, *, answerable: bool
) -> Case:
    found = evidence.find(one.question, filters)
    ranking = evidence.rank(read_question(one.question), found)
    candidates = read(reader, one.question, ranking.candidates, found.sentences)
    right = [c.passage.article.id == own and one.is_answered_in(c.span) for c in candidates]
    return Case(
        candidates=candidates,
        right=np.array(right, dtype=bool),
        confidence=ranking.confidence,
        answerable=answerable,
        whole=filters == Filters() and answerable,
        question=one.question,
    )


def _ordered(case: Case, weights: Row) -> npt.NDArray[np.intp]:
    return np.argsort(-(sentence_features(case.candidates) @ weights), kind="stable")


def _table(chosen: Sequence[Case], sentence: Row) -> tuple[Row, npt.NDArray[np.bool_]]:
    there = [case for case in chosen if case.candidates]
    rows = [
        answerable_features([case.candidates[i] for i in _ordered(case, sentence)], case.confidence) for case in there
    ]
    return np.stack(rows), np.array([case.answerable for case in there])


def _report(chosen: Sequence[Case], sentence: Row, answerable: Row, threshold: float) -> dict[str, float]:
    rows, labels = _table(chosen, sentence)
    confidence = chances(rows, answerable)
    whole = [case for case in chosen if case.whole and case.candidates]
    return {
        "questions": len(whole),
        "first_right": float(np.mean([case.right[_ordered(case, sentence)[0]] for case in whole])),
        "first_right_by_ranker": float(np.mean([case.right[0] for case in whole])),
        "false_refusals": float((confidence[labels] < threshold).mean()),
        "refused": float((confidence[~labels] < threshold).mean()),
        "auc": area_under_curve(confidence, labels),
    }


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--strangers", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--questions", type=int, default=1000, help="questions of each set at most")
    parser.add_argument("--weights", type=Path, default=weights_file())
    parser.add_argument("--out", type=Path, default=Path("service/answers/evidence/weights/reader.json"))
    options = parser.parse_args()
    with safe_open(str(options.weights), framework="np") as stored:
        about = stored.metadata()
    kept = set(json.loads(about["kept_aside"]))
    embedder = load_embedder()
    reader = load_reader(embedder, file=options.weights)
    every = list(cases(options.set, kept, embedder, reader, options.questions, options.strangers))
    questions = sorted({case.question for case in every})
    random.Random(17).shuffle(questions)
    fitted = set(questions[: len(questions) // 2])
    fit = [case for case in every if case.question in fitted]
    rest = [case for case in every if case.question not in fitted]
    blocks = [(sentence_features(case.candidates), case.right) for case in fit if case.candidates]
    sentence = fit_choice(blocks, [ABOVE, ABOVE, FREE])
    rows, labels = _table(fit, sentence)
    answerable = fit_chance(rows, labels, [ABOVE, ABOVE, ABOVE, FREE])
    # So small a share needs all of them.
    rows, labels = _table(every, sentence)
    confidence = chances(rows, answerable)
    threshold = float(np.quantile(confidence[labels], _FALSE_REFUSALS))
    result = {
        "source": about,
        "report": {"rest of the kept topics": _report(rest, sentence, answerable, threshold)},
        "sentence": dict(zip(SENTENCE_FEATURES, sentence, strict=True)),
        "answerable": dict(zip(ANSWERABLE_FEATURES, answerable, strict=True)),
        "threshold": threshold,
    }
    if options.report:
        other = list(cases(options.report, kept, embedder, reader, options.questions))
        result["report"][options.report.name] = _report(other, sentence, answerable, threshold)
    rounded = json.loads(json.dumps(result), parse_float=lambda number: round(float(number), 4))
    options.out.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(rounded, indent=2))


if __name__ == "__main__":
    main()
