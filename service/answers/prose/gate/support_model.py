"""Whether evidence bears a claim out, and which of the claim's words it bears out least.

A cross-encoder: claim and evidence are read together, as in natural-language inference with BERT (Devlin et al., 2019,
section 4.1). The first marker scores the claim as a whole; each of the claim's word pieces is scored too, as in
LettuceDetect (Kovács and Recski, 2025, arXiv 2502.17125). The six layers are the built-in embedder's own, changed by
training; the word pieces' embeddings are shared with it. `support.safetensors` holds the change alone, in 8 bits a
number. `bench/training/train_support.py` makes it.
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
from onrecord.index.text.embedder import SentenceTransformerEmbedder
from onrecord.index.values import Span
from onrecord.service.answers.networks.thread_budget import ThreadBudget
from onrecord.service.answers.networks.trained_network import TrainedError, load_trained

if TYPE_CHECKING:
    import torch

MAX_PIECES = 256
"""Word pieces of claim and evidence together at most; what is beyond is not read."""
MAX_CLAIM = 400
"""Code points of a claim that are read."""

Scores = npt.NDArray[np.float32]


class SupportModelError(OnRecordError):
    """The model's weights are not there or do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How far evidence bears a claim out."""

    score: float
    """Log-odds that it does."""
    weakest: Span | None
    """The word of the claim that it bears out least; None if none of the claim was read."""


class SupportModel(Protocol):
    """A model that judges claims by their evidence."""

    def check(self, pairs: Sequence[tuple[str, str]]) -> list[Support]:
        """Return, for each (evidence, claim), how far the one bears the other out; one pass for all."""
        ...


class CrossEncoder:
    """The built-in embedder's network, trained to tell what evidence bears out."""

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
        """Return, for each (evidence, claim), how far the one bears the other out."""
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
    """Return the network's input and the offsets: each claim, then its evidence, cut at the end if it is too long."""
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
    """Return where the shipped weights lie."""
    return Path(str(resources.files("onrecord.service.answers.prose.gate").joinpath("support.safetensors")))


def load_support(
    embedder: SentenceTransformerEmbedder | None = None, *, file: Path | None = None, bfloat16: bool | None = None
) -> CrossEncoder:
    """Load the model; it shares the word pieces' embeddings with the built-in embedder, if that is the one given.

    Raises `SupportModelError` if the weights are not there, or were not made for the built-in model.
    """
    try:
        trained = load_trained(
            file or weights_file(), top=("head.weight", "head.bias", "mix"), embedder=embedder, bfloat16=bfloat16
        )
    except TrainedError as error:
        raise SupportModelError(f"{error}.") from error
    top = trained.top
    return CrossEncoder(trained.model, top["head.weight"], top["head.bias"], top["mix"].tolist(), trained.tokenizer)
