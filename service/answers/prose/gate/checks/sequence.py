"""The checks in the order in which they are tried.

First what the sentence says of itself, then where it would be borne out, then whether everything in it is: figures,
names, who speaks, what is a fact, opposites, and its meaning. A new check is a function of claim and evidence, and a
line here.
"""

from collections.abc import Callable

from onrecord.index.fallback import STRICT, Fallback
from onrecord.service.answers.prose.gate.checks.addresses import check_addresses
from onrecord.service.answers.prose.gate.checks.facts import (
    check_figures,
    check_names,
    check_opposites,
    check_places,
    check_quotation_marks,
    check_traded_facts,
)
from onrecord.service.answers.prose.gate.checks.factuality import check_factuality
from onrecord.service.answers.prose.gate.checks.form import check_keys, check_length, check_links, check_words
from onrecord.service.answers.prose.gate.checks.meaning import check_nearness, check_shared_words, check_support
from onrecord.service.answers.prose.gate.checks.speakers import check_speakers
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence
from onrecord.service.answers.prose.gate.factuality.parser import Parser
from onrecord.service.answers.prose.gate.support_model import SUPPORT_MODEL, SupportModel

Check = Callable[[Claim, Evidence], str | None]
"""A function that returns why a claim may not be shown, a clause about "it" or "the passage", or None."""

_MIN_SHARE = 0.6
"""The least share of a sentence's content words that the passage must have, where no model reads both."""
_MIN_SHARE_IF_READ = 0.25
"""The same where the support model reads both: a sentence with fewer is like none that it was trained on."""

_CHECKS: tuple[Check, ...] = (
    check_length,
    check_links,
    check_words,
    check_keys,
    check_addresses,
    check_quotation_marks,
    check_places,
    check_figures,
    check_names,
    check_speakers,
    check_traded_facts,
)


def checks_with(support_model: SupportModel | None, parser: Parser, fallback: Fallback = STRICT) -> tuple[Check, ...]:
    """Return the checks in order, with those of the support model if there is one, and if it does not fail."""
    first = (*_CHECKS, check_factuality(parser), check_opposites)
    unread = (check_shared_words(_MIN_SHARE), check_nearness)
    if support_model is None:
        return (*first, *unread)
    read = check_support(support_model)

    def check_read(claim: Claim, evidence: Evidence) -> str | None:
        return fallback.run(
            SUPPORT_MODEL,
            lambda: read(claim, evidence),
            without=lambda: next(filter(None, (check(claim, evidence) for check in unread)), None),
        )

    return (*first, check_shared_words(_MIN_SHARE_IF_READ), check_read)
