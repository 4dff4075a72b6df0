"""Questions that the archive is sure to answer, made from its own quotations."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.quotation_table import StoredQuotation
from onrecord.index.speech.quotations import QuotationKind
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer

MOST = 8
"""Questions that are made."""
_NEWEST = 1_000
"""Quotations that are looked at, the newest."""
_TRIES = 3
"""Topics that are tried for one speaker."""

# A topic is what stands between a preposition and the next word of the language, or a mark: "over borders,",
# "on territory", "in Ukraine in". Of other words it is not known where a phrase of them ends.
_TOPIC = re.compile(
    r"\b(?:about|against|for|from|in|of|on|over|towards?|with)\s+(?P<topic>(?:the\s+)?(?!(?:an?|that|th[eio]se?|this)\b)\w[\w-]*(?:\s+\w[\w-]*)?)"
    r"(?=\s*(?:[,.;:!?”\"]|$)|\s+(?:as|at|between|but|by|for|from|in|is|of|on|that|to|which|with|would)\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question, and whose words answer it."""

    question: str
    speaker: str


class Suggester:
    """Makes questions from quotations, asks them, and keeps those that are answered with these very words."""

    def __init__(self, *, archive: SqliteArchive, answerer: ExtractiveAnswerer) -> None:
        self._archive = archive
        self._answerer = answerer
        self._making = threading.Lock()
        self._made_from: object = None
        self._made: tuple[Suggestion, ...] = ()

    def suggest(self) -> Sequence[Suggestion]:
        """Return at most `MOST` questions, one for each speaker; made anew when the archive has changed."""
        with self._making:
            state = self._archive.passages.state()
            if state != self._made_from:
                self._made = tuple(self._make())
                self._made_from = state
            return self._made

    def _make(self) -> Iterator[Suggestion]:
        after = max(0, self._archive.quotations.last() - _NEWEST)
        made = 0
        newest = self._archive.quotations.find(after=after)
        spoken_of = Counter(stem for stored in newest for stem in ParsedText(stored.quotation.text).stem_set)
        for speaker, said in _by_speaker(newest).items():
            for question in _questions(speaker, said, spoken_of):
                if self._is_answered(question, said):
                    yield Suggestion(question=question, speaker=speaker)
                    made += 1
                    break
            if made == MOST:
                return

    def _is_answered(self, question: str, said: Sequence[StoredQuotation]) -> bool:
        citations = self._answerer.answer(question, limit=1).citations
        return any(
            citation.article.id == stored.article.id and citation.span.overlaps(stored.quotation.span)
            for citation in citations
            for stored in said
        )


def _by_speaker(quotations: Sequence[StoredQuotation]) -> Mapping[str, Sequence[StoredQuotation]]:
    """Group the words of people: who has a role is one, where an agency or a country seldom has."""
    said: dict[str, list[StoredQuotation]] = defaultdict(list)
    for stored in quotations:
        quotation = stored.quotation
        if quotation.speaker and quotation.role and " " in quotation.speaker and not quotation.denied:
            said[quotation.speaker].append(stored)
    # Words in quotation marks make the better answers; then whoever says more.
    return dict(sorted(said.items(), key=lambda item: (-_in_marks(item[1]), -len(item[1]), item[0])))


def _questions(speaker: str, said: Sequence[StoredQuotation], spoken_of: Counter[str]) -> Iterator[str]:
    """Yield questions after a speaker's words: first on matters that come up again, then on names, on nothing last."""
    topics: dict[str, tuple[bool, int]] = {}
    for stored in said:
        for found in _TOPIC.finditer(stored.quotation.text):
            topic = found["topic"]
            often = min(spoken_of[stem] for stem in ParsedText(topic).content_stems)
            if often > 1 and not ParsedText(topic).stem_set & ParsedText(speaker).stem_set:
                topics[topic] = (not topic.islower(), -often)
    for topic in sorted(topics, key=topics.__getitem__)[:_TRIES]:
        yield f"What did {speaker} say about {topic}?"
    yield f"What did {speaker} say?"


def _in_marks(said: Sequence[StoredQuotation]) -> int:
    return sum(stored.quotation.kind is not QuotationKind.REPORTED for stored in said)
