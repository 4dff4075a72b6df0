"""Make questions that the archive is sure to answer, from its own quotations."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.quotation_table import StoredQuotation
from onrecord.index.speech.quotations import QuotationKind
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer

MAX_SUGGESTIONS = 8
"""Questions that are suggested."""
_MAX_QUOTATIONS = 1_000
"""Quotations from which questions are made, the newest of the archive."""
_MAX_TOPICS = 3
"""Topics for which one speaker's questions are tried."""

# A topic stands between a preposition and the next function word or mark: "over borders,", "on territory", "in Ukraine
# in". Without such a word or mark, the end of the phrase is not known.
_TOPIC = re.compile(
    r"\b(?:about|against|for|from|in|of|on|over|towards?|with)\s+(?P<topic>(?:the\s+)?(?!(?:an?|that|th[eio]se?|this)\b)\w[\w-]*(?:\s+\w[\w-]*)?)"
    r"(?=\s*(?:[,.;:!?”\"]|$)|\s+(?:as|at|between|but|by|for|from|in|is|of|on|that|to|which|with|would)\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question, with the speaker whose words answer it."""

    question: str
    speaker: str


class Suggester:
    """A suggester that makes questions from quotations, and keeps those that the same quotations answer."""

    def __init__(self, *, archive: SqliteArchive, answerer: ExtractiveAnswerer) -> None:
        self._archive = archive
        self._answerer = answerer
        self._making = threading.Lock()
        self._made_from: object = None
        self._made: tuple[Suggestion, ...] = ()

    def suggest(self) -> Sequence[Suggestion]:
        """Return at most `MAX_SUGGESTIONS` questions, one for each speaker, made anew if the archive has changed."""
        with self._making:
            state = self._archive.passages.state()
            if state != self._made_from:
                self._made = tuple(self._make())
                self._made_from = state
            return self._made

    def _make(self) -> Iterator[Suggestion]:
        after = max(0, self._archive.quotations.state()[0] - _MAX_QUOTATIONS)
        made = 0
        newest = self._archive.quotations.find(after=after)
        spoken_of = Counter(stem for stored in newest for stem in ParsedText(stored.quotation.text).stem_set)
        for speaker, said in _by_speaker(newest).items():
            for question in _questions(speaker, said, spoken_of):
                if self._is_answered(question, said):
                    yield Suggestion(question=question, speaker=speaker)
                    made += 1
                    break
            if made == MAX_SUGGESTIONS:
                return

    def _is_answered(self, question: str, said: Sequence[StoredQuotation]) -> bool:
        citations = self._answerer.answer(question, limit=1).citations
        return any(
            citation.article.id == stored.article.id and citation.span.overlaps(stored.quotation.span)
            for citation in citations
            for stored in said
        )


def _by_speaker(quotations: Sequence[StoredQuotation]) -> Mapping[str, Sequence[StoredQuotation]]:
    """Group quotations by people, which are speakers with a role; agencies and countries seldom have one."""
    said: dict[str, list[StoredQuotation]] = defaultdict(list)
    for stored in quotations:
        quotation = stored.quotation
        if quotation.speaker and quotation.role and " " in quotation.speaker and not quotation.denied:
            said[quotation.speaker].append(stored)
    # Words in quotation marks make better answers, so speakers with most of them come first.
    return dict(sorted(said.items(), key=lambda item: (-_in_marks(item[1]), -len(item[1]), item[0])))


def _questions(speaker: str, said: Sequence[StoredQuotation], spoken_of: Counter[str]) -> Iterator[str]:
    """Yield questions that a speaker's words may answer.

    They ask for recurring topics in lower case first, then for recurring names, the most frequent of each first. The
    last question has no topic.
    """
    topics: dict[str, tuple[bool, int]] = {}
    name = ParsedText(speaker).stem_set
    for stored in said:
        for found in _TOPIC.finditer(stored.quotation.text):
            topic = ParsedText(found["topic"])
            often = min(spoken_of[stem] for stem in topic.content_stems)
            if often > 1 and not topic.stem_set & name:
                topics[topic.text] = (not topic.text.islower(), -often)
    for best in sorted(topics, key=topics.__getitem__)[:_MAX_TOPICS]:
        yield f"What did {speaker} say about {best}?"
    yield f"What did {speaker} say?"


def _in_marks(said: Sequence[StoredQuotation]) -> int:
    return sum(stored.quotation.kind is not QuotationKind.REPORTED for stored in said)
