"""`onrecord` in a process of its own, forked from one that has imported all that a command may need.

A test gets a process that it can interrupt and kill, without the seconds of imports; tests/whole/test_whole_way.py and
tests/house/test_wheel.py start the program as a user does.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

_FORKS: Any = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "chromadb.api.rust",
        "chromadb.telemetry.product.posthog",
        "sentence_transformers",
        "onrecord.service.http.server",
        "onrecord.service.commands.app",
        "transformers.models.bert.modeling_bert",
    ]
)


class Program:
    """A command that runs in a process of its own, with the methods of `subprocess.Popen`."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] = os.environ) -> None:
        read, write = os.pipe()
        self.stdout = os.fdopen(read, encoding="utf-8")
        self._errors = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        files = (DupFd(write), DupFd(self._errors.fileno()))
        told = (arguments, dict(environment), str(Path.cwd()), *files)
        # A daemon ends with the tests, also where one of them has failed to end it.
        self._process = _FORKS.Process(target=_run, args=told, daemon=True)
        self._process.start()
        os.close(write)

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise TimeoutError(f"Process {self.pid} still runs after {timeout} seconds.")
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end; return what it printed, of which nothing is left to read, and its errors."""
        with self.stdout, self._errors:
            printed = self.stdout.read()
            self.wait(timeout)
            self._errors.seek(0)
            return printed, self._errors.read()


def _run(arguments: tuple[str, ...], environment: dict[str, str], folder: str, out: Any, errors: Any) -> None:
    """Run the command with the two files, which are `DupFd`s, as its output and its errors."""
    os.dup2(out.detach(), 1)
    os.dup2(errors.detach(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # A shell that runs the tests in the background makes its children ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["onrecord", *arguments]
    from onrecord.service.commands.app import main

    main()
