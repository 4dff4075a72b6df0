"""Figures of a run. What is found is measured by ir-measures (MacAvaney et al. 2022), the rest as described below.

Each figure but the percentiles and the areas is a mean over questions with its 95 % interval: Wilson's (1927) where
each question gives 0 or 1, else what 1,000 seeded resamplings of the questions give (the percentile bootstrap).

*Finding.* Articles as trec_eval counts: linear gains, a rank for each article, and the copies that a passage names
stand behind it at ranks of their own. Averaged over the questions that have a relevant article. Passages: finding any
one that holds gold words, of a gold article where one is named, is finding the one thing there is to find.

*Answering.* A quote is right if it holds gold words (`answer_matching.holds`); a refused question has no quote. "If it
never refused" takes the closest quote of a refusal for its answer.

*Risk and coverage.* Questions by falling confidence. An answer is right if its first quote is, by gold words or else by
its article; any answer to an unanswerable question is wrong. Refused questions count with their closest quote.
`onrecord.service.evaluation.scoring.risk` has the arithmetic.

*Proof.* `citation_support` defines citation recall and precision. Right citations are those with gold words or of a
gold article, as a share of an answer's citations; gold articles cited are a share of the question's gold articles.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from scipy.stats import binomtest

from onrecord.service.evaluation.outcomes import Cited
from onrecord.service.evaluation.scoring.answer_matching import holds, token_f1
from onrecord.service.evaluation.scoring.case import Case, confidences
from onrecord.service.evaluation.scoring.citation_support import citation_precision, citation_recall
from onrecord.service.evaluation.scoring.risk import calibration_error, risk_curve

_RESAMPLINGS = 1_000
"""Samples of the questions that an interval is made from."""
_DEPTHS = (1, 5, 10)
_PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure, with its 95 % interval if it has one."""

    group: str
    name: str
    value: float
    n: int
    """Number of questions that it is made from, or of citations."""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    """Empty if it is a share or a score of 0 to 1."""


def figures_of(cases: Sequence[Case], *, seed: int) -> list[Figure]:
    """Return every figure that the questions allow."""
    asked = [case for case in cases if case.question.answerable]
    with_words = [case for case in asked if case.question.words]
    with_articles = [case for case in asked if case.gold_articles]
    unanswerable = [case for case in cases if case.question.answerable is False]
    answered = [case for case in cases if case.outcome.status == "answered"]
    mean = _Means(seed)
    return [
        *(mean.of("Finding articles", name, values) for name, values in _articles_found(with_articles)),
        *(mean.of("Finding the passage", name, values) for name, values in _passages_found(with_words)),
        *_answering(mean, with_words, with_articles),
        *mean.some("Refusing", "unanswerable refused", [_refused(case) for case in unanswerable]),
        *mean.some("Refusing", "answerable refused", [_refused(case) for case in asked]),
        *_risk(mean, cases),
        *_proof(mean, answered, cases),
        *_speed(cases),
    ]


class _Means:
    """A maker of means with their intervals."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, group: str, name: str, values: Sequence[float]) -> Figure:
        """Return the mean of one value for each question."""
        each = np.asarray(values, dtype=float)
        value, n = float(each.mean()), len(each)
        if np.isin(each, (0.0, 1.0)).all():
            # Resampling would give twenty of twenty no interval at all.
            low, high = binomtest(int(each.sum()), n).proportion_ci(0.95, method="wilson")
            return Figure(group=group, name=name, value=value, n=n, low=float(low), high=float(high))
        # Each figure is resampled by itself, so that one does not depend on which others there are.
        chance = np.random.default_rng(self._seed)
        means = [float(each[chance.integers(n, size=n)].mean()) for _ in range(_RESAMPLINGS)]
        low, high = np.percentile(means, (2.5, 97.5))
        return Figure(group=group, name=name, value=value, n=n, low=float(low), high=float(high))

    def some(self, group: str, name: str, values: Sequence[float]) -> list[Figure]:
        """Return the mean, or nothing where there is no question of the kind."""
        return [self.of(group, name, values)] if values else []


def _articles_found(cases: Sequence[Case]) -> Iterable[tuple[str, list[float]]]:
    relevant = {case.question.id: dict(case.relevant) for case in cases}
    # Ranks instead of scores: nothing is tied, and what was shown first counts as first.
    run = {case.question.id: _run(case.outcome.articles) for case in cases}
    wanted = {"nDCG@10": nDCG @ 10, **{f"recall@{depth}": R @ depth for depth in _DEPTHS}, "MRR@10": RR @ 10}
    return _calculate(wanted, relevant, run)


def _passages_found(cases: Sequence[Case]) -> Iterable[tuple[str, list[float]]]:
    relevant = {case.question.id: {"answer": 1} for case in cases}
    run = {
        case.question.id: _run([*map(str, range(1, case.outcome.held_at)), "answer"]) if case.outcome.held_at else {}
        for case in cases
    }
    return _calculate({**{f"recall@{depth}": R @ depth for depth in _DEPTHS}, "MRR@10": RR @ 10}, relevant, run)


def _calculate(
    wanted: Mapping[str, ir_measures.Measure],
    relevant: Mapping[str, dict[str, int]],
    run: Mapping[str, dict[str, float]],
) -> Iterable[tuple[str, list[float]]]:
    if not relevant:
        return
    found: dict[str, dict[str, float]] = {str(of): {} for of in wanted.values()}
    for metric in ir_measures.iter_calc(list(wanted.values()), relevant, run):
        found[str(metric.measure)][metric.query_id] = metric.value
    for name, of in wanted.items():
        yield name, [found[str(of)][question] for question in relevant]


def _run(ranked: Sequence[str]) -> dict[str, float]:
    return {name: -float(rank) for rank, name in enumerate(ranked)}


def _answering(mean: _Means, with_words: Sequence[Case], with_articles: Sequence[Case]) -> Iterable[Figure]:
    def right(cases: Sequence[Case], quotes: Callable[[Case], Sequence[Cited]]) -> list[float]:
        return [float(holds_any(case.question.words, quotes(case))) for case in cases]

    def holds_any(words: Sequence[str], quotes: Sequence[Cited]) -> bool:
        return any(holds(cited.quote, words) for cited in quotes)

    def of_gold(quotes: Callable[[Case], Sequence[Cited]]) -> list[float]:
        return [float(any(q.article in case.gold_articles for q in quotes(case))) for case in with_articles]

    name = "Answering"
    first = right(with_words, lambda case: case.outcome.citations[:1])
    yield from mean.some(name, "answer in the first quote", first)
    yield from mean.some(name, "answer in any quote", right(with_words, lambda case: case.outcome.citations))
    yield from mean.some(name, "… in the first, if it never refused", right(with_words, lambda case: case.shown[:1]))
    yield from mean.some(name, "first quote of a gold article", of_gold(lambda case: case.outcome.citations[:1]))
    yield from mean.some(name, "any quote of a gold article", of_gold(lambda case: case.outcome.citations))
    yield from mean.some(name, "… the first, if it never refused", of_gold(lambda case: case.shown[:1]))
    f1 = [
        token_f1(case.outcome.citations[0].highlight or "", case.question.words) if case.outcome.citations else 0.0
        for case in with_words
    ]
    yield from mean.some(name, "marked words, F1", f1)
    of_right = [value for value, is_right in zip(f1, first, strict=True) if is_right]
    yield from mean.some(name, "marked words, F1 in right first quotes", of_right)


def _risk(mean: _Means, cases: Sequence[Case]) -> Iterable[Figure]:
    name = "Refusing"
    answered = [case for case in cases if case.outcome.status == "answered"]
    wrong = [float(not case.right_if_answered) for case in answered if case.right_if_answered is not None]
    yield from mean.some(name, "answered wrongly, of the answered", wrong)
    confidence, right = confidences(cases)
    if not right:
        return
    area = risk_curve(confidence, right).area
    yield Figure(group=name, name="area under risk and coverage (AURC)", value=area, n=len(right))
    error = calibration_error(confidence, right)
    yield Figure(group=name, name="confidence off by (ECE)", value=error, n=len(right))


def _proof(mean: _Means, answered: Sequence[Case], cases: Sequence[Case]) -> Iterable[Figure]:
    name = "Proof"
    cited = [cited for case in cases for cited in (*case.outcome.citations, *case.outcome.closest)]
    yield from mean.some(name, "exact slices, of citations", [float(one.exact) for one in cited])
    yield from mean.some(name, "citation recall (ALCE)", [citation_recall(case.outcome) for case in answered])
    yield from mean.some(name, "citation precision (ALCE)", [citation_precision(case.outcome) for case in answered])
    judged = [case for case in answered if case.question.answerable and case.outcome.citations]
    right = [np.mean([case.is_right(one) for one in case.outcome.citations]) for case in judged]
    yield from mean.some(name, "right citations", [float(share) for share in right])
    gold = [case for case in judged if case.gold_articles]
    found = [
        len(case.gold_articles & {one.article for one in case.outcome.citations}) / len(case.gold_articles)
        for case in gold
    ]
    yield from mean.some(name, "gold articles cited", found)


def _speed(cases: Sequence[Case]) -> Iterable[Figure]:
    if not cases:
        return
    taken = [case.outcome.answer_ms for case in cases]
    for percentile, value in zip(_PERCENTILES, np.percentile(taken, _PERCENTILES), strict=True):
        yield Figure(group="Speed", name=f"an answer, p{percentile}", value=float(value), n=len(taken), unit="ms")


def _refused(case: Case) -> float:
    return float(case.outcome.status == "abstained")
