"""Whether each fact of a sentence stands in the passages: quotations, figures, names, opposites."""

import re

from onrecord.service.answers.facts.edits import changed_fact
from onrecord.service.answers.facts.figures import is_borne_out, is_year
from onrecord.service.answers.facts.names import unknown_names
from onrecord.service.answers.facts.polarity import opposite
from onrecord.service.answers.facts.quoted import misquoted
from onrecord.service.answers.prose.gate.checks.reasons import shorten
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def check_quotation_marks(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse words in quotation marks that no passage has letter for letter."""
    wrong = misquoted(claim.parsed.quoted, [source.passage.text for source in evidence.sources])
    return f"it puts “{shorten(wrong)}” in quotation marks, and no passage it names has these words" if wrong else None


def check_places(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a sentence where no passage has anything that could bear it out."""
    return None if evidence.places else "no passage it names can bear it out"


def check_figures(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a figure that the passage does not have; a date may also be that of the article."""
    there = evidence.text.figures
    values = {figure.value for figure in there}
    has_year = any(map(is_year, values))
    if not any(figure.is_calendar for figure in there):
        for date in evidence.dates:
            year, month, day = date[:10].split("-") if _ISO_DATE.match(date) else (date[:4], "0", "0")
            values |= {f"month {int(month)}", str(int(day))} | (set() if has_year else {year})
    for figure in claim.parsed.figures:
        if not is_borne_out(figure, claim.text, values):
            return f"the passage does not say “{figure.span.of(claim.text)}”"
    return None


def check_names(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a name that stands neither in the passage nor in what says who is meant there."""
    texts = (evidence.text, *evidence.around)
    known = frozenset(name.folded for text in texts for name in text.names)
    unknown = unknown_names(claim.parsed.names_among(known), [text.text for text in texts])
    return f"the passage does not name “{unknown[0].span.of(claim.text)}” there" if unknown else None


def check_traded_facts(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a name or figure that the passage has, where the passage has another one in its place."""
    edit = changed_fact(claim.parsed, evidence.parts)
    return f"it says “{edit.ours}” where the passage says “{edit.theirs}”" if edit else None


def check_opposites(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a word where the passage has its opposite; the grammar has compared who lends and who borrows."""
    return opposite(claim.parsed, evidence.text, converses=False)
