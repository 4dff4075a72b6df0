"""The cell of a table that a question asks for."""

import pytest

from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.quoting.tables import find_cell

MEDALS = [
    "Medal table after day 3:",
    "| Country | Gold | Silver |",
    "| Norway | 9 | 4 |",
    "| Sweden | 7 | 8 |",
    "| Finland | 2 | 5 |",
]


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("How many gold medals has Sweden won?", "7"),
        ("How much silver does Finland have?", "5"),
        ("Which country has the most gold medals?", "Norway"),
        ("Which country has the fewest silver medals?", "Norway"),
        ("How many bronze medals has Sweden won?", None),
        ("How many gold medals has Denmark won?", None),
    ],
)
def test_a_row_and_a_column_make_the_cell(question: str, cell: str | None) -> None:
    """Without either of them there is none."""
    found = find_cell(ParsedText(question), MEDALS, parse=ParsedText)
    assert (found and found.span.of(MEDALS[found.row])) == cell
