"""Answers made of nothing but quotes."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

import numpy as np

from onrecord.index.search.speaker_finder import SpeakerIndex
from onrecord.index.text.copies import same_words
from onrecord.index.text.embedder import Vector
from onrecord.index.text.terms import content_terms, stems_in
from onrecord.index.values import Copies, Filters, FoundPassage, Span
from onrecord.service.answers.answer import Answer, AnswerSentence, Citation, Timings
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder, Found, Source
from onrecord.service.answers.evidence.ranker import Candidate, Ranking
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.question.conversation import Turn, split_question, stand_alone
from onrecord.service.answers.question.question import AskedWords, Question, read_asked_words, read_question
from onrecord.service.answers.quoting.chronology import arrange
from onrecord.service.answers.quoting.disagreement import differ, find_disagreements, say_who_differs
from onrecord.service.answers.quoting.list_members import take_in_turn
from onrecord.service.answers.quoting.mentioned_people import Mentioned
from onrecord.service.answers.quoting.quotes import frame, says_the_same

_CLOSEST = 3
"""Quotes shown with an abstention."""
_SHARE = 0.01
"""A quote is shown if it is at least this likely, against the best one, to be the one that answers."""
_SHARE_OF_SEVERAL = 0.001
"""The same where several were asked for: one quote seldom holds them all."""
_LOOKED = 24
"""Candidates among which quotes are looked for that say otherwise than those that are shown."""
_POINTED = -5.0
"""The reader's log-odds from which on its words are pointed at in the quotes behind the first, and in those of an
abstention: they may hold no answer."""
_ANY_WORDS = 0.9
"""The confidence when any words of somebody were asked for and there are some: so often is an attribution right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A ranking and what it was made from."""

    question: Question
    found: Found
    ranking: Ranking
    speakers: frozenset[str] = frozenset()
    """Whose words were asked for, as the archive names them; empty when it does not matter."""
    text: str = ""
    """The whole of what was asked."""
    not_on_record: str | None = None
    """Who was asked after, if the archive has no such words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An answer made of quotes, and the passages it was chosen from."""

    answer: Answer
    sources: tuple[Source, ...]
    """Best first; of an abstention none."""


class ExtractiveAnswerer:
    """Answers a question with the archive's own sentences, or says that it does not answer."""

    def __init__(self, *, evidence: EvidenceFinder, speakers: SpeakerIndex, prompts: Prompts) -> None:
        self._evidence = evidence
        self._speakers = speakers
        self._prompts = prompts

    def answer(self, text: str, *, limit: int, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Return at most `limit` quotes, best first, or an abstention with the closest ones.

        Asked what somebody said, that person's words answer, or else what is written of them and nobody else says.
        Several questions in one are answered one by one; what the archive has no answer to is said.
        """
        return self.look(text, limit=limit, filters=filters, history=history).answer

    def look(self, text: str, *, limit: int, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Looked:
        """Return the answer with the passages that it was chosen from."""
        started = time.perf_counter()
        filters = filters or Filters()
        asked = tuple(self._evidence.mend(part) for part in split_question(stand_alone(text, history)))
        choices = [replace(self._choose(part, filters), text=part) for part in asked]
        answering = [choice for choice in choices if choice.ranking.answers]
        cited = _cite(answering or choices, limit=limit if answering else min(limit, _CLOSEST))
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
            missing = dict.fromkeys(self._miss(choice) for choice in choices)
            return Looked(answer=replace(answer, text="\n".join(missing), closest=citations), sources=())
        unanswered = [
            self._prompts.part_abstained.format(question=part)
            for part, choice in zip(asked, choices, strict=True)
            if not choice.ranking.answers
        ]
        disagreements = find_disagreements(citations, [choice.question for choice in answering])
        differing = [say_who_differs(one, citations, self._prompts.differ) for one in disagreements]
        answer = replace(
            answer,
            text="\n".join([*(self._say(citation) for citation in citations), *differing, *unanswered]),
            disagreements=disagreements,
            sentences=tuple(AnswerSentence(text=c.quote, citations=(c.number,)) for c in citations),
            citations=citations,
        )
        return Looked(answer=answer, sources=_sources(answering))

    def _with_copies(self, citation: Citation) -> Citation:
        """Add those that carry the quote to those that were left out because they say the same."""
        found = self._evidence.carried(citation.article.id, citation.quote)
        others = dict.fromkeys((*found.article_ids, *citation.copies.article_ids))
        return replace(citation, copies=replace(found, article_ids=tuple(others)))

    def _miss(self, choice: _Choice) -> str:
        if choice.not_on_record:
            return self._prompts.not_on_record.format(speaker=choice.not_on_record)
        return self._prompts.abstained

    def _say(self, citation: Citation) -> str:
        """Return the quote, who says it where the quote does not tell, where and when it stood."""
        article, speaker = citation.article, citation.speaker
        who = speaker if speaker and speaker.split()[-1] not in citation.quote else None
        day = article.published_at[:10] if article.published_at else None
        source = ", ".join(part for part in (who, article.title, article.publisher, day) if part)
        return self._prompts.quote.format(quote=citation.quote, source=source, number=citation.number)

    def _choose(self, text: str, filters: Filters) -> _Choice:
        question = read_question(text)
        asked = read_asked_words(text)
        names = frozenset(self._speakers.match(asked.who)) if asked and asked.who else frozenset[str]()
        theirs = self._in_their_words(asked, names, text, filters) if asked else None
        vector = theirs.found.retrieval.vector if theirs else None
        if theirs and not theirs.ranking.answers:
            theirs = None
        if asked and theirs and not asked.others:
            return theirs
        found = self._evidence.find(text, filters, vector=vector)
        if asked is None or asked.others or not (asked.who or asked.topic):
            anybody = self._rank(question, found, speakers=frozenset(filters.speakers or ()))
            return theirs if theirs and theirs.ranking.confidence >= anybody.ranking.confidence else anybody
        if asked.who is None:
            said = found.allow(
                lambda passage, span: any(
                    q.speaker and (filters.speakers is None or q.speaker in filters.speakers)
                    for q in found.said_in(passage.id, span)
                )
            )
            topic = read_question(asked.topic)
            return _Choice(question=topic, found=found, ranking=self._evidence.rank(topic, found, said, asked=text))
        if not names:
            names = frozenset(self._speakers.match(_respell(asked.who, found)))
            theirs = self._in_their_words(asked, names, text, filters, vector=found.retrieval.vector)
            if theirs and theirs.ranking.answers:
                return theirs
        who = Mentioned.as_asked(asked.who, names, reported=asked.reported)
        about = found.allow(lambda passage, span: who.is_in(_slice(passage, span), found.said_in(passage.id, span)))
        topic = read_question(asked.topic or text)
        written = _Choice(question=topic, found=found, ranking=self._evidence.rank(topic, found, about, asked=text))
        written = self._on_topic(written, asked.topic)
        if written.ranking.answers and filters.speakers is None:
            return written
        closest = self._rank(question, found)
        return replace(closest, ranking=replace(closest.ranking, answers=False), not_on_record=asked.who)

    def _rank(self, question: Question, found: Found, *, speakers: frozenset[str] = frozenset()) -> _Choice:
        allowed = None
        if speakers:
            allowed = found.allow(
                lambda passage, span: any(q.speaker in speakers for q in found.said_in(passage.id, span))
            )
        ranking = self._evidence.rank(question, found, allowed)
        return _Choice(question=question, found=found, ranking=ranking, speakers=speakers)

    def _in_their_words(
        self, asked: AskedWords, names: frozenset[str], text: str, filters: Filters, *, vector: Vector | None = None
    ) -> _Choice | None:
        """Rank what these speakers said by how well it fits the topic; None if they said nothing."""
        if filters.speakers is not None:
            names &= frozenset(filters.speakers)
        if not names:
            return None
        found = self._evidence.find(text, replace(filters, speakers=tuple(sorted(names))), vector=vector)
        allowed = found.allow(
            lambda passage, span: any(
                q.speaker in names and (q.denied or not asked.denied) for q in found.said_in(passage.id, span)
            )
        )
        # Who speaks is settled, so the name need not stand in the sentence and counts for nothing.
        question = read_question(asked.topic or text)
        ranking = self._evidence.rank(question, found, allowed, asked=text)
        if not asked.topic and ranking.candidates:
            ranking = replace(ranking, confidence=_ANY_WORDS, answers=True)
        return self._on_topic(_Choice(question=question, found=found, ranking=ranking, speakers=names), asked.topic)

    def _on_topic(self, choice: _Choice, topic: str) -> _Choice:
        """Let a choice answer only if its best sentence speaks of the topic: the speaker alone makes no answer."""
        ranking = choice.ranking
        if not topic or not ranking.answers or self._evidence.speaks_of(topic, choice.found, ranking.candidates[0]):
            return choice
        return replace(choice, ranking=replace(ranking, answers=False))


def _respell(who: str, found: Found) -> str:
    """Write a name as the archive's own vocabulary has it, where that has it otherwise."""
    spellings = found.retrieval.spellings
    return " ".join(spellings.get(term.stem, (term.folded,))[0] for term in content_terms(who))


def _cite(choices: Sequence[_Choice], *, limit: int) -> tuple[Citation, ...]:
    """Return the choices' citations, the best of each first, leaving out what an earlier one already says."""
    by_turns = chain.from_iterable(zip_longest(*(_citations(choice, limit=limit) for choice in choices)))
    citations: list[Citation] = []
    asked = [choice.question for choice in choices]
    for citation in filter(None, by_turns):
        same = [at for at, earlier in enumerate(citations) if _repeats(citation, earlier, asked)]
        for at in same:
            citations[at] = _carried_by(citations[at], citation.article.id, citation.quote)
        if not same:
            citations.append(replace(citation, number=len(citations) + 1))
    return tuple(citations[:limit])


def _sources(choices: Sequence[_Choice]) -> tuple[Source, ...]:
    """Return the choices' passages, those of the best candidates of each first."""
    by_turns = chain.from_iterable(
        zip_longest(*([(choice.found, passage) for passage in _by_candidates(choice)] for choice in choices))
    )
    return tuple({passage.id: found.source(passage) for found, passage in filter(None, by_turns)}.values())


def _by_candidates(choice: _Choice) -> list[FoundPassage]:
    found = [candidate.passage for candidate in choice.ranking.candidates]
    return list({passage.id: passage for passage in [*found, *choice.found.retrieval.passages]}.values())


def _citations(choice: _Choice, *, limit: int) -> tuple[Citation, ...]:
    """Turn the best candidates into citations, leaving out what an earlier one already says."""
    candidates = choice.ranking.candidates
    looked = candidates[: max(limit, _LOOKED)]
    spans = [_frame(choice, candidate) for candidate in looked]
    quotes = [_slice(candidate.passage, span) for candidate, span in zip(looked, spans, strict=True)]
    scored = [(at, candidate.score) for at, candidate in enumerate(looked)]
    if choice.question.several:
        scored = take_in_turn(choice.question, quotes, [score for _, score in scored])
    scores = np.array([*(score for _, score in scored), *(c.score for c in candidates[len(looked) :])])
    shares = np.exp(scores - scores.max(initial=-np.inf)) if len(scores) else scores
    shares = shares / max(1e-9, shares.sum())
    bar = _SHARE_OF_SEVERAL if choice.question.several else _SHARE
    citations: list[Citation] = []
    further: list[Citation] = []
    for (at, _), share in zip(scored, shares, strict=False):
        candidate, span, passage = looked[at], spans[at], looked[at].passage
        # What answers best is pointed at though the reader doubts: it is the answer, and half of such marks are right.
        doubtful = not (choice.ranking.answers and at == 0)
        speaker, highlight = _attribute(choice, candidate, span, least=_POINTED if doubtful else -math.inf)
        citation = Citation(
            number=0,
            article=passage.article,
            span=span,
            quote=quotes[at],
            highlight=highlight,
            speaker=speaker,
            score=float(share),
        )
        is_shown = len(citations) < limit and share >= bar * shares[0]
        same = [at for at, earlier in enumerate(citations) if _repeats(citation, earlier, [choice.question])]
        for at in same if is_shown else ():
            citations[at] = _carried_by(citations[at], passage.article.id, citation.quote)
        if not same:
            (citations if is_shown else further).append(citation)
    return arrange(choice.question, choice.text, citations, further, limit=limit)


def _frame(choice: _Choice, candidate: Candidate) -> Span:
    """Return the place of the candidate's quote in its article."""
    passage = candidate.passage
    offset = passage.span.start
    sentences = [Span(s.start - offset, s.end - offset) for s in choice.found.sentences[passage.id].spans]
    found = candidate.words.span if candidate.words else None
    words = Span(found.start - offset, found.end - offset) if found else None
    wanted = frozenset(term.stem for term in choice.question.terms)
    local = frame(passage.text, sentences, candidate.position, wanted=wanted, words=words)
    return Span(local.start + offset, local.end + offset)


def _slice(passage: FoundPassage, span: Span) -> str:
    return passage.text[span.start - passage.span.start : span.end - passage.span.start]


def _repeats(citation: Citation, earlier: Citation, asked: Sequence[Question]) -> bool:
    """Say whether a quote holds nearly the same words as an earlier one, and says nothing else with them."""
    return says_the_same(citation.quote, earlier.quote) and not any(differ(citation, earlier, one) for one in asked)


def _carried_by(citation: Citation, article: str, quote: str) -> Citation:
    """Count an article among those that carry the citation's quote, if its own quote is the same words."""
    known = citation.copies.article_ids
    if article in {citation.article.id, *known} or not same_words(quote, citation.quote):
        return citation
    return replace(citation, copies=Copies(article_ids=(*known, article)))


def _attribute(choice: _Choice, candidate: Candidate, quote: Span, *, least: float) -> tuple[str | None, Span | None]:
    """Return who speaks in the chosen sentence, and which words answer if their score is above `least`.

    Where somebody's words were asked for, these are the words. Of a sentence in which several speak nobody is named,
    unless one of them was asked for.
    """
    pointed = candidate.words is not None and candidate.words.score > least
    highlight = _inside(candidate.words.span, quote) if candidate.words and pointed else None
    said = choice.found.said_in(candidate.passage.id, candidate.span)
    theirs = [quotation for quotation in said if quotation.speaker in choice.speakers]
    speakers = {quotation.speaker for quotation in theirs or said if quotation.speaker}
    if len(speakers) != 1:
        return None, highlight
    wanted = {term.stem for term in choice.question.terms}
    nearest = max(theirs, key=lambda q: (len(wanted & set(stems_in(q.text))), len(q.span)), default=None)
    if nearest is None:
        return speakers.pop(), highlight
    return speakers.pop(), _inside(nearest.span, quote)


def _inside(words: Span, quote: Span) -> Span | None:
    return Span(max(quote.start, words.start), min(quote.end, words.end)) if words.overlaps(quote) else None
