import math
from collections.abc import Sequence

import numpy as np
import pytest

from onrecord.service.evaluation.scoring.case import Case
from onrecord.service.evaluation.scoring.figures import figures_of
from tests.service.evaluation.made_up import case, cited, outcome


def figures(cases: Sequence[Case]) -> dict[tuple[str, str], float]:
    return {(one.group, one.name): one.value for one in figures_of(cases, seed=7)}


def independent(ranked: Sequence[str], grades: dict[str, int]) -> dict[str, float]:
    """What the literature says, written out again: Järvelin and Kekäläinen's nDCG with linear gains, and the rest."""
    gains = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    ideal = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], start=1))
    gained = sum(max(0, grades.get(name, 0)) / math.log2(rank + 1) for rank, name in enumerate(ranked[:10], start=1))
    relevant = [name for name, grade in grades.items() if grade > 0]
    ranks = [rank for rank, name in enumerate(ranked, start=1) if name in relevant]
    recall = {f"recall@{k}": len(set(ranked[:k]) & set(relevant)) / len(relevant) for k in (1, 5, 10)}
    return {"nDCG@10": gained / ideal, **recall, "MRR@10": 1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0}


def test_finding_articles_agrees_with_the_definitions():
    """Several gold, grades, judged and not relevant, unjudged, missing from the archive, found at rank 11, nothing."""
    runs = [
        (["a", "b", "c"], {"a": 1}),
        (["x", "b", "y", "a"], {"a": 2, "b": 1, "c": 1, "x": 0}),
        (["n", "a"], {"a": 1, "n": -1}),
        ([*"klmnopqrst", "a"], {"a": 1}),
        ([], {"a": 1}),
        (["b", "a"], {"a": 1, "missing: z": 1}),
        ([*"abcdefghijkl"], dict.fromkeys("abcdefghijkl", 1)),
    ]
    cases = [case(outcome(id=str(i), articles=run), relevant=grades) for i, (run, grades) in enumerate(runs)]
    # Judged, and nothing relevant: no question of these.
    cases.append(case(outcome(id="none", articles=["a"]), relevant={"a": 0}, answerable=False))
    found = figures(cases)
    each = [independent(run, grades) for run, grades in runs]
    for name in ("nDCG@10", "recall@1", "recall@5", "recall@10", "MRR@10"):
        expected = sum(one[name] for one in each) / len(each)
        assert found["Finding articles", name] == pytest.approx(expected, abs=1e-9), name


def test_finding_the_passage_is_finding_any_that_holds_the_answer():
    """The rank of the first passage with gold words: 1, 5, 11 and none."""
    cases = [case(outcome(id=str(rank), held_at=rank), words=["May"]) for rank in (1, 5, 11, None)]
    found = figures(cases)
    assert [found["Finding the passage", f"recall@{k}"] for k in (1, 5, 10)] == [0.25, 0.5, 0.5]
    assert found["Finding the passage", "MRR@10"] == pytest.approx((1 + 1 / 5) / 4)


def test_answering_counts_first_any_and_refused_ones():
    """Right in the first quote, in the second only, refused with the right one closest, refused without."""
    right = cited(1, "a", "It opens in May.", highlight="in May")
    wrong = cited(1, "b", "It is cold.", highlight="cold")
    cases = [
        case(outcome(id="1", citations=[right]), words=["May"], relevant={"a": 1}),
        case(outcome(id="2", citations=[wrong, cited(2, "a", "In May, then.")]), words=["May"], relevant={"a": 1}),
        case(outcome(id="3", closest=[right]), words=["May"], relevant={"a": 1}),
        case(outcome(id="4"), words=["May"], relevant={"a": 1, "c": 1}),
    ]
    found = figures(cases)
    assert found["Answering", "answer in the first quote"] == 0.25
    assert found["Answering", "answer in any quote"] == 0.5
    assert found["Answering", "… in the first, if it never refused"] == 0.5
    assert found["Answering", "first quote of a gold article"] == 0.25
    assert found["Answering", "any quote of a gold article"] == 0.5
    assert found["Answering", "… the first, if it never refused"] == 0.5
    # "in May" against "May": two words and one, one of them shared.
    assert found["Answering", "marked words, F1"] == pytest.approx(2 / 3 / 4)
    assert found["Answering", "marked words, F1 in right first quotes"] == pytest.approx(2 / 3)
    assert found["Proof", "right citations"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["Proof", "gold articles cited"] == 1.0


def test_refusing_and_risk_agree_with_the_definitions():
    """Refused, refused wrongly, wrong among the answered; AURC with equal confidences, by summing its steps."""
    right, wrong = cited(1, "a", "In May."), cited(1, "a", "In June.")
    asked = [
        (0.9, [right], [], ["May"], True),
        (0.8, [wrong], [], ["May"], True),
        (0.8, [right], [], ["May"], True),
        (0.6, [right], [], [], False),
        (0.3, [], [right], ["May"], True),
        (0.2, [], [wrong], [], False),
    ]
    cases = [
        case(outcome(id=str(i), confidence=c, citations=q, closest=n), words=w, answerable=a)
        for i, (c, q, n, w, a) in enumerate(asked)
    ]
    # Nobody says whether this one has an answer, so it counts nowhere here.
    cases.append(case(outcome(id="unjudged", confidence=1.0, citations=[right]), answerable=None))
    found = figures(cases)
    assert found["Refusing", "unanswerable refused"] == 0.5
    assert found["Refusing", "answerable refused"] == 0.25
    assert found["Refusing", "answered wrongly, of the answered"] == 0.5
    # Right, then two at once of which one is wrong, then wrong, right, wrong; each step as wide as it has questions.
    steps = [(1, 0 / 1), (2, 1 / 3), (1, 2 / 4), (1, 2 / 5), (1, 3 / 6)]
    area = sum(width / 6 * risk for width, risk in steps)
    assert found["Refusing", "area under risk and coverage (AURC)"] == pytest.approx(area)


def test_times_are_percentiles_and_shares_have_intervals():
    """p50, p95 and p99 as numpy gives them; twenty of twenty is no certainty."""
    cases = [case(outcome(id=str(i), ms=float(i), held_at=1), words=["May"]) for i in range(20)]
    found = figures(cases)
    for percentile in (50, 95, 99):
        expected = np.percentile(range(20), percentile)
        assert found["Speed", f"an answer, p{percentile}"] == pytest.approx(expected)
    (recall,) = [one for one in figures_of(cases, seed=7) if one.name == "recall@1"]
    # Wilson's interval for 20 of 20.
    z = 1.959964
    assert (recall.value, recall.n, recall.high) == (1.0, 20, pytest.approx(1.0))
    assert recall.low == pytest.approx(1 / (1 + z * z / 20), abs=1e-4)


def test_the_same_seed_gives_the_same_intervals():
    """Resampled intervals are repeated by the seed, hold the value, and are another's with another seed."""
    runs = [["a"], ["b", "a"], ["b", "c", "a"]] * 5
    cases = [case(outcome(id=str(i), articles=run), relevant={"a": 1}) for i, run in enumerate(runs)]
    one, again, other = (next(m for m in figures_of(cases, seed=seed) if m.name == "MRR@10") for seed in (7, 7, 8))
    assert one == again
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.value < one.high
    assert (other.low, other.high) != (one.low, one.high)
    assert other.value == one.value


def test_a_quote_that_is_no_slice_is_counted():
    """One in four citations, the closest of a refusal included, is not the text at its place."""
    good, bad = cited(1, "a", "x"), cited(2, "a", "y", exact=False)
    found = figures([case(outcome(id="1", citations=[good, bad])), case(outcome(id="2", closest=[good, good]))])
    assert found["Proof", "exact slices, of citations"] == 0.75


def test_without_questions_of_a_kind_there_is_no_figure_of_it():
    """Nothing is said of gold articles, gold words or unanswerable questions where there are none."""
    groups = {one.group for one in figures_of([case(outcome(citations=[cited(1, "a", "x")]), answerable=None)], seed=7)}
    assert groups == {"Proof", "Speed"}
    assert figures_of([], seed=7) == []
