"""A question on its way to an answer: its reading, what the archive holds on it, and the choice among that."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.values import Filters
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder, Found
from onrecord.service.answers.evidence.ranking import Ranking
from onrecord.service.answers.facts.parsed_text import Parse
from onrecord.service.answers.question.asked_time import read_asked_time, without_latest
from onrecord.service.answers.question.asked_words import AskedWords, read_asked_words
from onrecord.service.answers.question.question import Question, read_question


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A ranking of sentences, with what it was made from."""

    inquiry: "Inquiry"
    question: Question
    """The question, or the part of it that says what it is about."""
    found: Found
    ranking: Ranking
    speakers: frozenset[str] = frozenset()
    """The speakers whose words the question asks for, by their names in the archive; empty if it asks for nobody's."""
    not_on_record: str | None = None
    """The speaker in the question if the archive has no such words of theirs, else None."""


class Inquiry:
    """A question that searches the archive when a way of answering first needs it."""

    def __init__(
        self,
        text: str,
        filters: Filters,
        *,
        today: date,
        evidence: EvidenceFinder,
        speakers: SpeakerFinder,
        parse: Parse,
    ) -> None:
        """Take the question and the parts; `parse` must keep its results, so that no sentence is parsed twice.

        If the question names a time, only the articles of that time are asked. `today` is the day in UTC.
        """
        self.text = text
        self.period = read_asked_time(text, today=today)
        self.filters = self.period.narrow(filters) if self.period else filters
        self.evidence = evidence
        self.parse = parse
        self._speakers = speakers
        self._found: dict[frozenset[str], Found] = {}

    @cached_property
    def question(self) -> Question:
        """The whole question."""
        return read_question(without_latest(self.text), self.parse)

    @cached_property
    def asked(self) -> AskedWords | None:
        """The speaker and topic of a question for somebody's words; None for any other question."""
        return read_asked_words(self.text)

    @cached_property
    def topic(self) -> Question:
        """The topic of the words that it asks for; the whole question if it names no topic."""
        topic = self.asked.topic if self.asked else ""
        return read_question(topic, self.parse) if topic else self.question

    @cached_property
    def named(self) -> frozenset[str]:
        """The speakers whose words it asks for, by their names in the archive; empty if it has no such name."""
        return self._match(self.asked.who) if self.asked and self.asked.who else frozenset()

    @cached_property
    def respelt(self) -> frozenset[str]:
        """The same speakers; where the archive has no name so spelt, those of the spelling that it has."""
        if self.named or not (self.asked and self.asked.who):
            return self.named
        spellings = self.search().retrieval.spellings
        return self._match(
            " ".join(spellings.get(term.stem, (term.folded,))[0] for term in self.parse(self.asked.who).content)
        )

    def search(self, speakers: frozenset[str] = frozenset()) -> Found:
        """Return the passages near the question; with `speakers`, only passages that quote one of them."""
        if speakers not in self._found:
            filters = replace(self.filters, speakers=tuple(sorted(speakers))) if speakers else self.filters
            vector = next((found.retrieval.vector for found in self._found.values()), None)
            self._found[speakers] = self.evidence.find(self.question.text, filters, vector=vector, parse=self.parse)
        return self._found[speakers]

    def _match(self, name: str) -> frozenset[str]:
        return frozenset(self._speakers.match(name))
