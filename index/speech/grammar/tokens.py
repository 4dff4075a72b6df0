"""An article as sentences of words, with each stretch in quotation marks folded into one item."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.grammar.quote_marks import Quoted
from onrecord.index.text.english.abbreviations import AMBIGUOUS, INSIDE_SENTENCES
from onrecord.index.text.english.particles import ATTACHED
from onrecord.index.text.english.sayings import CUES, Form, Group
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.values import Block, BlockKind, Span

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\bPh\.D\."
    rf"|\b(?:{any_of(INSIDE_SENTENCES)})\."
    # Before a comma the full stop of an abbreviation ends no sentence: "of Oak Rd., said".
    rf"|\b(?:{any_of(AMBIGUOUS)})\.(?=,)"
    r"|(?<!\w)['’]t(?=\s)"
    r"|\b[A-Z]\.(?=\s+[A-Z])"
    r"|(?<=\w)['’](?:s|ll|re|ve|d|m|S)\b"
    # Where the space behind a full stop is lost, the stop joins no words: "said Ana Petri.Bo Lind said".
    r"|\w+(?:[-–@&]\w+|\.(?![^\W\d_a-zß-ÿ][^\W\d_A-Z])\w+|['’](?!(?:s|ll|re|ve|d|m|S)\b)\w+)*"
    r"|--|\.{2,}|\S"
)

_BEHIND_PARTICLE = re.compile(rf"{ATTACHED}[^\W\d_a-z]")

_MAX_SENTENCE_ITEMS = 300
"""Items in a sentence; a longer one is cut, so that the work on text without full stops stays bounded."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a sentence that is a word, a punctuation mark, or a whole stretch in quotation marks."""

    start: int
    end: int
    text: str
    low: str
    """The text in lower case; the text itself if it is a name that is spelt like another word."""
    capital: bool = False
    """Whether it is a word with a capital letter, behind an attached particle also: al-Assad, d'Estaing."""
    quoted: Quoted | None = None

    @property
    def word(self) -> bool:
        """Say whether it is a word or a number."""
        return self.quoted is None and self.text[:1].isalnum()


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence as it reads outside quotation marks: `items` of block number `block`."""

    items: tuple[Item, ...]
    block: int
    headline: bool = False


def words_of(text: str, span: Span) -> list[Item]:
    """Cut the span into words and punctuation marks."""
    items: list[Item] = []
    for match in _WORD.finditer(text, span.start, span.end):
        word = match.group()
        capital = word[0].isupper() or _BEHIND_PARTICLE.match(word) is not None
        items.append(Item(match.start(), match.end(), word, word.lower(), capital))
    return items


def cut_clauses(
    text: str, blocks: Sequence[Block], sentences: Sequence[Span], quoted: Sequence[Quoted]
) -> list[Clause]:
    """Cut headline and paragraphs into sentences that never end inside a quote that goes on after it."""
    starts = [sentence.start for sentence in sentences]
    clauses: list[Clause] = []
    at = 0
    for number, block in enumerate(blocks):
        if block.kind not in (BlockKind.HEADLINE, BlockKind.PARAGRAPH):
            continue
        while at < len(quoted) and quoted[at].span.start < block.span.start:
            at += 1
        items: list[Item] = []
        position = block.span.start
        while at < len(quoted) and quoted[at].span.end <= block.span.end:
            here = quoted[at]
            items += words_of(text, Span(position, here.span.start))
            items.append(Item(here.span.start, here.span.end, "“”", "“”", quoted=here))
            position = here.span.end
            at += 1
        items += words_of(text, Span(position, block.span.end))
        headline = block.kind is BlockKind.HEADLINE
        for part in _sentences(text, items, starts):
            clauses.append(Clause(tuple(part), number, headline))
    return clauses


def _sentences(text: str, items: list[Item], starts: list[int]) -> list[list[Item]]:
    parts: list[list[Item]] = []
    current: list[Item] = []
    for number, item in enumerate(items):
        if current:
            last = current[-1]
            boundary = bisect_right(starts, last.start) < bisect_right(starts, item.start)
            if last.quoted is not None:
                boundary = _ends_sentence(text, last.quoted, items, number)
            elif item.text in ".!?)]" or (boundary and last.word and not item.capital and item.quoted is None):
                boundary = False
            elif not boundary and last.text in ("!", "?") and (item.capital or item.quoted):
                boundary = True
            if boundary or len(current) >= _MAX_SENTENCE_ITEMS:
                parts.append(current)
                current = []
        current.append(item)
    if current:
        parts.append(current)
    return parts


def _ends_sentence(text: str, quoted: Quoted, items: list[Item], number: int) -> bool:
    """Say whether a sentence ends with this quote, and item `number` begins another."""
    tail = text[max(quoted.inner.start, quoted.inner.end - 4) : quoted.inner.end].rstrip("'’‘”\" \n\t")
    if not tail or tail[-1] not in ".!?…":
        return False
    following = items[number]
    if not following.capital and following.quoted is None:
        return False
    # In “Will you?” Rubio asked, the name continues the sentence of the quote.
    return tail[-1] == "." or not _attributes(items, number)


def _attributes(items: list[Item], number: int) -> bool:
    for at in range(number, min(number + 8, len(items))):
        item = items[at]
        if not item.word and item.text != ".":
            return False
        cue = CUES.get(item.low)
        if cue is not None and cue.group is Group.SAY and cue.forms & {Form.PAST, Form.THIRD}:
            following = items[at + 1 : at + 3]
            speaks_on = any(i.quoted is not None for i in following) and following[0].text != "."
            return at > number and not speaks_on and not (following and following[0].text == ":")
    return False
