"""Cut the windows that the reader reads: a few whole sentences around each of the best-ranked ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.ranking import Candidate

MAX_WINDOW = 480
"""Code points in a window, about 110 word pieces; a single sentence may be longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A run of neighbouring sentences of one passage."""

    passage: FoundPassage
    span: Span
    """The place in the article's text."""

    @property
    def text(self) -> str:
        """The words of the window."""
        return self.passage.slice(self.span)


def windows_around(
    candidates: Iterable[Candidate], sentences: Mapping[int, StoredSentences], *, limit: int
) -> list[Window]:
    """Return at most `limit` windows around the candidates, which come best first.

    A candidate that already stands in a window gets no window of its own.
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


def widen(sentences: Sequence[Span], position: int, *, max_size: int = MAX_WINDOW) -> Span:
    """Return the place of the sentence at `position` and of as many around it as fit into `max_size` code points.

    Sentences before and after it are added in turn, first the one before, because it may say who "he" is.
    """
    first = last = position
    before = after = True
    while before or after:
        before = before and first > 0 and sentences[last].end - sentences[first - 1].start <= max_size
        first -= before
        after = after and last + 1 < len(sentences) and sentences[last + 1].end - sentences[first].start <= max_size
        last += after
    return Span(sentences[first].start, sentences[last].end)
