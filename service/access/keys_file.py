"""The file of keys: a line of JSON for each, `{"name": "feed", "rights": ["add"], "sha256": "…"}`."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from onrecord.index.errors import OnRecordError
from onrecord.service.access.caller import Right, read_rights
from onrecord.service.access.keys import Key

_MAX_BYTES = 1_000_000
"""The most bytes in the file, about 5,000 keys."""
_LOCK_SECONDS = 10


class KeysFileError(OnRecordError):
    """The file of keys cannot be read or written."""


def _check_name(name: str) -> str:
    # The audit log names callers: a name must be one line, and no other caller's.
    if not name.isprintable() or name != name.strip():
        raise ValueError("a name is one line of printable characters without spaces around it")
    if name.startswith("ONRECORD_") or name == "anonymous":
        raise ValueError("this name stands for keys of the settings, or for no key")
    return name


class _Line(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_check_name)]
    rights: Annotated[frozenset[Right], Field(min_length=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def read_keys(file: Path) -> tuple[Key, ...]:
    """Return the keys in the file; raise `KeysFileError`, which names the line, if it cannot be read whole."""
    try:
        if file.exists() and not file.is_file():
            raise KeysFileError(f"The file of keys {file} is no file that can be read again.")
        with file.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise KeysFileError(f"The file of keys {file} has more than {_MAX_BYTES:,} bytes.")
        lines = content.decode("utf-8-sig").splitlines()
    except FileNotFoundError:
        raise KeysFileError(
            f"There is no file of keys {file}; `onrecord keys make NAME` makes one, or correct ONRECORD_KEYS_FILE."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysFileError(
            f"Cannot read the file of keys {file}: {getattr(error, 'strerror', None) or error}."
        ) from None
    keys = [_read_line(line, f"{file}, line {number}") for number, line in enumerate(lines, 1) if _holds_key(line)]
    for attribute in ("name", "sha256"):
        held = Counter(getattr(key, attribute) for key in keys)
        if twice := next((value for value, count in held.items() if count > 1), None):
            raise KeysFileError(f"{file} has two keys with the {attribute} {twice!r}; remove one of them.")
    return tuple(keys)


def add_key(file: Path, key: Key) -> None:
    """Add a key to the file, which is made if it is not there; raise `KeysFileError` if a key has its name."""
    with _changing(file) as lines:
        if key.name in {known.name for known in _keys_in(lines, file)}:
            raise KeysFileError(
                f"{file} has a key with the name {key.name!r}; choose another, or remove that one with "
                f"`onrecord keys remove`."
            )
        line = {"name": key.name, "rights": sorted(key.rights), "sha256": key.sha256}
        try:
            _Line.model_validate(line)
        except ValidationError as error:
            raise KeysFileError(f"The name {key.name!r} cannot be a key's: {_say(error)}.") from None
        lines.append(json.dumps(line, ensure_ascii=False))


def remove_key(file: Path, name: str) -> None:
    """Remove the key with this name from the file; raise `KeysFileError` if there is none."""
    with _changing(file) as lines:
        known = [key.name for key in _keys_in(lines, file)]
        if name not in known:
            raise KeysFileError(f"{file} has no key with the name {name!r}; it has {', '.join(known) or 'none'}.")
        lines[:] = [line for line in lines if not _holds_key(line) or _read_line(line, str(file)).name != name]


@contextmanager
def _changing(file: Path) -> Iterator[list[str]]:
    """Lend the lines of the file to be changed, and put the file in place in one step, readable by its owner alone."""
    # Where the path is a link, the file that it leads to is replaced.
    file = file.resolve()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Two commands at once would each write what they read, and one key would be lost.
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=_LOCK_SECONDS):
            if file.exists():
                read_keys(file)
            lines = file.read_text("utf-8-sig").splitlines() if file.exists() else []
            yield lines
            with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".", delete=False) as made:
                made.write("".join(f"{line}\n" for line in lines))
                made.flush()
                os.fsync(made.fileno())
            if file.exists():
                # A service that runs as another user can read the file as it could before.
                kept = file.stat()
                Path(made.name).chmod(kept.st_mode & 0o777)
            Path(made.name).replace(file)
    except Timeout:
        raise KeysFileError(f"Another command has been changing {file} for {_LOCK_SECONDS} s; try again.") from None
    except OSError as error:
        raise KeysFileError(f"Cannot write the file of keys {file}: {error.strerror or error}.") from error


def _keys_in(lines: Sequence[str], file: Path) -> list[Key]:
    return [_read_line(line, str(file)) for line in lines if _holds_key(line)]


def _holds_key(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _read_line(line: str, place: str) -> Key:
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        raise KeysFileError(f"{place}: {_say(error)}.") from None
    return Key(name=read.name, rights=read_rights(read.rights), sha256=read.sha256)


def _say(error: ValidationError) -> str:
    """Return what is wrong without the value, which may be a key that somebody wrote down in the wrong place."""
    first = error.errors(include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{field}: {message}" if field else message
