"""Sentences and parts of sentences that the evidence says nothing of."""

import random
import re

from bench.quality.claims.corruption.setting import Change, Setting
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.terms import stems_in

_TAIL = re.compile(
    r",? (?:in|after|because of|because|for|with|by|to|during|despite|from|at|on|under|against|which|who|where|"
    r"including|and) [^,;:\"“”().]{10,70}(?=\.\Z)"
)


def nowhere(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Return a sentence that the evidence says nothing of: of the same article, or of another."""
    from_here = bool(setting.elsewhere) and chance.random() < 0.7
    pool = setting.elsewhere if from_here else setting.other.sentences
    for _ in range(4):
        text = chance.choice(pool)
        if 6 <= len(text.split()) <= 45 and len(text) <= 300 and _unheard(text, setting.evidence) >= 0.5:
            return text, ((0, len(text)),)
    return None


def added(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Add what another sentence says of something else."""
    if not claim.endswith("."):
        return None
    pool = setting.elsewhere if setting.elsewhere and chance.random() < 0.7 else setting.other.sentences
    for _ in range(6):
        match = _TAIL.search(chance.choice(pool))
        if match and _unheard(match.group(), setting.evidence) >= 0.6 and len(match.group().split()) >= 3:
            return claim[:-1] + match.group() + ".", ((len(claim) - 1, len(claim) - 1 + len(match.group())),)
    return None


def _unheard(text: str, evidence: str) -> float:
    """Return the share of the text's words that the evidence does not have."""
    there = set(stems_in(evidence))
    words = [
        stem
        for word, stem in zip(re.findall(r"[^\W_]+", text), stems_in(text), strict=False)
        if word.lower() not in STOP_WORDS
    ]
    return sum(word not in there for word in words) / len(words) if words else 0.0
