"""Read a question: its content words, its names, and the kind of answer that it asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import Term
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText


class AnswerKind(StrEnum):
    """A kind of answer that a question asks for."""

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
# A word counts as a plural by its ending: "parties" does, "status", "crisis", "class" and "news" do not.
_PLURAL = (
    r"(?!(?:does|is|was|has|happens|means|causes|makes|says|news|series|politics|species|bus|gas|plus)\b)"
    r"(?:[a-z’'-]{2,}(?<![sui])s|people|men|women|children|media|criteria|phenomena)"
)
_SEVERAL = re.compile(
    # These ask for a list: "Name the three …", "list …", "… List all places."
    rf"(?:^|[.?!])\W*(?:please |can you |could you )*(?:list\b|enumerate\b"
    rf"|name (?:the |some |all )?(?:{_COUNT}|(?:[a-z’'-]+ )?{_PLURAL})\b)"
    rf"|\b(?:which|what) (?:are|were)\b|\bwho (?:all|else|are|were)\b"
    rf"|\b(?:which|what) (?:(?:of the )?{_COUNT}\b|(?:[\w’'-]+ ){{0,2}}?{_PLURAL} (?!a\b|an\b|the\b|when\b|if\b))"
    # Several people do these: "who attended the talks".
    r"|\bwho (?:\w+ )?(?:attend|attended|(?:take|took|taking) part|"
    r"participate|participated|join|joined|met|belong|belongs|belonged)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with all that the ranker needs to know of it."""

    parsed: ParsedText
    names: frozenset[str]
    """The stems of its names and numbers, which a right quote seldom lacks."""
    kind: AnswerKind
    several: bool = False
    """Whether it asks for a list."""

    @property
    def text(self) -> str:
        """The question as it was typed."""
        return self.parsed.text

    @property
    def terms(self) -> tuple[Term, ...]:
        """The content words of the question, in order."""
        return self.parsed.content


def read_question(text: str, parse: Parse = ParsedText) -> Question:
    """Return the question with its names, its kind of answer, and whether it asks for a list."""
    parsed = parse(text)
    starts = {match.start() for match in _NAME.finditer(text)}
    first = len(text) - len(text.lstrip())
    names = {t.stem for t in parsed.content if t.span.start in starts and t.span.start != first}
    kind = next((kind for kind, pattern in _COMPILED if pattern.search(text)), AnswerKind.OTHER)
    several = kind not in _SINGLE and bool(_SEVERAL.search(text))
    return Question(parsed=parsed, names=frozenset(names), kind=kind, several=several)
