"""Search for the turns of an interview or a transcript, whose words stand without quotation marks.

A label opens a turn ("MS. ALVAREZ:", "Q.", "Ines Okoro:"), or the interviewer's question stands in a paragraph of its
own and the next paragraphs answer it. Only the words of a person who is named are attributed, and those of "A".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.text.english.names import is_first_name
from onrecord.index.text.english.particles import PARTICLE
from onrecord.index.text.english.titles import HONORIFICS, ROLES
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.values import Block, BlockKind, Span

_LABEL = re.compile(
    r"(?:\*\*|__)?(?:(?P<letter>[QA])(?:uestion|nswer)?(?:[:.]|(?=\*\*|__))"
    rf"|(?P<name>[^\W\d_a-z][\w.’'-]*(?:[ \xa0](?:[^\W\d_a-z][\w.’'-]*|{PARTICLE}|&)){{0,4}})"
    r"(?:[ \xa0]\([^()\n]{2,60}\))?(?:,[ \xa0]\d{1,2})?:)(?:\*\*|__)?\s+(?=\S)"
)
_ADDRESSES_YOU = re.compile(r"\b(?:you|your|yours|you[’']\w+)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_QUESTION_ENDS = re.compile(r"\?[”\"’')*_\]]{0,4}\Z")
_MAX_QUESTION_CHARACTERS = 400
"""Code points in an interviewer's question that stands in a paragraph of its own."""
_MIN_QUESTIONS = 2
"""Questions to "you" that make an article an interview."""
_NO_SPEAKERS = word_set(
    "breaking update updated exclusive watch correction corrected clarification live analysis opinion developing "
    "check note transcript source sources editor video photo photos image listen read related more explainer explained "
    "factbox timeline topic topics tags warning alert urgent news comment editorial review profile feature interview "
    "poll result results score scores final where when what why how who here contact email phone tel web website date "
    "time location venue price cost tickets credit credits caption rating verdict summary background context "
    "conclusion introduction advertisement sponsored subject re ps nb disclaimer clue answer question quiz"
)
"""Words that end a label of a text and name nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn of somebody: one paragraph of it."""

    span: Span
    """The words, without the label."""
    label: Span | None
    """The name that opens the turn, or the letter A; None if no label does."""
    lead: bool
    """Whether the one who is interviewed speaks, whom the label does not name."""


def find_turns(text: str, blocks: Sequence[Block]) -> list[Turn]:
    """Return the turns of an article's paragraphs, in order; none if it is neither an interview nor a transcript."""
    read = [block for block in blocks if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING)]
    labels = [_LABEL.match(text, block.span.start, block.span.end) for block in read]
    letters = {match["letter"] for match in labels if match and match["letter"]}
    if letters >= {"Q", "A"}:
        return list(_turns_of_letters(read, labels))
    names = [match["name"] if match else None for match in labels]
    if any(names):
        is_speaker = _Labels(filter(None, names), text).is_speaker
        labels = [match if name and is_speaker(name) else None for match, name in zip(labels, names, strict=True)]
        if any(labels):
            return list(_named_turns(read, labels))
    return list(_answers(text, read))


def _turns_of_letters(blocks: Sequence[Block], labels: Sequence[re.Match[str] | None]) -> Iterator[Turn]:
    last = max(number for number, match in enumerate(labels) if match)
    answering = False
    for number, (block, match) in enumerate(zip(blocks, labels, strict=True)):
        if match:
            answering = match["letter"] == "A"
        if answering and (match or number < last) and block.kind is BlockKind.PARAGRAPH:
            start = match.end() if match else block.span.start
            label = Span(*match.span("letter")) if match else None
            yield Turn(span=Span(start, block.span.end), label=label, lead=True)


def _named_turns(blocks: Sequence[Block], labels: Sequence[re.Match[str] | None]) -> Iterator[Turn]:
    last = max(number for number, match in enumerate(labels) if match)
    first = min(number for number, match in enumerate(labels) if match)
    several = len({_key(match["name"]) for match in labels if match}) > 1
    speaking: Span | None = None
    for number, (block, match) in enumerate(zip(blocks, labels, strict=True)):
        if block.kind is not BlockKind.PARAGRAPH or number < first:
            continue
        if match:
            speaking = Span(*match.span("name"))
        elif not several or number > last:
            # A paragraph without a label belongs to the turn above it only between two turns.
            speaking = None
        if speaking is not None:
            start = match.end() if match else block.span.start
            yield Turn(span=Span(start, block.span.end), label=speaking, lead=False)


def _answers(text: str, blocks: Sequence[Block]) -> Iterator[Turn]:
    """Yield the paragraphs that answer questions to "you" which stand in paragraphs of their own."""
    asked = {number for number, block in enumerate(blocks) if _asks(block.span.of(text))}
    if len(asked) < _MIN_QUESTIONS:
        return
    last = max(asked)
    answering = False
    for number, block in enumerate(blocks):
        if number in asked:
            answering = True
        elif block.kind is not BlockKind.PARAGRAPH or number > last + 1:
            answering = False
        elif answering and not re.search('[“"”]', block.span.of(text)):
            yield Turn(span=block.span, label=None, lead=True)


def _asks(paragraph: str) -> bool:
    return (
        len(paragraph) <= _MAX_QUESTION_CHARACTERS
        and _QUESTION_ENDS.search(paragraph) is not None
        and _ADDRESSES_YOU.search(paragraph) is not None
        and paragraph[0] not in "“\"‘'”«"
    )


def _key(name: str) -> str:
    return name.split()[-1].casefold()


class _Labels:
    """The labels of an article, which show together whether one of them names somebody who speaks."""

    def __init__(self, names: Iterable[str], text: str) -> None:
        self._times = Counter(map(_key, names))
        self._recur = len(self._times) > 1 and max(self._times.values()) > 1
        # All of an article's labels are looked up in one reading of its text.
        self._words = set(_WORD.findall(text))

    def is_speaker(self, name: str) -> bool:
        """Say whether a label names somebody who speaks."""
        words = name.split()
        if _key(name).strip(".") in _NO_SPEAKERS:
            return False
        if self._recur and self._times[_key(name)] > 1:
            return True
        if not name.isupper():
            # One label alone may be a heading, unless other labels recur beside it.
            return self._recur
        known = any(word.casefold() in HONORIFICS or word.casefold() in ROLES or is_first_name(word) for word in words)
        return known or words[-1].capitalize() in self._words
