"""The arithmetic of answering or refusing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.service.answers.evidence.odds import log_odds, probability
from onrecord.service.evaluation.scoring.risk import (
    area_under_curve,
    calibration_error,
    fit_line,
    reliability,
    risk_curve,
    threshold_for,
)

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_the_curve_of_five_questions():
    """Worked by hand: two of equal confidence are answered together; the area is the mean risk over coverage."""
    curve = risk_curve([0.9, 0.8, 0.8, 0.4, 0.1], [True, True, False, True, False])
    assert curve.coverage == pytest.approx((0.2, 0.6, 0.8, 1.0))
    assert curve.risk == pytest.approx((0, 1 / 3, 1 / 4, 2 / 5))
    assert curve.area == pytest.approx(0.4 / 3 + 0.2 / 4 + 0.2 * 2 / 5)
    assert (curve.risk_at(0.5), curve.risk_at(0.6), curve.risk_at(1)) == pytest.approx((1 / 3, 1 / 3, 2 / 5))
    assert area_under_curve([0.9, 0.8, 0.8, 0.4, 0.1], [True, True, False, True, False]) == pytest.approx(4.5 / 6)
    empty = risk_curve([], [])
    assert (empty.area, empty.risk_at(1), calibration_error([], [])) == (0, 0, 0)


@given(outcomes)
def test_coverage_rises_to_one_and_risk_ends_at_the_share_of_wrong(asked):
    """Every figure is a share, and the order of the questions does not count."""
    confidence, right = zip(*asked, strict=True)
    curve = risk_curve(confidence, right)
    assert list(curve.coverage) == sorted(set(curve.coverage))
    assert (curve.coverage[-1], curve.risk[-1]) == (1, pytest.approx(right.count(False) / len(right)))
    assert all(0 <= risk <= 1 for risk in curve.risk)
    assert -1e-12 <= curve.area <= 1 + 1e-12
    assert risk_curve(confidence[::-1], right[::-1]) == curve
    assert 0 <= calibration_error(confidence, right) <= 1
    assert sum(b.questions for b in reliability(confidence, right)) == len(right)
    assert np.isfinite(fit_line(confidence, right)).all()


def test_confidences_that_are_worth_what_they_say_have_no_error():
    """Seven of ten right at .7 and two of ten at .2; ten points off is an error of .1."""
    right = [True] * 7 + [False] * 3 + [True] * 2 + [False] * 8
    assert calibration_error([0.7] * 10 + [0.2] * 10, right, bins=2) == pytest.approx(0)
    assert calibration_error([0.8] * 10 + [0.1] * 10, right, bins=2) == pytest.approx(0.1)


def test_a_line_mends_what_is_off():
    """Confidences whose log-odds are three times too large and shifted come back, and are then worth what they say."""
    chance = np.random.default_rng(3)
    true = [probability(logit) for logit in chance.normal(0, 2, 4000)]
    right = (chance.random(4000) < true).tolist()
    off = [probability(3 * log_odds(p) + 1) for p in true]
    slope, shift = fit_line(off, right)
    assert (slope, shift) == (pytest.approx(1 / 3, abs=0.03), pytest.approx(-1 / 3, abs=0.1))
    mended = [probability(slope * log_odds(p) + shift) for p in off]
    assert calibration_error(mended, right) < 0.03 < calibration_error(off, right)


@given(st.lists(st.floats(0, 1), max_size=200), st.floats(0.02, 0.5))
def test_a_threshold_refuses_no_more_than_its_share(confidences, share):
    """Of those it was chosen by, and on average of others; with certainty the bound is a larger one."""
    bound = threshold_for(confidences, share=share)
    if bound is None:
        assert share * (len(confidences) + 1) < 1 + 1e-6
        return
    assert sum(c < bound.threshold for c in confidences) <= share * len(confidences) + 1e-6
    assert bound.on_average <= share + 1e-6
    assert bound.on_average < bound.with_certainty <= 1


def test_the_bound_with_certainty_is_the_known_one():
    """Clopper and Pearson's one-sided bounds: none of 29 is 9.8 %, four of a hundred are 8.9 %."""
    assert threshold_for([0.5] * 29, share=1 / 30).with_certainty == pytest.approx(1 - 0.05 ** (1 / 29))
    assert threshold_for([0.5] * 100, share=5 / 101).with_certainty == pytest.approx(0.0892, abs=5e-4)
