"""What the reader reads: short stretches of whole sentences around the best-ranked ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.index.archive.passage_table import StoredSentences
from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.ranking import Candidate

WINDOW = 480
"""Code points in a window at most, if its first sentence is no longer: about 110 word pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Neighbouring sentences of one passage."""

    passage: FoundPassage
    span: Span
    """In the article's text."""

    @property
    def text(self) -> str:
        """The words."""
        return self.passage.slice(self.span)


def windows_around(
    candidates: Iterable[Candidate], sentences: Mapping[int, StoredSentences], *, limit: int
) -> list[Window]:
    """Return at most `limit` windows, the one around the best candidate first.

    A candidate that stands in a window already gets none of its own.
    """
    windows: list[Window] = []
    for candidate in candidates:
        if len(windows) == limit:
            break
        if any(w.passage.id == candidate.passage.id and w.span.contains(candidate.span) for w in windows):
            continue
        span = widen(sentences[candidate.passage.id].spans, candidate.position)
        windows.append(Window(passage=candidate.passage, span=span))
    return windows


def widen(sentences: Sequence[Span], position: int, *, size: int = WINDOW) -> Span:
    """Take in the sentences before and after, by turns, as long as the window does not grow beyond `size`.

    The one before comes first: it may say who "he" is.
    """
    first = last = position
    before = after = True
    while before or after:
        before = before and first > 0 and sentences[last].end - sentences[first - 1].start <= size
        first -= before
        after = after and last + 1 < len(sentences) and sentences[last + 1].end - sentences[first].start <= size
        last += after
    return Span(sentences[first].start, sentences[last].end)
