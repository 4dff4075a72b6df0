"""Answers made of nothing but quotes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import chain, zip_longest

from onrecord.index.fallback import watch
from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.values import Filters, FoundPassage
from onrecord.service.answers.answer import Answer, AnswerSentence, Citation, Timings
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder, Source
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.question.conversation import Message, split_question, stand_alone
from onrecord.service.answers.quoting.citing import CitationMaker
from onrecord.service.answers.quoting.disagreement import DisagreementFinder, say_who_differs
from onrecord.service.answers.quoting.inquiry import Choice, Inquiry
from onrecord.service.answers.quoting.ways import choose

_MAX_CLOSEST = 3
"""Quotes that an abstention shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedAnswer:
    """An answer made of quotes, with the passages that it was chosen from."""

    answer: Answer
    sources: tuple[Source, ...]
    """The passages, best first; none of an abstention."""


class ExtractiveAnswerer:
    """An answerer that quotes the archive's own sentences, or says that the archive does not answer."""

    def __init__(
        self,
        *,
        evidence: EvidenceFinder,
        speakers: SpeakerFinder,
        prompts: Prompts,
        is_empty: Callable[[], bool],
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """Take the parts; `today` returns the day in UTC from which "yesterday" and "this week" are counted.

        `is_empty` says whether the archive holds no article.
        """
        self._is_empty = is_empty
        self._today = today
        self._evidence = evidence
        self._speakers = speakers
        self._prompts = prompts

    def answer(
        self, text: str, *, limit: int, filters: Filters | None = None, history: Sequence[Message] = ()
    ) -> Answer:
        """Return at most `limit` quotes, best first, or an abstention with the closest ones.

        A question for somebody's words is answered with their quotations, or else with sentences about them that are
        not the words of others. Several questions in one text are answered one by one, and the text of the answer names
        those that the archive does not answer.
        """
        return self.look(text, limit=limit, filters=filters, history=history).answer

    def look(
        self, text: str, *, limit: int, filters: Filters | None = None, history: Sequence[Message] = ()
    ) -> QuotedAnswer:
        """Return the same answer with the passages that it was chosen from.

        A part that fails is done without, and the answer says so.
        """
        with watch() as failed:
            looked = self._look(text, limit=limit, filters=filters, history=history)
        return replace(looked, answer=looked.answer.degraded(*(part.loss for part in failed)))

    def _look(self, text: str, *, limit: int, filters: Filters | None, history: Sequence[Message]) -> QuotedAnswer:
        started = time.perf_counter()
        parse = cache(ParsedText)
        asked = tuple(self._evidence.mend(part) for part in split_question(stand_alone(text, history)))
        inquire = partial(Inquiry, today=self._today(), evidence=self._evidence, speakers=self._speakers, parse=parse)
        choices = [choose(inquire(part, filters or Filters())) for part in asked]
        answering = [choice for choice in choices if choice.ranking.answers]
        disagreements = DisagreementFinder(parse=parse)
        cited = CitationMaker(disagreements, parse=parse).cite(
            answering or choices, limit=limit if answering else min(limit, _MAX_CLOSEST)
        )
        citations = tuple(map(self._with_copies, cited))
        total = (time.perf_counter() - started) * 1e3
        retrieve = sum(choice.found.seconds for choice in choices) * 1e3
        answer = Answer(
            question=text,
            understood_as=asked if asked != (text,) else (),
            status="answered" if answering else "abstained",
            mode="extractive",
            confidence=min(choice.ranking.confidence for choice in answering or choices),
            text="",
            corpus_as_of=self._evidence.as_of(),
            timings=Timings(retrieve=retrieve, read=total - retrieve, total=total),
        )
        if not answering:
            nothing = not citations and self._is_empty()
            missing = [self._prompts.empty] if nothing else dict.fromkeys(map(self._miss, choices))
            return QuotedAnswer(answer=replace(answer, text="\n".join(missing), closest=citations), sources=())
        unanswered = [self._miss_part(choice) for choice in choices if not choice.ranking.answers]
        found = disagreements.find(citations, [choice.question for choice in answering])
        dates = {citation.number: citation.article.published_at for citation in citations}
        differing = [say_who_differs(one.citations, dates, self._prompts.differ) for one in found]
        answer = replace(
            answer,
            text="\n".join([*(self._say(citation) for citation in citations), *differing, *unanswered]),
            disagreements=found,
            sentences=tuple(AnswerSentence(text=c.quote, citations=(c.number,)) for c in citations),
            citations=citations,
        )
        return QuotedAnswer(answer=answer, sources=_sources(answering))

    def _with_copies(self, citation: Citation) -> Citation:
        """Return the citation with all articles that carry its quote among its copies."""
        found = self._evidence.carried(citation.article.id, citation.quote)
        others = dict.fromkeys((*found.article_ids, *citation.copies.article_ids))
        return replace(citation, copies=replace(found, article_ids=tuple(others), alike=citation.copies.alike))

    def _miss(self, choice: Choice) -> str:
        """Return the line that says that the question has no answer, or that there are no such words of a speaker."""
        prompts, inquiry = self._prompts, choice.inquiry
        if choice.not_on_record:
            template = prompts.not_on_record_filtered if inquiry.filters else prompts.not_on_record
            return template.format(speaker=choice.not_on_record)
        return self._miss_part(choice) if inquiry.filters else prompts.abstained

    def _miss_part(self, choice: Choice) -> str:
        """Return the line that names the question, or the part of one, that has no answer."""
        prompts, inquiry = self._prompts, choice.inquiry
        template = prompts.abstained_filtered if inquiry.filters else prompts.part_abstained
        return template.format(question=inquiry.text)

    def _say(self, citation: Citation) -> str:
        """Return the line of a quote: its words, its speaker if the words do not name them, its article and its day."""
        article, speaker = citation.article, citation.speaker
        who = speaker if speaker and speaker.split()[-1] not in citation.quote else None
        day = article.published_at[:10] if article.published_at else None
        source = ", ".join(part for part in (who, article.title, article.publisher, day) if part)
        return self._prompts.quote.format(quote=citation.quote, source=source, number=citation.number)


def _sources(choices: Sequence[Choice]) -> tuple[Source, ...]:
    """Return the passages of the choices, those of the best candidates of each choice first."""
    by_rank = chain.from_iterable(
        zip_longest(*([(choice.found, passage) for passage in _by_candidates(choice)] for choice in choices))
    )
    return tuple({passage.id: found.source(passage) for found, passage in filter(None, by_rank)}.values())


def _by_candidates(choice: Choice) -> list[FoundPassage]:
    found = [candidate.passage for candidate in choice.ranking.candidates]
    return list({passage.id: passage for passage in [*found, *choice.found.retrieval.passages]}.values())
