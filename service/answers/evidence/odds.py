"""Convert probabilities to log-odds and back."""

import math

_MIN_DISTANCE = 1e-6
"""The least distance of a probability from 0 and 1; a nearer one is moved to it."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, which is first moved at least 1e-6 away from 0 and 1."""
    held = min(1 - _MIN_DISTANCE, max(_MIN_DISTANCE, probability))
    return math.log(held / (1 - held))


def probability(log_odds: float) -> float:
    """Return the probability, 0..1, with these log-odds; no size of them overflows."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else math.exp(log_odds) / (1 + math.exp(log_odds))
