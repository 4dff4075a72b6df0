"""Find the words that answer a question in a window of text, or that no words in it do.

The reader is extractive, as in BERT (Devlin et al., 2019, section 4.3): it gives a start score and an end score to each
word piece, and the scores of the first marker stand for "no answer here". The six layers are those of the built-in
embedder, changed by training; the embeddings of the word pieces are shared with it. `reader.safetensors` holds only the
change, as 8-bit numbers, and `bench/training/train_reader.py` makes it.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import OnRecordError
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Span
from onrecord.service.answers.evidence.ranking import Words
from onrecord.service.answers.evidence.reading_windows import Window
from onrecord.service.answers.evidence.weights import shipped_file
from onrecord.service.answers.networks.thread_budget import ThreadBudget
from onrecord.service.answers.networks.trained_network import TrainedError, load_trained

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
    """An error that says that the weights of the reader are missing or do not fit."""


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


class SpanReader:
    """A reader that is the built-in embedder's network, trained to point at answers."""

    def __init__(self, model: Any, head: "torch.Tensor", bias: "torch.Tensor", tokenizer: Any) -> None:
        self._model = model
        self._head = head
        self._bias = bias
        self._tokenizer = tokenizer
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
                max_length=MAX_PIECES,
                padding=True,
                # Kernels are kept for every shape of input for good, as in index/text/embedder.py.
                pad_to_multiple_of=16,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = encoded.pop("offset_mapping").numpy()
        context = encoded["token_type_ids"].numpy() == 1
        with self._thread_budget.lend() as threads, torch.inference_mode():
            torch.set_num_threads(threads)  # Holds for the calling thread.
            hidden = self._model(**encoded).last_hidden_state.float()
            scores = (hidden @ self._head.T + self._bias).numpy()
        found = []
        for row, window in enumerate(windows):
            at = offsets[row] + (window.span.start - len(titles[row]))
            # The model's own markers and the padding have the empty span (0, 0).
            readable = context[row] & (offsets[row, :, 1] > offsets[row, :, 0])
            found.append([_best_words(scores[row], at, readable, sentence) for sentence in sentences[row]])
        return found


def end_of(text: str, tokenizer: Any, *, max_pieces: int) -> str:
    """Return the end of the text that has at most `max_pieces` word pieces, cut before a word where one begins there.

    A word that has more pieces than that is cut inside.
    """
    encoded = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False, return_offsets_mapping=True)
    words, places = encoded.word_ids(), encoded["offset_mapping"]
    first = max(0, len(words) - max_pieces)
    starts = (at for at in range(first, len(words)) if at == 0 or words[at] != words[at - 1])
    return text[places[next(starts, first)][0] :] if words else ""


def _best_words(scores: Scores, at: npt.NDArray[np.int64], readable: npt.NDArray[np.bool_], span: Span) -> Words | None:
    """Return the words in the span with the best start and end; `at`, shape (pieces, 2), are the pieces' places."""
    inside = np.flatnonzero(readable & (at[:, 0] >= span.start) & (at[:, 1] <= span.end))
    if not len(inside):
        return None
    start, end = scores[inside, 0], scores[inside, 1]
    size = len(inside)
    pairs = start[:, None] + end[None, :]
    # An answer ends at or after its start, and has at most `_MAX_ANSWER_PIECES`.
    pairs[~(np.tri(size, dtype=bool).T & np.tri(size, k=_MAX_ANSWER_PIECES - 1, dtype=bool))] = -np.inf
    first, last = divmod(int(np.argmax(pairs)), size)
    nothing = float(scores[0, 0] + scores[0, 1])
    return Words(
        span=Span(int(at[inside[first], 0]), int(at[inside[last], 1])), score=float(pairs[first, last]) - nothing
    )


def weights_file() -> Path:
    """Return the path of the shipped weights."""
    return shipped_file("reader.safetensors")


def load_reader(
    embedder: Embedder | None = None, *, file: Path | None = None, bfloat16: bool | None = None
) -> SpanReader:
    """Return the reader with the weights in `file`, or with the shipped ones.

    `embedder`: if it is the built-in one, the reader shares the embeddings of its word pieces. `bfloat16`: whether the
    reader computes in bfloat16; None where the processor decides.

    Raises:
        ReaderError: if the weights are missing, or were made for another model than the built-in one.
    """
    try:
        trained = load_trained(
            file or weights_file(), top=("head.weight", "head.bias"), embedder=embedder, bfloat16=bfloat16
        )
    except TrainedError as error:
        raise ReaderError(str(error)) from error
    return SpanReader(trained.model, trained.top["head.weight"], trained.top["head.bias"], trained.tokenizer)
