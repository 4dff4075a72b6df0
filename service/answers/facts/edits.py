"""Find the facts that a sentence puts in the place of other facts of a passage, between words that both share.

A name or figure from elsewhere in the passage is still wrong in another one's place: "the debate with Trump" for "the
debate with Cruz". The words of both are aligned by their longest common subsequence. If they differ between words that
they share, and each side has a fact of the same kind that the other side lacks, the sentence changed the fact.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.values import Span
from onrecord.service.answers.facts.figures import Figure, is_borne_out
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.facts.names import unknown_names
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.facts.polarity import are_opposites

_MIN_SHARED_WORDS = 2
"""Words in a row that both share on each side of an edit; at an end of the sentence the one side needs more."""
_MAX_EDIT_WORDS = 8
"""Words of an edit in either text; a longer one is another way to say the same, and not a change."""
_UNITS = frozenset(
    map(root, ("second", "minute", "hour", "day", "night", "week", "month", "quarter", "year", "decade"))
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that puts words of the sentence in the place of words of the passage."""

    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    """The root of a word or the value of a figure, by which texts are compared."""
    span: Span
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    words: tuple[_Word, ...]
    figures: tuple[Figure, ...]

    def between(self, first: int, last: int) -> str:
        """Return the text from the word `first` to before the word `last`."""
        return self.text[self.words[first].span.start : self.words[last - 1].span.end]

    def figures_between(self, first: int, last: int, *, calendar: bool) -> list[Figure]:
        """Return the figures among the words from `first` to before `last`: those of the calendar, or the others."""
        whole = Span(self.words[first].span.start, self.words[last - 1].span.end)
        return [f for f in self.figures if f.is_calendar == calendar and whole.contains(f.span)]


def changed_fact(sentence: ParsedText, passages: Iterable[ParsedText]) -> Edit | None:
    """Return the first fact that the sentence traded for another one of its kind; None if it changed none."""
    ours = _line_up(sentence)
    for theirs in map(_line_up, passages):
        for a, b, c, d in _edits(ours.words, theirs.words):
            if found := _traded_figure(ours, theirs, a, b, c, d) or _traded_word(ours, theirs, a, b, c, d):
                return found
    return None


def _line_up(parsed: ParsedText) -> _Text:
    """Return the figures of the text and its other words in one sequence, in order."""
    words = [_Word(f"figure {figure.value}", figure.span, True) for figure in parsed.figures]
    for term in parsed.terms:
        if not any(term.span.overlaps(figure.span) for figure in parsed.figures):
            words.append(_Word(root(term.folded), term.span))
    return _Text(parsed.text, tuple(sorted(words, key=lambda word: word.span)), parsed.figures)


def _edits(ours: Sequence[_Word], theirs: Sequence[_Word]) -> Iterator[tuple[int, int, int, int]]:
    """Yield each place where the texts differ between shared words: its start and end in `ours`, then in `theirs`."""
    steps = Indel.opcodes([word.key for word in ours], [word.key for word in theirs])
    equal = [
        (s.src_start, s.src_end, s.dest_start, s.dest_end)
        for s in steps
        if s.tag == "equal" and _is_anchor(ours[s.src_start : s.src_end])
    ]
    edges = [(0, 0, 0, 0), *equal, (len(ours), len(ours), len(theirs), len(theirs))]
    for before, after in zip(edges, edges[1:], strict=False):
        a, b, c, d = before[1], after[0], before[3], after[2]
        first, last = before[1] == 0, after[0] == len(ours)
        if first:
            # Before the first shared word the passage may hold more than the words in this place.
            c = max(c, d - (b - a) - 1)
        if last:
            d = min(d, c + (b - a) + 1)
        beside = after[1] - after[0] if first else before[1] - before[0] if last else _MIN_SHARED_WORDS + 1
        if (
            0 < b - a <= _MAX_EDIT_WORDS
            and 0 < d - c <= _MAX_EDIT_WORDS
            and beside > _MIN_SHARED_WORDS
            and not (first and last)
        ):
            yield a, b, c, d


def _is_anchor(words: Sequence[_Word]) -> bool:
    return len(words) >= _MIN_SHARED_WORDS or any(
        word.is_figure or (len(word.key) > 3 and word.key not in STOP_WORDS) for word in words
    )


def _traded_figure(ours: _Text, theirs: _Text, a: int, b: int, c: int, d: int) -> Edit | None:
    for calendar in (False, True):
        mine = ours.figures_between(a, b, calendar=calendar)
        its = theirs.figures_between(c, d, calendar=calendar)
        values = {figure.value for figure in its}
        wrong = [figure for figure in mine if not is_borne_out(figure, ours.text, values)]
        instead = [figure for figure in its if figure.value not in {other.value for other in mine}]
        if wrong and instead:
            return Edit(wrong[0].span.of(ours.text), instead[0].span.of(theirs.text))
    return None


def _is_tens(figure: Figure) -> bool:
    return figure.value.isdigit() and not int(figure.value) % 10


def _traded_word(ours: _Text, theirs: _Text, a: int, b: int, c: int, d: int) -> Edit | None:
    # A word is put before them, so that only a sentence's first word is taken for the first of a sentence.
    said, shown = (
        ParsedText(text.between(first, last) if not first else f"as {text.between(first, last)}")
        for text, first, last in ((ours, a, b), (theirs, c, d))
    )
    names = unknown_names(said.names, [shown.text])
    others = unknown_names(shown.names, [said.text])
    if names and others:
        return Edit(names[0].span.of(said.text), others[0].span.of(shown.text))
    if b - a != d - c:
        return None
    for one, other in zip(ours.words[a:b], theirs.words[c:d], strict=True):
        units = one.key != other.key and {one.key, other.key} <= _UNITS
        # A "decade" may be the "ten years" of the other text.
        if units and one.span.of(ours.text) == "decade" and any(_is_tens(figure) for figure in theirs.figures):
            continue
        if units or are_opposites(one.key, other.key):
            return Edit(one.span.of(ours.text), other.span.of(theirs.text))
    return None
