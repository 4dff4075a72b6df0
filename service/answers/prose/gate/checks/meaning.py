"""Whether a sentence as a whole means what the passages say."""

from collections.abc import Callable

from onrecord.service.answers.prose.gate.checks.reasons import NOT_BORNE_OUT
from onrecord.service.answers.prose.gate.checks.rephrasing import readings, write_out
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence
from onrecord.service.answers.prose.gate.support_model import SupportModel

_MIN_COSINE = 0.5
"""The least cosine between a sentence and the nearest of the passage's."""
_MIN_LOG_ODDS = 0.0
"""The least log-odds with which the support model takes a sentence to be borne out."""
_MIN_LOG_ODDS_IN_ITS_WORDS = -1.25
"""The same for a sentence most of whose words the passage has; an earlier check has compared their grammar."""
_MIN_SHARE_OF_ITS_WORDS = 0.6
"""The least share of a sentence's content words that the passage must have for the lower bound."""
_MIN_WORDS = 5
"""The fewest words of a sentence for the lower bound: "Thank you!" claims nothing."""


def check_shared_words(min_share: float) -> Callable[[Claim, Evidence], str | None]:
    """Return a check that refuses a sentence of whose content words the passage has a smaller share, 0..1."""

    def check(claim: Claim, evidence: Evidence) -> str | None:
        return NOT_BORNE_OUT if claim.parsed.share_in(evidence.text) < min_share else None

    return check


def check_nearness(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a sentence whose meaning is far from that of every sentence of the passage."""
    nearest = max(place.nearness(claim.vector) for place in evidence.places)
    return NOT_BORNE_OUT if nearest < _MIN_COSINE else None


def check_support(model: SupportModel) -> Callable[[Claim, Evidence], str | None]:
    """Return a check that refuses a sentence that the model finds not borne out, naming the weakest of its words."""

    def check(claim: Claim, evidence: Evidence) -> str | None:
        read = readings(claim.parsed, evidence.as_read)
        found = model.check([(write_out(evidence.as_read.text), one) for one in read])
        share, words = claim.parsed.share_in(evidence.text), len(claim.parsed.terms)
        in_its_words = words >= _MIN_WORDS and share >= _MIN_SHARE_OF_ITS_WORDS
        wanted = _MIN_LOG_ODDS_IN_ITS_WORDS if in_its_words else _MIN_LOG_ODDS
        if max(one.score for one in found) >= wanted:
            return None
        if found[0].weakest:
            return f"the passage does not bear out “{found[0].weakest.of(read[0])}”"
        return NOT_BORNE_OUT

    return check
