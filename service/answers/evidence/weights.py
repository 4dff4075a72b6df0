"""Fitted linear models that ship with the package: which sentence answers, and whether any does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Two linear models, each as one weight a feature, and the threshold for the second."""

    sentence: Row
    """Shape (features of a sentence,): a higher score is a better answer."""
    answerable: Row
    """Shape (features of the best sentence,), the last one a constant: the log-odds that it answers."""
    threshold: float
    """The confidence from which on the archive is taken to answer."""


def weights_bytes(file: str) -> bytes:
    """Return the content of a file of weights."""
    return resources.files("onrecord.service.answers.evidence").joinpath("weights", file).read_bytes()


def read_weights(file: str, *, sentence: Sequence[str], answerable: Sequence[str], fitted_by: str) -> Weights:
    """Return the weights in `file`; raise `ValueError` if they were fitted for other features than these."""
    data = json.loads(weights_bytes(file))
    if tuple(data["sentence"]) != tuple(sentence) or tuple(data["answerable"]) != tuple(answerable):
        raise ValueError(f"{file} was fitted for other features; run {fitted_by} again.")
    return Weights(
        sentence=np.array(list(data["sentence"].values())),
        answerable=np.array(list(data["answerable"].values())),
        threshold=data["threshold"],
    )
