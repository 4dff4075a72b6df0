"""Calibrate the confidence on one archive by a line on its log-odds and a threshold, and store the calibration.

The archive keeps its calibration among its facts, so that a back-up has it too, with a hash of the models that it was
made with.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.service.answers.evidence.odds import log_odds, probability

_FACT = "calibration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A calibration that maps the models' confidence by a line on its log-odds (Platt, 1999), and has a threshold."""

    slope: float = 1.0
    """The slope of the line, above 0, so that the order of confidences stays."""
    shift: float = 0.0
    """The log-odds that the line adds."""
    threshold: float
    """The least calibrated confidence, 0..1, with which a question is answered."""

    def __post_init__(self) -> None:
        if not (0 < self.slope < math.inf and math.isfinite(self.shift) and 0 <= self.threshold <= 1):
            raise ValueError(f"{self} is no calibration: want a slope above 0, a finite shift, a threshold of 0 to 1.")

    def read(self, confidence: float) -> float:
        """Return the calibrated confidence, 0..1, for a confidence of the models."""
        return probability(self.slope * log_odds(confidence) + self.shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalibration:
    """A calibration that an archive keeps, with what it was made from."""

    calibration: Calibration
    models: str
    """The `models_hash` of the models that it was made with."""
    people: bool
    """Whether it was made with questions of people, and not with questions made from the archive."""
    questions: int
    articles: int
    made_at: str
    """The time at which it was made, in ISO 8601."""
    figures: dict[str, float]
    """The measurements by name, taken when it was made."""


def models_hash(archive: SqliteArchive, weights: Sequence[Path]) -> str:
    """Return a SHA-256 of the models that a confidence comes from: the embedder, and those with these weight files."""
    digest = hashlib.sha256((archive.fact("embedder") or "").encode())
    for file in weights:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def store_calibration(
    archive: SqliteArchive,
    calibration: Calibration,
    *,
    weights: Sequence[Path],
    people: bool,
    questions: int,
    figures: dict[str, float],
) -> StoredCalibration:
    """Store a calibration for the models with these weight files, and return it; it counts from the next start on."""
    stored = StoredCalibration(
        calibration=calibration,
        models=models_hash(archive, weights),
        people=people,
        questions=questions,
        articles=archive.counts().articles,
        figures=figures,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    archive.set_fact(_FACT, json.dumps(asdict(stored)))
    return stored


def forget_calibration(archive: SqliteArchive) -> bool:
    """Remove the archive's calibration, and return whether it had one."""
    there = bool(archive.fact(_FACT))
    if there:
        archive.set_fact(_FACT, "")
    return there


def stored_calibration(archive: SqliteArchive) -> StoredCalibration | None:
    """Return the calibration that the archive keeps, for whichever models; None if there is none or it is damaged."""
    try:
        kept = json.loads(archive.fact(_FACT) or "null")
        return StoredCalibration(**{**kept, "calibration": Calibration(**kept["calibration"])}) if kept else None
    except (KeyError, TypeError, ValueError):
        return None


def own_calibration(archive: SqliteArchive, weights: Sequence[Path]) -> Calibration | None:
    """Return the archive's calibration if it was made with the models with these weight files, else None."""
    stored = stored_calibration(archive)
    # The weights are hashed last, because hashing takes time and an archive seldom has a calibration.
    return stored.calibration if stored and stored.models == models_hash(archive, weights) else None


def say_calibration(archive: SqliteArchive, weights: Sequence[Path]) -> str:
    """Return a phrase that says which calibration counts with the models with these weight files."""
    stored = stored_calibration(archive)
    if stored is None:
        return "as shipped" if not archive.fact(_FACT) else "as shipped; the archive's own cannot be read"
    whose = "questions of a file" if stored.people else "questions made from the archive"
    made = f"made {stored.made_at[:10]} with {stored.questions} {whose} on {stored.articles} articles"
    if stored.models != models_hash(archive, weights):
        return f"as shipped; the archive's own was {made} with other models and is not used"
    return f"own, threshold {stored.calibration.threshold:.4f}, {made}"
