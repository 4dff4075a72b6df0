"""A "not" that is taken away or put in."""

import random
import re

from bench.quality.claims.corruption.setting import Change, Setting, like, put
from bench.quality.claims.word_tables import DONE, PAST

_AUXILIARY = re.compile(
    r"\b(?P<aux>is|are|was|were|has|have|had|will|would|can|could|should|did|does|do|must)\b"
    r"(?! (?:not|no|never|n’t|only)\b)(?!n['’]t)"
)
_CONTRACTED = {"is": "isn’t", "are": "aren’t", "was": "wasn’t", "were": "weren’t", "has": "hasn’t", "have": "haven’t",
               "had": "hadn’t", "will": "won’t", "would": "wouldn’t", "can": "can’t", "could": "couldn’t",
               "did": "didn’t", "does": "doesn’t", "do": "don’t", "should": "shouldn’t"}  # fmt: skip
_NOT = re.compile(r"(?: not| never|n['’]t)(?= )|\b(?:no|No) (?=[a-z])|\b(?:neither|Neither) ")
_BASE = {past: base for base, past in PAST.items()}
_VERB = re.compile(
    r"(?<=[a-z0-9] )(?P<verb>[a-z]{2,}ed|"
    + "|".join(sorted(_BASE))
    + r")(?= (?:the|a|an|to|in|on|at|that|his|her|its|their|from|for|with|by|about|into|as|[A-Z$\d]))"
)
_NO_BASE = frozenset(DONE) | {"need", "based", "used", "called", "named", "located", "related", "compared", "united"}


def negation(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Take a "not" away, or put one in."""
    found = list(_NOT.finditer(claim))
    if found and not (len(found) > 1) and chance.random() < 0.85:
        match = found[0]
        said = match.group()
        word = claim[: match.start()].rsplit(" ", 1)[-1]
        if said.strip() in ("no", "No"):
            return put(claim, match.start(), match.end(), like(said, chance.choice(["some ", "a "])))
        if said.strip().lower() == "neither":
            return None
        if word == "ca":
            return put(claim, match.start() - 2, match.end(), "can")
        if word == "wo":
            return put(claim, match.start() - 2, match.end(), "will")
        text = claim[: match.start()] + claim[match.end() :]
        after = re.match(r" [\w’'-]+", text[match.start() :])
        return text, ((match.start() - len(word), match.start() + (after.end() if after else 0)),)
    places = list(_AUXILIARY.finditer(claim))
    if places:
        match = places[0] if chance.random() < 0.7 else chance.choice(places)
        # "Not only", "had to" and a question's order read otherwise.
        if re.match(r" (?:to|been to)\b", claim[match.end() :]) and match["aux"] in ("has", "have", "had"):
            return None
        if chance.random() < 0.25 and match["aux"] in _CONTRACTED:
            return put(claim, match.start(), match.end(), _CONTRACTED[match["aux"]])
        text = (
            chance.choice([" not", " not", " not", " never"])
            if match["aux"] in ("was", "were", "has", "have", "had", "is", "are")
            else " not"
        )
        changed, _ = put(claim, match.end(), match.end(), text)
        return changed, ((match.start(), match.end() + len(text)),)
    verbs = [
        m
        for m in _VERB.finditer(claim)
        if m["verb"] not in _NO_BASE
        and not re.search(
            r"(?:\b(?:be|been|being|is|are|was|were|has|have|had|,|and|or|the|a|an|of|by|in|with|to)|ly) \Z",
            claim[: m.start()],
        )
    ]
    if verbs:
        verb = verbs[0]
        base = _BASE.get(verb["verb"]) or _stem(verb["verb"])
        return put(claim, verb.start(), verb.end(), f"{chance.choice(['did not', 'did not', 'never'])} {base}")
    return None


def _stem(verb: str) -> str:
    if verb.endswith("ied"):
        return verb[:-3] + "y"
    root = verb[:-2]
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsfz":
        return root[:-1]
    return (
        root + "e"
        if re.search(r"(?:[aiu][stvzcgkmnrlbd]|[rnl][csgv]|[bdgkptcf]l|ed|os|ov|ok|at|ut|pos|qu)\Z", root)
        and not re.search(r"(?:ain|ail|air|eat|oin|our|aim|ead|elop|isit|imit|ait|uit|oad|eed|ook|ack)\Z", root)
        else root
    )
