"""Find a model of transformers by its name on the hub or by its folder, and load it; its own code is never run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onrecord.index.errors import OnRecordError, first_line


class NamedModelError(OnRecordError):
    """An error that says why a model cannot be used; its message ends a sentence that names the model."""


def find_model(name: str, *, kind: str) -> Path:
    """Return the folder of a model; a name that is no folder is looked up in the hub's cache and then on the hub.

    `kind`: what the name of its class must have in it, such as "ForQuestionAnswering".

    Raises:
        NamedModelError: if there is no such model, if it is of another kind, or if it has no weights in safetensors,
            the format that cannot hold code.
    """
    folder = Path(name).resolve() if Path(name).is_dir() else _download(name)
    try:
        config = json.loads((folder / "config.json").read_bytes())
        classes = list(config.get("architectures") or ())
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise NamedModelError(f"{folder} has no config.json of a model ({first_line(error)}).") from error
    if not any(kind in one for one in classes):
        is_one = ", ".join(classes) or "a model of no stated kind"
        raise NamedModelError(f"it is {is_one}, and a model with {kind} in the name of its class is needed.")
    if not any(folder.glob("*.safetensors")):
        raise NamedModelError(f"{folder} holds no *.safetensors.")
    return folder


def weight_files(folder: Path) -> list[Path]:
    """Return the files that tell one model from another: its configuration and its weights."""
    return [folder / "config.json", *sorted(folder.glob("*.safetensors"))]


def load_part(load: Callable[..., Any], folder: Path, **options: Any) -> Any:
    """Return the model, tokenizer or configuration that `load` reads from the folder, without the network.

    `load`: `from_pretrained` of a class of transformers, or a model of sentence-transformers.

    Raises:
        NamedModelError: if it cannot be loaded.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return load(str(folder), local_files_only=True, **options)
    except Exception as error:  # Models and tokenizers raise dozens of unrelated types on broken files.
        raise NamedModelError(f"{folder} cannot be loaded ({first_line(error).rstrip('.')}).") from error


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
    try:
        # What is in the cache works without the network, and stays the same model.
        return Path(snapshot_download(name, allow_patterns=wanted, local_files_only=True))
    except Exception:
        pass
    try:
        return Path(snapshot_download(name, allow_patterns=wanted))
    except Exception as error:  # The hub client raises a dozen unrelated types, requests' and httpx' among them.
        raise NamedModelError(f"there is no such folder, and the hub says: {first_line(error).rstrip('.')}.") from error
