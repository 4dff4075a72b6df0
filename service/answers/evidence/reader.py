"""Which words answer: a reader that points at a span in a window, or says that none there answers.

Extractive reading as in BERT (Devlin et al., 2019, section 4.3): a start and an end score for each word piece, and the
first marker's scores for "no answer here". The six layers are the built-in embedder's own, changed by training; the
word pieces' embeddings are shared with it. `reader.safetensors` holds the change alone, in 8 bits a number.
`bench/training/train_reader.py` makes it.
"""

import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import OnRecordError
from onrecord.index.text.embedder import SentenceTransformerEmbedder
from onrecord.index.values import Span
from onrecord.service.answers.evidence.ranking import Words
from onrecord.service.answers.evidence.reading_windows import Window
from onrecord.service.answers.networks.thread_budget import ThreadBudget
from onrecord.service.answers.networks.trained_network import TrainedError, load_trained

if TYPE_CHECKING:
    import torch

MAX_PIECES = 256
"""Word pieces of question, title and window together at most; what is beyond is not read."""
_MAX_TITLE = 100
"""Code points of a title that are read."""
_MAX_QUESTION = 300
"""Code points of a question that are read, its last: a long one asks at its end."""
_MAX_WORDS = 32
"""Word pieces in an answer at most."""

Scores = npt.NDArray[np.float32]


class ReaderError(OnRecordError):
    """The reader's weights are not there or do not fit."""


class Reader(Protocol):
    """Finds the words that answer."""

    def read(
        self, question: str, windows: Sequence[Window], sentences: Sequence[Sequence[Span]]
    ) -> list[list[Words | None]]:
        """Return, for each window and each of its sentences, the words that answer best.

        `sentences`: spans in the article's text. None for a sentence that was not read: too far back in its window.
        """
        ...


class SpanReader:
    """The built-in embedder's network, trained to point at answers."""

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
                [question[-_MAX_QUESTION:]] * len(windows),
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


def _best_words(scores: Scores, at: npt.NDArray[np.int64], readable: npt.NDArray[np.bool_], span: Span) -> Words | None:
    """Return the best pair of start and end inside the span; `scores` of shape (pieces, 2), `at` their places."""
    inside = np.flatnonzero(readable & (at[:, 0] >= span.start) & (at[:, 1] <= span.end))
    if not len(inside):
        return None
    start, end = scores[inside, 0], scores[inside, 1]
    size = len(inside)
    pairs = start[:, None] + end[None, :]
    # Ends at or after the start, and not too far.
    pairs[~(np.tri(size, dtype=bool).T & np.tri(size, k=_MAX_WORDS - 1, dtype=bool))] = -np.inf
    first, last = divmod(int(np.argmax(pairs)), size)
    nothing = float(scores[0, 0] + scores[0, 1])
    return Words(
        span=Span(int(at[inside[first], 0]), int(at[inside[last], 1])), score=float(pairs[first, last]) - nothing
    )


def weights_file() -> Path:
    """Return where the shipped weights lie."""
    return Path(str(resources.files("onrecord.service.answers.evidence").joinpath("weights", "reader.safetensors")))


def load_reader(
    embedder: SentenceTransformerEmbedder | None = None, *, file: Path | None = None, bfloat16: bool | None = None
) -> SpanReader:
    """Load the reader; it shares the word pieces' embeddings with the built-in embedder, if that is the one given.

    Raises `ReaderError` if the weights are not there, or were not made for the built-in model.
    """
    try:
        trained = load_trained(
            file or weights_file(), top=("head.weight", "head.bias"), embedder=embedder, bfloat16=bfloat16
        )
    except TrainedError as error:
        raise ReaderError(f"{error}, or set ONRECORD_READER=none.") from error
    return SpanReader(trained.model, trained.top["head.weight"], trained.top["head.bias"], trained.tokenizer)
