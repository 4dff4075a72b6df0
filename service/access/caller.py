"""Who sends a request, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.values import Actor


class Right(StrEnum):
    """A right that a key gives."""

    ASK = "ask"
    """To ask, to search and to read."""
    ADD = "add"
    """To add articles, and to change those that are known by the same url or name."""
    ADMINISTER = "administer"
    """To remove articles, and everything else."""


ALL_RIGHTS = frozenset(Right)


def read_rights(names: Iterable[str]) -> frozenset[Right]:
    """Return the rights with these names, and all rights if `administer` is one of them.

    Raise `ValueError` that names the first one that is no right, and those that are.
    """
    rights = set()
    for name in names:
        if name not in ALL_RIGHTS:
            raise ValueError(f"{name!r} is no right; the rights are {', '.join(Right)}.")
        rights.add(Right(name))
    return ALL_RIGHTS if Right.ADMINISTER in rights else frozenset(rights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A sender of requests, by the name of the key that they send."""

    name: str
    rights: frozenset[Right] = ALL_RIGHTS
    is_widget: bool = False
    """Whether this is the widget's public key, which has no right of its own and may send what the widget needs."""

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names them."""
        return Actor(name=self.name, way="http")


ANONYMOUS = Caller(name="anonymous")
"""Everybody, where the service has no keys."""
