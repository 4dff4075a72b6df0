"""Check that the passages state as a fact what a sentence says, by comparing the grammar of both."""

from collections.abc import Callable

from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence
from onrecord.service.answers.prose.gate.factuality.factuality import reason_against
from onrecord.service.answers.prose.gate.factuality.parser import Parser, ParserError


def check_factuality(parser: Parser) -> Callable[[Claim, Evidence], str | None]:
    """Return a check that refuses what the passages only report, deny, plan, imagine, or say of somebody else.

    Where the parser has no model, every sentence is refused that the passages do not have word for word.
    """

    def check(claim: Claim, evidence: Evidence) -> str | None:
        sentences = list(dict.fromkeys(sentence.text for place in evidence.places for sentence in place.sentences))
        try:
            return reason_against(claim.text, sentences, parser)
        except ParserError:
            return "the passage does not have it word for word, and no model is installed that compares their grammar"

    return check
