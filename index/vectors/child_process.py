"""A process of our own that may die, or be busy, without us; it never outlives whoever started it."""

import os
import subprocess
import sys
import threading
from pathlib import Path


def start_child(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start `module.main()` in a process of its own; what it writes to standard output can be read.

    It reads its standard input to the end, which comes when we end, however we do.
    """
    return subprocess.Popen(
        [sys.executable, "-c", f"from {module} import main; main()", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Where `python -c` looks for modules first: the child runs this very code.
        cwd=Path(__file__).parent.parent,
    )


def end_with_parent() -> None:
    """In the child: end when whoever started it does, or lets go of its standard input."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
