"""What a run found: the figures, as a table and as JSON."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from onrecord.service.answers.evidence.risk import reliability, risk_curve
from onrecord.service.evaluation.measures.measures import Case, Measure, confidences, measure
from onrecord.service.evaluation.reports.risk_plot import Measured

_KINDS = {True: "answerable", False: "unanswerable", None: "not judged"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A finished run."""

    dataset: str
    form: str
    measured_on: str
    """ISO 8601."""
    made_with: Mapping[str, Any]
    articles: int
    passages: int
    notes: tuple[str, ...]
    cases: tuple[Case, ...]
    seed: int

    @cached_property
    def measures(self) -> Sequence[Measure]:
        """Every figure."""
        return measure(self.cases, seed=self.seed)

    @property
    def heading(self) -> str:
        """What was asked of what, in one line."""
        kinds = Counter(case.question.answerable for case in self.cases)
        said = [f"{kinds[kind]:,} {name}" for kind, name in _KINDS.items() if kinds[kind]]
        return (
            f"{self.dataset} ({self.form}): {len(self.cases):,} questions, {', '.join(said)}, "
            f"put to {self.articles:,} articles, {self.passages:,} passages"
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything but the single answers."""
        return {
            "dataset": self.dataset,
            "form": self.form,
            "questions": len(self.cases),
            "articles": self.articles,
            "passages": self.passages,
            "measured_on": self.measured_on,
            "made_with": dict(self.made_with),
            "seed": self.seed,
            "notes": list(self.notes),
            "measures": [asdict(one) for one in self.measures],
            "risk_at_coverage": self._risk_at_coverage(),
        }

    @cached_property
    def risk(self) -> Measured | None:
        """Risk against coverage, and confidence against right answers; None where nothing is known of the answers."""
        confidence, right = confidences(self.cases)
        if not right:
            return None
        judged = [case for case in self.cases if case.question.answerable is not None]
        answered = sum(case.outcome.status == "answered" for case in judged)
        return Measured(
            curve=risk_curve(confidence, right),
            reliability=reliability(confidence, right),
            coverage=answered / len(judged) if answered else None,
        )

    def _risk_at_coverage(self) -> dict[str, float]:
        if self.risk is None:
            return {}
        return {f"{share / 10:.1f}": self.risk.curve.risk_at(share / 10) for share in range(1, 11)}

    def print(self) -> None:
        """Print the figures as a table."""
        from rich.console import Console
        from rich.table import Table

        # What is not a terminal has no width.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
        table = Table(box=None, pad_edge=False)
        for column in ("", "value", "95 %", "n"):
            table.add_column(column, justify="right" if column else "left", no_wrap=True)
        group = ""
        for one in self.measures:
            if one.group != group:
                table.add_row(f"[bold]{one.group}[/bold]")
            table.add_row(f"  {one.name}", show(one), show_range(one), f"{one.n:,}")
            group = one.group
        console.print(self.heading, soft_wrap=True, markup=False)
        console.print(table)
        for note in self.notes:
            console.print(note, soft_wrap=True, markup=False)


def show(one: Measure) -> str:
    """Write a figure as a person reads it."""
    return f"{one.value:.0f} {one.unit}" if one.unit else f"{one.value:.3f}"


def show_range(one: Measure) -> str:
    """Write a figure's interval, if it has one."""
    return "" if one.low is None or one.high is None else f"{one.low:.3f}–{one.high:.3f}"
