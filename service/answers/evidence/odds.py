"""Probabilities and their log-odds."""

import math

_MIN_DISTANCE = 1e-6
"""Probabilities nearer than this to 0 or 1 are not told apart."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability in 0..1, which is held at least 1e-6 away from both ends."""
    held = min(1 - _MIN_DISTANCE, max(_MIN_DISTANCE, probability))
    return math.log(held / (1 - held))


def probability(log_odds: float) -> float:
    """Return the probability with these log-odds, without overflow."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else math.exp(log_odds) / (1 + math.exp(log_odds))
