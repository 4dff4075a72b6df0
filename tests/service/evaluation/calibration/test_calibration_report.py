"""What a calibration is suggested by, and what it may not do."""

import pytest

from onrecord.service.answers.evidence.calibration import Calibration
from onrecord.service.evaluation.calibration.calibration_report import (
    CalibrationReport,
    CannotCalibrate,
    Trial,
    report_on_own,
    report_on_peoples,
)


def some(*, right: int, wrong: int, answerable: bool = False, good: float = 0.9, bad: float = 0.1) -> list[Trial]:
    """Return trials whose confidences lie a little around the given ones."""
    rights = [
        Trial(group=i, answerable=True, answered=True, right=True, confidence=good + (i % 9 - 4) / 100)
        for i in range(right)
    ]
    return rights + [
        Trial(group=right + i, answerable=answerable, answered=True, right=False, confidence=bad + (i % 9 - 4) / 100)
        for i in range(wrong)
    ]


def test_people_who_are_answered_too_seldom_get_a_lower_threshold() -> None:
    """The suggestion parts right from wrong, and where it can it refuses no right answer at all."""
    report = report_on_peoples(some(right=60, wrong=40, good=0.3), Calibration(threshold=0.9))
    assert (report.as_now.false, report.as_now.unanswerable) == (60, 40)
    # Held out: a fifth's lowest right answer may lie below the rest's.
    assert report.as_suggested.false <= 6
    assert report.as_suggested.unanswerable == 40
    assert report.as_suggested.error < report.as_now.error


def test_questions_of_the_archive_lower_a_threshold_and_never_raise_it() -> None:
    """Down if right answers to easy questions are refused; if unanswerable ones are answered it is only said."""
    shipped = Calibration(threshold=0.3)

    def report(good: float, bad: float) -> CalibrationReport:
        return report_on_own(some(right=40, wrong=40, good=good, bad=bad), shipped, shipped)

    assert report(0.9, 0.1).suggested == shipped
    assert report(0.9, 0.6).suggested == shipped
    assert "what a higher threshold would cost" in report(0.9, 0.6).reason
    assert report(0.2, 0.1).suggested.threshold < 0.2
    assert report(0.2, 0.1).as_suggested.false <= 4 < report(0.2, 0.1).as_now.false


def test_a_confidence_that_tells_nothing_is_kept() -> None:
    """Where wrong answers are the surer ones, nothing is suggested."""
    with pytest.raises(CannotCalibrate, match="does not tell right from wrong"):
        report_on_peoples(some(right=40, wrong=40, good=0.1, bad=0.9), Calibration(threshold=0.5))
