"""What a question asks about, and what kind of answer it wants."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import Term
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the ranker sees it."""

    parsed: ParsedText
    names: frozenset[str]
    """Stems of its names and numbers: what a right quote can hardly do without."""
    kind: AnswerKind
    several: bool = False
    """Whether it asks for a list."""

    @property
    def text(self) -> str:
        """Its words as they were typed."""
        return self.parsed.text

    @property
    def terms(self) -> tuple[Term, ...]:
        """Its content words, in order."""
        return self.parsed.content


def read_question(text: str, parse: Parse = ParsedText) -> Question:
    """Read a question as it was typed."""
    parsed = parse(text)
    starts = {match.start() for match in _NAME.finditer(text)}
    first = len(text) - len(text.lstrip())
    names = {t.stem for t in parsed.content if t.span.start in starts and t.span.start != first}
    kind = next((kind for kind, pattern in _COMPILED if pattern.search(text)), AnswerKind.OTHER)
    several = kind not in _SINGLE and bool(_SEVERAL.search(text))
    return Question(parsed=parsed, names=frozenset(names), kind=kind, several=several)
