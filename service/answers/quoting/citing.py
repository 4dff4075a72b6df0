"""From choices to the quotes that are shown: which words, who says them, and which of them say the same."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

import numpy as np

from onrecord.index.text.copies import same_words
from onrecord.index.values import Copies, Span
from onrecord.service.answers.answer import Citation
from onrecord.service.answers.evidence.ranking import Candidate
from onrecord.service.answers.facts.parsed_text import Parse
from onrecord.service.answers.question.question import Question
from onrecord.service.answers.quoting.chronology import arrange
from onrecord.service.answers.quoting.disagreement import DisagreementFinder
from onrecord.service.answers.quoting.inquiry import Choice
from onrecord.service.answers.quoting.list_members import take_in_turn
from onrecord.service.answers.quoting.quotes import frame, says_the_same

_MIN_SHARE = 0.01
"""How likely, against the best quote, one must be to be the one that answers."""
_MIN_SHARE_OF_SEVERAL = 0.001
"""The same where several things were asked for: one quote seldom holds them all."""
_MAX_CANDIDATES = 24
"""Candidates among which quotes are looked for that say otherwise than those that are shown."""
_MIN_POINTED_LOG_ODDS = -5.0
"""The reader's log-odds from which on its words are pointed at in the quotes behind the first, and in those of an
abstention: they may hold no answer."""


class CitationMaker:
    """A maker of the citations of one answer."""

    def __init__(self, disagreements: DisagreementFinder, *, parse: Parse) -> None:
        self._disagreements = disagreements
        self._parse = parse

    def cite(self, choices: Sequence[Choice], *, limit: int) -> tuple[Citation, ...]:
        """Return the choices' citations, the best of each first, leaving out what an earlier one already says."""
        by_rank = chain.from_iterable(zip_longest(*(self._of_one(choice, limit=limit) for choice in choices)))
        citations: list[Citation] = []
        asked = [choice.question for choice in choices]
        for citation in filter(None, by_rank):
            same = [at for at, earlier in enumerate(citations) if self._repeats(citation, earlier, asked)]
            for at in same:
                citations[at] = _carried_by(citations[at], citation)
            if not same:
                citations.append(replace(citation, number=len(citations) + 1))
        return tuple(citations[:limit])

    def _of_one(self, choice: Choice, *, limit: int) -> tuple[Citation, ...]:
        """Turn the best candidates into citations, leaving out what an earlier one already says."""
        candidates = choice.ranking.candidates[: max(limit, _MAX_CANDIDATES)]
        spans = [_frame(choice, candidate) for candidate in candidates]
        quotes = [candidate.passage.slice(span) for candidate, span in zip(candidates, spans, strict=True)]
        order, shares = _shares(choice, quotes)
        bar = _MIN_SHARE_OF_SEVERAL if choice.question.several else _MIN_SHARE
        shown: list[Citation] = []
        further: list[Citation] = []
        for at, share in zip(order, shares, strict=False):
            # What answers best is pointed at though the reader doubts: it is the answer, and half of such marks are
            # right.
            doubtful = not (choice.ranking.answers and at == 0)
            least = _MIN_POINTED_LOG_ODDS if doubtful else -math.inf
            speaker, highlight = self._attribute(choice, candidates[at], spans[at], least=least)
            citation = Citation(
                number=0,
                article=candidates[at].passage.article,
                span=spans[at],
                quote=quotes[at],
                highlight=highlight,
                speaker=speaker,
                score=share,
            )
            is_shown = len(shown) < limit and share >= bar * shares[0]
            same = [at for at, earlier in enumerate(shown) if self._repeats(citation, earlier, [choice.question])]
            for at_same in same if is_shown else ():
                shown[at_same] = _carried_by(shown[at_same], citation)
            if not same:
                (shown if is_shown else further).append(citation)
        differ = self._disagreements.differ
        return arrange(choice.question, choice.inquiry.text, shown, further, limit=limit, differ=differ)

    def _attribute(
        self, choice: Choice, candidate: Candidate, quote: Span, *, least: float
    ) -> tuple[str | None, Span | None]:
        """Return who speaks in the chosen sentence, and which words answer if their score is above `least`.

        Where somebody's words were asked for, these are the words. Of a sentence in which several speak nobody is
        named, unless one of them was asked for.
        """
        pointed = candidate.words is not None and candidate.words.score > least
        highlight = _inside(candidate.words.span, quote) if candidate.words and pointed else None
        said = choice.found.said_in(candidate.passage.id, candidate.span)
        theirs = [quotation for quotation in said if quotation.speaker in choice.speakers]
        speakers = {quotation.speaker for quotation in theirs or said if quotation.speaker}
        if len(speakers) != 1:
            return None, highlight
        wanted = choice.question.parsed.content_stems
        nearest = max(theirs, key=lambda q: (len(wanted & self._parse(q.text).stem_set), len(q.span)), default=None)
        if nearest is None:
            return speakers.pop(), highlight
        return speakers.pop(), _inside(nearest.span, quote)

    def _repeats(self, citation: Citation, earlier: Citation, asked: Sequence[Question]) -> bool:
        """Say whether a quote holds nearly the same words as an earlier one, and says nothing else with them."""
        if not says_the_same(self._parse(citation.quote), self._parse(earlier.quote)):
            return False
        return not any(self._disagreements.differ(citation, earlier, one) for one in asked)


def _shares(choice: Choice, quotes: Sequence[str]) -> tuple[list[int], list[float]]:
    """Return the places of the quotes, best first, and how likely each, in this order, is to be the answer."""
    candidates = choice.ranking.candidates
    scored = [(at, candidates[at].score) for at in range(len(quotes))]
    if choice.question.several:
        scored = take_in_turn(choice.question, quotes, [score for _, score in scored])
    scores = np.array([*(score for _, score in scored), *(c.score for c in candidates[len(quotes) :])])
    shares = np.exp(scores - scores.max(initial=-np.inf)) if len(scores) else scores
    return [at for at, _ in scored], (shares / max(1e-9, shares.sum())).tolist()


def _frame(choice: Choice, candidate: Candidate) -> Span:
    """Return the place of the candidate's quote in its article."""
    found, passage = choice.found, candidate.passage
    return frame(
        found.texts(passage),
        found.sentences[passage.id].spans,
        candidate.position,
        wanted=choice.question.parsed.content_stems,
        words=candidate.words.span if candidate.words else None,
    )


def _carried_by(citation: Citation, other: Citation) -> Citation:
    """Count the other citation's article among those that carry the quote, if its own quote is the same words."""
    known = citation.copies.article_ids
    if other.article.id in {citation.article.id, *known} or not same_words(other.quote, citation.quote):
        return citation
    return replace(citation, copies=Copies(article_ids=(*known, other.article.id)))


def _inside(words: Span, quote: Span) -> Span | None:
    return Span(max(quote.start, words.start), min(quote.end, words.end)) if words.overlaps(quote) else None
