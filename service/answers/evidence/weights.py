"""Read the fitted linear models that ship with the package, which rank sentences and estimate the confidence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float64]
"""Features or weights, in float64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights of two linear models, and the threshold for the second."""

    sentence: Row
    """One weight for each feature of a sentence; a higher score is a better answer."""
    answerable: Row
    """One weight for each feature of the best sentence, the last a constant, for the log-odds that it answers."""
    threshold: float
    """The least confidence, 0..1, with which a question is answered."""


def shipped_file(name: str) -> Path:
    """Return the path of a shipped file of weights."""
    return Path(str(resources.files("onrecord.service.answers.evidence").joinpath("weights", name)))


def read_weights(file: str, *, sentence: Sequence[str], answerable: Sequence[str], fitted_by: str) -> Weights:
    """Return the weights in `file`; raise `ValueError` if they were fitted for other features than these."""
    data = json.loads(shipped_file(file).read_bytes())
    if tuple(data["sentence"]) != tuple(sentence) or tuple(data["answerable"]) != tuple(answerable):
        raise ValueError(f"{file} was fitted for other features; run {fitted_by} again.")
    return Weights(
        sentence=np.array(list(data["sentence"].values())),
        answerable=np.array(list(data["answerable"].values())),
        threshold=data["threshold"],
    )
