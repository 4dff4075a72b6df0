"""Find the words that answer a question in a window of text, or that no words in it do.

A reader is extractive, as in BERT (Devlin et al., 2019, section 4.3): it gives a start score and an end score to each
word piece, and the scores of the marker before the question stand for "no answer here".

Three modules beside this one load a network for it.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import OnRecordError
from onrecord.index.values import Span
from onrecord.service.answers.evidence.ranking import Words
from onrecord.service.answers.evidence.reading_windows import Window
from onrecord.service.answers.networks.thread_budget import ThreadBudget

if TYPE_CHECKING:
    import torch

MAX_PIECES = 256
"""Word pieces of question, title and window together; the rest is not read."""
_MAX_TITLE = 100
"""Code points of a title that are read."""
_MAX_QUESTION_PIECES = 80
"""Word pieces at the end of a question that are read, because a long question asks at its end. They leave room for the
title and the window, in any script."""
_MAX_ANSWER_PIECES = 32
"""Word pieces in the words that answer."""

Scores = npt.NDArray[np.float32]
"""The start and end scores of word pieces, shape (word pieces, 2)."""


class ReaderError(OnRecordError):
    """An error that says that a reader cannot be loaded: its weights are missing, or it is another kind of model."""


class Reader(Protocol):
    """A model that finds the words that answer a question."""

    def read(
        self, question: str, windows: Sequence[Window], sentences: Sequence[Sequence[Span]]
    ) -> list[list[Words | None]]:
        """Return, for each window and each of its sentences, the words that answer best.

        `sentences`: for each window the places of its sentences in the article's text. A sentence that was not read,
        because it lies beyond the input's limit, has None.
        """
        ...


class Pointer(Protocol):
    """A network that scores each word piece as the start and as the end of the words that answer."""

    def __call__(self, encoded: Mapping[str, "torch.Tensor"], /) -> "torch.Tensor":
        """Return the start and end scores in float32, shape (windows, word pieces, 2)."""
        ...


class SpanReader:
    """A reader that lets a network point at the start and at the end of the words that answer."""

    def __init__(self, pointer: Pointer, tokenizer: Any) -> None:
        self._pointer = pointer
        self._tokenizer = tokenizer
        self._max_pieces = min(MAX_PIECES, tokenizer.model_max_length)
        # Rust tokenizers hold padding and truncation as state: two threads at once fail with "Already borrowed".
        self._tokenizing = threading.Lock()
        self._thread_budget = ThreadBudget()

    def read(
        self, question: str, windows: Sequence[Window], sentences: Sequence[Sequence[Span]]
    ) -> list[list[Words | None]]:
        """Return, for each window and each of its sentences, the words that answer best, or None if it was not read."""
        import torch

        if not windows:
            return []
        titles = [window.passage.article.title[:_MAX_TITLE] + ". " for window in windows]
        texts = [title + window.text for title, window in zip(titles, windows, strict=True)]
        with self._tokenizing:
            encoded = self._tokenizer(
                [end_of(question, self._tokenizer, max_pieces=_MAX_QUESTION_PIECES)] * len(windows),
                texts,
                truncation="only_second",
                max_length=self._max_pieces,
                padding=True,
                # Kernels are kept for every shape of input for good, as in index/text/embedder.py.
                pad_to_multiple_of=16,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = encoded.pop("offset_mapping").numpy()
        with self._thread_budget.lend() as threads, torch.inference_mode():
            torch.set_num_threads(threads)  # Holds for the calling thread.
            scores = self._pointer(encoded).numpy()
        found = []
        for row, (window, text) in enumerate(zip(windows, texts, strict=True)):
            in_window = np.array([part == 1 for part in encoded.sequence_ids(row)])
            at = _without_space(offsets[row], text)
            # The model's own markers and the padding have the empty span (0, 0).
            readable = in_window & (at[:, 1] > at[:, 0])
            at += window.span.start - len(titles[row])
            nothing = float(scores[row, self._marker(encoded["input_ids"][row])].sum())
            found.append([_best_words(scores[row], at, readable, sentence, nothing) for sentence in sentences[row]])
        return found

    def _marker(self, pieces: "torch.Tensor") -> int:
        """Return the position of the marker whose scores stand for "no answer here"; some models have it at the end."""
        marker = self._tokenizer.cls_token_id
        ids = pieces.tolist()
        return ids.index(marker) if marker in ids else 0


def _without_space(offsets: npt.NDArray[np.int64], text: str) -> npt.NDArray[np.int64]:
    """Return the places of word pieces, shape (pieces, 2), without the space that some tokenizers begin a word with."""
    spaces = np.array([character.isspace() for character in text] + [False])
    at = offsets.copy()
    # Pieces of the question and markers have places in other texts, and are not looked at.
    at[:, 0] += spaces[np.minimum(at[:, 0], len(text))]
    return at


def end_of(text: str, tokenizer: Any, *, max_pieces: int) -> str:
    """Return the end of the text that has at most `max_pieces` word pieces, cut before a word where one begins there.

    A word that has more pieces than that is cut inside.
    """
    encoded = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False, return_offsets_mapping=True)
    words, places = encoded.word_ids(), encoded["offset_mapping"]
    first = max(0, len(words) - max_pieces)
    starts = (at for at in range(first, len(words)) if at == 0 or words[at] != words[at - 1])
    return text[places[next(starts, first)][0] :] if words else ""


def _best_words(
    scores: Scores, at: npt.NDArray[np.int64], readable: npt.NDArray[np.bool_], span: Span, nothing: float
) -> Words | None:
    """Return the words in the span with the best start and end; `at`, shape (pieces, 2), are the pieces' places.

    `nothing`: the score of "no answer here".
    """
    inside = np.flatnonzero(readable & (at[:, 0] >= span.start) & (at[:, 1] <= span.end))
    if not len(inside):
        return None
    start, end = scores[inside, 0], scores[inside, 1]
    size = len(inside)
    pairs = start[:, None] + end[None, :]
    # An answer ends at or after its start, and has at most `_MAX_ANSWER_PIECES`.
    pairs[~(np.tri(size, dtype=bool).T & np.tri(size, k=_MAX_ANSWER_PIECES - 1, dtype=bool))] = -np.inf
    first, last = divmod(int(np.argmax(pairs)), size)
    return Words(
        span=Span(int(at[inside[first], 0]), int(at[inside[last], 1])), score=float(pairs[first, last]) - nothing
    )
