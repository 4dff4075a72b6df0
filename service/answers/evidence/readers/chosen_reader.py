"""Choose a reader by its name in the settings, with its files and with the judge that was fitted to it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.evidence.readers.large_reader import large_reader_folder, load_large_reader
from onrecord.service.answers.evidence.readers.named_reader import find_reader, load_named_reader
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.answers.evidence.readers.small_reader import load_small_reader, weights_file
from onrecord.service.answers.networks.named_model import weight_files

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenReader:
    """A reader that is not loaded yet."""

    files: tuple[Path, ...]
    """The files that tell it from another one."""
    judge: str
    """The name of the shipped file with the weights of the judge."""
    load: Callable[[Embedder], Reader]
    """Loads it; it shares what it can with the embedder. Raises `ReaderError` if it cannot be loaded."""


def choose_reader(name: str) -> ChosenReader:
    """Return "large", "small" or a model of transformers; without its files the large one is replaced by the small.

    Raises:
        ReaderError: if there is no such model, or if it is of another kind.
    """
    small = ChosenReader(files=(weights_file(),), judge="small_judge.json", load=load_small_reader)
    if name == "small":
        return small
    if name in {"large", "built-in"}:  # It was called so while it was the only one.
        folder = large_reader_folder()
        parts = (folder / "graph.onnx", folder / "weights.safetensors")
        if all(part.is_file() for part in parts):
            return ChosenReader(files=parts, judge="large_judge.json", load=lambda embedder: load_large_reader())
        return replace(small, load=_load_small_instead)
    files = tuple(weight_files(find_reader(name)))
    return ChosenReader(files=files, judge="small_judge.json", load=lambda embedder: load_named_reader(name))


def _load_small_instead(embedder: Embedder) -> Reader:
    _log.warning("The large reader's files are not in %s, so the small reader reads.", large_reader_folder())
    return load_small_reader(embedder)
