"""The arithmetic of answering or refusing: risk against coverage, how far confidences are off, and a safe threshold.

An outcome is a confidence in 0..1 and whether the answer was right; an answer to a question that has none is wrong.
Coverage is the share of the questions that is answered, risk the share of these that is wrong (El-Yaniv and Wiener,
2010).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onrecord.service.answers.evidence.odds import log_odds

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]

_RIDGE = 1e-6
"""Weight of the squared slope and shift in the loss of `fit_line`."""
_THRESHOLD_STEPS = 1e4
"""A threshold is rounded down to a ten-thousandth: a confidence's last bits depend on what is read with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCurve:
    """Risk at every coverage that a threshold can have, by rising coverage, the last one 1."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]

    @property
    def area(self) -> float:
        """The mean risk over all coverages (AURC), 0..1, lower is better; 0 if nothing was asked."""
        return float(np.array(self.risk) @ np.diff(self.coverage, prepend=0.0)) if self.risk else 0.0

    def risk_at(self, share: float) -> float:
        """Return the risk at the lowest coverage that is not below `share`; 0 if nothing was asked."""
        return next((r for c, r in zip(self.coverage, self.risk, strict=True) if c >= share - 1e-12), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Questions of like confidence: their mean confidence, and the share of them that was answered rightly."""

    confidence: float
    right: float
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A threshold that is chosen by the confidences of right answers, and bounds on the share of new ones below it."""

    threshold: float
    on_average: float
    """An upper bound on the chance that a new right answer of the same kind is refused, over samples of this size."""
    with_certainty: float
    """An upper bound on this chance that holds for 95 samples of 100."""


def risk_curve(confidence: Sequence[float], right: Sequence[bool]) -> RiskCurve:
    """Return the curve of these outcomes: one point for every distinct confidence."""
    sure, wrong = np.asarray(confidence, dtype=float), ~np.asarray(right, dtype=bool)
    order = np.argsort(-sure, kind="stable")
    falling, wrongs = sure[order], np.cumsum(wrong[order])
    # Equal confidences are answered or refused together.
    ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(falling) else np.array([], dtype=int)
    return RiskCurve(
        coverage=tuple(((ends + 1) / max(1, len(falling))).tolist()), risk=tuple((wrongs[ends] / (ends + 1)).tolist())
    )


def area_under_curve(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the chance that a right answer is surer than a wrong one, a tie counting half; None without both."""
    sure, labels = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    if labels.all() or not labels.any():
        return None
    wrong = np.sort(sure[~labels])
    below = np.searchsorted(wrong, sure[labels], side="left") + np.searchsorted(wrong, sure[labels], side="right")
    return float(below.mean() / (2 * len(wrong)))


def reliability(confidence: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> tuple[Bin, ...]:
    """Return at most `bins` bins of as many questions each, by rising confidence."""
    sure, labels = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    order = np.argsort(sure, kind="stable")
    return tuple(
        Bin(confidence=float(sure[part].mean()), right=float(labels[part].mean()), questions=len(part))
        for part in np.array_split(order, min(bins, len(order)) or 1)
        if len(part)
    )


def calibration_error(confidence: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Return how far confidence and share of right answers are apart on average (ECE), over equal bins: 0..1."""
    every = reliability(confidence, right, bins=bins)
    return sum(b.questions * abs(b.confidence - b.right) for b in every) / max(1, sum(b.questions for b in every))


def fit_line(confidence: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Fit slope and shift on the log-odds (Platt, 1999), with his targets, which keep them finite whatever the data."""
    from scipy.optimize import minimize

    x = np.array([log_odds(one) for one in confidence])
    labels = np.asarray(right, dtype=bool)
    true = int(labels.sum())
    targets = np.where(labels, (true + 1) / (true + 2), 1 / (len(labels) - true + 2))

    def loss(line: Numbers) -> tuple[float, Numbers]:
        logits = line[0] * x + line[1]
        off = 1 / (1 + np.exp(-np.clip(logits, -500, 500))) - targets
        value = float((np.logaddexp(0, logits) - targets * logits).sum() + _RIDGE * line @ line)
        return value, np.array([off @ x, off.sum()]) + 2 * _RIDGE * line

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return float(slope), float(shift)


def threshold_for(right: Sequence[float], *, share: float) -> Bound | None:
    """Return the highest threshold that refuses a new right answer with a chance of `share` at most; None if too few.

    `right` are the confidences of right answers. The threshold is the k-th lowest of n, k = ⌊share · (n + 1)⌋: a new
    one is below it with a chance of k / (n + 1) at most, if it is of the same kind (split conformal prediction; Vovk et
    al., 2005). The share below it has, over samples of n, the distribution Beta(k, n + 1 − k), whose 95 % quantile is
    `with_certainty`.
    """
    from scipy.stats import beta

    n = len(right)
    k = math.floor(share * (n + 1) + 1e-9)
    if k < 1:
        return None
    lowest = sorted(right)[k - 1]
    return Bound(
        threshold=math.floor(lowest * _THRESHOLD_STEPS) / _THRESHOLD_STEPS,
        on_average=k / (n + 1),
        with_certainty=float(beta.ppf(0.95, k, n + 1 - k)),
    )
