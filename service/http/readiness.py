"""Readiness: whether the archive is there, the disk has room, and a question is answered in time."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from onrecord.index.archive.archive import Counts
from onrecord.index.fallback import watch
from onrecord.service.answers.work_queue import Overloaded
from onrecord.service.wiring import Parts

_SQLITE = b"SQLite format 3\0"
"""What each file of SQLite begins with."""
_MIN_FREE_BYTES = 16_000_000
"""Room on the disk that adding an article of the greatest length may take."""
_FILES_SECONDS = 1.0
"""Time for which a look at the files holds."""
_QUESTION_SECONDS = 10.0
"""Time for which the answer to a self-asked question holds."""
_PATIENCE_SECONDS = 1.0
"""Time that a request waits for a newer look; under load it gets the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a check has found."""

    at: float
    """When, in seconds of the monotonic clock."""
    trouble: str | None = None
    """Why the service cannot answer, as a sentence."""
    counts: Counts | None = None
    """What the archive holds."""
    degraded: tuple[str, ...] = ()
    """The parts that a self-asked question was answered without."""


class Readiness:
    """A check of the service by itself, whose results are kept for a short time so that asking costs nothing."""

    def __init__(self, parts: Parts, *, limit_seconds: float) -> None:
        """Take the parts; a self-asked question that is not answered in `limit_seconds` is trouble."""
        self._parts = parts
        self._opened = _identity(parts.archive.file)
        self._limit = limit_seconds
        self._files = _Kept(self._look_at_files, seconds=_FILES_SECONDS, limit=limit_seconds)
        self._question = _Kept(self._ask, seconds=_QUESTION_SECONDS, limit=limit_seconds)

    async def looks(self) -> tuple[Look, Look]:
        """Return the look at the files and the self-asked question, each fresh if that takes only a moment."""
        return await self._files.newest(), await self._question.newest()

    async def _look_at_files(self) -> Look:
        def look() -> Look:
            archive, now = self._parts.archive, time.monotonic()
            try:
                with archive.file.open("rb") as stream:
                    # SQLite goes on reading a file that was deleted or replaced, as long as it has it open.
                    there = stream.read(len(_SQLITE)) == _SQLITE and _identity(archive.file) == self._opened
                counts = archive.counts()
            except Exception as error:  # Whatever reading raises, the archive cannot be read.
                return Look(at=now, trouble=f"The archive {archive.file} cannot be read: {error}.")
            if not there:
                return Look(
                    at=now,
                    trouble=f"Another file has taken the place of the archive {archive.file}. Put it back, or restart.",
                )
            free = shutil.disk_usage(archive.file.parent).free
            if not archive.read_only and free < _MIN_FREE_BYTES:
                return Look(
                    at=now,
                    trouble=f"The disk of {archive.file.parent} has {free / 1e6:.0f} MB left, and adding needs "
                    f"{_MIN_FREE_BYTES / 1e6:.0f} MB. Make room.",
                )
            return Look(at=now, counts=counts)

        return await asyncio.to_thread(look)

    async def _ask(self) -> Look:
        def ask() -> tuple[str, ...]:
            newest, _ = self._parts.archive.articles(limit=1)
            with watch() as failed:
                self._parts.answerer.answer(newest[0].title[:200] if newest else "Is anybody there?", limit=1)
            return tuple(part.name for part in failed)

        try:
            degraded = await self._parts.self_asked.run(ask)
        except Overloaded:
            return Look(at=time.monotonic(), trouble=self._too_slow())
        except Exception as error:  # Whatever a question raises, the service cannot answer it.
            return Look(at=time.monotonic(), trouble=f"A question that the service asked itself failed: {error}.")
        return Look(at=time.monotonic(), degraded=degraded)

    def _too_slow(self) -> str:
        return f"A question that the service asked itself was not answered in {self._limit:g} s."


def _identity(file: Path) -> tuple[int, int]:
    """Return what tells a file from another one of its name."""
    status = file.stat()
    return status.st_dev, status.st_ino


class _Kept:
    """A look that is kept for some seconds; one at a time is made, however many ask for it."""

    def __init__(self, look: Callable[[], Awaitable[Look]], *, seconds: float, limit: float) -> None:
        self._look = look
        self._seconds = seconds
        self._limit = limit
        self._last: Look | None = None
        self._making: asyncio.Task[None] | None = None

    async def newest(self) -> Look:
        """Return the last look, after a moment's wait for a newer one if it is old; say so if none comes in time."""
        now = time.monotonic()
        if self._last is None or now - self._last.at > self._seconds:
            if self._making is None or self._making.done():
                self._begun_at = now
                self._making = asyncio.ensure_future(self._make())
            # There is nothing to go by before the first look.
            await asyncio.wait({self._making}, timeout=_PATIENCE_SECONDS if self._last else self._limit)
        if self._making is not None and not self._making.done() and time.monotonic() - self._begun_at >= self._limit:
            return Look(at=now, trouble=f"The service's look at itself was not done in {self._limit:g} s.")
        return self._last or Look(at=now, trouble="The service has not looked at itself yet.")

    async def _make(self) -> None:
        self._last = await self._look()
