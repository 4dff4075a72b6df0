"""Turn choices into citations: the quoted words, their speaker, and the articles that carry the same words."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

import numpy as np

from onrecord.index.text.copies import same_words
from onrecord.index.values import Copies, Span
from onrecord.service.answers.answer import Citation
from onrecord.service.answers.evidence.ranking import Candidate, Words
from onrecord.service.answers.facts.parsed_text import Parse
from onrecord.service.answers.question.question import Question
from onrecord.service.answers.quoting.chronology import arrange
from onrecord.service.answers.quoting.disagreement import DisagreementFinder
from onrecord.service.answers.quoting.inquiry import Choice
from onrecord.service.answers.quoting.list_members import take_in_turn
from onrecord.service.answers.quoting.marks import place_marks
from onrecord.service.answers.quoting.quotes import frame, says_the_same
from onrecord.service.answers.quoting.tables import find_cell

_MIN_SHARE = 0.01
"""The least probability of a shown quote to be the answer, as a share of that of the best quote."""
_MIN_SHARE_OF_SEVERAL = 0.001
"""The same if the question asks for a list, because one quote seldom holds all of it."""
_MAX_CANDIDATES = 24
"""Candidates among which the quotes that disagree with the shown ones are sought."""
_MAX_TABLES = 3
"""Passages in which a table is looked for."""
_MIN_POINTED_LOG_ODDS = -5.0
"""The least log-odds of the reader with which its words are highlighted in a quote that may hold no answer. Only the
first quote of an answer is taken to hold one."""


class CitationMaker:
    """A maker of the citations of one answer."""

    def __init__(self, disagreements: DisagreementFinder, *, parse: Parse) -> None:
        self._disagreements = disagreements
        self._parse = parse

    def cite(self, choices: Sequence[Choice], *, limit: int) -> tuple[Citation, ...]:
        """Return the citations of the choices, the best of each first, without those that repeat an earlier one."""
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
        """Return the best candidates of a choice as citations, without those that repeat an earlier one."""
        cell = self._cell_of(choice)
        if cell is not None:
            choice = _with_first(choice, cell)
        candidates = choice.ranking.candidates[: max(limit, _MAX_CANDIDATES)]
        spans = [_frame(choice, candidate) for candidate in candidates]
        quotes = [candidate.passage.slice(span) for candidate, span in zip(candidates, spans, strict=True)]
        order, shares = _shares(choice, quotes)
        bar = _MIN_SHARE_OF_SEVERAL if choice.question.several else _MIN_SHARE
        shown: list[Citation] = []
        further: list[Citation] = []
        for at, share in zip(order, shares, strict=False):
            # The best answer gets a highlight even if the reader doubts it, because half of such highlights are right.
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
                copies=Copies(alike=candidates[at].passage.copies.alike),
            )
            is_shown = len(shown) < limit and share >= bar * shares[0]
            same = [at for at, earlier in enumerate(shown) if self._repeats(citation, earlier, [choice.question])]
            for at_same in same if is_shown else ():
                shown[at_same] = _carried_by(shown[at_same], citation)
            if not same:
                (shown if is_shown else further).append(citation)
        differ, weights = self._disagreements.differ, choice.found.trust
        trust = {one.passage.article.id: weights[one.passage.id] for one in candidates} if weights else {}
        return arrange(choice.question, choice.inquiry.text, shown, further, limit=limit, differ=differ, trust=trust)

    def _cell_of(self, choice: Choice) -> Candidate | None:
        """Return the row of a table in one of the best passages whose cell the question asks for, with the cell."""
        for passage in choice.found.retrieval.passages[:_MAX_TABLES]:
            spans = choice.found.sentences[passage.id].spans
            texts = [passage.slice(span) for span in spans]
            cell = find_cell(choice.question.parsed, texts, parse=self._parse)
            if cell is None:
                continue
            start = spans[cell.row].start
            words = Words(span=Span(start + cell.span.start, start + cell.span.end), score=0.0)
            for candidate in choice.ranking.candidates:
                if candidate.passage.id == passage.id and candidate.position == cell.row:
                    return replace(candidate, words=words)
        return None

    def _attribute(
        self, choice: Choice, candidate: Candidate, quote: Span, *, least: float
    ) -> tuple[str | None, Span | None]:
        """Return the speaker of the chosen sentence, and the place of its answering words that score above `least`.

        If the question asks for somebody's words, their quotation is the words that answer. A sentence with several
        speakers has none, unless the question asks for one of them.
        """
        pointed = candidate.words is not None and candidate.words.score > least
        highlight = _inside(candidate.words.span, quote) if candidate.words and pointed else None
        if highlight is not None:
            local = Span(highlight.start - quote.start, highlight.end - quote.start)
            placed = place_marks(choice.inquiry.text, candidate.passage.slice(quote), local, parse=self._parse)
            highlight = Span(placed.start + quote.start, placed.end + quote.start)
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
        """Say whether a quote has nearly the words of an earlier one and does not disagree with it."""
        if not says_the_same(self._parse(citation.quote), self._parse(earlier.quote)):
            return False
        return not any(self._disagreements.differ(citation, earlier, one) for one in asked)


def _with_first(choice: Choice, row: Candidate) -> Choice:
    """Return the choice with this row before all candidates."""
    others = [c for c in choice.ranking.candidates if (c.passage.id, c.position) != (row.passage.id, row.position)]
    first = replace(row, score=max(c.score for c in choice.ranking.candidates))
    return replace(choice, ranking=replace(choice.ranking, candidates=(first, *others)))


def _shares(choice: Choice, quotes: Sequence[str]) -> tuple[list[int], list[float]]:
    """Return the positions of the quotes, best first, and the probability of each, in this order, to be the answer."""
    candidates = choice.ranking.candidates
    scored = [(at, candidates[at].score) for at in range(len(quotes))]
    if choice.question.several:
        scored = take_in_turn(choice.question, quotes, [score for _, score in scored])
    scores = np.array([*(score for _, score in scored), *(c.score for c in candidates[len(quotes) :])])
    shares = np.exp(scores - scores.max(initial=-np.inf)) if len(scores) else scores
    return [at for at, _ in scored], (shares / max(1e-9, shares.sum())).tolist()


def _frame(choice: Choice, candidate: Candidate) -> Span:
    """Return the place of the candidate's quote in the article's text."""
    found, passage = choice.found, candidate.passage
    return frame(
        found.texts(passage),
        found.sentences[passage.id].spans,
        candidate.position,
        wanted=choice.question.parsed.content_stems,
        words=candidate.words.span if candidate.words else None,
    )


def _carried_by(citation: Citation, other: Citation) -> Citation:
    """Return the citation with the other one's article among its copies, if both quotes are the same words."""
    known = citation.copies.article_ids
    if other.article.id in {citation.article.id, *known} or not same_words(other.quote, citation.quote):
        return citation
    return replace(citation, copies=replace(citation.copies, article_ids=(*known, other.article.id)))


def _inside(words: Span, quote: Span) -> Span | None:
    return Span(max(quote.start, words.start), min(quote.end, words.end)) if words.overlaps(quote) else None
