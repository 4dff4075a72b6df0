"""Building a vector index from the archive's vectors, in a child process of low priority."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.vectors.chroma_index import ChromaIndex
from onrecord.index.vectors.reconciliation import reconcile

_NICENESS = 10
"""Questions come first: the build gets the processor time that they leave."""


def start_build(folder: Path, archive_file: Path) -> "subprocess.Popen[bytes]":
    """Start a child process that builds an index in `folder`; its exit code is 0 once the index is whole.

    The child ends when this process does, however that one ends.
    """
    code = f"from {__name__} import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder.absolute()), str(archive_file.absolute())],
        # The child waits for the end of its standard input, which comes when this process ends.
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # `python -c` looks for modules here first, so the child runs the very code that runs now.
        cwd=Path(__file__).parents[len(__name__.split(".")) - 1],
    )


def build(folder: Path, archive_file: Path) -> None:
    """Build an index of all the archive's passages in a new folder; the archive is only read."""
    with (
        closing(SqliteArchive(archive_file, read_only=True)) as archive,
        closing(ChromaIndex(folder, archive_id=archive.id)) as index,
    ):
        reconcile(archive, index)


def main() -> None:
    """Build the index in the folder and from the archive file that the two arguments name."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Ctrl-C reaches the child too, but only the parent decides; the child ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    folder, archive_file = map(Path, sys.argv[1:3])
    build(folder, archive_file)
    # The interpreter's own end would wait for threads of Chroma's that may still be at work.
    os._exit(0)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
