"""Small linear models, fitted: which of several is right, and whether one is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Row = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]
Bounds = Sequence[tuple[float | None, float | None]]

ABOVE, BELOW, FREE = (0.0, None), (None, 0.0), (None, None)


def fit_choice(blocks: Sequence[tuple[Row, Labels]], bounds: Bounds, *, ridge: float = 1e-3) -> Row:
    """Fit one weight a feature so that the right rows of each block win its softmax (a conditional logit)."""
    useful = [(rows, right) for rows, right in blocks if right.any() and not right.all()]
    scale = np.concatenate([rows for rows, _ in useful]).std(axis=0) + 1e-9
    useful = [(rows / scale, right) for rows, right in useful]

    def loss(weights: Row) -> tuple[float, Row]:
        total, slope = ridge * len(useful) * float(weights @ weights), 2 * ridge * len(useful) * weights
        for rows, right in useful:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            held = shares[right].sum()
            total -= float(np.log(held + 1e-12))
            inside = np.where(right, shares / (held + 1e-12), 0.0)
            slope += rows.T @ (shares - inside)
        return total, slope

    start = np.zeros(len(scale))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    return np.asarray(found.x / scale)


def fit_chance(rows: Row, labels: Labels, bounds: Bounds, *, ridge: float = 1e-3) -> Row:
    """Fit a logistic regression, both kinds weighing the same in all; the last column is the constant."""
    scale = np.append(rows[:, :-1].std(axis=0) + 1e-9, 1.0)
    x = rows / scale
    weight = np.where(labels, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))

    def loss(weights: Row) -> tuple[float, Row]:
        logits = x @ weights
        p = 1 / (1 + np.exp(-logits))
        value = float((weight * (np.logaddexp(0, logits) - labels * logits)).mean() + ridge * weights @ weights)
        return value, np.asarray(x.T @ (weight * (p - labels)) / len(labels) + 2 * ridge * weights)

    start = np.zeros(x.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return np.asarray(found.x / scale)


def chances(rows: Row, weights: Row) -> Row:
    """Return the chance, 0..1, that a fitted logistic regression gives each row."""
    return np.asarray(1 / (1 + np.exp(-(rows @ weights))))


def area_under_curve(scores: Row, labels: Labels) -> float:
    """Return the chance that a true one scores higher than a false one."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(len(scores))
    true = int(labels.sum())
    return float((ranks[labels].sum() - true * (true - 1) / 2) / (true * (len(labels) - true)))
