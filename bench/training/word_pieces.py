"""The word pieces of questions with windows of text, and those that an answer begins and ends with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.service.answers.evidence.readers.reader import MAX_PIECES


class WordPieces:
    """The word pieces of questions and windows, as a reader gets them."""

    def __init__(self, tokenizer: Any, questions: Sequence[str], titles: Sequence[str], windows: Sequence[str]) -> None:
        """Take as many of each; a title may be empty."""
        self._titles = [f"{title}. " if title else "" for title in titles]
        self.encoded = tokenizer(
            list(questions),
            [title + window for title, window in zip(self._titles, windows, strict=True)],
            truncation="only_second",
            max_length=MAX_PIECES,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        """The network's input, tensors by name, shape (rows, pieces) each."""
        self._offsets = self.encoded.pop("offset_mapping").numpy()
        of_the_window = np.array(
            [[which == 1 for which in self.encoded.sequence_ids(row)] for row in range(len(questions))], dtype=bool
        )
        self.readable: npt.NDArray[np.bool_] = of_the_window & (self._offsets[:, :, 1] > self._offsets[:, :, 0])
        """Which pieces an answer may begin or end with, shape (rows, pieces); the first stands for "no answer"."""
        for row, title in enumerate(self._titles):
            self.readable[row] &= self._offsets[row, :, 0] >= len(title)
        self.readable[:, 0] = True

    def ends_of(self, row: int, start: int, end: int) -> tuple[int, int] | None:
        """Return the pieces that `window[start:end]` of a row begins and ends with; None if it was cut off."""
        at, before = self._offsets[row], len(self._titles[row])
        first, last = start + before, end + before
        begins = np.flatnonzero(self.readable[row] & (at[:, 0] <= first) & (first < at[:, 1]))
        closes = np.flatnonzero(self.readable[row] & (at[:, 0] < last) & (last <= at[:, 1]))
        return (int(begins[0]), int(closes[-1])) if len(begins) and len(closes) else None
