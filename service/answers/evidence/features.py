"""Compute the features of sentences that may answer a question, by their words and by their meaning."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.archive.tables.word_table import StemCounts
from onrecord.index.text.embedder import Vector
from onrecord.index.text.english.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.numbers import NUMERALS, TENS
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import stems_of
from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.weights import Row
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText
from onrecord.service.answers.question.question import AnswerKind, Question

Allowed = Mapping[int, frozenset[int]]
"""The positions of the sentences that may answer, by passage id."""

FEATURES = (
    "similarity",
    "passage_similarity",
    "passage_score",
    "passage_rank",
    "coverage",
    "passage_coverage",
    "coverage_before",
    "coverage_after",
    "similarity_beside",
    "names",
    "passage_names",
    "in_order",
    "kind_person",
    "kind_time",
    "kind_place",
    "kind_number",
    "kind_reason",
    "length",
    "short",
    "first",
    "novel",
    "asks",
)
"""The names of the features of a sentence, in the order of `CandidateFeatures.features`."""

ANSWERABLE_FEATURES = (
    "similarity",
    "passage_similarity",
    "coverage",
    "passage_coverage",
    "names",
    "passage_names",
    "in_order",
    "similarity_beside",
    "asks",
    "window_coverage",
    "rarest_missing",
    "rarest_missing_near",
    "kind_missing",
    "margin",
    "terms",
)
"""The names of the features that tell whether the best sentence answers; the first nine are its own features."""
_OF_THE_BEST = [FEATURES.index(name) for name in ANSWERABLE_FEATURES[:9]]

_TIME = re.compile(
    rf"\b(?:{any_of({*MONTHS, *WEEKDAYS, *RELATIVE_DAYS})}|week|month|year|"
    r"century|decade|(?:1[0-9]|20)\d\d|noon|midnight|morning|evening|a\.m\.|p\.m\.)s?\b",
    re.IGNORECASE,
)
_NUMERALS = {word for word, value in NUMERALS.items() if 1 <= value <= 12} | set(TENS)
_NUMBER = re.compile(
    rf"\d|\b(?:{any_of(_NUMERALS)}|hundreds?|thousands?|millions?|billions?|half|third|quarter|dozens?|several|few|many)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|due to|since|so that|in order to|owing to|therefore|thus|reasons?|caused?|result(?:ed|ing)?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:(“\"‘'] )[A-Z][\w’'-]+|^[A-Z][\w’'-]+ [A-Z][\w’'-]+")
_PLACE = re.compile(r"\b(?:in|at|near|from|to|outside|off|across|into) (?:the )?(?:[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFeatures:
    """The features of the candidate sentences of a question."""

    places: tuple[tuple[FoundPassage, int, Span], ...]
    """The passage of each candidate, its position among the passage's sentences, and its place in the article."""
    features: Row
    """One row of `FEATURES` for each candidate, shape (candidates, features)."""
    around: Row
    """Shape (candidates, 4): the question's coverage by the sentence with its neighbours; the rarity of the rarest of
    its stems that passage and title lack; of the rarest that sentence, neighbours and title lack; and whether the
    sentence lacks the kind of thing asked for."""
    terms: int
    """The number of different stems in the question."""

    def answerable(self, scores: Row) -> Row:
        """Return the `ANSWERABLE_FEATURES` of the best sentence by these scores, and a 1 for the constant."""
        best = int(np.argmax(scores))
        passage = self.places[best][0].id
        others = [score for (p, _, _), score in zip(self.places, scores, strict=True) if p.id != passage]
        margin = min(5.0, scores[best] - max(others)) if others else 5.0
        of_the_best = self.features[best][_OF_THE_BEST]
        return np.array([*of_the_best, *self.around[best], margin, math.log1p(self.terms), 1.0])


def collect(
    question: Question,
    vector: Vector,
    passages: Sequence[FoundPassage],
    sentences: Mapping[int, StoredSentences],
    rarity: Mapping[str, float],
    allowed: Allowed | None = None,
    *,
    parse: Parse = ParsedText,
) -> CandidateFeatures:
    """Return the features of every quotable sentence of the passages, or of the allowed ones.

    `vector`: the unit vector of the question. `sentences`: the quotable sentences by passage id. `rarity`: how rare
    each stem of the question is, 0..1.
    """
    wanted = {stem: rarity.get(stem, 1.0) for stem in stems_of(question.terms)}
    pairs = [(a.stem, b.stem) for a, b in zip(question.terms, question.terms[1:], strict=False)]
    places: list[tuple[FoundPassage, int, Span]] = []
    rows: list[list[float]] = []
    around: list[list[float]] = []
    asks_for_a_kind = question.kind is not AnswerKind.OTHER
    for rank, passage in enumerate(passages):
        stored = sentences[passage.id]
        texts = [parse(passage.slice(span)) for span in stored.spans]
        title = parse(passage.article.title).stem_set
        everywhere = title.union(*(text.stem_set for text in texts))
        similarities = (stored.vectors @ vector).tolist()
        whole = _coverage(wanted, everywhere)
        names = _share(question.names, everywhere)
        missing = _rarest_missing(wanted, everywhere)
        for i, text in enumerate(texts):
            if allowed is not None and i not in allowed.get(passage.id, ()):
                continue
            stems, held = text.stems, text.stem_set
            before = texts[i - 1].stem_set if i else frozenset[str]()
            after = texts[i + 1].stem_set if i + 1 < len(texts) else frozenset[str]()
            beside = [similarities[j] for j in (i - 1, i + 1) if 0 <= j < len(similarities)]
            novel = [s for s in stems if s not in wanted and s not in STOP_WORDS]
            kinds = _kinds(question, text.text)
            coverage = _coverage(wanted, held)
            rows.append(
                [
                    similarities[i],
                    passage.similarity,
                    passage.score,
                    math.log1p(rank),
                    coverage,
                    whole,
                    _coverage(wanted, before | held) - coverage,
                    _coverage(wanted, after | held) - coverage,
                    max(beside, default=similarities[i]),
                    _share(question.names, held),
                    names,
                    _in_order(pairs, stems),
                    *kinds,
                    math.log1p(len(stems)),
                    float(len(novel) < 3),
                    float(i == 0),
                    min(1.0, len(set(novel)) / 20),
                    float(text.text.endswith("?")),
                ]
            )
            places.append((passage, i, stored.spans[i]))
            near = before | held | after
            around.append(
                [
                    _coverage(wanted, near),
                    missing,
                    _rarest_missing(wanted, near | title),
                    float(asks_for_a_kind and not any(kinds)),
                ]
            )
    features = np.array(rows).reshape(len(rows), len(FEATURES))
    return CandidateFeatures(
        places=tuple(places), features=features, around=np.array(around).reshape(len(rows), 4), terms=len(wanted)
    )


def rarity_of(counts: StemCounts) -> dict[str, float]:
    """Return for each stem its inverse document frequency (BM25), divided by that of a stem that no passage has."""
    n = counts.passages
    top = math.log1p((n + 0.5) / 0.5)
    return {stem: math.log1p((n - held + 0.5) / (held + 0.5)) / top for stem, held in counts.by_stem.items()}


def _coverage(wanted: Mapping[str, float], held: frozenset[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in held) / total if total else 0.0


def _rarest_missing(wanted: Mapping[str, float], held: frozenset[str]) -> float:
    return max((weight for stem, weight in wanted.items() if stem not in held), default=0.0)


def _share(names: frozenset[str], held: frozenset[str]) -> float:
    return len(names & held) / len(names) if names else 0.5


def _in_order(pairs: Sequence[tuple[str, str]], stems: Sequence[str]) -> float:
    """Return the share of neighbouring words of the question that stand within three words here, in the same order."""
    if not pairs:
        return 0.0
    close = {(a, b) for i, a in enumerate(stems) for b in stems[i + 1 : i + 4]}
    return sum(pair in close for pair in pairs) / len(pairs)


def _kinds(question: Question, text: str) -> list[float]:
    """Return one flag for each kind of answer: 1.0 if the question asks for it and the sentence may have it."""
    kind = question.kind
    return [
        float(kind is AnswerKind.PERSON and _has_new_name(text, question.text.lower())),
        float(kind is AnswerKind.TIME and bool(_TIME.search(text))),
        float(kind is AnswerKind.PLACE and bool(_PLACE.search(text))),
        float(kind is AnswerKind.NUMBER and bool(_NUMBER.search(text))),
        float(kind is AnswerKind.REASON and bool(_REASON.search(text))),
    ]


def _has_new_name(text: str, question: str) -> bool:
    """Say whether the text has a name that the question, in lower case, has not."""
    return any(match.group().lower() not in question for match in _NAME.finditer(text))
