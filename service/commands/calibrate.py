"""`onrecord calibrate` measures how well an archive answers and refuses, and suggests a threshold."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.nothing_found import describe_empty
from onrecord.service.commands.terminal.printing import print_json
from onrecord.service.commands.terminal.progress_bar import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onrecord.service.evaluation.calibration.calibration_report import CalibrationReport, Refusals, Trial
    from onrecord.service.evaluation.calibration.probes import Probe
    from onrecord.service.evaluation.datasets.dataset import Dataset
    from onrecord.service.settings import Settings
    from onrecord.service.wiring import ReadingParts

_COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the questions that are answered, at which the risk is reported."""


def calibrate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="[QUESTIONS.jsonl]",
            help='Lines of {"q": question, "gold": [words of a right quote]} or {"q": …, "articles": [ids]}; an empty '
            "list where there is no answer. Without a file, questions are made from the archive.",
        ),
    ] = None,
    count: Annotated[int, typer.Option("--questions", min=1, max=10_000, help="Made, or of the file, at most.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed, the same questions.")] = 0,
    apply: Annotated[bool, typer.Option("--apply", help="Keep the suggestion in the archive.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to what is shipped, asking nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how well the archive answers and refuses, and suggest when it should; also while it is served.

    Questions that people asked are the evidence to trust. With --apply the suggestion is kept, and counts from the
    next start of the service on; else nothing is written.
    """
    from onrecord.service.settings import load_settings

    if reset and (apply or questions):
        raise typer.BadParameter("it goes alone.", param_hint="--reset")
    settings = load_settings()
    if reset:
        _reset(settings, as_json=as_json)
    else:
        _calibrate(settings, questions, count=count, seed=seed, apply=apply, as_json=as_json)


def _calibrate(
    settings: "Settings",
    file: Path | None,
    *,
    count: int,
    seed: int,
    apply: bool,
    as_json: bool,
) -> None:
    from onrecord.index.errors import OnRecordError
    from onrecord.service.answers.evidence.calibration import own_calibration, store_calibration, stored_calibration
    from onrecord.service.evaluation.calibration.calibration_report import report_on_own, report_on_peoples
    from onrecord.service.evaluation.calibration.probes import check_judged
    from onrecord.service.evaluation.datasets.dataset_loader import read_dataset
    from onrecord.service.wiring import open_reading, shipped_calibration, weight_files

    articles, weights = _count_articles(settings), weight_files(settings)
    given = check_judged(read_dataset(file)).sample(count, seed) if file else None
    shipped = shipped_calibration(settings)
    with open_reading(settings) as parts:
        now = own_calibration(parts.archive, weights) or shipped
        stored = stored_calibration(parts.archive)
        if apply and file is None and stored and stored.people and now is not shipped:
            raise OnRecordError(
                "The archive's calibration was made with people's questions, which are better evidence than those made "
                "from it. To replace it, run `onrecord calibrate --reset` first."
            )
        probes, trials = _ask(parts, given, count=count, seed=seed)
        report = report_on_peoples(trials, now) if file else report_on_own(trials, now, shipped)
        if apply:
            store_calibration(
                parts.archive,
                report.suggested,
                weights=weights,
                people=file is not None,
                questions=len(probes),
                figures=_figures(report, report.as_suggested),
            )
    if as_json:
        facts = {"articles": articles, "made_from": "file" if file else "archive", "seed": seed, **_as_json(report)}
        print_json({**facts, "applied": apply})
        return
    _show(report, file)
    typer.echo(f"Kept. {_takes_effect(settings)}" if apply else "Nothing was changed; --apply keeps the suggestion.")


def _reset(settings: "Settings", *, as_json: bool) -> None:
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.service.answers.evidence.calibration import forget_calibration
    from onrecord.service.wiring import archive_file

    _count_articles(settings)
    with closing(SqliteArchive(archive_file(settings.home))) as archive:
        there = forget_calibration(archive)
    if as_json:
        print_json({"reset": there})
    else:
        typer.echo(f"As shipped again. {_takes_effect(settings)}" if there else "There was none; it is as shipped.")


def _takes_effect(settings: "Settings") -> str:
    from onrecord.index.archive.lock import live_owner_of

    owner = live_owner_of(settings.home)
    return f"Process {owner} takes it up at its next start." if owner else "It counts from now on."


def _count_articles(settings: "Settings") -> int:
    """Count the archive's articles; raise `ArchiveError` if there are none, without making an archive."""
    from onrecord.index.errors import ArchiveError
    from onrecord.service.library import read_status

    articles = read_status(settings).articles
    if not articles:
        raise ArchiveError(describe_empty(settings))
    return articles


def _ask(
    parts: "ReadingParts", given: "Dataset | None", *, count: int, seed: int
) -> "tuple[Sequence[Probe], list[Trial]]":
    """Return the questions, made from the archive if none are given, and how each went; show the progress."""
    from onrecord.service.evaluation.calibration.calibration_report import ask_all
    from onrecord.service.evaluation.calibration.made_questions import QuestionMaker
    from onrecord.service.evaluation.calibration.probes import probes_of

    with progress_bar() as progress:
        if given is None:
            maker = QuestionMaker(archive=parts.archive, retriever=parts.retriever, speakers=parts.speakers)
            made = progress.track(maker.make(count=count, seed=seed), total=count, description="Making questions")
            probes = [probe for variants in made for probe in variants]
        else:
            probes = probes_of(given, parts.archive)
        asked = ask_all(parts.answerer, probes)
        return probes, list(progress.track(asked, total=len(probes), description="Asking them"))


def _origin(file: Path | None) -> str:
    return f"of {file.name}" if file else "made from the archive"


def _show(report: "CalibrationReport", file: Path | None) -> None:
    if file is None:
        typer.echo(
            "These questions were made from the archive. They are easier than people's own, so the figures flatter; a "
            "file of your readers' questions\nis the evidence to trust. A lower threshold can be suggested by them, "
            "never a higher one.\n"
        )
    typer.echo(
        f"{report.questions} questions {_origin(file)}: {report.answerable} have an answer, {report.right} of these "
        f"with a right first quote if nothing is refused;\n{report.unanswerable} have none. {report.never_answered} "
        "are refused whatever the threshold.\n"
    )
    both = (report.as_now, report.as_suggested)
    rows = [
        ("", "now", "suggested"),
        ("threshold", *(f"{of.threshold:.4f}" for of in (report.now, report.suggested))),
        ("slope, shift", *(f"{of.slope:.3f}, {of.shift:+.3f}" for of in (report.now, report.suggested))),
        ("right answers refused", *(_share(of.false, report.right) for of in both)),
        ("answerable refused", *(_share(of.answerable, report.answerable) for of in both)),
        ("unanswerable refused", *(_share(of.unanswerable, report.unanswerable) for of in both)),
        ("calibration error", *(f"{of.error:.3f}" for of in both)),
    ]
    for name, left, right in rows:
        typer.echo(f"{name:<24}{left:>20}{right:>20}".rstrip())
    typer.echo(f"\n{'coverage':<24}" + "".join(f"{share:>8.1f}" for share in _COVERAGES))
    typer.echo(f"{'risk':<24}" + "".join(f"{report.curve.risk_at(share):>8.3f}" for share in _COVERAGES))
    typer.echo(f"{'confidence, suggested':<24}" + "".join(f"{b.confidence:>8.3f}" for b in report.reliability))
    typer.echo(f"{'right at it':<24}" + "".join(f"{b.right:>8.3f}" for b in report.reliability))
    auc = "–" if report.auc is None else f"{report.auc:.3f}"
    typer.echo(f"{'area under risk, AUC':<24}{report.curve.area:>8.3f}{auc:>8}\n\n{report.reason}")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.3f})" if whole else "")


def _figures(report: "CalibrationReport", of: "Refusals") -> dict[str, float]:
    """Return the shares and errors that are kept with a calibration."""
    return {
        "right_answers_refused": round(of.false / max(1, report.right), 4),
        "unanswerable_refused": round(of.unanswerable / max(1, report.unanswerable), 4),
        "calibration_error": round(of.error, 4),
        "area_under_risk": round(report.curve.area, 4),
    }


def _as_json(report: "CalibrationReport") -> dict[str, Any]:
    def side(calibration: object, of: "Refusals") -> dict[str, Any]:
        counts = {
            "right_answers_refused": of.false,
            "answerable_refused": of.answerable,
            "unanswerable_refused": of.unanswerable,
        }
        return {**asdict(calibration), **counts, "calibration_error": of.error}  # type: ignore[call-overload]

    return {
        "questions": report.questions,
        "answerable": report.answerable,
        "unanswerable": report.unanswerable,
        "never_answered": report.never_answered,
        "right_first_if_never_refusing": report.right,
        "now": side(report.now, report.as_now),
        "suggested": side(report.suggested, report.as_suggested),
        "reason": report.reason,
        "auc": report.auc,
        "area_under_risk": report.curve.area,
        "risk_at_coverage": {f"{share:.1f}": report.curve.risk_at(share) for share in _COVERAGES},
    }
