"""What a question asks about, and what kind of answer it wants."""

import re
from dataclasses import dataclass
from enum import StrEnum

from index.terms import Term, content_terms


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
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_NAME = re.compile(r"\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the ranker sees it."""

    text: str
    terms: tuple[Term, ...]
    """Its content words, in order."""
    names: frozenset[str]
    """Stems of its names and numbers: what a right quote can hardly do without."""
    kind: AnswerKind


def read_question(text: str) -> Question:
    """Read a question as it was typed."""
    terms = content_terms(text)
    starts = {match.start() for match in _NAME.finditer(text)}
    first = len(text) - len(text.lstrip())
    names = {t.stem for t in terms if t.span.start in starts and t.span.start != first}
    kind = next((kind for kind, pattern in _COMPILED if pattern.search(text)), AnswerKind.OTHER)
    return Question(text=text, terms=tuple(terms), names=frozenset(names), kind=kind)
