"""What a run found, as Markdown and as a picture."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.rivals.scoring import CUT

OURS = "onrecord"
"""What the others are compared with."""
NAMES = {
    "onrecord": "onrecord",
    "search": "its search alone",
    "haystack": "Haystack",
    "llamaindex": "LlamaIndex",
    "txtai": "txtai",
    "verbatim": "verbatim-rag",
    "bare": "MiniLM + Chroma",
}
_ANSWERS = {
    "recall_1": "passage recall@1",
    "recall_5": "@5",
    "first": "first quote right",
    "any": "any of five",
    "first_unrefusing": "first, if it never refused",
    "first_whole": "first, uncut",
    "quote_characters": "characters a quote",
    "exact": "exact offsets",
}
_REFUSED = {
    "false_refusals": "answerable refused",
    "refused_absent": "topic not there",
    "refused_near": "paragraphs not there",
    "refused_strangers": "another corpus",
    "refused_adversarial": "adversarial",
    "tuned_false_refusals": "tuned: answerable refused",
    "tuned_refused_absent": "tuned: topic not there",
    "tuned_refused_near": "tuned: paragraphs not there",
    "tuned_refused_strangers": "tuned: another corpus",
    "tuned_refused_adversarial": "tuned: adversarial",
}
COSTS = {
    "install_mb": "installed, MB",
    "cold_s": "start to first answer, s",
    "peak_mb": "memory, MB",
    "passages": "passages",
    "passages_s": "indexed, passages/s",
    "characters_s": "characters/s",
    "one_p50_ms": "p50, ms",
    "one_p99_ms": "p99",
    "eight_s": "eight clients: answers/s",
    "eight_p50_ms": "p50, ms",
    "eight_p99_ms": "p99",
}
_WITHOUT_RATIO = {"passages"}


def table_of(results: Mapping[str, Any]) -> str:
    """Return three tables, and what did not run."""
    systems: Mapping[str, Any] = results["systems"]
    measured = {name: one for name, one in systems.items() if one.get("median") and "quality" in one}
    costs = {name: {**one["median"], "install_mb": one["install_mb"]} for name, one in measured.items()}
    ours = costs.get(OURS, {})
    if searched := {key.removeprefix("search_"): ours[key] for key in ours if key.startswith("search_")}:
        costs = {OURS: ours, "search": searched, **costs}

    def cost(name: str, key: str) -> str:
        value = costs[name].get(key)
        if value is None:
            return ""
        ratio = value / ours[key] if ours.get(key) and name != OURS and key not in _WITHOUT_RATIO else None
        return _number(value) + (f" (×{ratio:.2g})" if ratio is not None else "")

    parts = [
        _heading(results),
        "Answers:",
        _rows(measured, _ANSWERS, lambda name, key: _share(key, measured[name]["quality"].get(key))),
        "Refusals:",
        _rows(measured, _REFUSED, lambda name, key: _share(key, measured[name]["quality"].get(key))),
        f"Costs, medians of {results['rounds']} rounds, and how many times ours:",
        _rows(costs, COSTS, cost),
        "Did not run:",
        "\n".join(_did_not_run(systems)) or "- nothing",
    ]
    return "\n\n".join(parts)


def _heading(results: Mapping[str, Any]) -> str:
    work, machine = results["work"], results["machine"]
    asked = ", ".join(f"{number} {kind}" for kind, number in work["questions"].items())
    loads = [turn["load"] for one in results["systems"].values() for turn in one["rounds"]]
    busy = f"; load when each began {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    return (
        f"{work['articles']} articles, {work['characters']:,} characters; questions: {asked}. "
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, {machine['when'][:10]}{busy}."
    )


def _rows(names: Iterable[str], columns: Mapping[str, str], cell: Callable[[str, str], str]) -> str:
    lines = [f"| | {' | '.join(columns.values())} |", "|---|" + " --: |" * len(columns)]
    for name in names:
        lines.append(f"| {NAMES.get(name, name)} | {' | '.join(cell(name, key) for key in columns)} |")
    return "\n".join(lines)


def _did_not_run(systems: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, one in systems.items():
        shown = NAMES.get(name, name)
        if "failed" in one:
            lines.append(f"- {shown}: `{one['failed']}`")
        lines += [f"- {shown}, {what}: `{error}`" for what, error in one.get("did_not_run", {}).items()]
        for error, number in one.get("errors_at_eight", {}).items():
            lines.append(f"- {shown}, {number} questions of eight clients at once, so they took turns: `{error}`")
    return lines


def _share(key: str, value: float | None) -> str:
    if value is None:
        return "none given" if key == "exact" else "—"
    return f"{value:.0f}" if key == "quote_characters" else f"{value:.3f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def draw(results: Mapping[str, Any], file: Path) -> None:
    """Plot how often the first quote is right, as it is shown and taken whole, against how long an answer takes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    for name, one in results["systems"].items():
        if not one.get("median") or "quality" not in one:
            continue
        x, y, whole = one["median"]["one_p50_ms"], one["quality"]["first"], one["quality"]["first_whole"]
        colour = "#c2571a" if name == OURS else "#1f6f8b"
        axis.plot([x, x], [y, whole], marker="o", markersize=9, markerfacecolor="none", linestyle=":", color=colour)
        axis.plot([x], [y], marker="o", markersize=9, color=colour)
        axis.annotate(NAMES.get(name, name), (x, y), xytext=(8, 6), textcoords="offset points")
    axis.set(
        xlabel="milliseconds an answer, p50, one client",
        ylabel=f"first quote holds the answer\n(full: its first {CUT} characters; hollow: the whole of it)",
    )
    axis.set_xlim(0, 1.25 * axis.get_xlim()[1])
    axis.set_ylim(0, 1)
    axis.grid(alpha=0.3)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
