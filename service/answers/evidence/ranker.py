"""Which sentence answers: a linear model over evidence by word and by meaning.

The same features of the best sentence give the probability that the archive answers at all. Both models are a list of
numbers in `ranker.json`, fitted by `bench/training/train_ranker.py`, which also records there on what and how well.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from onrecord.index.archive.passage_table import StoredSentences
from onrecord.index.archive.word_table import StemCounts
from onrecord.index.text.embedder import Vector
from onrecord.index.text.english.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.numbers import NUMERALS, TENS
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import stems_in, stems_of
from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.question.question import AnswerKind, Question

Row = npt.NDArray[np.float64]
Allowed = Mapping[int, frozenset[int]]
"""Which sentences may answer: their positions, by passage id."""

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
"""What is known of a sentence, see `_Evidence.features`."""

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
"""What tells whether the best sentence answers; the first nine are features of that sentence."""
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
class Words:
    """The best answering words in one sentence."""

    span: Span
    """In the article's text."""
    score: float
    """Log-odds against "no answer here", as the reader sees it; not a calibrated probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be the answer."""

    passage: FoundPassage
    position: int
    """Its place among the passage's sentences."""
    span: Span
    score: float
    """Higher is better; comparable within one question only."""
    coverage: float
    """The share of the question's words, weighed by rarity, that stand in the sentence or the ones beside it."""
    words: Words | None = None
    """The words in it that answer, if it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Candidates, best first, and the probability that the archive answers the question."""

    candidates: tuple[Candidate, ...]
    confidence: float
    answers: bool
    """The confidence reaches the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The fitted models."""

    sentence: Row
    """One weight a feature in `FEATURES`."""
    answerable: Row
    """One weight a feature in `ANSWERABLE_FEATURES`, then the constant."""
    threshold: float
    """The confidence from which on the archive is taken to answer."""


def load_weights() -> Weights:
    """Read the weights that are shipped; raises `ValueError` if they do not fit the features."""
    data = json.loads(
        resources.files("onrecord.service.answers.evidence").joinpath("weights", "ranker.json").read_text("utf-8")
    )
    sentence, answerable = data["sentence"], data["answerable"]
    if tuple(sentence) != FEATURES or tuple(answerable) != (*ANSWERABLE_FEATURES, "constant"):
        raise ValueError("ranker.json was fitted for other features; run bench/training/train_ranker.py again.")
    return Weights(
        sentence=np.array(list(sentence.values())),
        answerable=np.array(list(answerable.values())),
        threshold=data["threshold"],
    )


class Ranker:
    """Ranks the sentences of retrieved passages."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def rank(
        self,
        question: Question,
        vector: Vector,
        passages: Sequence[FoundPassage],
        sentences: Mapping[int, StoredSentences],
        rarity: Mapping[str, float],
        allowed: Allowed | None = None,
    ) -> Ranking:
        """Rank every sentence of the passages, or the allowed ones.

        `rarity` says in 0..1 how rare each of the question's stems is.
        """
        evidence = collect(question, vector, passages, sentences, rarity, allowed)
        if not evidence.places:
            return Ranking(candidates=(), confidence=0.0, answers=False)
        scores = evidence.features @ self._weights.sentence
        order = np.argsort(-scores, kind="stable")
        candidates = tuple(
            Candidate(
                passage=passage,
                position=position,
                span=span,
                score=float(scores[i]),
                coverage=float(evidence.around[i][0]),
            )
            for i in order
            for passage, position, span in [evidence.places[i]]
        )
        logit = float(evidence.answerable(scores) @ self._weights.answerable)
        confidence = 1.0 / (1.0 + math.exp(-logit))
        return Ranking(candidates=candidates, confidence=confidence, answers=confidence >= self._weights.threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of each candidate sentence of a question."""

    places: tuple[tuple[FoundPassage, int, Span], ...]
    features: Row
    """Shape (candidates, features)."""
    around: Row
    """Shape (candidates, 4): the question's coverage by the sentence with its neighbours; the rarity of the rarest of
    its stems that passage and title lack; of the rarest that sentence, neighbours and title lack; and whether the
    sentence lacks the kind of thing asked for."""
    terms: int

    def answerable(self, scores: Row) -> Row:
        """Return the features that tell whether the best sentence answers, and a 1 for the constant."""
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
) -> Evidence:
    """Collect the evidence for every quotable sentence of the passages, or for the allowed ones."""
    wanted = {stem: rarity.get(stem, 1.0) for stem in stems_of(question.terms)}
    pairs = [(a.stem, b.stem) for a, b in zip(question.terms, question.terms[1:], strict=False)]
    places: list[tuple[FoundPassage, int, Span]] = []
    rows: list[list[float]] = []
    around: list[list[float]] = []
    for rank, passage in enumerate(passages):
        stored = sentences[passage.id]
        texts = [_slice(passage, span) for span in stored.spans]
        stems = [stems_in(text) for text in texts]
        title = set(stems_in(passage.article.title))
        everywhere = title.union(*stems)
        similarities = (stored.vectors @ vector).tolist()
        whole = _coverage(wanted, everywhere)
        names = _share(question.names, everywhere)
        for i, (text, held) in enumerate(zip(texts, map(set, stems), strict=True)):
            if allowed is not None and i not in allowed.get(passage.id, ()):
                continue
            before = set(stems[i - 1]) if i else set()
            after = set(stems[i + 1]) if i + 1 < len(stems) else set()
            beside = [similarities[j] for j in (i - 1, i + 1) if 0 <= j < len(similarities)]
            novel = [s for s in stems[i] if s not in wanted and s not in STOP_WORDS]
            kinds = _kinds(question, text, wanted)
            rows.append(
                [
                    similarities[i],
                    passage.similarity,
                    passage.score,
                    math.log1p(rank),
                    _coverage(wanted, held),
                    whole,
                    _coverage(wanted, before | held) - _coverage(wanted, held),
                    _coverage(wanted, after | held) - _coverage(wanted, held),
                    max(beside, default=similarities[i]),
                    _share(question.names, held),
                    names,
                    _in_order(pairs, stems[i]),
                    *kinds,
                    math.log1p(len(stems[i])),
                    float(len(novel) < 3),
                    float(i == 0),
                    min(1.0, len(set(novel)) / 20),
                    float(text.endswith("?")),
                ]
            )
            places.append((passage, i, stored.spans[i]))
            near = before | held | after
            asked = question.kind is not AnswerKind.OTHER
            around.append(
                [
                    _coverage(wanted, near),
                    _rarest_missing(wanted, everywhere),
                    _rarest_missing(wanted, near | title),
                    float(asked and not any(kinds)),
                ]
            )
    features = np.array(rows).reshape(len(rows), len(FEATURES))
    return Evidence(
        places=tuple(places), features=features, around=np.array(around).reshape(len(rows), 4), terms=len(wanted)
    )


def rarity_of(counts: StemCounts) -> dict[str, float]:
    """Map each stem to its BM25 inverse document frequency, as a share of that of a stem no passage holds."""
    n = counts.passages
    top = math.log1p((n + 0.5) / 0.5)
    return {stem: math.log1p((n - held + 0.5) / (held + 0.5)) / top for stem, held in counts.by_stem.items()}


def _slice(passage: FoundPassage, span: Span) -> str:
    return passage.text[span.start - passage.span.start : span.end - passage.span.start]


def _coverage(wanted: Mapping[str, float], held: set[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in held) / total if total else 0.0


def _rarest_missing(wanted: Mapping[str, float], held: set[str]) -> float:
    return max((weight for stem, weight in wanted.items() if stem not in held), default=0.0)


def _share(names: frozenset[str], held: set[str]) -> float:
    return len(names & held) / len(names) if names else 0.5


def _in_order(pairs: Sequence[tuple[str, str]], stems: Sequence[str]) -> float:
    """Return the share of the question's neighbouring words that follow each other within three words here."""
    if not pairs:
        return 0.0
    close = {(a, b) for i, a in enumerate(stems) for b in stems[i + 1 : i + 4]}
    return sum(pair in close for pair in pairs) / len(pairs)


def _kinds(question: Question, text: str, wanted: Mapping[str, float]) -> list[float]:
    """Say, for the kind of answer asked for, whether the sentence holds such a thing that the question does not."""
    kind = question.kind
    new_name = any(m.group().lower() not in question.text.lower() for m in _NAME.finditer(text))
    return [
        float(kind is AnswerKind.PERSON and new_name),
        float(kind is AnswerKind.TIME and bool(_TIME.search(text))),
        float(kind is AnswerKind.PLACE and bool(_PLACE.search(text))),
        float(kind is AnswerKind.NUMBER and bool(_NUMBER.search(text))),
        float(kind is AnswerKind.REASON and bool(_REASON.search(text))),
    ]
