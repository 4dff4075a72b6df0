"""Load an extractive question-answering model of transformers as a reader, by its name on the hub or by its folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.index.text.embedder import has_fast_bfloat16
from onrecord.service.answers.evidence.readers.reader import ReaderError, SpanReader
from onrecord.service.answers.networks.named_model import NamedModelError, find_model, load_part

if TYPE_CHECKING:
    import torch

_WAY_OUT = "Set ONRECORD_READER to an extractive question-answering model, by name or folder, or to large or small."


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPointer:
    """An extractive question-answering model of transformers."""

    model: Any

    def __call__(self, encoded: Mapping[str, "torch.Tensor"]) -> "torch.Tensor":
        """Return the start and end scores."""
        import torch

        found = self.model(**encoded)
        return torch.stack([found.start_logits, found.end_logits], dim=-1).float()


def load_named_reader(name: str) -> SpanReader:
    """Return an extractive question-answering model of transformers, by its name on the hub or by its folder.

    Raises:
        ReaderError: if there is no such model, if it is of another kind, or if its tokenizer cannot place words.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    folder = find_reader(name)
    dtype = torch.bfloat16 if has_fast_bfloat16() else torch.float32
    try:
        model = load_part(AutoModelForQuestionAnswering.from_pretrained, folder, dtype=dtype, use_safetensors=True)
        tokenizer = load_part(AutoTokenizer.from_pretrained, folder)
    except NamedModelError as error:
        raise ReaderError(f"Cannot load the reader {name!r}: {error} {_WAY_OUT}") from error
    if not tokenizer.is_fast:
        raise ReaderError(f"The tokenizer of the reader {name!r} does not say where words stand. {_WAY_OUT}")
    return SpanReader(NamedPointer(model=model.eval()), tokenizer)


def find_reader(name: str) -> Path:
    """Return the folder of an extractive question-answering model.

    Raises:
        ReaderError: if there is no such model, or if it is of another kind.
    """
    try:
        return find_model(name, kind="ForQuestionAnswering")
    except NamedModelError as error:
        raise ReaderError(f"Cannot load the reader {name!r}: {error} {_WAY_OUT}") from error
