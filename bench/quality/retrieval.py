"""Compare ways of finding: by word, by meaning, and by both, fused in several ways. `onrecord eval` measures ours.

    python -m bench.quality.retrieval SET.json[.gz]
    python -m bench.quality.retrieval FOLDER

SET is a set in SQuAD's form, which becomes one archive; what is looked for is the passage with the answer. FOLDER is a
set in BEIR's form (corpus.jsonl[.gz], queries.jsonl, qrels.tsv); what is looked for is the article, which scores as its
best passage does. Constants are chosen on the even queries (`--part 0`) and reported on the odd ones (`--part 1`).
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import R, nDCG
from rich.progress import track

from bench.squad import read_squad
from onrecord.index.search.retriever import Fuse, Retriever, Scores, average, stretch
from onrecord.index.values import Draft, FoundPassage
from onrecord.service.evaluation.datasets.beir import read_beir
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts

_DEPTH = 100
_MEASURES = (nDCG @ 10, R @ 1, R @ 5, R @ 10)

Name = Callable[[FoundPassage], Sequence[str]]
"""What is found when a passage is: names of the set's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, what each of the found names is worth, and how a found passage is named."""

    id: str
    text: str
    worth: dict[str, int]
    name: Name


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--home", type=Path, help="keep the archive here, and use the one that is here")
    parser.add_argument("--part", type=int, choices=(0, 1), help="every other query; all of them if not given")
    parser.add_argument("--candidates", type=int, nargs="*", default=[100])
    options = parser.parse_args()
    drafts, queries = _read_beir(options.set) if options.set.is_dir() else _read_squad(options.set)
    queries = queries if options.part is None else queries[options.part :: 2]
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_parts(Settings(home=options.home or Path(temporary))) as parts,
    ):
        list(track(parts.indexer.add(drafts), total=len(drafts), description="articles"))
        print(f"{parts.archive.counts()}, {len(queries)} queries")
        relevant = {query.id: query.worth for query in queries}
        for candidates in options.candidates:
            for fusion, fuse in _fusions():
                retriever = Retriever(
                    archive=parts.archive,
                    vector_index=parts.vector_index,
                    embedder=parts.embedder,
                    fuse=fuse,
                    candidates=candidates,
                )
                run = {query.id: _search(retriever, query) for query in track(queries, description=fusion)}
                found = ir_measures.calc_aggregate(_MEASURES, relevant, run)
                figures = "  ".join(f"{measure} {found[measure]:.3f}" for measure in _MEASURES)
                print(f"{candidates} candidates, {fusion:38} {figures}")


def _fusions() -> Iterator[tuple[str, Fuse]]:
    yield "words alone", average(1.0)
    yield "meaning alone", average(0.0)
    for weight in (0.3, 0.4, 0.5, 0.6):
        yield f"average of standard scores, words {weight}", average(weight)
    for weight in (0.3, 0.4, 0.5, 0.6):
        yield f"average of stretched scores, words {weight}", _stretched(weight)
    for constant in (10, 60):
        yield f"reciprocal ranks, {constant}", _reciprocal(constant)


def _stretched(weight: float) -> Fuse:
    def fuse(similarity: Scores, bm25: Scores) -> Scores:
        highest = bm25.max(initial=0.0)
        return (1 - weight) * stretch(similarity) + weight * (bm25 / highest if highest > 0 else bm25)

    return fuse


def _reciprocal(constant: int) -> Fuse:
    def fuse(similarity: Scores, bm25: Scores) -> Scores:
        by_meaning, by_word = (np.argsort(np.argsort(-side, kind="stable")) + 1 for side in (similarity, bm25))
        return 1 / (constant + by_meaning) + (bm25 > 0) / (constant + by_word)

    return fuse


def _search(retriever: Retriever, query: Query) -> dict[str, float]:
    found: dict[str, float] = {}
    for passage in retriever.retrieve(query.text, limit=_DEPTH).passages:
        for name in query.name(passage):
            found.setdefault(name, passage.score)
    return found


def _read_squad(file: Path) -> tuple[list[Draft], list[Query]]:
    """Take the passages that hold an answer: finding any of them is finding the one thing there is to find."""
    drafts, asked = read_squad(file)
    queries = []
    for number, one in enumerate(one for one in asked if one.spans):

        def name(passage: FoundPassage, one=one) -> Sequence[str]:  # type: ignore[no-untyped-def]
            inside = passage.article.source_name == one.source_name and any(map(passage.span.contains, one.spans))
            return ["answer"] if inside else [str(passage.id)]

        queries.append(Query(id=str(number), text=one.question, worth={"answer": 1}, name=name))
    return drafts, queries


def _read_beir(folder: Path) -> tuple[list[Draft], list[Query]]:
    found = read_beir(folder)
    assert found.corpus is not None
    asked = [one for one in found.questions if one.answerable]
    queries = [Query(id=one.id, text=one.text, worth=dict(one.articles), name=_article) for one in asked]
    return list(found.corpus.drafts()), queries


def _article(passage: FoundPassage) -> Sequence[str]:
    return [passage.article.source_name or ""]


if __name__ == "__main__":
    main()
