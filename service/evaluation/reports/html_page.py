"""The report as one page that needs nothing else: figures, plots, and the questions that went wrong."""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from onrecord.index.errors import OnRecordError
from onrecord.service.evaluation.measures.measures import Case
from onrecord.service.evaluation.reports.report import Report, show, show_range
from onrecord.service.evaluation.reports.risk_plot import draw_risk

_MOST = 200
"""Questions that went wrong and are listed, at most."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222;
  background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { padding: .2rem .6rem; text-align: left; vertical-align: top }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody th { padding-top: .8rem } tr + tr td { border-top: 1px solid #eee }
svg { max-width: 100%; height: auto } mark { background: #ffe9a8 } .quiet { color: #666 }
"""


def write_page(report: Report, file: Path) -> None:
    """Write the page; raises `OnRecordError` if the file cannot be written."""
    try:
        file.write_text("\n".join(_page(report)) + "\n", encoding="utf-8")
    except OSError as error:
        raise OnRecordError(f"Cannot write {file}: {error.strerror or error}.") from error


def _page(report: Report) -> Iterator[str]:
    title = f"Answers measured: {report.dataset}"
    yield "<!doctype html>"
    yield f"<html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    # Nothing is loaded, and no text of an article can become a script.
    yield "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1><p>{escape(report.heading)}.</p>"
    made = report.made_with
    by = f"onrecord {made['onrecord']}, model {made['embedder']}, reader {made['reader']}, up to {made['limit']} quotes"
    yield f"<p class='quiet'>Measured on {escape(report.measured_on[:10])} with {escape(by)}.</p>"
    yield "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    yield from _figures(report)
    if report.risk is not None:
        yield "<h2>When it is sure, is it right?</h2>"
        yield (
            "<p>Left: of the questions answered with the most confidence, from few to all, the share answered "
            "wrongly; the dot is where it stands as it refuses. Right: the share of answers of like confidence that is "
            "right.</p>"
        )
        yield draw_risk({report.dataset: report.risk}, title="Risk and coverage; confidence")
    yield from _wrong(report)
    yield "</body></html>"


def _figures(report: Report) -> Iterator[str]:
    yield "<table><thead><tr><th></th><th class='figure'>value</th><th class='figure'>95 %</th>"
    yield "<th class='figure'>n</th></tr></thead>"
    for group, measures in groupby(report.measures, key=lambda one: one.group):
        yield f"<tbody><tr><th colspan='4'>{escape(group)}</th></tr>"
        for one in measures:
            figures = (show(one), show_range(one), f"{one.n:,}")
            cells = "".join(f"<td class='figure'>{escape(figure)}</td>" for figure in figures)
            yield f"<tr><td>{escape(one.name)}</td>{cells}</tr>"
        yield "</tbody>"
    yield "</table>"


def _wrong(report: Report) -> Iterator[str]:
    wrong = [case for case in report.cases if went_wrong(case)]
    if not wrong:
        return
    said = f"the first {_MOST} of {len(wrong):,}" if len(wrong) > _MOST else f"{len(wrong):,}"
    yield f"<h2>What went wrong: {said}</h2>"
    yield "<table><thead><tr><th>question</th><th>wanted</th><th>first quote</th></tr></thead><tbody>"
    for case in wrong[:_MOST]:
        status = f"{case.outcome.status}, {case.outcome.confidence:.2f}"
        yield (
            f"<tr><td>{escape(case.question.text)}<br><span class='quiet'>{escape(status)}</span></td>"
            f"<td>{escape(_wanted(case))}</td><td>{_quote(case)}</td></tr>"
        )
    yield "</tbody></table>"


def went_wrong(case: Case) -> bool:
    """Say whether an answerable question has no right first quote, or an unanswerable one has an answer."""
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
