"""Change as little as possible in a claim so that the evidence no longer bears it out.

Every rule returns the claim as changed and where in it the change stands, or None. What is put in must not be what
stood there, however written, and must not make the claim one that the evidence makes elsewhere.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.quality.claims.stories import Name, Story
from bench.quality.claims.word_tables import (
    ANTONYMS,
    CERTAINTIES,
    DAYS,
    DONE,
    MONTHS,
    NEARBY,
    NUMBER_WORDS,
    ORDINALS,
    PAST,
    SAID,
)
from onrecord.index.text.terms import STOP_WORDS, stems_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a claim is changed among: its evidence, its article, and another article."""

    story: Story
    evidence: str
    other: Story
    elsewhere: tuple[str, ...]
    """Sentences of the article that are not in the evidence."""


Change = tuple[str, tuple[tuple[int, int], ...]]
"""The claim, and the (start, end) of what is wrong in it."""
Rule = Callable[[str, Setting, random.Random], Change | None]


def _put(claim: str, start: int, end: int, text: str) -> Change:
    return claim[:start] + text + claim[end:], ((start, start + len(text)),)


def _like(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


# Numbers

_FIGURE = re.compile(r"(?<![\w.,-])[$£]?(?P<n>\d[\d.,]*\d|\d)(?![\d\w])")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_WORDED = re.compile(
    r"\b(?:"
    + "|".join(
        (
            *NUMBER_WORDS[1:],
            *ORDINALS,
            "hundred",
            "thousand",
            "million",
            "billion",
            "mln",
            "bln",
            "half",
            "double",
            "twice",
        )
    )
    + r")\b"
)
_SCALES = {
    "million": ("billion", "thousand"), "billion": ("million", "trillion"), "thousand": ("million", "hundred"),
    "hundred": ("thousand",), "mln": ("bln",), "bln": ("mln",), "half": ("a third", "a quarter", "three quarters"),
    "double": ("triple", "quadruple"), "twice": ("three times", "five times"),
}  # fmt: skip


def number(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another number in the place of one: one of the article's, or a like one."""
    there = set(re.findall(r"\d[\d.,]*\d|\d", setting.evidence))
    places = [
        m for m in _FIGURE.finditer(claim)
        if not _YEAR.fullmatch(m["n"]) and not _is_date(claim, m.start(), m.end())
    ]  # fmt: skip
    words = list(_WORDED.finditer(claim))
    if not places and not words:
        return None
    match = chance.choice(places + words)
    old = match.group()
    if match.re is _WORDED:
        if old in _SCALES:
            new = chance.choice(_SCALES[old])
        else:
            row: Sequence[str] = ORDINALS if old in ORDINALS else NUMBER_WORDS
            if old == "one" and not re.match(r" (?:of|hundred|million)", claim[match.end() :]):
                return None
            at = row.index(old)
            near = [row[i] for i in range(max(1, at - 4), min(len(row), at + 5)) if i != at]
            new = chance.choice(near)
            if (
                row is NUMBER_WORDS
                and (str(row.index(new)) in there or re.search(rf"\b{new}\b", setting.evidence))
                and chance.random() < 0.5
            ):
                return None
        return _put(claim, match.start(), match.end(), new)
    old = match["n"]
    others = [n for n in there if n != old and _value(n) != _value(old) and n not in claim and not _YEAR.fullmatch(n)]
    new = chance.choice(sorted(others)) if others and chance.random() < 0.35 else _near(old, chance)
    if _value(new) == _value(old) or (new in there and new not in others):
        return None
    start = match.start("n")
    return _put(claim, start, start + len(old), new)


def _is_date(text: str, start: int, end: int) -> bool:
    months = "|".join((*MONTHS, *(month[:3] for month in MONTHS)))
    return bool(re.search(rf"(?:{months})\.? \Z", text[:start]) or re.match(rf" (?:{months})\b", text[end:]))


def _value(figure: str) -> float:
    try:
        return float(figure.replace(",", ""))
    except ValueError:
        return -1.0


def _near(figure: str, chance: random.Random) -> str:
    digits = [i for i, c in enumerate(figure) if c.isdigit()]
    drawn = chance.random()
    if drawn < 0.15 and "." not in figure and "," not in figure and len(figure) < 4:
        return figure + "0"
    if drawn < 0.3 and len(digits) > 1 and figure[digits[0]] != figure[digits[1]] and figure[digits[1]] != "0":
        i, j = digits[0], digits[1]
        return figure[:i] + figure[j] + figure[i + 1 : j] + figure[i] + figure[j + 1 :]
    at = digits[0] if drawn < 0.8 else chance.choice(digits)
    choices = [c for c in "123456789" if c != figure[at]]
    return figure[:at] + chance.choice(choices) + figure[at + 1 :]


# Dates

_DATE = re.compile(
    r"\b(?:(?P<month>"
    + "|".join((*MONTHS[:4], *MONTHS[5:]))
    + r"|May(?= \d)|(?<=[Ii]n )May)|(?P<day>"
    + "|".join(DAYS)
    + r")|(?P<year>(?:1[0-9]|20)\d\d)"
    r"|(?P<century>\d\d?)(?:th|st|nd|rd) century|(?P<decade>(?:1[0-9]|20)\d)0s"
    r"|(?P<when>yesterday|today|tomorrow|(?:last|next|this) (?:week|month|year|night|summer|winter)|"
    r"(?:first|second|third|fourth) quarter|in the morning|in the evening))\b"
)
_WHENS = (
    ("yesterday", "today", "tomorrow"), ("last week", "next week"), ("last month", "next month"),
    ("last year", "next year", "this year"), ("this week", "last week"), ("this month", "next month"),
    ("this year", "next year", "last year"), ("next year", "last year"), ("next week", "last week"),
    ("next month", "last month"), ("first quarter", "second quarter", "third quarter", "fourth quarter"),
    ("in the morning", "in the evening"), ("last summer", "last winter"),
)  # fmt: skip


def date(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another year, month, day of the week or time in the place of one."""
    places = list(_DATE.finditer(claim))
    places += [m for m in _FIGURE.finditer(claim) if _is_date(claim, m.start(), m.end()) and len(m["n"]) < 3]
    if not places:
        return None
    match = chance.choice(places)
    old = match.group()
    if match.re is _FIGURE:
        new = str(chance.choice([d for d in range(1, 29) if str(d) != match["n"]]))
        return _put(claim, match.start("n"), match.end("n"), new)
    if match["month"]:
        new = chance.choice([m for m in MONTHS if m != old])
    elif match["day"]:
        new = chance.choice([d for d in DAYS if d != old])
    elif match["year"]:
        years = [y for y in set(_YEAR.findall(setting.evidence)) if y != old and y not in claim]
        near = int(old) + chance.choice([-100, -50, -20, -12, -10, -7, -5, -3, -2, -1, 1, 2, 3, 4, 6, 8, 10, 15, 30])
        new = chance.choice(sorted(years)) if years and chance.random() < 0.4 else str(near)
    elif match["century"]:
        near = int(match["century"]) + chance.choice([-2, -1, 1, 2])
        if near < 4 or near > 20:
            return None
        return _put(claim, match.start(), match.end(), f"{near}th century")
    elif match["decade"]:
        new = f"{int(match['decade']) + chance.choice([-3, -2, -1, 1, 2])}0s"
    else:
        rows = [row for row in _WHENS if old in row]
        if not rows:
            return None
        new = chance.choice([w for w in chance.choice(rows) if w != old])
    if new in claim or f"{new}" == old:
        return None
    return _put(claim, match.start(), match.end(), new)


# Names


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
            made = _put(claim, one.span.start, one.span.end, chance.choice(sorted(others)))
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


# Negations

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
            return _put(claim, match.start(), match.end(), _like(said, chance.choice(["some ", "a "])))
        if said.strip().lower() == "neither":
            return None
        if word == "ca":
            return _put(claim, match.start() - 2, match.end(), "can")
        if word == "wo":
            return _put(claim, match.start() - 2, match.end(), "will")
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
            return _put(claim, match.start(), match.end(), _CONTRACTED[match["aux"]])
        text = (
            chance.choice([" not", " not", " not", " never"])
            if match["aux"] in ("was", "were", "has", "have", "had", "is", "are")
            else " not"
        )
        changed, _ = _put(claim, match.end(), match.end(), text)
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
        return _put(claim, verb.start(), verb.end(), f"{chance.choice(['did not', 'did not', 'never'])} {base}")
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


# Relations


def _table(pairs: Sequence[tuple[str, str]], *, both: bool) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for one, other in pairs:
        table.setdefault(one, []).append(other)
        if both:
            table.setdefault(other, []).append(one)
    return table


_OPPOSITE = _table(ANTONYMS, both=True)
_SURE = _table(CERTAINTIES, both=False)
_KIN = {word: [w for w in row if w != word] for row in NEARBY for word in row}


def _any(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w’'-])(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?![\w’'-])",
        re.IGNORECASE,
    )


_ANY_OPPOSITE, _ANY_SURE, _ANY_KIN = _any(list(_OPPOSITE)), _any(list(_SURE)), _any(list(_KIN))
_DULL = frozenset(
    (
        "from",
        "to",
        "with",
        "for",
        "against",
        "over",
        "under",
        "left",
        "right",
        "up",
        "down",
        "can",
        "if",
        "most",
        "some",
        "both",
        "light",
        "return",
        "including",
    )
)


def opposite(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put a word's opposite in its place."""
    return _trade(claim, _ANY_OPPOSITE, _OPPOSITE, setting, chance)


def certainty(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Make what may be what is, what was asked for what was done, and some all."""
    return _trade(claim, _ANY_SURE, _SURE, setting, chance)


def kind(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another thing of the same kind in a word's place."""
    return _trade(claim, _ANY_KIN, _KIN, setting, chance)


def _trade(
    claim: str, pattern: re.Pattern[str], table: dict[str, list[str]], setting: Setting, chance: random.Random
) -> Change | None:
    found = [m for m in pattern.finditer(claim) if m.group() in table or m.group().lower() in table]
    found = [m for m in found if m.group().lower() not in _DULL] or [m for m in found if chance.random() < 0.1]
    if not found:
        return None
    match = chance.choice(found)
    old = match.group()
    choices = [w for w in table.get(old) or table[old.lower()] if not re.search(rf"\b{re.escape(w)}\b", claim)]
    if not choices:
        return None
    made = _put(claim, match.start(), match.end(), _like(old, chance.choice(choices)))
    return made if made[0] not in setting.evidence else None


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
        return _put(claim, m.start(1), m.start(2) + len(other), f"{other} to {one}") if one != other else None
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
        return _put(claim, match.start(group), match.end(group), who)
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


# From nowhere

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
