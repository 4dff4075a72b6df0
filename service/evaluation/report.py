"""The report of a run: its figures, as a table and as JSON."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from onrecord.service.evaluation.scoring.case import Case, confidences
from onrecord.service.evaluation.scoring.figures import Figure, figures_of
from onrecord.service.evaluation.scoring.risk import RiskCurve, risk_curve

_KINDS = {True: "answerable", False: "unanswerable", None: "not judged"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A finished run that can be shown."""

    dataset: str
    form: str
    measured_on: str
    """An ISO 8601 instant."""
    made_with: Mapping[str, Any]
    articles: int
    passages: int
    notes: tuple[str, ...]
    cases: tuple[Case, ...]
    seed: int

    @cached_property
    def figures(self) -> Sequence[Figure]:
        """Every figure that the questions allow."""
        return figures_of(self.cases, seed=self.seed)

    @property
    def heading(self) -> str:
        """How many questions of which kind were put to how many articles, in one line."""
        kinds = Counter(case.question.answerable for case in self.cases)
        said = [f"{kinds[kind]:,} {name}" for kind, name in _KINDS.items() if kinds[kind]]
        return (
            f"{self.dataset} ({self.form}): {len(self.cases):,} questions, {', '.join(said)}, "
            f"put to {self.articles:,} articles, {self.passages:,} passages"
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything but the single answers, as JSON values."""
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
            "measures": [asdict(one) for one in self.figures],
            "risk_at_coverage": self.risk_at_coverage,
        }

    @cached_property
    def risk(self) -> RiskCurve | None:
        """Risk against coverage; None if no answer can be judged."""
        confidence, right = confidences(self.cases)
        return risk_curve(confidence, right) if right else None

    @property
    def risk_at_coverage(self) -> dict[str, float]:
        """The risk at each tenth of coverage, "0.1" to "1.0"; empty if no answer can be judged."""
        if self.risk is None:
            return {}
        return {f"{share / 10:.1f}": self.risk.risk_at(share / 10) for share in range(1, 11)}

    def print(self) -> None:
        """Print the figures as a table."""
        from rich.console import Console
        from rich.table import Table

        # Output that is no terminal has no width of its own.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
        table = Table(box=None, pad_edge=False)
        for column in ("", "value", "95 %", "n"):
            table.add_column(column, justify="right" if column else "left", no_wrap=True)
        group = ""
        for one in self.figures:
            if one.group != group:
                table.add_row(f"[bold]{one.group}[/bold]")
            table.add_row(f"  {one.name}", show(one), show_range(one), f"{one.n:,}")
            group = one.group
        console.print(self.heading, soft_wrap=True, markup=False)
        console.print(table)
        for note in self.notes:
            console.print(note, soft_wrap=True, markup=False)


def show(one: Figure) -> str:
    """Return a figure as a person reads it."""
    return f"{one.value:.0f} {one.unit}" if one.unit else f"{one.value:.3f}"


def show_range(one: Figure) -> str:
    """Return a figure's interval, or an empty text if it has none."""
    return "" if one.low is None or one.high is None else f"{one.low:.3f}–{one.high:.3f}"
