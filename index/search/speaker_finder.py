"""The archive's speakers, ready to be looked up by whatever form of a name, or role, a question uses."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.speech.people.same_person import SpeakerDirectory
from onrecord.index.text.english.names import NAME_LIST_PATTERN, is_first_name, parse_name
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.titles import ROLES, TITLES
from onrecord.index.text.terms import content_terms, stems_in, stems_of

_OF = frozenset({"of", "for", "to", "from", "at", "with", "by", "under", "against"})
_BEHIND = re.compile(r",|\s(?:of|from|at|for|with|who)\s")
"""What comes after a name to say who that is."""
_AND = re.compile(r",?\s+(?:and|&)\s+")
_NAMES_WITH_COMMAS = re.compile(rf"(?=.*,){NAME_LIST_PATTERN}")
_COMMA_OR_AND = re.compile(rf"{_AND.pattern}|,\s+")


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

        A name in any of its forms; a role ("the Ukrainian president"), if the archive gives it to one person alone; a
        name with a role around it ("Bank of Japan chief Sumita", "the Kremlin's Dmitry Peskov", "Ana Reis of Lisbon").
        Of "Reis, Costa and Sumita" all three, and nobody if one of them is.
        """
        known = self._current()
        several = _AND.split(who)
        if len(several) == 1 or known.directory.match(who):
            return tuple(sorted(_match(known, who)))
        listed = {one: _match(known, one) for one in _COMMA_OR_AND.split(who)}
        unknown = [one for one, names in listed.items() if not names]
        if not unknown:
            return tuple(sorted(frozenset[str]().union(*listed.values())))
        if _NAMES_WITH_COMMAS.fullmatch(who) and not any(map(_is_role, unknown)):
            return ()
        found = {one: _match(known, one) for one in several}
        missing = [one for one, names in found.items() if not names]
        if not missing:
            return tuple(sorted(frozenset[str]().union(*found.values())))
        return tuple(sorted(_match(known, who))) if all(map(_is_role, missing)) else ()

    def _current(self) -> _Known:
        with self._making:
            # A speaker who was removed may stay: the name then finds nothing, and that is right.
            last = self._archive.quotations.last()
            if last != self._known.last:
                self._known = _make(self._archive.quotations.speakers(), last=last)
            return self._known


def _is_role(words: str) -> bool:
    """Say whether the words are a role and no name: "Secretary of State and National Security Adviser Ana Reis"."""
    return words.rpartition(" ")[2].casefold() in TITLES | ROLES


def _match(known: _Known, who: str) -> frozenset[str]:
    named = map(known.directory.match, names_in(who))
    return known.directory.match(who) or _bearer(known, who) or next(filter(None, named), frozenset())


def _make(speakers: Sequence[tuple[str, str | None]], *, last: int) -> _Known:
    return _Known(
        last=last,
        directory=SpeakerDirectory(name for name, _ in speakers),
        roles=tuple((name, frozenset(stems_in(role))) for name, role in speakers if role),
    )


def names_in(who: str) -> Iterator[str]:
    """Yield what may be a person's name in words that also say what the person is, the fullest first.

    A surname alone counts behind what is no part of a name: a title, an owner's 's, a word in lower case before a
    capital. So "Senator Hillary Clinton" is nobody where only Bill Clinton speaks, and "a lawyer for Bill Clinton" is
    not he.
    """
    for words in dict.fromkeys((who, _BEHIND.split(who, maxsplit=1)[0])):
        tokens = words.split()
        for at in range(len(tokens)):
            name = " ".join(tokens[at:])
            parts = parse_name(name)
            if parts is None or not name[0].isalpha() or not _OF.isdisjoint(tokens[at:]) or _belongs(tokens[:at]):
                continue
            full = parts.given and (at or words != who) and tokens[at] not in PARTICLES
            if full or (0 < at == len(tokens) - 1 and _is_no_name(tokens[at - 1], name)):
                yield name


def _is_no_name(before: str, name: str) -> bool:
    if is_first_name(before) or before in PARTICLES:
        return False
    return before.casefold() in TITLES or before.endswith(("'s", "’s")) or (before.islower() and name[0].isupper())


def _belongs(before: Sequence[str]) -> bool:
    """Say whether what follows is whose: "a lawyer for the late …", and not "the president of Ukraine …"."""
    for word in reversed(before):
        if word in _OF:
            return True
        if not (word.islower() or word.casefold() in TITLES):
            return False
    return False


def _bearer(known: _Known, role: str) -> frozenset[str]:
    asked = set(stems_of(content_terms(role)))
    bearers = {name for name, stems in known.roles if asked <= stems}
    people = {known.directory.match(name) for name in bearers}
    return next(iter(people)) if len(people) == 1 else frozenset()
