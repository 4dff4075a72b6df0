"""A seal on a folder, which tells later whether every file is still what it was when the folder was closed."""

import hashlib
import json
import os
from pathlib import Path
from typing import Literal

_NAME = "seal.json"

State = Literal["absent", "sealed", "open", "changed"]
"""`absent`: there is no such folder; `sealed`: every file is as it was; `open`: the folder has no seal, or another
one; `changed`: the folder has the seal, but a file was changed or lost."""


def seal(folder: Path, token: str) -> None:
    """Seal the folder in its present state, under a token that the next `check_seal` must name."""
    content = json.dumps({"token": token, "files": _hash_files(folder)})
    unfinished = folder / f"{_NAME}.new"
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(folder / _NAME)


def check_seal(folder: Path, token: str | None) -> State:
    """Compare the folder with its seal; read every file only if the seal has this token."""
    if not folder.is_dir():
        return "absent"
    try:
        found = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        if token is None or found["token"] != token:
            return "open"
        return "sealed" if found["files"] == _hash_files(folder) else "changed"
    except FileNotFoundError:
        return "open"
    except (OSError, ValueError, KeyError, TypeError):
        return "changed"


def _hash_files(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(_NAME))
    return {path.relative_to(folder).as_posix(): _hash_file(path) for path in files}


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
