"""Find the cell of a table that a question asks for, by the words of its row and of its column's head."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.values import Span
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText

_ROW = re.compile(r"\s*\|.*\|\s*\Z")
_CELL = re.compile(r"(?<=\|)[^|]*(?=\|)")
_NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?")
_MOST = re.compile(r"\b(?:most|highest|largest|biggest|best|greatest|top)\b", re.IGNORECASE)
_LEAST = re.compile(r"\b(?:least|fewest|lowest|smallest|worst)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: the number of its row among the sentences, and its place in the row."""

    row: int
    span: Span


def find_cell(question: ParsedText, sentences: Sequence[str], *, parse: Parse) -> Cell | None:
    """Return the cell that a question asks for, if one row and one column answer it; else None.

    The row's first cell must stand in the question. For "which has the most …", that first cell of the row with the
    greatest number is the answer.
    """
    rows = [(number, _cells(text)) for number, text in enumerate(sentences) if _ROW.match(text)]
    if len(rows) < 2:
        return None
    (_, heads), *body = rows
    column = _column(question, [span.of(sentences[rows[0][0]]) for span in heads], parse=parse)
    if column is None:
        return None
    body = [(number, cells) for number, cells in body if len(cells) > column]
    named = [
        (number, cells)
        for number, cells in body
        if (stems := parse(cells[0].of(sentences[number])).content_stems) and stems <= question.stem_set
    ]
    if len(named) == 1:
        number, cells = named[0]
        return Cell(number, cells[column].trimmed(sentences[number]))
    extreme = max if _MOST.search(question.text) else min if _LEAST.search(question.text) else None
    valued = [(value, row) for row in body if (value := _value(row[1][column].of(sentences[row[0]]))) is not None]
    if extreme is None or named or len(valued) < 2:
        return None
    _, (number, cells) = extreme(valued, key=lambda pair: pair[0])
    return Cell(number, cells[0].trimmed(sentences[number]))


def _cells(row: str) -> list[Span]:
    return [Span(*match.span()) for match in _CELL.finditer(row)]


def _column(question: ParsedText, heads: Sequence[str], *, parse: Parse) -> int | None:
    """Return the number of the column whose head shares a word with the question, the last one that it names."""
    stems = list(question.stems)
    places = {
        number: max((stems.index(stem) for stem in parse(head).content_stems if stem in stems), default=-1)
        for number, head in enumerate(heads)
        if number
    }
    best = max(places, key=places.__getitem__, default=None)
    return best if best is not None and places[best] >= 0 else None


def _value(cell: str) -> float | None:
    match = _NUMBER.search(cell)
    return float(match.group().replace(",", "").replace("−", "-")) if match else None
