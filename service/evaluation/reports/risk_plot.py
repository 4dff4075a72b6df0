"""Risk against coverage, and confidence against right answers, as one SVG picture; no library draws it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from onrecord.service.answers.evidence.risk import Bin, RiskCurve

_COLOURS = ("#1f6f8b", "#c2571a", "#4a7c2c", "#7a4a99", "#8a6d1d", "#555555")
"""Told apart also by who sees no red or green; a seventh line has the first colour again."""
_SIDE, _LEFT, _TOP, _GAP, _LINE = 340, 60, 60, 90, 18
_TICKS = 5
_FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is drawn of one way of answering."""

    curve: RiskCurve
    reliability: Sequence[Bin] = ()
    coverage: float | None = None
    """Where on the curve it stands as it refuses, marked by a dot; None if nowhere."""


def draw_risk(measured: Mapping[str, Measured], *, title: str) -> str:
    """Return the picture, one line for each name in the legend, in their order; the same figures, the same text."""
    width = 2 * _LEFT + 2 * _SIDE + _GAP - 20
    height = _TOP + _SIDE + 60 + _LINE * len(measured)
    right = _LEFT + _SIDE + _GAP
    # The upper end of a risk axis that leaves room: most curves stay far below one half.
    highest = max([0.1, *(risk for one in measured.values() for risk in one.curve.risk)])
    top = next(end for end in (0.1, 0.2, 0.3, 0.5, 1.0) if end >= highest)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
        f"role='img' aria-label='{escape(title, {chr(39): '&#39;'})}'>",
        f"<rect width='{width}' height='{height}' fill='#ffffff'/>",
        _text(_LEFT, 26, title, size=15),
        *_axes(_LEFT, "coverage: share of the questions answered", "risk: share of these wrong", top=top),
        *_axes(right, "confidence", "share right", top=1.0),
        _path([(right, _TOP + _SIDE), (right + _SIDE, _TOP)], "#999999", dashes="4 4"),
    ]
    for number, (name, one) in enumerate(measured.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(_path(_steps(one.curve, top), colour))
        if one.coverage is not None:
            risk = one.curve.risk_at(one.coverage)
            x, y = _place(_LEFT, one.coverage, risk / top)
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{colour}'/>")
        points = [_place(right, b.confidence, b.right) for b in one.reliability]
        parts.append(_path(points, colour))
        parts += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>" for x, y in points]
        line = _TOP + _SIDE + 56 + _LINE * number
        parts.append(_path([(_LEFT, line - 4), (_LEFT + 24, line - 4)], colour))
        parts.append(_text(_LEFT + 32, line, f"{name}: {_say(one)}"))
    return "\n".join([*(part for part in parts if part), "</svg>", ""])


def _say(one: Measured) -> str:
    said = f"area under risk {one.curve.area:.3f}"
    if one.coverage is None:
        return said
    return f"{said}; answers {one.coverage:.0%}, {one.curve.risk_at(one.coverage):.1%} of these wrong"


def _axes(left: int, across: str, up: str, *, top: float) -> Iterable[str]:
    yield f"<rect x='{left}' y='{_TOP}' width='{_SIDE}' height='{_SIDE}' fill='none' stroke='#888888'/>"
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        x, y = _place(left, share, share)
        yield _text(x, _TOP + _SIDE + 16, f"{share:.1f}", anchor="middle", size=11)
        yield _text(left - 6, y + 4, f"{share * top:.2f}", anchor="end", size=11)
        if 0 < tick < _TICKS:
            yield _path([(left, y), (left + _SIDE, y)], "#e4e4e4")
    yield _text(left + _SIDE / 2, _TOP + _SIDE + 34, across, anchor="middle")
    yield _text(left, _TOP - 10, up)


def _steps(curve: RiskCurve, top: float) -> list[tuple[float, float]]:
    """Return the curve as stairs: between two coverages the next one's risk counts, as it does in the area."""
    points: list[tuple[float, float]] = []
    before = 0.0
    for coverage, risk in zip(curve.coverage, curve.risk, strict=True):
        points += [_place(_LEFT, before, risk / top), _place(_LEFT, coverage, risk / top)]
        before = coverage
    return points


def _place(left: int, across: float, up: float) -> tuple[float, float]:
    return left + _SIDE * across, _TOP + _SIDE * (1 - up)


def _path(points: Sequence[tuple[float, float]], colour: str, *, dashes: str = "") -> str:
    if not points:
        return ""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f" stroke-dasharray='{dashes}'" if dashes else ""
    return f"<polyline points='{line}' fill='none' stroke='{colour}' stroke-width='1.5'{dashed}/>"


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12) -> str:
    at = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}'"
    return f"<text {at} fill='#222222' {_FONT}>{escape(words)}</text>"
