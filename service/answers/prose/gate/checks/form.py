"""Check the form of a sentence: its length, links and markup, endless words, and keys of unknown passages."""

import re

from onrecord.service.answers.prose.gate.checks.reasons import shorten
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence

_LINK = re.compile(
    r"https?:|www\.|!\[|\]\(|\bdata:|javascript:|&#?\w+;|<\s*[/!]|<\s*(?:a|b|i|p|br|img|div|span|svg|script|style|iframe|"
    r"object|embed|form|input|button|link|meta|html|body|base|video|audio|table|details|math)\b[^<>]*>",
    re.IGNORECASE,
)
_ENDLESS_WORD = re.compile(r"[^\W_]{41,}")


def check_length(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a part of a text that was too long for a sentence."""
    return None if claim.is_whole else "it is too long for one sentence"


def check_links(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse links and markup."""
    return "it holds a link or markup" if _LINK.search(claim.text) else None


def check_words(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a run of letters that is longer than any word."""
    word = _ENDLESS_WORD.search(claim.text)
    return f"it holds “{shorten(word.group())}”, which is no word" if word else None


def check_keys(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse a key that no passage was given."""
    unknown = [key for key in claim.keys if key not in evidence.given]
    return f"it names “{shorten(unknown[0])}”, which is no passage that was given" if unknown else None
