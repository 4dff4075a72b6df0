"""Fit the ranker's weights on question sets in SQuAD's form and write service/answers/evidence/weights/ranker.json.

    python -m bench.training.train_ranker TRAIN.json[.gz] … --source "name, licence"

Each set becomes an archive. A question's evidence is collected as the service collects it, several times: with all
articles there; with some of them, its own among them (archives are small as well as large); and with its own article,
or all of its topic, taken out. Two thirds of the topics fit the weights, the rest report; the threshold is set on the
rest.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from bench.squad import Asked, read_squad
from bench.training.fitting import ABOVE, BELOW, FREE, Bounds, Row, area_under_curve, chances, fit_chance, fit_choice
from bench.training.partial_archives import archives_for
from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.word_table import StemCounts
from onrecord.index.articles.indexer import Indexer
from onrecord.index.search.retriever import Retriever
from onrecord.index.text.embedder import SentenceTransformerEmbedder, load_embedder
from onrecord.index.text.terms import stems_of, terms_of
from onrecord.index.values import Filters
from onrecord.index.vectors.chroma_index import ChromaIndex
from onrecord.service.answers.evidence.features import (
    ANSWERABLE_FEATURES,
    FEATURES,
    CandidateFeatures,
    collect,
    rarity_of,
)
from onrecord.service.answers.question.question import read_question

_PASSAGES = 8
_FALSE_REFUSALS = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question's evidence, which candidates hold an answer, and whether the archive answers."""

    evidence: CandidateFeatures
    right: npt.NDArray[np.bool_]
    answerable: bool
    topic: str


class _Remembering:
    """An embedder that keeps the last question's vector: each question is put to several archives in turn."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self.fingerprint = embedder.fingerprint
        self.max_tokens = embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self.embed = embedder.embed
        self.embed_question = lru_cache(maxsize=1)(embedder.embed_question)


class Bench:
    """An archive of one question set."""

    def __init__(self, file: Path, home: Path) -> None:
        drafts, self.asked = read_squad(file)
        self._archive = SqliteArchive(home / "archive.sqlite3")
        embedder = load_embedder()
        vectors = ChromaIndex(home / "vectors", archive_id=self._archive.id)
        indexer = Indexer(archive=self._archive, vector_index=vectors, embedder=embedder)
        added = list(track(indexer.add(drafts), total=len(drafts), description=file.name))
        self._retriever = Retriever(archive=self._archive, vector_index=vectors, embedder=_Remembering(embedder))
        self._ids = {a.article.source_name: a.article.id for a in added}
        self._topics = {a.article.id: a.article.title for a in added}
        ids = self._archive.passages.ids()
        self._stems: dict[str, list[set[str]]] = {}
        for passage in self._archive.passages.found(dict.fromkeys(ids, (0.0, 0.0))):
            stems = {term.stem for term in terms_of(f"{passage.article.title} {passage.text}")}
            self._stems.setdefault(passage.article.id, []).append(stems)

    def examples(self, asked: Sequence[Asked], chance: random.Random) -> Iterator[Example]:
        """Yield each question's examples."""
        every = set(self._topics)
        for one in track(asked, description="questions"):
            own = self._ids[one.source_name]
            topic = {i for i, title in self._topics.items() if title == one.topic}
            for allowed, answerable in archives_for(one, own=own, topic=topic, every=every, chance=chance):
                yield self._example(one, allowed, answerable=answerable)

    def _example(self, one: Asked, allowed: set[str], *, answerable: bool) -> Example:
        filters = Filters(article_ids=tuple(sorted(allowed))) if len(allowed) < len(self._topics) else None
        retrieval = self._retriever.retrieve(one.question, limit=_PASSAGES, filters=filters)
        question = read_question(one.question)
        sentences = self._archive.passages.sentences([passage.id for passage in retrieval.passages])
        held = [stems for i in allowed for stems in self._stems.get(i, [])]
        counts = {stem: sum(stem in stems for stems in held) for stem in stems_of(question.terms)}
        rarity = rarity_of(StemCounts(passages=len(held), by_stem=counts))
        evidence = collect(question, retrieval.vector, retrieval.passages, sentences, rarity)
        own = self._ids[one.source_name]
        right = [p.article.id == own and one.is_answered_in(span) for p, _, span in evidence.places]
        return Example(
            evidence=evidence, right=np.array(right, dtype=bool), answerable=answerable and any(right), topic=one.topic
        )


def _bounds(features: Sequence[str]) -> Bounds:
    """More evidence never counts against a sentence, whatever chance has it in one data set."""
    signs = dict.fromkeys(("asks", "passage_rank", "rarest_missing", "rarest_missing_near", "kind_missing"), BELOW)
    free = dict.fromkeys(("length", "short", "terms", "constant"), FREE)
    return [{**signs, **free}.get(name, ABOVE) for name in features]


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=4000, help="questions drawn from each set")
    parser.add_argument("--source", required=True, help="the sets' names and licences, recorded beside the weights")
    parser.add_argument("--out", type=Path, default=Path("service/answers/evidence/weights/ranker.json"))
    options = parser.parse_args()
    chance = random.Random(11)
    examples: list[Example] = []
    for file in options.sets:
        with tempfile.TemporaryDirectory() as home:
            bench = Bench(file, Path(home))
            asked = chance.sample(bench.asked, min(options.questions, len(bench.asked)))
            examples += bench.examples(asked, chance)
    topics = sorted({e.topic for e in examples})
    chance.shuffle(topics)
    kept = set(topics[: len(topics) // 3])
    train = [e for e in examples if e.topic not in kept]
    test = [e for e in examples if e.topic in kept]
    sentence = fit_choice([(e.evidence.features, e.right) for e in train], _bounds(FEATURES))
    report: dict[str, float] = {"train": len(train), "test": len(test)}
    tested = [e for e in test if e.right.any()]
    report["first_right"] = float(np.mean([e.right[np.argmax(e.evidence.features @ sentence)] for e in tested]))

    def table(chosen: Sequence[Example]) -> tuple[Row, npt.NDArray[np.bool_]]:
        there = [e for e in chosen if e.evidence.places]
        rows = np.stack([e.evidence.answerable(e.evidence.features @ sentence) for e in there])
        return rows, np.array([e.answerable for e in there])

    answerable = fit_chance(*table(train), _bounds((*ANSWERABLE_FEATURES, "constant")))
    rows, labels = table(test)
    confidence = chances(rows, answerable)
    threshold = float(np.quantile(confidence[labels], _FALSE_REFUSALS))
    report["false_refusals"] = float((confidence[labels] < threshold).mean())
    report["refused"] = float((confidence[~labels] < threshold).mean())
    report["auc"] = area_under_curve(confidence, labels)
    result = {
        "source": options.source,
        "report": {name: round(value, 4) for name, value in report.items()},
        "sentence": {name: round(float(w), 4) for name, w in zip(FEATURES, sentence, strict=True)},
        "answerable": {
            name: round(float(w), 4) for name, w in zip((*ANSWERABLE_FEATURES, "constant"), answerable, strict=True)
        },
        "threshold": round(threshold, 4),
    }
    options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
