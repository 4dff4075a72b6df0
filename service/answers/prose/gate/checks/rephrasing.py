"""Rewrite a sentence in the words that the support model reads best, without changing what it says.

The model was trained on sentences that write a number as their evidence does and that name the speaker first. Another
order or form is just as true, so figures are written as in the evidence, and an attribution moves from the end to the
front.
"""

import re

from onrecord.index.text.english.sayings import NEWS_VERBS
from onrecord.index.text.english.word_sets import any_of
from onrecord.service.answers.facts.parsed_text import ParsedText

_LONG_FORMS = {
    "pct": "percent",
    "%": " percent",
    "per cent": "percent",
    "mln": "million",
    "bln": "billion",
    "dlrs": "dollars",
    "dlr": "dollar",
    "qtr": "quarter",
}
_WRITTEN_OUT = re.compile(r"(?<=\d)\s?%|\b(?:pct|per cent|mln|bln|dlrs?|qtr)\b")
_SAYS = rf"(?:{any_of(NEWS_VERBS)}|told reporters)"
_SAID_LAST = re.compile(
    r"^(?P<words>.+?),? (?:according to (?P<source>[^,;]{2,80})"
    rf"|(?P<speaker>[^,;]{{2,80}}?) {_SAYS}|{_SAYS} (?P<other>[^,;]{{2,80}}))\.$",
    re.DOTALL,
)


def write_out(text: str) -> str:
    """Return the text with its units written out."""
    return _WRITTEN_OUT.sub(lambda match: _LONG_FORMS[match.group().strip()], text)


def readings(sentence: ParsedText, evidence: ParsedText) -> tuple[str, ...]:
    """Return the rewritten sentence and, if it ends with an attribution, a second form that begins with it."""
    plain = write_out(_with_figures_of(sentence, evidence))
    match = _SAID_LAST.match(plain)
    if match is None or "“" in plain or '"' in plain:
        return (plain,)
    who = match["source"] or match["speaker"] or match["other"]
    return plain, f"{who} said {match['words']}."


def _with_figures_of(sentence: ParsedText, evidence: ParsedText) -> str:
    """Return the sentence with its figures written as the evidence writes them."""
    written = {figure.value: figure.span.of(evidence.text) for figure in evidence.figures}
    text = sentence.text
    for figure in reversed(sentence.figures):
        if figure.value in written:
            text = text[: figure.span.start] + written[figure.value] + text[figure.span.end :]
    return text
