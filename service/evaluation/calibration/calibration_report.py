"""How an archive answers and refuses known questions, and the calibration that this supports.

People's own questions support a line on the confidence and a threshold. Questions made from the archive do not: they
are easier than people's, whether they have an answer or not. What follows from them is this alone: if right answers to
these easy ones are refused too often, those to people's are too, so the threshold may be lowered. It is never raised.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from onrecord.index.errors import OnRecordError
from onrecord.service.answers.evidence.calibration import Calibration
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer
from onrecord.service.evaluation.calibration.probes import Probe
from onrecord.service.evaluation.scoring.risk import (
    Bin,
    RiskCurve,
    area_under_curve,
    calibration_error,
    fit_line,
    reliability,
    risk_curve,
    threshold_for,
)

MAX_FALSE_REFUSALS = 0.1
"""The share of right answers that may be refused."""
MIN_REFUSALS = 0.97
"""The share of questions without an answer that should be refused."""
MIN_RIGHT, MIN_WRONG = 30, 10
"""Fewer right answers make no bound on false refusals; with fewer others there is nothing to tell apart."""
_FOLDS = 5
"""Parts of people's questions, each measured with what was fitted on the others."""


class CannotCalibrate(OnRecordError):
    """The questions are too few, or tell too little, to calibrate by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A question that was asked while nothing is refused for lack of confidence, and how it went."""

    group: int
    answerable: bool
    answered: bool
    """False if there was nothing to answer with, or if the topic or the speaker is not on record."""
    right: bool
    """Whether the first quote is right."""
    confidence: float
    """The models' own confidence, not calibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Counts of refused questions, and how far the confidences are off."""

    false: int
    """Right answers that are refused."""
    answerable: int
    unanswerable: int
    error: float
    """The expected calibration error over the questions that there is anything to answer with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """A comparison of the calibration in use with a suggested one."""

    questions: int
    answerable: int
    unanswerable: int
    never_answered: int
    """Questions that are refused at any threshold: nothing is found, or the topic or the speaker is not on record."""
    right: int
    """Answerable questions with a right first quote, if nothing is refused."""
    curve: RiskCurve
    auc: float | None
    now: Calibration
    as_now: Refusals
    suggested: Calibration
    as_suggested: Refusals
    """Of people's questions each fifth is measured with what was fitted on the rest."""
    reason: str
    """A sentence that says why this is suggested."""
    reliability: tuple[Bin, ...]
    """Bins of the questions that there is anything to answer with, by the suggested confidence."""


def ask_all(answerer: ExtractiveAnswerer, probes: Iterable[Probe]) -> Iterator[Trial]:
    """Put the questions to the answerer, and yield how each went; it must refuse and calibrate nothing itself."""
    for probe in probes:
        answer = answerer.answer(probe.text, limit=1, filters=probe.filters)
        answered = bool(answer.citations)
        yield Trial(
            group=probe.group,
            answerable=probe.right is not None,
            answered=answered,
            right=answered and probe.right is not None and probe.right(answer.citations[0]),
            confidence=answer.confidence,
        )


def report_on_peoples(trials: Sequence[Trial], now: Calibration) -> CalibrationReport:
    """Fit a calibration on people's questions, and report it on those held out.

    Raise `CannotCalibrate` if the questions tell too little.
    """
    _check_enough(trials)
    suggested = _fit(trials)
    folds = {group: number % _FOLDS for number, group in enumerate(dict.fromkeys(o.group for o in trials))}
    fitted = [_fit([o for o in trials if folds[o.group] != fold]) for fold in range(_FOLDS)]
    bound = threshold_for([o.confidence for o in trials if o.right], share=MAX_FALSE_REFUSALS)
    at_most = bound.with_certainty if bound else 1.0
    reason = (
        "It answers as often as parts these questions best, and refuses a tenth of the right answers at most: in "
        f"95 of 100 samples of questions of this kind {at_most:.0%} at most. Its figures are of questions held out."
    )
    return _report(trials, now, suggested, lambda o: fitted[folds[o.group]], reason)


def report_on_own(trials: Sequence[Trial], now: Calibration, shipped: Calibration) -> CalibrationReport:
    """Suggest a threshold by questions made from the archive, never one above the shipped one.

    Raise `CannotCalibrate` if the questions are too few.
    """
    _check_enough(trials)
    bound = threshold_for([o.confidence for o in trials if o.right], share=MAX_FALSE_REFUSALS)
    wrong = [o for o in trials if not o.answerable]
    refused = sum(not o.answered or o.confidence < shipped.threshold for o in wrong)
    suggested = shipped
    if bound and bound.threshold < shipped.threshold:
        suggested = replace(shipped, threshold=bound.threshold)
        reason = (
            "The shipped threshold refuses more than a tenth of the right answers to these easy questions: lower it."
        )
    elif refused < MIN_REFUSALS * len(wrong):
        reason = (
            "The shipped threshold answers too many of the questions that have no answer. Only people's questions can "
            "tell what a higher threshold would cost, so it stays."
        )
    else:
        reason = "The shipped threshold suits these questions; only your readers' own can tell how it suits those."
    return _report(trials, now, suggested, lambda _: suggested, reason)


def _check_enough(trials: Sequence[Trial]) -> None:
    right, wrong = sum(o.right for o in trials), sum(not o.right for o in trials)
    if right < MIN_RIGHT or wrong < MIN_WRONG or not any(not o.answerable for o in trials):
        raise CannotCalibrate(
            f"Too few questions: {right} with a right first quote and {wrong} others; it takes {MIN_RIGHT} and "
            f"{MIN_WRONG} at least, some of them without an answer. Add articles, or questions to the file."
        )


def _fit(trials: Sequence[Trial]) -> Calibration:
    """Return the line and the threshold that suit the trials; raise `CannotCalibrate` if there are none."""
    asked = [o for o in trials if o.answered]
    confidences, rights = [o.confidence for o in asked], [o.right for o in asked]
    slope, shift = fit_line(confidences, rights)
    auc = area_under_curve(confidences, rights)
    if (auc is not None and auc <= 0.5) or slope <= 0:
        raise CannotCalibrate(
            "The confidence does not tell right from wrong on these questions; keep the calibration that there is."
        )
    line = Calibration(slope=slope, shift=shift, threshold=0.0)
    read = [line.read(c) for c in confidences]
    right = [c for c, good in zip(read, rights, strict=True) if good]
    wrong = [c for c, o in zip(read, asked, strict=True) if not o.answerable]
    bound = threshold_for(right, share=MAX_FALSE_REFUSALS)
    if bound is None:
        raise CannotCalibrate(f"Too few questions: {len(right)} with a right first quote.")

    def worth(threshold: float) -> float:
        """Return the share of right answers given plus the share of unanswerable questions refused."""
        refused = sum(c < threshold for c in wrong) / max(1, len(wrong))
        return refused + sum(c >= threshold for c in right) / len(right)

    # Where right and wrong lie apart, refusing the whole tenth would buy nothing.
    fine = sorted({bound.threshold, *(math.ceil(c * 1e4) / 1e4 for c in (*right, *wrong))})
    best = max((t for t in fine if t <= bound.threshold), key=worth)
    return replace(line, threshold=best)


def _report(
    trials: Sequence[Trial],
    now: Calibration,
    suggested: Calibration,
    judged_by: Callable[[Trial], Calibration],
    reason: str,
) -> CalibrationReport:
    asked = [o for o in trials if o.answered]
    return CalibrationReport(
        questions=len(trials),
        answerable=sum(o.answerable for o in trials),
        unanswerable=sum(not o.answerable for o in trials),
        never_answered=len(trials) - len(asked),
        right=sum(o.right for o in trials),
        curve=risk_curve([o.confidence for o in asked], [o.right for o in asked]),
        auc=area_under_curve([o.confidence for o in asked], [o.right for o in asked]),
        now=now,
        as_now=_measure(trials, lambda _: now),
        suggested=suggested,
        as_suggested=_measure(trials, judged_by),
        reason=reason,
        reliability=reliability([judged_by(o).read(o.confidence) for o in asked], [o.right for o in asked], bins=6),
    )


def _measure(trials: Sequence[Trial], judged_by: Callable[[Trial], Calibration]) -> Refusals:
    def refuses(trial: Trial) -> bool:
        calibration = judged_by(trial)
        return not trial.answered or calibration.read(trial.confidence) < calibration.threshold

    asked = [o for o in trials if o.answered]
    refused = [o for o in trials if refuses(o)]
    return Refusals(
        false=sum(o.right for o in refused),
        answerable=sum(o.answerable for o in refused),
        unanswerable=sum(not o.answerable for o in refused),
        error=calibration_error([judged_by(o).read(o.confidence) for o in asked], [o.right for o in asked]),
    )
