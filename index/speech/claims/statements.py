"""Search for the claims of a sentence: words that it attributes to a speaker."""

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.claims.cued_sentence import ASIDE, MAX_ITEMS, SUBJECTS, Sentence
from onrecord.index.speech.claims.said_after import CLAUSE_LINKS, resumed, said_after
from onrecord.index.speech.claims.said_before import said_before
from onrecord.index.speech.grammar.cue_finder import CuedVerb
from onrecord.index.speech.grammar.noun_phrases import Range, left_phrase
from onrecord.index.speech.grammar.subjects import right_phrase
from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.function_words import FINITE
from onrecord.index.text.english.sayings import (
    BODILY,
    DENYING,
    PLAIN_SAYINGS,
    SEEING,
    STANDS,
    STATEMENT_NOUNS,
    THOUGHTS,
    WITH_OBJECTS,
    Group,
)
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.values import Span

_OWNERS = word_set("his her their its my our")
_OBLIQUE = word_set("him her them")


@dataclass(slots=True, kw_only=True)
class Claim:
    """A stretch of sentence number `clause` that is attributed by a cue to the mention of a speaker."""

    span: Span
    direct: bool
    quotes: int
    cue: Span
    lemma: str
    group: Group | None
    mention: Span | None
    clause: int
    block: int
    runs_on: bool = False
    denied: bool = False
    reporter: Span | None = None
    alone: bool = False
    """Whether the words are a sentence or a paragraph of their own, in which nobody is named."""
    lead: bool = False
    """Whether the one speaks whom an interview is with, and no mention names them."""


class Statements:
    """A finder of the claims of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.items = sentence.items
        self.cued_verbs = sentence.cued_verbs

    def claims(self) -> list[Claim]:
        """Return the claims of the sentence, by every pattern that fits it."""
        found: list[Claim] = []
        found += self._according()
        found += self._colon()
        found += self._named_statements()
        found += self._in_words()
        for order, cued in enumerate(self.cued_verbs):
            backward = said_before(self.sentence, order, cued)
            if backward is not None:
                claim = self._claim(cued, backward)
                if claim is not None:
                    found.append(claim)
                    again = resumed(self.sentence, cued) if claim.quotes else None
                    more = self._claim(cued, again) if again is not None else None
                    if more is not None:
                        found.append(more)
                    continue
            forward = said_after(self.sentence, order, cued)
            if forward is not None:
                claim = self._claim(cued, forward)
                if claim is not None:
                    found.append(claim)
        return found

    def _according(self) -> list[Claim]:
        items = self.items
        found: list[Claim] = []
        for at in range(len(items) - 2):
            if items[at].low != "according" or items[at + 1].low != "to":
                continue
            source = _source_phrase(items, at + 2)
            if source is None:
                continue
            start, end = 0, 0
            comma = next((n for n in range(source[1], min(len(items), source[1] + 30)) if items[n].text == ","), None)
            opening = at == 0 or (at <= 2 and items[0].low in ("but", "and", "yet"))
            if opening:
                if comma is None:
                    continue
                start, end = comma + 1, self.sentence.content_end(comma + 1, min(len(items), comma + MAX_ITEMS))
            else:
                end = at
                while end and items[end - 1].text in (",", "—", "–", "-"):
                    end -= 1
                start = self.sentence.clause_start(end)
                if end - start > MAX_ITEMS:
                    continue
                if end - start < 4 and comma is not None:
                    start, end = comma + 1, self.sentence.content_end(comma + 1, min(len(items), comma + MAX_ITEMS))
            if end - start >= 2 or (end > start and items[start].quoted is not None):
                found.append(self.make((start, end), (at, at + 2), "according", Group.SAY, source))
        return found

    def _colon(self) -> list[Claim]:
        items = self.items
        colon = next((n for n in range(1, min(len(items), 9)) if items[n].text == ":"), None)
        if colon is None or colon + 1 >= len(items) or self.cued_verbs and self.cued_verbs[0].cue[0] < colon:
            return []
        named = all(
            item.word and item.capital or item.text in (".", "(", ")", "-", "&", "’s", "'s") for item in items[:colon]
        )
        quote = items[colon + 1].quoted is not None
        if not named or colon > 6:
            return []
        if quote:
            end = colon + 2
        elif self.sentence.clause.headline:
            end = len(items)
            while end > colon + 1 and items[end - 1].text in ".":
                end -= 1
        else:
            return []
        if end - colon - 1 < 1 or end - colon > MAX_ITEMS or (not quote and end - colon - 1 < 3):
            return []
        return [self.make((colon + 1, end), (colon, colon + 1), ":", Group.SAY, (0, colon))]

    def _named_statements(self) -> list[Claim]:
        items = self.items
        found: list[Claim] = []
        for at in range(2, len(items) - 2):
            if items[at].low not in STATEMENT_NOUNS or not (
                items[at + 1].low == "that" or items[at + 1].quoted is not None
            ):
                continue
            owner = at - 1
            while (
                owner > 0
                and at - owner < 4
                and items[owner].word
                and not items[owner].capital
                and items[owner].low not in _OWNERS
            ):
                owner -= 1
            if items[owner].low in _OWNERS:
                source: Range | None = (owner, owner + 1)
            elif items[owner].text in ("’s", "'s", "’", "'"):
                source = left_phrase(items, owner)
            else:
                continue
            start = at + 2 if items[at + 1].low == "that" else at + 1
            end = self.sentence.content_end(start, self._next_begin(at))
            if source is not None and end > start and (end - start > 3 or items[start].quoted is not None):
                found.append(self.make((start, end), (at, at + 1), items[at].low, Group.SAY, source))
        return found

    def _in_words(self) -> list[Claim]:
        items = self.items
        for at in range(min(len(items) - 2, 12)):
            if items[at].low != "words" or items[at + 1].text not in (",", ":") or items[0].low != "in":
                continue
            owner = next((n for n in range(at) if items[n].low in _OWNERS), None)
            source: Range | None = None if owner is None else (owner, owner + 1)
            if items[1].low == "the" and at > 1:
                of = next((n for n in range(at, at + 2) if items[n].low == "of"), None)
                source = right_phrase(items, of + 1) if of is not None else source
            elif owner is None and at and items[at - 1].text in ("’s", "'s", "’", "'"):
                source = left_phrase(items, at - 1)
            end = self.sentence.content_end(at + 2, min(len(items), at + MAX_ITEMS))
            if source is not None and self.sentence.quote_in(at + 2, end):
                return [self.make((at + 2, end), (at, at + 1), "words", Group.SAY, source)]
        return []

    def _next_begin(self, at: int) -> int:
        for cued in self.cued_verbs:
            if cued.begins > at + 2 and (cued.inherited or self.items[cued.begins].text == ","):
                return cued.begins
        return min(len(self.items), at + MAX_ITEMS)

    def _claim(self, cued: CuedVerb, content: Range) -> Claim | None:
        items = self.items
        start, end = content
        while start < end and items[start].text in (",", ":", "—", "–", "-", ")", "."):
            start += 1
        quotes = [n for n in range(start, end) if items[n].quoted is not None]
        words = sum(1 for n in range(start, end) if items[n].word)
        if cued.verb.group is Group.NAME and items[start].low == "as" and start + 1 < end:
            start += 1
        if cued.verb.group is Group.NAME and quotes and quotes[0] > start - 1:
            end = self._names_until(quotes[0], end)
            quotes = [n for n in quotes if n < end]
        distant = bool(quotes) and quotes[0] - start > 2 and start > cued.cue[0]
        if distant and cued.verb.lemma in BODILY:
            return None
        always_states = cued.verb.group is not Group.SAY or cued.verb.lemma in PLAIN_SAYINGS
        far = distant and (quotes[0] - start > 6 or cued.verb.lemma in WITH_OBJECTS)
        if far and not always_states and not self._clausal(cued, start, end):
            # In "adds momentum to … “sovereignty”" nobody says anything.
            return None
        if quotes and cued.verb.lemma in SEEING and not any(items[n].low == "as" for n in range(start, quotes[0])):
            return None
        if not quotes:
            few = 2 if cued.verb.group is Group.ACT else 3
            if cued.negated or cued.infinitive or cued.verb.group in (Group.NAME, Group.SHOW) or words < few:
                return None
            loose = cued.verb.lemma in PLAIN_SAYINGS or (cued.verb.group is Group.TELL)
            if cued.verb.group in (Group.THINK, Group.SAY) and not loose and not self._clausal(cued, start, end):
                return None
            if cued.verb.group is Group.THINK and cued.verb.lemma not in THOUGHTS:
                return None
            if cued.verb.group is Group.ACT and (cued.verb.lemma not in STANDS or (cued.inherited and words < 4)):
                return None
        if end <= start:
            return None
        claim = self.make((start, end), cued.cue, cued.verb.lemma, cued.verb.group, cued.subject)
        if cued.reporter is not None:
            claim.reporter = self.sentence.span(cued.reporter)
        return claim

    def _names_until(self, quote: int, end: int) -> int:
        """Return the end of a list of quoted names, as in "called it “delicate” and “complicated”"."""
        items = self.items
        stop = quote + 1
        while stop < end:
            if items[stop].quoted is not None:
                stop += 1
            elif stop + 1 < end and items[stop].low in ("and", "or", ",") and items[stop + 1].quoted is not None:
                stop += 2
            elif stop + 2 < end and items[stop].text == "," and items[stop + 2].quoted is not None:
                stop += 3
            else:
                break
        while stop < end and items[stop].text not in (",", "—", "–", "--", ";") and items[stop].low not in ASIDE:
            stop += 1
        return stop

    def _clausal(self, cued: CuedVerb, start: int, end: int) -> bool:
        before = self.items[start - 1].low if start else ""
        if before in CLAUSE_LINKS or self.items[start].low in CLAUSE_LINKS or start < cued.cue[0]:
            return True
        return any(
            self.items[n].low in FINITE or self.items[n].low in SUBJECTS for n in range(start, min(end, start + 10))
        )

    def make(self, content: Range, cue: Range, lemma: str, group: Group | None, source: Range | None) -> Claim:
        """Build a claim from item ranges."""
        items = self.items
        start, end = content
        quotes = sum(1 for n in range(start, end) if items[n].quoted is not None)
        return Claim(
            span=self.sentence.span(content),
            direct=quotes > 0 and all(items[n].quoted is not None or not items[n].word for n in range(start, end)),
            quotes=quotes,
            cue=self.sentence.span(cue),
            lemma=lemma,
            group=group,
            mention=None if source is None else self.sentence.span(source),
            clause=self.sentence.number,
            block=self.sentence.clause.block,
            denied=lemma in DENYING,
        )


def _source_phrase(items: Sequence[Item], at: int) -> Range | None:
    if at < len(items) and items[at].low in _OBLIQUE:
        return at, at + 1
    return right_phrase(items, at)
