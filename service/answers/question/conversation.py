"""Turn what a user typed into questions that stand alone: part several in one, and complete follow-ups.

Rules do it, so that no language model is needed: a pronoun stands for the person last asked about, and a question
without a topic takes the topic of the question before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.index.text.english.calendar import YEAR_PATTERN
from onrecord.index.text.english.names import NAME_PATTERN
from onrecord.index.text.english.particles import LEADING_IN_QUESTIONS, PARTICLE
from onrecord.index.text.invisible_characters import as_seen
from onrecord.index.values import Filters
from onrecord.service.answers.answer import Mode
from onrecord.service.answers.question.asked_words import read_asked_words

MAX_PARTS = 3
"""Questions that one text is parted into; the rest of the text belongs to the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its mode, filters and history."""

    question: str
    mode: Mode = "auto"
    limit: int = 5
    """The most quotes."""
    filters: Filters = Filters()
    history: tuple[Message, ...] = ()
    """The earlier messages of the conversation, oldest first."""


_WH = r"(?:who|whom|whose|what|when|where|why|which|how(?: (?:many|much|long|old|far|often))?)"
_QUESTION_ENDS = re.compile(r"(?<=\?)\s+(?=\S)")
_AND_ANOTHER = re.compile(rf"(?:,|;)?\s+(?:and|or)(?: also)?\s+(?={_WH}\b)", re.IGNORECASE)
_MIN_PART_WORDS = 3
"""Words in the first part of two questions: "when and where did it happen" is a single question."""

_LEAD = re.compile(
    r"^\W*(?:(?:and|but|so|or|then|ok|okay|also)\b[\s,]*)*"
    r"(?P<about>(?:what|how) about\b|what of\b)?\s*(?P<rest>.*?)[\s?.!]*$",
    re.IGNORECASE | re.DOTALL,
)
_ONLY_WH = re.compile(rf"^{_WH}(?: (?:was|is|did|does|were|are)(?: (?:that|it|this|so))?)?$", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"^(?P<word>about|on|regarding|concerning|in|at|for|from|with|to|against|during|after|before|since|under)\b\s+"
    r"(?P<object>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC_PREPOSITIONS = frozenset({"about", "on", "regarding", "concerning"})
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|should|may|might|must|said|says?|want(?:s|ed)?)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?P<word>he|she|they|him|her|them|his|their)\b(?P<after>\s+[a-z][\w’'-]*)?", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:about|on|of|for|against|with|to) (?P<word>it|this|that|them|these|those)\b(?=[\s?.!,]*$)", re.IGNORECASE
)
_IT = re.compile(r"\b(?:it|this|that|these|those|there|so)\b(?! [A-Z])(?=\s+[a-z]|[\s?.!]*$)")
_AUXILIARY = re.compile(r"(?:Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Can|Could|Will|Would|Should|May|Might|Must)\b")
_POSSESSIVES = frozenset({"his", "their", "her"})
_NOT_OWNED = re.compile(
    "about|after|against|again|and|as|at|because|before|but|by|for|from|if|into?|of|on|or|over|since|so|than|that|the|"
    "then|there|this|to|under|until|when|where|while|why|will|with|say|said|think|do|did"
)
"""Words behind which "her" is an object; before any other word it is a possessive."""
_PERSONAL = rf"(?:{LEADING_IN_QUESTIONS}\s+)?{NAME_PATTERN}"
_NAME = re.compile(rf"\b{_PERSONAL}(?:\s+(?:of|the|of\s+the)\s+{_PERSONAL})*")
# Nothing but a name stands here, so that "do" is a particle: "Who is do Carmo?"
_WHO_IS = re.compile(rf"\W*[Ww]ho(?:\s+(?:is|was|are|were)|[’']s)\s+(?P<who>(?:{PARTICLE}\s+)*{NAME_PATTERN})[\s?.!]*")
_YEAR = re.compile(rf"\b{YEAR_PATTERN}\b")
_PEOPLES = re.compile(r"\b[A-Z]\w+(?:ans?|ish|ese|ch|ic|i)\b")
"""Adjectives of countries and parties, by their endings: Russian, Swedish, Dutch, Catholic."""
_FIRST_WORD = re.compile(r"\W*\w+")
_ONE_WORD_THING = re.compile(r"\bthe [a-z][\w’'-]*\b(?! of\b)")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_LAST_THING = re.compile(r"\bthe\s+(?!same\b)(?:[\w’'-]+\s+){0,3}[\w’'-]+(?=[\s?.!]*$)")
_SUBJECT_IT = re.compile(r"\bit\b(?! (?:is|was|true|that|so)\b)(?=\s+[a-z]|[\s?.!]*$)", re.IGNORECASE)
_OF_SOMEBODY = re.compile(r"(?:his|her|their)\s+(?P<noun>[a-z][\w’'-]*(?:\s+[a-z][\w’'-]*){0,2})", re.IGNORECASE)
_MAX_READ = 2_000
"""Code points of an earlier message that are read."""
_MAX_QUESTION = 600
"""Code points of a completed follow-up; one that would be longer is left as it was typed."""


def split_question(text: str) -> tuple[str, ...]:
    """Return the questions in `text`, each completed to stand alone; a single question is returned as it is.

    A sentence that is no question ("I read of the strike. Who called it?") stays with the next question.
    """
    sentences = [part.strip() for part in _QUESTION_ENDS.split(text) if part.strip()]
    parts: list[str] = []
    for sentence in sentences:
        pieces = [piece.strip(" ,;") for piece in _AND_ANOTHER.split(sentence)]
        several = len(pieces) > 1 and len(pieces[0].split()) >= _MIN_PART_WORDS and _asks(pieces[0])
        parts += pieces if several else [sentence]
    if len(parts) < 2 or not all(_asks(part) for part in parts):
        return (text,)
    if len(parts) > MAX_PARTS:
        parts = [*parts[: MAX_PARTS - 1], " ".join(parts[MAX_PARTS - 1 :])]
    whole = [parts[0]]
    for part in parts[1:]:
        whole.append(follow_up(part, whole[-1]))
    return tuple(one if one.endswith("?") else f"{one}?" for one in whole)


def stand_alone(question: str, history: Sequence[Message]) -> str:
    """Return the question completed from the conversation before it, or as it is if it stands alone."""
    before, said = "", ""
    for message in history:
        if message.role == "user":
            before, said = follow_up(as_seen(message.content[:_MAX_READ]), before, said), ""
        else:
            said = as_seen(message.content[:_MAX_READ])
    return follow_up(question, before, said)


def follow_up(question: str, before: str, said: str = "") -> str:
    """Return the question completed from the question `before` it and from `said`, the answer to that."""
    if not before:
        return question
    whole = _elliptic(question, before, said) or _with_names(question, before, said)
    return whole if len(whole) <= _MAX_QUESTION else question


def _asks(text: str) -> bool:
    return text.endswith("?") or bool(re.match(rf"\W*(?:and |but |so )?{_WH}\b", text, re.IGNORECASE))


def _elliptic(question: str, before: str, said: str) -> str | None:
    """Complete "and Merkel?", "what about elections?", "and in France?" or "when?"; return None for other questions."""
    lead = _LEAD.match(question)
    rest = lead["rest"].strip() if lead else ""
    if not lead or not rest:
        return None
    if _ONLY_WH.match(rest):
        wh = re.match(_WH, rest, re.IGNORECASE)
        return f"{wh.group().capitalize() if wh else rest} {_without_wh(before)}?"
    begun = lead["about"] or lead.start("rest") > 0
    if (
        not begun
        or len(rest.split()) > 6
        or _VERB.search(_NAME.sub("", rest))
        or re.match(rf"{_WH}\b", rest, re.IGNORECASE)
    ):
        return None
    asked = read_asked_words(before)
    if traded := _trade(rest, before):
        return traded
    if owned := _OF_SOMEBODY.fullmatch(rest):
        who = (asked.who if asked else None) or _who(before, said)
        return f"Who is {who}’s {owned['noun']}?" if who else None
    if of := _PREPOSITION.match(rest):
        if asked and asked.who and of["word"].lower() in _TOPIC_PREPOSITIONS:
            return f"What did {asked.who} say about {of['object']}?"
        same = re.search(
            rf"\b{of['word']}\s+(?:the\s+)?[\w’'-]+(?:\s+[A-Z][\w’'-]*)*(?=[\s?.!,]*$|\s)", before, re.IGNORECASE
        )
        if same:
            return _with(same, rest)
        return f"{before.rstrip(' ?.!')} {rest}?"
    who = rest
    if _PERSON.fullmatch(rest):
        other = asked.who if asked and asked.who else None
        who = _last_name(said, but=other) or _last_name(_without_first(before), but=other) or other or rest
    if asked and asked.who:
        topic = "" if set(_words(who)) & set(_words(asked.topic)) else asked.topic
        if lead["about"] and not who[:1].isupper() and not _PERSON.fullmatch(rest):
            return f"What did {asked.who} say about {who}?"
        return f"What did {who} say about {topic}?" if topic else f"What did {who} say?"
    if who[:1].isupper() and (name := _NAME.search(before, _end_of_first_word(before))):
        return _with(name, who)
    return f"{before.rstrip(' ?.!')}: {who}?"


def _trade(rest: str, before: str) -> str | None:
    """Return the question before with a year, an adjective or a noun traded for that of the rest, or None.

    "And in 2021?" trades the year, "and the Swedish one?" the Norwegian, "and the Ukrainian delegation?" the Russian.
    """
    if (year := _YEAR.search(rest)) and (old := _YEAR.search(before)):
        return _with(old, year.group())
    begin = _end_of_first_word(before)
    words = rest.removeprefix("the ").split()
    people = _PEOPLES.fullmatch(words[0]) and (len(words) == 1 or words[1:] in (["one"], ["ones"]))
    if people and (old := _PEOPLES.search(before, begin)):
        return _with(old, words[0])
    things = list(_ONE_WORD_THING.finditer(before, begin))
    if len(words) == 1 and rest.startswith("the ") and len(things) == 1:
        return _with(things[0], rest)
    if (of := _PREPOSITION.match(rest)) and len(of["object"].split()) > 1:
        # "And after the war?" trades the "before" of "before the war".
        other = re.search(rf"\b(?:before|after|during|since|until|in|on|at)\s+{re.escape(of['object'])}\b", before)
        return _with(other, rest) if other else None
    if len(words) < 2 or not words[-1].islower():
        return None
    noun = re.escape(words[-1])
    same = re.compile(rf"\b(?:the\s+)?(?:\w[\w’'-]*\s+)?{noun}\b(?![’'])").search(before, begin)
    if same is None:
        return None
    verb = re.match(rf"(?:{_VERB.pattern}|[a-z]+s)\s+(?!{noun}\b)", same.group())
    return _with(same, (verb.group() if verb else "") + rest)


def _with_names(question: str, before: str, said: str) -> str:
    """Replace a pronoun by the person or the topic last asked about, if the question names nobody it may stand for."""
    asked = read_asked_words(before)
    whole = question
    person = _PERSON.search(question)
    if person and not _NAME.search(_without_first(question[: person.start()])):
        who = (asked.who if asked else None) or _who(before, said)
        if who:
            whole = _PERSON.sub(lambda m: _named(m, who), whole, count=1)
    plain = _IN_BRACKETS.sub("", before)
    if whole == question and (it := _SUBJECT_IT.search(question)) and not (asked and asked.topic):
        thing_before = _LAST_THING.search(plain)
        if thing_before and not _VERB.search(thing_before.group()):
            whole = _with(it, thing_before.group())
    if thing := _THING.search(whole):
        topic = asked.topic if asked and asked.topic else _without_wh(before)
        whole = _with(thing, topic, group="word")
    if whole == question and (person or _IT.search(question)) and not _NAME.search(_without_first(question)):
        # What was put in brackets before belongs to the question before it.
        return f"{question.rstrip(' ?.!')} ({_without_wh(plain)})?"
    return whole


def _who(before: str, said: str) -> str | None:
    """Return the person a pronoun stands for: the one in the answer to "who …", else the last one that is named."""
    if asked := _WHO_IS.fullmatch(before):
        return asked["who"]
    if re.match(r"\W*who(?:m|se)?\b", before, re.IGNORECASE) and said:
        known = set(_words(before))
        for match in _NAME.finditer(said):
            if " " in match.group() and not known & set(_words(match.group())):
                return match.group()
    return _last_name(_without_first(before)) or _last_name(said)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _named(match: re.Match[str], who: str) -> str:
    after = match["after"] or ""
    word = match["word"].lower()
    owned = word in {"his", "their"} or (word == "her" and after and not _NOT_OWNED.fullmatch(after.strip().lower()))
    return (f"{who}’s" if owned and word in _POSSESSIVES else who) + after


def _last_name(text: str, *, but: str | None = None) -> str | None:
    names = [match.group().removesuffix("’s").removesuffix("'s").rstrip(".") for match in _NAME.finditer(text)]
    others = [name for name in names if not but or not (set(name.split()) & set(but.split()))]
    return others[-1] if others else None


def _with(match: re.Match[str], words: str, *, group: str | int = 0) -> str:
    """Return the text in which something was found, with these words in the place of what was found."""
    return match.string[: match.start(group)] + words + match.string[match.end(group) :]


def _end_of_first_word(text: str) -> int:
    first = _FIRST_WORD.match(text)
    return first.end() if first else 0


def _without_first(text: str) -> str:
    """Return the text without its first word, which has a capital even if it is no name."""
    return text[_end_of_first_word(text) :]


def _without_wh(text: str) -> str:
    """Return the words of a question behind its question word."""
    rest = re.sub(rf"^\W*{_WH}\b\s*", "", text, count=1, flags=re.IGNORECASE).rstrip(" ?.!")
    return rest[:1].lower() + rest[1:] if _AUXILIARY.match(rest) else rest
