"""Check that the passages state as a fact what a sentence says, by comparing the grammar of both."""

from collections.abc import Callable

from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence
from onrecord.service.answers.prose.gate.factuality.factuality import is_verbatim, reason_against
from onrecord.service.answers.prose.gate.factuality.parser import Parser, ParserError


def check_factuality(parser: Parser) -> Callable[[Claim, Evidence], str | None]:
    """Return a check that refuses what the passages only report, deny, plan, imagine, or say of somebody else.

    Where the parser has no model, every sentence is refused that the passages do not have word for word.
    """

    def check(claim: Claim, evidence: Evidence) -> str | None:
        try:
            return reason_against(claim.text, _sentences(evidence), parser)
        except ParserError:
            return check_wording(claim, evidence)

    return check


def check_wording(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a sentence that the passages do not have word for word."""
    if is_verbatim(claim.text, _sentences(evidence)):
        return None
    return "the passage does not have it word for word, and no model is installed that compares their grammar"


def _sentences(evidence: Evidence) -> list[str]:
    return list(dict.fromkeys(sentence.text for place in evidence.places for sentence in place.sentences))
