"""The rules by kind, and the first change that one of them can make."""

import random
from collections.abc import Sequence

from bench.quality.claims.corruption.additions import added, nowhere
from bench.quality.claims.corruption.figures import date, number
from bench.quality.claims.corruption.names import name, order, speaker
from bench.quality.claims.corruption.negations import negation
from bench.quality.claims.corruption.setting import Change, Rule, Setting
from bench.quality.claims.corruption.word_pairs import certainty, kind, opposite

RULES: dict[str, tuple[Rule, ...]] = {
    "number": (number,),
    "date": (date,),
    "name": (name,),
    "negation": (negation,),
    "relation": (opposite, opposite, certainty, kind, order, speaker),
    "nowhere": (nowhere, added, added),
}


def corrupt(claim: str, setting: Setting, chance: random.Random, *, kinds: Sequence[str]) -> tuple[str, Change] | None:
    """Change the claim by the first of these kinds that can; return which, and the change."""
    for one in kinds:
        rules = list(RULES[one])
        chance.shuffle(rules)
        for rule in dict.fromkeys(rules):
            made = rule(claim, setting, chance)
            if made and made[0] != claim and made[0] not in setting.evidence:
                return one, made
    return None
