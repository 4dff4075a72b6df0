"""Place the marks in a quote so that they point at the answer, and never at its opposite or at another figure."""

import re

from onrecord.index.text.english.names import NAME_PATTERN
from onrecord.index.text.english.negation import PATTERN_OF_CLAUSES
from onrecord.index.values import Span
from onrecord.service.answers.facts.figures import is_year
from onrecord.service.answers.facts.parsed_text import Parse

_EXCEPTION = re.compile(
    r"\b(?:except(?:ing)?|excluding|apart from|other than|save for|bar|"
    r"(?<=day )but|(?<=days )but|(?<=all )but|(?<=everyone )but|(?<=nobody )but|(?<=none )but|(?<=anything )but)\b"
)
_MAX_WORDS_BEFORE = 3
"""Words before an exception that say what it is an exception from: "run daily except Sundays"."""
_CLAUSE_END = re.compile(r"[,;:.!?—–]\s|[.!?]\Z")
_DENIED = re.compile(
    rf"{PATTERN_OF_CLAUSES}|\b(?:ban(?:s|ned)?|bars|barred|prohibit\w*|forb[ai]d\w*|illegal|outlaw\w*|refus\w+|denie[sd]"
    r"|no longer|unable|fail(?:s|ed)? to|nowhere)\b",
    re.IGNORECASE,
)
_WON = re.compile(
    rf"(?P<winner>{NAME_PATTERN})(?:,[^,]{{1,60}},)? (?:beat|beats|defeat(?:s|ed)|thrash(?:es|ed)|edged?|"
    rf"overc[oa]mes?|stunned|crushed|outplayed|knocked out|saw off|won against) (?P<loser>{NAME_PATTERN})"
    rf"|(?P<loser2>{NAME_PATTERN}) (?:lost|fell|were beaten|was beaten|went down)[^,.;]{{0,20}} (?:to|by|against) "
    rf"(?P<winner2>{NAME_PATTERN})"
)
_WHO_WON = re.compile(r"\b(?:who|which \w+) (?:won|wins|beat|defeated)\b|\bwinners?\b", re.IGNORECASE)
_WHO_LOST = re.compile(r"\b(?:who|which \w+) (?:lost|loses|was beaten|were beaten)\b|\blosers?\b", re.IGNORECASE)


def place_marks(question: str, quote: str, marked: Span, *, parse: Parse) -> Span:
    """Return the place in the quote of the words to mark, given those that the reader found.

    An exception is marked with what it is an exception from, a place where something is not so with its denial, the
    winner instead of the loser, and the figure of the year in the question instead of another year's.
    """
    if won := _winner(question, quote):
        return won
    marked = _of_asked_year(question, quote, marked, parse=parse)
    marked = _with_exception(quote, marked)
    return _with_denial(question, quote, marked)


def _winner(question: str, quote: str) -> Span | None:
    result = _WON.search(quote)
    if result is None:
        return None
    asked = "winner" if _WHO_WON.search(question) else "loser" if _WHO_LOST.search(question) else None
    if asked is None:
        return None
    return Span(*result.span(asked if result[asked] else f"{asked}2"))


def _of_asked_year(question: str, quote: str, marked: Span, *, parse: Parse) -> Span:
    figures, asked = parse(quote).figures, parse(question).years
    years = [figure for figure in figures if is_year(figure.value)]
    numbers = [figure for figure in figures if not figure.is_calendar and not is_year(figure.value)]
    held = [figure for figure in numbers if figure.span.overlaps(marked)]
    wanted = next((year for year in years if year.value in asked), None)
    if len(years) < 2 or wanted is None or len(held) != 1:
        return marked
    before = [figure for figure in numbers if figure.span.end <= wanted.span.start]
    nearest = before[-1] if before else numbers[0]
    return marked if nearest is held[0] else nearest.span


def _with_exception(quote: str, marked: Span) -> Span:
    start, end = _clause(quote, marked)
    exception = _EXCEPTION.search(quote, start, end)
    if exception is None:
        return marked
    words = list(re.finditer(r"\S+", quote[start : exception.start()]))[-_MAX_WORDS_BEFORE:]
    first = start + words[0].start() if words else start
    last = end if marked.start < exception.start() else max(marked.end, exception.end())
    return Span(min(first, marked.start), max(marked.end, last))


def _with_denial(question: str, quote: str, marked: Span) -> Span:
    start, end = _clause(quote, marked)
    denied = _DENIED.search(quote, start, marked.start)
    if denied is None or _DENIED.search(question):
        return marked
    return Span(start, max(end, marked.end))


def _clause(quote: str, marked: Span) -> tuple[int, int]:
    """Return the bounds of the clause around the marked words."""
    start = max((match.end() for match in _CLAUSE_END.finditer(quote, 0, marked.start)), default=0)
    end = _CLAUSE_END.search(quote, marked.end)
    return start, end.start() if end else len(quote)
