"""The report as one page that loads nothing else: figures, risk, and the questions that went wrong."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from onrecord.index.errors import OnRecordError
from onrecord.service.evaluation.report import Report, show, show_range
from onrecord.service.evaluation.scoring.case import Case, confidences
from onrecord.service.evaluation.scoring.risk import reliability

_MAX_WRONG = 200
"""Questions that went wrong and are listed, at most."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222;
  background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { padding: .2rem .6rem; text-align: left; vertical-align: top }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody th { padding-top: .8rem } tr + tr td { border-top: 1px solid #eee }
mark { background: #ffe9a8 } .quiet { color: #666 }
"""


def write_page(report: Report, file: Path) -> None:
    """Write the page; raise `OnRecordError` if the file cannot be written."""
    try:
        file.write_text("\n".join(_page(report)) + "\n", encoding="utf-8")
    except OSError as error:
        raise OnRecordError(f"Cannot write {file}: {error.strerror or error}.") from error


def _page(report: Report) -> Iterator[str]:
    title = f"Answers measured: {report.dataset}"
    yield "<!doctype html>"
    yield f"<html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    # The page loads nothing, and no text of an article can become a script.
    yield "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1><p>{escape(report.heading)}.</p>"
    made = report.made_with
    by = f"onrecord {made['onrecord']}, model {made['embedder']}, reader {made['reader']}, up to {made['limit']} quotes"
    yield f"<p class='quiet'>Measured on {escape(report.measured_on[:10])} with {escape(by)}.</p>"
    yield "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    yield from _figures(report)
    if report.risk_at_coverage:
        yield from _risk(report)
    yield from _wrong(report)
    yield "</body></html>"


def _figures(report: Report) -> Iterator[str]:
    yield "<table><thead><tr><th></th><th class='figure'>value</th><th class='figure'>95 %</th>"
    yield "<th class='figure'>n</th></tr></thead>"
    for group, figures in groupby(report.figures, key=lambda one: one.group):
        yield f"<tbody><tr><th colspan='4'>{escape(group)}</th></tr>"
        for one in figures:
            shown = (show(one), show_range(one), f"{one.n:,}")
            cells = "".join(f"<td class='figure'>{escape(text)}</td>" for text in shown)
            yield f"<tr><td>{escape(one.name)}</td>{cells}</tr>"
        yield "</tbody>"
    yield "</table>"


def _risk(report: Report) -> Iterator[str]:
    yield "<h2>When it is sure, is it right?</h2>"
    yield "<p>If only the surest answers were given: their share of the questions, and how many of them are wrong.</p>"
    yield from _row_table("coverage", report.risk_at_coverage, "risk", report.risk_at_coverage.values())
    bins = reliability(*confidences(report.cases))
    yield "<p>Answers of like confidence, as many in each column, and the share of them that is right.</p>"
    yield from _row_table("confidence", (f"{b.confidence:.2f}" for b in bins), "right", (b.right for b in bins))


def _row_table(head: str, columns: Iterable[str], name: str, values: Iterable[float]) -> Iterator[str]:
    yield f"<table><tr><th>{head}</th>" + "".join(f"<th class='figure'>{column}</th>" for column in columns) + "</tr>"
    yield f"<tr><td>{name}</td>" + "".join(f"<td class='figure'>{value:.3f}</td>" for value in values) + "</tr></table>"


def _wrong(report: Report) -> Iterator[str]:
    wrong = [case for case in report.cases if went_wrong(case)]
    if not wrong:
        return
    said = f"the first {_MAX_WRONG} of {len(wrong):,}" if len(wrong) > _MAX_WRONG else f"{len(wrong):,}"
    yield f"<h2>What went wrong: {said}</h2>"
    yield "<table><thead><tr><th>question</th><th>wanted</th><th>first quote</th></tr></thead><tbody>"
    for case in wrong[:_MAX_WRONG]:
        status = f"{case.outcome.status}, {case.outcome.confidence:.2f}"
        yield (
            f"<tr><td>{escape(case.question.text)}<br><span class='quiet'>{escape(status)}</span></td>"
            f"<td>{escape(_wanted(case))}</td><td>{_quote(case)}</td></tr>"
        )
    yield "</tbody></table>"


def went_wrong(case: Case) -> bool:
    """Return whether an answerable question has no right first quote, or an unanswerable one has an answer."""
    answered = case.outcome.status == "answered"
    if case.question.answerable is None:
        return False
    return not (answered and case.right_if_answered) if case.question.answerable else answered


def _wanted(case: Case) -> str:
    if not case.question.answerable:
        return "no answer"
    names = [name for name, grade in case.question.articles.items() if grade > 0]
    return " / ".join(case.question.words or names)


def _quote(case: Case) -> str:
    if not case.shown:
        return ""
    cited = case.shown[0]
    before, words, after = cited.quote.partition(cited.highlight) if cited.highlight else (cited.quote, "", "")
    marked = f"<mark>{escape(words)}</mark>" if words else ""
    return escape(before) + marked + escape(after)
