"""Judge whether evidence bears a claim out, and which word of the claim it bears out least.

The model is a cross-encoder that reads claim and evidence together, as in natural-language inference with BERT (Devlin
et al., 2019, section 4.1). The first marker scores the claim as a whole, and each of the claim's word pieces is scored
as in LettuceDetect (Kovács and Recski, 2025, arXiv 2502.17125). The six layers are those of the built-in embedder,
changed by training; the embeddings of the word pieces are shared with it. `support.safetensors` holds only the change,
as 8-bit numbers, and `bench/training/train_support.py` makes it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import OnRecordError
from onrecord.index.fallback import Part
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Span
from onrecord.service.answers.networks.thread_budget import ThreadBudget
from onrecord.service.answers.networks.trained_network import TrainedError, load_trained

if TYPE_CHECKING:
    import torch

SUPPORT_MODEL = Part(
    name="support model", loss="The support model failed, so sentences were checked by their words without it."
)
"""The part that judges whether evidence bears a sentence out."""

MAX_PIECES = 256
"""Word pieces of claim and evidence together; the rest is not read."""
MAX_CLAIM = 400
"""Code points of a claim that are read."""

Scores = npt.NDArray[np.float32]
"""Scores, shape (word pieces, 2): of the claim as a whole, in the first row, and of each word piece."""


class SupportModelError(OnRecordError):
    """An error that says that the weights of the model are missing or do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The degree to which evidence bears a claim out."""

    score: float
    """The log-odds that the evidence bears the claim out; -inf if no word piece of the claim was read."""
    weakest: Span | None
    """The place in the claim of the word that is borne out least; None if no word piece of the claim was read."""


class SupportModel(Protocol):
    """A model that judges claims by their evidence."""

    def check(self, pairs: Sequence[tuple[str, str]]) -> list[Support]:
        """Return, for each pair (evidence, claim), how far the evidence bears the claim out, in one pass for all."""
        ...


class CrossEncoder:
    """A support model that is the built-in embedder's network, trained to tell what evidence bears out."""

    def __init__(
        self, model: Any, head: "torch.Tensor", bias: "torch.Tensor", mix: Sequence[float], tokenizer: Any
    ) -> None:
        self._model = model
        self._head = head
        self._bias = bias
        self._mix = mix
        self._tokenizer = tokenizer
        # Rust tokenizers hold padding and truncation as state: two threads at once fail with "Already borrowed".
        self._tokenizing = threading.Lock()
        self._thread_budget = ThreadBudget()

    def check(self, pairs: Sequence[tuple[str, str]]) -> list[Support]:
        """Return, for each pair (evidence, claim), how far the evidence bears the claim out."""
        import torch

        if not pairs:
            return []
        with self._tokenizing:
            encoded = encode(self._tokenizer, pairs)
        offsets = encoded.pop("offset_mapping").numpy()
        readable = (encoded["token_type_ids"].numpy() == 0) & (offsets[:, :, 1] > offsets[:, :, 0])
        with self._thread_budget.lend() as threads, torch.inference_mode():
            torch.set_num_threads(threads)  # Holds for the calling thread.
            hidden = self._model(**encoded).last_hidden_state.float()
            scores = (hidden @ self._head.T + self._bias).numpy()
        return [
            self._judge(claim[:MAX_CLAIM], *row)
            for (_, claim), row in zip(pairs, zip(scores, offsets, readable, strict=True), strict=True)
        ]

    def _judge(
        self, claim: str, scores: Scores, offsets: npt.NDArray[np.int64], readable: npt.NDArray[np.bool_]
    ) -> Support:
        inside = np.flatnonzero(readable)
        if not len(inside):
            return Support(score=-np.inf, weakest=None)
        constant, whole, words = self._mix
        worst = inside[int(np.argmax(scores[inside, 1]))]
        score = constant + whole * float(scores[0, 0]) + words * float(scores[worst, 1])
        start, end = (int(place) for place in offsets[worst])
        return Support(score=score, weakest=_word_around(claim, start, end))


def encode(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> Any:
    """Return the tensors of each claim with its evidence, cut to `MAX_PIECES`, and the offsets of the word pieces."""
    return tokenizer(
        [claim[:MAX_CLAIM] for _, claim in pairs],
        [evidence for evidence, _ in pairs],
        truncation="longest_first",
        max_length=MAX_PIECES,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )


def _word_around(text: str, start: int, end: int) -> Span:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Span(start, end)


def weights_file() -> Path:
    """Return the path of the shipped weights."""
    return Path(str(resources.files("onrecord.service.answers.prose.gate").joinpath("support.safetensors")))


def load_support(
    embedder: Embedder | None = None, *, file: Path | None = None, bfloat16: bool | None = None
) -> CrossEncoder:
    """Return the model with the weights in `file`, or with the shipped ones.

    `embedder`: if it is the built-in one, the model shares the embeddings of its word pieces. `bfloat16`: whether the
    model computes in bfloat16; None where the processor decides.

    Raises:
        SupportModelError: if the weights are missing, or were made for another model than the built-in one.
    """
    try:
        trained = load_trained(
            file or weights_file(), top=("head.weight", "head.bias", "mix"), embedder=embedder, bfloat16=bfloat16
        )
    except TrainedError as error:
        raise SupportModelError(str(error)) from error
    top = trained.top
    return CrossEncoder(trained.model, top["head.weight"], top["head.bias"], top["mix"].tolist(), trained.tokenizer)
