"""Load the small reader, the built-in embedder's six layers changed by training.

The embeddings of the word pieces are shared with the embedder. `small_reader.safetensors` holds only the change, as
8-bit numbers, and `bench/training/train_reader.py` makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.evidence.readers.reader import ReaderError, SpanReader
from onrecord.service.answers.evidence.weights import shipped_file
from onrecord.service.answers.networks.trained_network import TrainedError, load_trained

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedPointer:
    """The built-in embedder's network, changed by training, with a linear layer above it."""

    model: Any
    head: "torch.Tensor"
    """Shape (2, hidden size)."""
    bias: "torch.Tensor"
    """Shape (2,)."""

    def __call__(self, encoded: Mapping[str, "torch.Tensor"]) -> "torch.Tensor":
        """Return the start and end scores."""
        hidden: torch.Tensor = self.model(**encoded).last_hidden_state.float()
        return hidden @ self.head.T + self.bias


def weights_file() -> Path:
    """Return the path of the shipped weights."""
    return shipped_file("small_reader.safetensors")


def load_small_reader(
    embedder: Embedder | None = None, *, file: Path | None = None, bfloat16: bool | None = None
) -> SpanReader:
    """Return the small reader with the weights in `file`, or with the shipped ones.

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
    pointer = TrainedPointer(model=trained.model, head=trained.top["head.weight"], bias=trained.top["head.bias"])
    return SpanReader(pointer, trained.tokenizer)
