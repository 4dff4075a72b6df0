"""Other names, and names that change places or say what others said."""

import random
import re

from bench.quality.claims.corruption.setting import Change, Setting, put
from bench.quality.claims.stories import Name
from bench.quality.claims.word_tables import SAID
from onrecord.index.text.english.function_words import STOP_WORDS


def name(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another name of the same kind in the place of one: the article's own if it has one."""
    names = setting.story.names(claim)
    near = setting.story.names(setting.evidence)
    chance.shuffle(names)
    for one in names:
        others = [o.text for o in near if o.kind == one.kind and _differ(one, o, claim)]
        if not others or chance.random() < 0.3:
            others = [
                o.text for text in setting.elsewhere for o in setting.story.names(text)
                if o.kind == one.kind and _differ(one, o, claim)
            ] or others  # fmt: skip
        if not others or chance.random() < 0.15:
            others = [
                o.text for text in setting.other.sentences for o in setting.other.names(text)
                if o.kind == one.kind and _differ(one, o, claim)
            ] or others  # fmt: skip
        if others:
            made = put(claim, one.span.start, one.span.end, chance.choice(sorted(others)))
            if not made[0].startswith(one.text) and made[0].rstrip(".") not in setting.evidence:
                return made
    return None


def _differ(one: Name, other: Name, claim: str) -> bool:
    mine, theirs = ({w.lower().strip(".") for w in n.text.split()} for n in (one, other))
    initials = {"".join(w[0] for w in n.text.split() if w[0].isupper()).lower() for n in (one, other)}
    whole = claim.lower()
    return (
        not (mine & theirs or initials & (mine | theirs) or any(len(w) > 2 and w in whole for w in theirs - STOP_WORDS))
        and one.text[:4] != other.text[:4]
    )


_LINK = re.compile(
    r"^(?P<one>[^,;:\"“”()]{2,60}?) (?P<link>(?:was|were|is|are|had|has)? ?\w+ed(?: by| from| to| with| in)?|"
    r"defeated|won|beats?|led|sold|bought|owns|left|gave|told|met|taught|wrote|built|is (?:a )?part of) "
    r"(?P<other>(?:the |a |an )?[^,;:\"“”().]{2,60}?)"
    r"(?P<rest>(?:[,.]| in | on | at | after | during | for | because ).*)$"
)
_AMOUNT = r"\$?[\w.,%]*\d[\w.,%]*(?: (?:mln|bln|million|billion|pct|percent|dlrs|dollars))*"


def order(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Let two change places: who did it and to whom, before and after, from and to."""
    names = setting.story.names(claim)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if _apart(claim, a, b)]
    if pairs and chance.random() < 0.7:
        a, b = chance.choice(pairs)
        between = claim[a.span.end : b.span.start]
        text = claim[: a.span.start] + b.text + between + a.text + claim[b.span.end :]
        middle = a.span.start + len(b.text) + len(between)
        return text, ((a.span.start, a.span.start + len(b.text)), (middle, middle + len(a.text)))
    if m := re.search(
        rf"\bfrom ({_AMOUNT}) to ({_AMOUNT})(?=[ .,;])",
        claim,
    ):
        one, other = m[1], m[2].rstrip(".,")
        return put(claim, m.start(1), m.start(2) + len(other), f"{other} to {one}") if one != other else None
    m = _LINK.match(claim)
    if (
        m
        and " and " not in m["link"]
        and m["one"].split(" ")[0].lower() not in ("it", "he", "she", "they", "there", "this")
        and len(m["other"].split()) <= 6
    ):
        one, other = m["one"], m["other"]
        if other.split(" ")[0].lower() in STOP_WORDS - {"the", "a", "an"} or one.split(" ")[0].lower() in (
            "in",
            "on",
            "at",
            "after",
        ):
            return None
        first = one if setting.story.names(one) else one[0].lower() + one[1:]
        text = f"{other[0].upper()}{other[1:]} {m['link']} {first}{m['rest']}"
        middle = len(other) + len(m["link"]) + 2
        return text, ((0, len(other)), (middle, middle + len(first)))
    return None


def _apart(claim: str, a: Name, b: Name) -> bool:
    between = claim[a.span.end : b.span.start]
    if a.kind != b.kind and not ({a.kind, b.kind} <= {"person", "body", "thing"}):
        return False
    # What stands in a list can change places and nothing happens.
    return (
        bool(re.search(r"\b[a-z]{3,}\b", between))
        and not re.fullmatch(r",? ?(?:and|or|und|with|,|\(|&)?,? ?(?:the )?", between)
        and (not re.search(r"\b(?:and|or|between|with)\b", between))
    )


_SPEAKER = re.compile(
    r"^(?:According to (?P<one>[^,]{3,50}),)|(?:, (?P<two>[^,\"“”]{3,50}?) (?:"
    + "|".join(SAID)
    + r")\.)|^(?P<three>[^,\"“”]{3,50}?) (?:"
    + "|".join(SAID)
    + r")\b"
)


def speaker(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Say that somebody else said it."""
    others = sorted(
        {
            n.text
            for n in setting.story.names(setting.evidence)
            if n.kind in ("person", "body") and n.text not in claim and not any(w in claim for w in n.text.split())
        }
    )
    if not others:
        return None
    who = chance.choice(others)
    if match := _SPEAKER.search(claim):
        group = next(g for g in ("one", "two", "three") if match[g])
        return put(claim, match.start(group), match.end(group), who)
    if (
        chance.random() < 0.35
        and not re.search(r"\b(?:said|says|according)\b", claim, re.IGNORECASE)
        and not re.search(rf"{re.escape(who)}[^.]{{0,40}}\b(?:{'|'.join(SAID)})\b", setting.evidence)
    ):
        cue = chance.choice(["said", "denied", "argued", "announced"])
        start = f"{who} {cue} that "
        first = claim.split(" ")[0]
        rest = claim if setting.story.names(first) or first == "I" else claim[0].lower() + claim[1:]
        return start + rest, ((0, len(start) - 1),)
    return None
