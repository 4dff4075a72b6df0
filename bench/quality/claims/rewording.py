"""Say a sentence otherwise without saying anything else: what a passage still bears out.

Every rule takes a sentence and draws from what it can make of it; None where it finds nothing to change. The rules see
words and commas only, so they are strict about what surrounds these.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.quality.claims.stories import Story
from bench.quality.claims.word_tables import DAYS, DONE, MONTHS, NUMBER_WORDS, SAID, SYNONYMS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.names import Gender, gender_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sentence's place in its article, and the window around it."""

    story: Story
    position: int
    first: int
    last: int


Rule = Callable[[str, Place, random.Random], str | None]

_CUE = "(?P<cue>" + "|".join(SAID) + ")"
_SUBJECT = (
    r"(?P<subject>(?:[A-Z][\w.'’&-]*|[Tt]he|[Aa]n?|[Hh]e|[Ss]he|[Tt]hey|[Oo]fficials?|[Ss]ources?|[Aa]nalysts?|"
    r"[Ss]cholars|[Cc]ritics)(?: [\w.'’&-]+){0,5}?)"
)
_WHEN = r"(?P<when> (?:on )?(?:" + "|".join(DAYS) + r"|yesterday|today))?"
_BEFORE = re.compile(rf"{_SUBJECT} {_CUE}{_WHEN},? (?:that )?(?P<content>[^\"“”]{{25,}})\.")
_AFTER = re.compile(rf"(?P<content>[^\"“”]{{25,}}), {_SUBJECT} {_CUE}{_WHEN}\.")
_SWAPPED = re.compile(rf"(?P<content>[^\"“”]{{25,}}), {_CUE} {_SUBJECT}\.")
_ACCORDING = re.compile(r"According to (?P<subject>[^,;\"“”]{3,60}), (?P<content>[^\"“”]{25,})\.")
_SAID_ALOUD = re.compile(rf"[\"“](?P<content>[^\"“”]{{20,}}?)[,.!]?[\"”],? {_SUBJECT} {_CUE}{_WHEN}\.")
_SAID_ALOUD_SWAPPED = re.compile(rf"[\"“](?P<content>[^\"“”]{{20,}}?)[,.!]?[\"”],? {_CUE} {_SUBJECT}\.")
_SAID_FIRST = re.compile(rf"{_SUBJECT} {_CUE}{_WHEN}[,:] [\"“](?P<content>[^\"“”]{{20,}}?)[,.!]?[\"”]\.?")
_NO_CLAUSE = re.compile(r"(?:to|by|in|on|about|for|it was|yes|no)\b", re.IGNORECASE)
_HIM = {"he": "him", "she": "her", "they": "them"}
_PERSONS = {
    "i": "they", "we": "they", "my": "their", "our": "their", "us": "them", "me": "them", "mine": "theirs",
    "ours": "theirs", "myself": "themselves", "ourselves": "themselves", "i'm": "they are", "i’m": "they are",
    "we're": "they are", "we’re": "they are", "am": "are", "i've": "they have", "i’ve": "they have",
    "we've": "they have", "we’ve": "they have", "we'll": "they will", "we’ll": "they will", "i'll": "they will",
    "i’ll": "they will",
}  # fmt: skip
_PERSON = re.compile(r"\b(?:" + "|".join(sorted(_PERSONS, key=len, reverse=True)) + r")(?![\w’'])", re.IGNORECASE)


def capital(text: str) -> str:
    """Write the first letter large."""
    return text[:1].upper() + text[1:]


def small(text: str, story: Story) -> str:
    """Write the first letter small unless the word may be a name."""
    first = re.match(r"[\w’'-]+", text)
    word = first.group().lower() if first else ""
    if word == "i" or not (word in STOP_WORDS or word in story.lower):
        return text
    # "Bill Clinton", "Trade Union Congress": a bill and a trade there may be as well.
    named = word not in STOP_WORDS and re.match(r"[\w’'-]+ [A-Z]", text)
    return text if named else text[:1].lower() + text[1:]


def attribution(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Move "X said" to another place, or say "according to X"."""
    for pattern in (_BEFORE, _AFTER, _SWAPPED, _ACCORDING):
        match = pattern.fullmatch(sentence)
        if match is None or _NO_CLAUSE.match(match["content"]):
            continue
        there = match.groupdict()
        subject = small(there["subject"], place.story)
        content, cue, when = small(there["content"], place.story), there.get("cue") or "said", there.get("when") or ""
        if _NO_CLAUSE.match(subject) or subject.split(" ")[0] in ("this", "it"):
            return None
        forms = [
            f"According to {_HIM.get(subject, subject)}, {content}.",
            f"{capital(content)}, {subject} {cue}{when}.",
            f"{capital(subject)} {cue}{when} that {content}.",
            f"{capital(content)}, according to {_HIM.get(subject, subject)}.",
        ]
        return _other(forms, sentence, chance)
    return None


def reported(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Tell what was said aloud, or take the quotation marks off a few words."""
    for pattern in (_SAID_ALOUD, _SAID_ALOUD_SWAPPED, _SAID_FIRST):
        match = pattern.fullmatch(sentence)
        if match is None or "?" in match["content"] or re.search(r"\byou", match["content"]):
            continue
        subject = small(match["subject"], place.story)
        content = small(_PERSON.sub(lambda m: _PERSONS[m.group().lower()], match["content"]), place.story)
        forms = [f"{capital(subject)} {match['cue']} that {content}.", f"{capital(content)}, {subject} {match['cue']}."]
        return chance.choice(forms)
    bare = re.sub(r"[\"“]([^\"“”]{3,60})[\"”]", r"\1", sentence)
    return bare if bare != sentence and not re.search(r"[\"“”]", bare) else None


_OPENING = re.compile(
    r"(?:However|Meanwhile|Moreover|Also|In addition|Furthermore|Then|Finally|Thus|Therefore|In fact|For example|"
    r"For instance|Additionally|As a result|At the same time|Later|Today|Currently|Instead|Indeed|Similarly|"
    r"In contrast|On the other hand|Still|Nevertheless), "
)
_ADVERBIAL = re.compile(r"(?:In|On|During|After|Since|By|At|Under|Following|Throughout) [^,;:\"“”()]{3,60}, ")
_APPOSITION = re.compile(
    r"(?<=[a-z]), (?:an?|the|his|her|its|their|one of|formerly|also known as) [^,;:\"“”()]{3,60}, (?!and|or)"
)
_TAIL = re.compile(
    r",? (?:(?:because|although|though|while|whereas|especially|particularly|including|despite)|"
    r"(?<=, )(?:as|with|which|who|where|leading|making|"
    r"resulting|using|including|allowing|followed)) [^;:\"“”()]{8,140}(?=\.\Z)"
)
_DROPS = (
    re.compile(r" \([^()]{2,100}\)"),
    re.compile(r" \[[^\[\]]{1,40}\]"),
    re.compile(r"(?<=\w), (?:which|who|whose|where) [^,;:\"“”()]{5,90}(?:, (?!and|or)|(?=\.\Z))"),
    _APPOSITION,
    _TAIL,
    re.compile(r" (?:also|recently|currently|subsequently|therefore|actually|simply|already|then|now|thus)(?= [a-z])"),
    re.compile(r",? (?:however|therefore|for example|for instance|in turn|of course|in fact),?(?= )"),
    re.compile(
        r" (?:on |last |early |late )?(?:" + "|".join(DAYS) + r")(?: (?:night|morning|evening|afternoon))?(?=\.\Z)"
    ),
    re.compile(r" (?:yesterday|today|this week|last week|this year|last year|last month|earlier this year)(?=\.\Z)"),
    re.compile(r",? (?:in|on|during|since|between) [^,;:\"“”()]{0,20}\d\d[^,;:\"“”()]{0,40}(?=\.\Z)"),
    re.compile(
        r"(?<=[a-z]) (?:very|highly|extremely|newly|formally|officially|widely|rapidly|significantly|mainly)(?= [a-z])"
    ),
)
_HALVES = re.compile(
    r"(?P<one>[^,;\"“”]{25,})(?:, (?:and|but)|;) (?P<other>(?:the|it|he|she|they|an?|this|[A-Z]\w+) [^,;\"“”]{20,}\.)"
)
_CONDITION = re.compile(r"\b(?:if|unless|whether|without|nor|neither|never|only|not|except|no)\b", re.IGNORECASE)


def dropped(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Leave out a clause, an apposition, an adverbial, or one of two clauses."""
    found = []
    halves = _HALVES.fullmatch(sentence)
    if halves and not _CONDITION.search(sentence):
        found += [halves["one"] + ".", capital(halves["other"])] * 2
    for pattern in (_OPENING, _ADVERBIAL):
        if match := pattern.match(sentence):
            found.append(capital(sentence[match.end() :]))
    for pattern in _DROPS:
        for match in pattern.finditer(sentence):
            # "Not because …" without its "because" says another thing.
            if not _CONDITION.search(match.group()) and not (pattern is _TAIL and _CONDITION.search(sentence)):
                found.append(
                    sentence[: match.start()] + _gap(match.group(), sentence[match.end() :]) + sentence[match.end() :]
                )
    found = [text for text in found if len(text.split()) >= 5 and text.endswith(".")]
    return chance.choice(found) if found else None


def _gap(gone: str, rest: str) -> str:
    return " " if gone[-1:] in ", " and rest[:1].isalnum() else ""


_PRONOUN = re.compile(
    r"(?P<it>He|She|It|They)(?= (?:was|is|had|has|also|were|are|have|will|would|can|\w+ed|\w+s|said|"
    r"became|made|took|led)\b)"
)
_HIS = re.compile(r"(?P<it>His|Her|Its|Their) ")


def name(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Write the name for "he", or the surname for the name."""
    story, forms = place.story, []
    before = story.sentences[max(place.first, place.position - 2) : place.position]
    match = _PRONOUN.match(sentence) or _HIS.match(sentence)
    if match and before:
        leads = [names[0] for text in reversed(before) if (names := story.names(text)) and names[0].span.start <= 4]
        kinds = {"he": {"person"}, "she": {"person"}, "his": {"person"}, "her": {"person"}}.get(
            match["it"].lower(), {"body", "thing"}
        )
        everyone = {n.text.split()[-1] for text in before for n in story.names(text) if n.kind in kinds}
        if leads and leads[0].kind in kinds and len(everyone) == 1 and _may_be(leads[0].text, match["it"]):
            whose = "’s " if match["it"].lower() in ("his", "her", "its", "their") else ""
            forms.append(leads[0].text + whose + sentence[match.end() :])
    for found in story.names(sentence):
        words = found.text.split()
        if found.kind == "person" and len(words) > 1:
            forms.append(sentence[: found.span.start] + words[-1] + sentence[found.span.end :])
    return chance.choice(forms) if forms else None


def _may_be(name_text: str, pronoun: str) -> bool:
    known = gender_of(name_text.split()[0])
    wanted = {"he": Gender.HE, "his": Gender.HE, "she": Gender.SHE, "her": Gender.SHE}.get(pronoun.lower())
    return wanted is None or known is None or known == wanted


def joined(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Make one sentence of two that stand together."""
    after = place.position + 1
    if after > place.last or not sentence.endswith("."):
        return None
    other = place.story.sentences[after]
    if not other.endswith(".") or len(other) + len(sentence) > 320 or re.search(r"[\"“”]", sentence + other):
        return None
    if len(other) < 30 and not other[0].isupper():
        return None
    start = re.sub(_OPENING, "", other)
    return chance.choice(
        [
            f"{sentence[:-1]}, and {small(start, place.story)}",
            f"{sentence[:-1]}; {small(start, place.story)}",
            f"{sentence[:-1]}, while {small(start, place.story)}",
        ]
    )


_PASSIVE = re.compile(
    r"(?P<object>(?:The|A|An|This|These|[A-Z][\w’'-]*)(?: [\w’'-]+){0,5}?) (?:was|were) (?P<verb>\w+ed|"
    + "|".join(DONE)
    + r") by "
    r"(?P<agent>(?:the |a |an )?[\w’'.-]+(?: (?:of |the )*[\w’'.-]+){0,4}?)"
    r"(?P<rest>(?: (?:in|on|at|during|from|after|as|to) [^\"“”;]*)?)\."
)
_ACTIVE = re.compile(
    r"(?P<agent>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}) "
    r"(?P<verb>founded|established|created|built|designed|bought|acquired|invented|"
    r"discovered|published|defeated|appointed|killed|captured|introduced|developed|led|directed|won|opened|destroyed) "
    r"(?P<object>(?:the|a|an|[A-Z][\w’'-]+)(?: [\w’'-]+){0,3}?)(?P<rest>(?: (?:in|on|during|after) [^,;\"“”]*)?)\."
)


def voice(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Turn a passive into an active, or the other way round."""
    if match := _PASSIVE.fullmatch(sentence):
        verb = DONE.get(match["verb"], match["verb"])
        return f"{capital(match['agent'])} {verb} {small(match['object'], place.story)}{match['rest']}."
    if match := _ACTIVE.fullmatch(sentence):
        done = {"led": "led", "won": "won", "built": "built", "bought": "bought"}.get(match["verb"], match["verb"])
        return f"{capital(match['object'])} was {done} by {match['agent']}{match['rest']}."
    return None


def number(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Write a number otherwise: words, figures, units, or rounded and said to be."""
    forms = []

    def put(match: re.Match[str], text: str) -> None:
        forms.append(sentence[: match.start()] + text + sentence[match.end() :])

    for m in re.finditer(r"(?<=\d )(?:mln|bln)\b", sentence):
        put(m, {"mln": "million", "bln": "billion"}[m.group()])
    for m in re.finditer(r"(?<=\d) ?(?:pct|percent|per cent)\b", sentence):
        put(m, "%")
        put(m, " percent" if "pct" in m.group() else " per cent")
    for m in re.finditer(r"(?<=\d)%", sentence):
        put(m, " percent")
    for m in re.finditer(
        rf"(?<![\d.,$£-])\b(\d\d?)\b(?![\d.,:%/-]|(?:st|nd|rd|th)\b| (?:{'|'.join(MONTHS)}))",
        sentence,
    ):
        before = sentence[: m.start()].rstrip().rsplit(" ", 1)[-1]
        if 1 < int(m.group()) <= 20 and before.strip(".") not in {
            part for month in MONTHS for part in (month, month[:3], "Sept", "No")
        }:
            put(m, NUMBER_WORDS[int(m.group())])
    for m in re.finditer(r"\b(?:" + "|".join(NUMBER_WORDS[2:]) + r")\b(?! hundred| thousand|-)", sentence):
        put(m, str(NUMBER_WORDS.index(m.group())))
    for m in re.finditer(r"\b(\d+(?:\.\d+)?) (?:million|mln)\b", sentence):
        put(m, f"{round(float(m[1]) * 1_000_000):,}")
    for m in re.finditer(r"(?<![\d.,])\b(\d{1,3}),(\d00),000\b", sentence):
        put(m, f"{m[1]}.{m[2][0]} million")
    for m in re.finditer(r"(?<![\d.,])\b\d{1,3}(?:,\d{3})+\b(?![.,]\d)", sentence):
        value = int(m.group().replace(",", ""))
        size = 10 ** (len(str(value)) - 2)
        low = value // size * size
        if low < value:
            put(m, f"more than {low:,}")
            put(m, f"nearly {low + size:,}")
            put(m, f"about {round(value / size) * size:,}")
    for m in re.finditer(r"\$(\d[\d.,]*\d|\d) (million|billion)\b", sentence):
        put(m, f"{m[1]} {m[2]} dollars")
    for m in re.finditer(r"\b(\d[\d.,]*\d|\d) (mln|bln|million|billion) (?:dlrs|dollars)\b", sentence):
        put(m, f"${m[1]} {m[2].replace('mln', 'million').replace('bln', 'billion')}")
    for m in re.finditer(r"\bdlrs\b", sentence):
        put(m, "dollars")
    return chance.choice(forms) if forms else None


def date(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Write a date otherwise, or less exactly."""
    months, forms = "|".join(MONTHS), []
    for m in re.finditer(rf"\b({months}) (\d\d?)\b(?!,? ?\d|:)", sentence):
        forms.append(f"{sentence[: m.start()]}{m[2]} {m[1]}{sentence[m.end() :]}")
        forms.append(f"{sentence[: m.start()]}{m[1][:3]} {m[2]}{sentence[m.end() :]}")
    for m in re.finditer(rf"\b(\d\d?) ({months})\b", sentence):
        forms.append(f"{sentence[: m.start()]}{m[2]} {m[1]}{sentence[m.end() :]}")
    for m in re.finditer(rf"\b({months}) (\d\d?), (\d{{4}})\b,?", sentence):
        forms.append(f"{sentence[: m.start()]}{m[2]} {m[1]} {m[3]}{sentence[m.end() :]}")
    for m in re.finditer(rf"\b[Oo]n ({months}) \d\d?, (\d{{4}})\b", sentence):
        preposition = "In" if m.group()[0] == "O" else "in"
        forms.append(f"{sentence[: m.start()]}{preposition} {m[1]} {m[2]}{sentence[m.end() :]}")
        forms.append(f"{sentence[: m.start()]}{preposition} {m[2]}{sentence[m.end() :]}")
    for m in re.finditer(rf"\b([Ii]n) (?:{months}) (\d{{4}})\b", sentence):
        forms.append(f"{sentence[: m.start()]}{m[1]} {m[2]}{sentence[m.end() :]}")
    for m in re.finditer(r"\bthe (\d\d)th century\b", sentence):
        forms.append(f"{sentence[: m.start()]}the {int(m[1]) - 1}00s{sentence[m.end() :]}")
    for m in re.finditer(r"\b([Ii]n) (1[4-9]\d|20\d)\d(?= [a-z]|[,.]|\Z)", sentence):
        forms.append(f"{sentence[: m.start()]}{m[1]} the {m[2]}0s{sentence[m.end() :]}")
    for m in re.finditer(rf" (?:on )?({'|'.join(DAYS)})(?= \w)", sentence):
        forms.append(f"{sentence[: m.start()]}{sentence[m.end() :]}")
    return chance.choice(forms) if forms else None


_SYNONYM = {row[0]: row[1:] for row in SYNONYMS if row[0]}
_ANY_SYNONYM = re.compile(
    r"(?<![\w’'-])(?:" + "|".join(sorted(map(re.escape, _SYNONYM), key=len, reverse=True)) + r")(?![\w’'-])"
)


def synonym(sentence: str, place: Place, chance: random.Random) -> str | None:
    """Put words of the table for others."""
    found = list(_ANY_SYNONYM.finditer(sentence))
    if not found:
        return None
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 2, 3)))), key=lambda m: -m.start()):
        word = chance.choice(_SYNONYM[match.group()])
        sentence = sentence[: match.start()] + word + sentence[match.end() :]
    return sentence


RULES: dict[str, Rule] = {
    "dropped": dropped,
    "attribution": attribution,
    "name": name,
    "joined": joined,
    "reported": reported,
    "voice": voice,
    "number": number,
    "date": date,
    "synonym": synonym,
}


def reword(sentence: str, place: Place, chance: random.Random, *, times: int) -> tuple[str, str] | None:
    """Apply up to `times` rules, each once; return the words and the first rule's name, or "several"."""
    used: list[str] = []
    order = chance.sample(sorted(RULES), len(RULES))
    # What joins two sentences must see them whole, and what resolves a pronoun must see it first.
    order.sort(key=lambda rule: (rule not in ("name",), rule in ("joined", "synonym")) if times > 1 else 0)
    for rule in order:
        if len(used) == times:
            break
        made = RULES[rule](sentence, place, chance)
        if made and made != sentence:
            sentence = made
            used.append(rule)
    if not used:
        return None
    return sentence, used[0] if len(used) == 1 else "several"


def _other(forms: Sequence[str], sentence: str, chance: random.Random) -> str | None:
    rest = [form for form in forms if form != sentence]
    return chance.choice(rest) if rest else None
