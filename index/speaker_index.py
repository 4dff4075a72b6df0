"""The archive's speakers, ready to be looked up by whatever form of a name, or role, a question uses."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from index.archive import SqliteArchive
from index.speakers import SpeakerDirectory
from index.terms import content_terms, stems_in, stems_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The speakers up to the quotation with the id `last`."""

    last: int
    directory: SpeakerDirectory
    roles: tuple[tuple[str, frozenset[str]], ...]
    """Each speaker with the stems of a role."""


class SpeakerIndex:
    """Looks names up in a directory of the archive's speakers, made anew when there are new ones."""

    def __init__(self, archive: SqliteArchive) -> None:
        self._archive = archive
        self._making = threading.Lock()
        self._known = _make((), last=0)

    def match(self, who: str) -> tuple[str, ...]:
        """Return the names, as the archive has them, of everybody who may be meant; empty when nobody.

        A name in any of its forms; or a role ("the Ukrainian president"), if the archive gives it to one person alone.
        """
        known = self._current()
        return tuple(sorted(known.directory.match(who) or _bearer(known, who)))

    def _current(self) -> _Known:
        with self._making:
            # A speaker who was removed may stay: the name then finds nothing, and that is right.
            last = self._archive.quotations.last()
            if last != self._known.last:
                self._known = _make(self._archive.quotations.speakers(), last=last)
            return self._known


def _make(speakers: Sequence[tuple[str, str | None]], *, last: int) -> _Known:
    return _Known(
        last=last,
        directory=SpeakerDirectory(name for name, _ in speakers),
        roles=tuple((name, frozenset(stems_in(role))) for name, role in speakers if role),
    )


def _bearer(known: _Known, role: str) -> frozenset[str]:
    asked = set(stems_of(content_terms(role)))
    bearers = {name for name, stems in known.roles if asked <= stems}
    people = {known.directory.match(name) for name in bearers}
    return next(iter(people)) if len(people) == 1 else frozenset()
