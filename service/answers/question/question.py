"""What a question asks about, and what kind of answer it wants."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.text.english.names import NAME_LIST_PATTERN
from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.sayings import ASKED_SAYINGS, ASKED_STANDS, ASKED_TALK, Form, spellings_of
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import Term, content_terms


class AnswerKind(StrEnum):
    """The kind of answer that a question's first words ask for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    REASON = "reason"
    OTHER = "other"


_KINDS = (
    (AnswerKind.NUMBER, r"\bhow (?:many|much|old|tall|long|far|often|big|large|high|deep|heavy|fast)\b|\bwhat percent"),
    (AnswerKind.NUMBER, r"\bwhat (?:number|share|proportion|amount|population)\b|\bhow [a-z]+ (?:is|are|was|were)\b"),
    (AnswerKind.PERSON, r"\bwho(?:m|se)?\b"),
    (AnswerKind.TIME, r"\bwhen\b|\b(?:what|which) (?:year|day|date|month|century|decade|time)\b|\bhow soon\b"),
    (AnswerKind.PLACE, r"\bwhere\b|\b(?:what|which) (?:country|city|town|state|place|region|continent|county)\b"),
    (AnswerKind.REASON, r"\bwhy\b|\bwhat (?:caused|reason)\b|\bfor what reason\b|\bhow come\b"),
)
_SINGLE = {AnswerKind.NUMBER, AnswerKind.TIME, AnswerKind.REASON}
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_COUNT = rf"(?:all|{any_of(COUNTED)}|several|various|different|both)"
# A plural by its look: "parties" is one, "status", "crisis", "class" and "news" are none.
_PLURAL = (
    r"(?!(?:does|is|was|has|happens|means|causes|makes|says|news|series|politics|species|bus|gas|plus)\b)"
    r"(?:[a-z’'-]{2,}(?<![sui])s|people|men|women|children|media|criteria|phenomena)"
)
_SEVERAL = re.compile(
    # "Name the three …", "list …", "… List all places."
    rf"(?:^|[.?!])\W*(?:please |can you |could you )*(?:list\b|enumerate\b"
    rf"|name (?:the |some |all )?(?:{_COUNT}|(?:[a-z’'-]+ )?{_PLURAL})\b)"
    rf"|\b(?:which|what) (?:are|were)\b|\bwho (?:all|else|are|were)\b"
    rf"|\b(?:which|what) (?:(?:of the )?{_COUNT}\b|(?:[\w’'-]+ ){{0,2}}?{_PLURAL} (?!a\b|an\b|the\b|when\b|if\b))"
    # What several do: "who attended the talks".
    r"|\bwho (?:\w+ )?(?:attend|attended|(?:take|took|taking) part|"
    r"participate|participated|join|joined|met|belong|belongs|belonged)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")


# "The state" is a noun before it is a verb, so it counts in small letters only.
_SAY = any_of(spellings_of(ASKED_SAYINGS, Form.BASE, Form.PAST, Form.DONE) - {"state"}) + "|(?-i:state)"
_TAKE_A_STAND = any_of(ASKED_STANDS)
_LIST = rf"(?-i:{NAME_LIST_PATTERN})"
_TALK = any_of(spellings_of(ASKED_TALK, Form.BASE, Form.PAST, Form.DONE))
_WHAT_DID_X_SAY = re.compile(
    r"\b(?:what|how|why)(?:'s|’s)? (?:else )?(?:did|does|do|has|have|had) "
    r"(?P<who>" + _LIST + r"|(?!the state\b)[^?,;]{2,60}?|the state[^?,;]{0,50}?) "
    r"(?:(?:ever|also|really|publicly|actually|just|have|had) )*"
    rf"(?:(?P<verb>{_SAY})|{_TAKE_A_STAND})\b(?P<topic>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ACCORDING_TO_X = re.compile(
    rf"^(?P<topic>.{{3,}}?),? according to (?P<who>{_LIST}|[^?,;]{{2,60}})[?.! ]*$", re.IGNORECASE | re.DOTALL
)
_BY_WHAT_IS_READ = re.compile(
    r"(?:the |this |these |that |your |an? )?(?:news |press |media )?"
    r"(?:articles?|texts?|reports?|story|stories|passages?|archive|news|press|media|authors?|sources?)",
    re.IGNORECASE,
)
"""Who "according to the article" asks for: nobody."""
_WHO_SAID = re.compile(
    rf"^\W*who(?: else)? (?:has |had )?(?:{_SAY}|says|thinks|claims)\b(?P<topic>.*)$", re.IGNORECASE | re.DOTALL
)
_VIEWS = (
    "position|stance|views?|opinions?|attitude|thoughts?|take|reaction|response|comments?|remarks?|statements?|"
    "assessment|words|message|warning|promise|demands?"
)
_WHAT_IS_XS_VIEW = re.compile(
    r"^\W*(?:what(?:'s|’s| is| are| was| were) )?(?:the )?"
    rf"(?:(?P<owner>[^?,;]{{2,60}}?)(?:'s|’s|s'|s’) (?:{_VIEWS})"
    rf"|(?:{_VIEWS}) (?:of|by|from) (?P<author>[^?,;]{{2,60}}?))"
    r" (?:on|about|of|to|towards?|regarding|concerning|over)\b(?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DID_X_SAY = re.compile(
    r"^\W*(?:did|does|has|have|had) (?P<who>(?!(?:I|you|we|they|any|some|anyone|anybody|someone|somebody|it|there)\b)"
    rf"(?:{_LIST}|[^?,;]{{2,60}}?)) (?:(?:ever|also|really|publicly|actually|already|yet) )*(?:"
    rf"{_TALK})\b(?: anything| something)?(?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_LEADING = re.compile(
    r"^[\s?.,!]*(?:(?:about|of|on|regarding|concerning|over|that|to|as|when|in|for)\b)?\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWords:
    """A question for what somebody said: whose words, about what, and whether for denials only."""

    who: str | None
    """None when it is the speaker that is asked for."""
    topic: str
    """Empty when any of the words will do."""
    denied: bool = False
    others: bool = False
    """What others say answers as well: "what is X's view of Y", "did X mention Y", "what did X want about Y"."""
    reported: bool = False
    """Only what is reported as said answers: "what did X say", and not "Y, according to X"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the ranker sees it."""

    text: str
    terms: tuple[Term, ...]
    """Its content words, in order."""
    names: frozenset[str]
    """Stems of its names and numbers: what a right quote can hardly do without."""
    kind: AnswerKind
    several: bool = False
    """It asks for a list."""


def read_question(text: str) -> Question:
    """Read a question as it was typed."""
    terms = content_terms(text)
    starts = {match.start() for match in _NAME.finditer(text)}
    first = len(text) - len(text.lstrip())
    names = {t.stem for t in terms if t.span.start in starts and t.span.start != first}
    kind = next((kind for kind, pattern in _COMPILED if pattern.search(text)), AnswerKind.OTHER)
    several = kind not in _SINGLE and bool(_SEVERAL.search(text))
    return Question(text=text, terms=tuple(terms), names=frozenset(names), kind=kind, several=several)


def read_asked_words(text: str) -> AskedWords | None:
    """Read "what did X say about Y", "X's view of Y", "did X mention Y", "Y, according to X" and "who said that Y".

    "How did X describe Y" (want, propose …) is one of them as well; None for any other question.
    """
    if match := _WHO_SAID.search(text):
        return AskedWords(who=None, topic=_topic(match["topic"]))
    if match := _WHAT_DID_X_SAY.search(text):
        verb, topic = (match["verb"] or "").lower(), _topic(match["topic"])
        if not (verb or topic):
            return None
        return AskedWords(
            who=match["who"].strip(),
            topic=topic,
            denied=verb in {"deny", "denied"},
            others=not verb,
            reported=bool(verb),
        )
    if match := _ACCORDING_TO_X.search(text):
        who = match["who"].strip()
        if _BY_WHAT_IS_READ.fullmatch(who):
            return None
        # "its foreign minister", "officials": the question says by another word than the article who that is.
        described = who.islower() and not text.strip()[1:].islower()
        return AskedWords(who=who, topic=_topic(match["topic"]), others=described)
    if match := _WHAT_IS_XS_VIEW.search(text):
        return AskedWords(who=(match["owner"] or match["author"]).strip(), topic=_topic(match["topic"]), others=True)
    if match := _DID_X_SAY.search(text):
        return AskedWords(who=match["who"].strip(), topic=_topic(match["topic"]), others=True)
    return None


def _topic(text: str) -> str:
    return text[match.end() :].strip(" ?.!") if (match := _LEADING.match(text)) else text
