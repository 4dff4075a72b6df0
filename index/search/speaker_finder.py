"""Search of an archive's speakers by name or by role, in any form that a question may use."""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.speech.people.same_person import SpeakerDirectory, same_person
from onrecord.index.text.english.names import (
    ALIAS_PATTERN,
    NAME_LIST_PATTERN,
    NAME_PATTERN,
    is_first_name,
    parse_name,
)
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.titles import ROLES, TITLES
from onrecord.index.text.invisible_characters import as_seen
from onrecord.index.text.terms import content_terms, stems_in, stems_of

_PREPOSITIONS_OF_ROLES = frozenset({"of", "for", "to", "from", "at", "with", "by", "under", "against"})
_DESCRIPTION = re.compile(r",|\s(?:of|from|at|for|with|who)\s")
"""What separates a name from the description of its bearer."""
_NAME = re.compile(NAME_PATTERN)
_ALIAS = re.compile(ALIAS_PATTERN)
_AND = re.compile(r",?\s+(?:and|&)\s+")
_NAMES_WITH_COMMAS = re.compile(rf"(?=.*,){NAME_LIST_PATTERN}")
_COMMA_OR_AND = re.compile(rf"{_AND.pattern}|,\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A directory of the speakers while the quotations have this state."""

    state: tuple[int, int]
    directory: SpeakerDirectory
    roles: tuple[tuple[str, frozenset[str]], ...]
    """Each speaker's name, with the stems of a role that the archive gives the speaker."""
    aliases: tuple[tuple[str, str], ...]
    """Each speaker's name, with another name that the archive gives the speaker."""


class SpeakerFinder:
    """A finder of an archive's speakers; it reads them again after quotations were archived or removed."""

    def __init__(self, archive: SqliteArchive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._known = _make((), state=(0, 0))

    def match(self, who: str) -> tuple[str, ...]:
        """Return the names under which the archive has the speakers that `who` may mean; none if nobody fits.

        `who` is a name in any of its forms, a role that the archive gives to one person alone ("the Ukrainian
        president"), or a name with a role ("Bank of Japan chief Sumita", "the Kremlin's Dmitry Peskov", "Ana Reis of
        Lisbon"). A list ("Reis, Costa and Sumita") means all of its people, and nobody if one of them is unknown.
        """
        return tuple(sorted(_match_several(self._current(), as_seen(who))))

    def _current(self) -> _Known:
        with self._lock:
            state = self._archive.quotations.state()
            if state != self._known.state:
                self._known = _make(self._archive.quotations.speakers(), state=state)
            return self._known


def _match_several(known: _Known, who: str) -> frozenset[str]:
    """Return the names of one speaker, or of all the speakers in a list; none if one of them is unknown."""
    several = _AND.split(who)
    if len(several) == 1 or known.directory.match(who):
        return _match(known, who)
    names, unknown = _match_each(known, _COMMA_OR_AND.split(who))
    if not unknown:
        return names
    if _NAMES_WITH_COMMAS.fullmatch(who) and not any(map(_is_role, unknown)):
        return frozenset()
    names, unknown = _match_each(known, several)
    if not unknown:
        return names
    return _match(known, who) if all(map(_is_role, unknown)) else frozenset()


def _match_each(known: _Known, parts: Iterable[str]) -> tuple[frozenset[str], list[str]]:
    """Return the names of the speakers whom the parts mean, and the parts that mean nobody."""
    found = {part: _match(known, part) for part in parts}
    return frozenset[str]().union(*found.values()), [part for part, names in found.items() if not names]


def _is_role(words: str) -> bool:
    """Say whether the words end with a role, and so are no name: "Secretary of State"."""
    last = words.rpartition(" ")[2].casefold()
    return last in TITLES or last in ROLES


def _match(known: _Known, who: str) -> frozenset[str]:
    """Return the names of one speaker, looked up by name, then by role, then by the names inside the words."""
    named = map(known.directory.match, names_in(who))
    return known.directory.match(who) or _bearer(known, who) or next(filter(None, named), frozenset())


def _make(speakers: Sequence[tuple[str, str | None]], *, state: tuple[int, int]) -> _Known:
    return _Known(
        state=state,
        directory=SpeakerDirectory(name for name, _ in speakers),
        roles=tuple((name, frozenset(stems_in(role))) for name, role in speakers if role),
        aliases=tuple(
            (name, alias["other_name"])
            for name, role in speakers
            if role and (alias := _ALIAS.search(role)) is not None
        ),
    )


def names_in(who: str) -> Iterator[str]:
    """Yield what may be a person's name among words that also describe the person, the fullest name first.

    A surname alone is a name only behind a word that belongs to no name: a title, a possessive, or a word in lower case
    before a capital. So "Senator Hillary Clinton" does not find Bill Clinton. Nor does "a lawyer for Bill Clinton".
    """
    for words in dict.fromkeys((who, _DESCRIPTION.split(who, maxsplit=1)[0])):
        tokens = words.split()
        for at in range(len(tokens)):
            name = " ".join(tokens[at:])
            parts = parse_name(name)
            if (
                parts is None
                or not name[0].isalpha()
                or not _PREPOSITIONS_OF_ROLES.isdisjoint(tokens[at:])
                or _belongs(tokens[:at])
            ):
                continue
            full = parts.given and (at or words != who) and tokens[at] not in PARTICLES
            if full or (0 < at == len(tokens) - 1 and _is_no_name(tokens[at - 1], name)):
                yield name


def _is_no_name(before: str, name: str) -> bool:
    """Say whether the word before a surname belongs to no name."""
    if is_first_name(before) or before in PARTICLES:
        return False
    return before.casefold() in TITLES or before.endswith(("'s", "’s")) or (before.islower() and name[0].isupper())


def _belongs(before: Sequence[str]) -> bool:
    """Say whether these words belong to the person that follows, as in "a lawyer for the late"."""
    for word in reversed(before):
        if word in _PREPOSITIONS_OF_ROLES:
            return True
        if not (word.islower() or word.casefold() in TITLES):
            return False
    return False


def _bearer(known: _Known, role: str) -> frozenset[str]:
    """Return the names of the one person to whom the archive gives the role; none if several people have it.

    A name alone is no role, so that "Bo Lind" does not find Bo Lind’s doctor; it finds who is "born Bo Lind".
    """
    asked = set(stems_of(content_terms(role)))
    if _NAME.fullmatch(role.strip()):
        bearers = {name for name, alias in known.aliases if same_person(alias, role)}
    else:
        bearers = {name for name, stems in known.roles if asked <= stems}
    people = {known.directory.match(name) for name in bearers}
    return next(iter(people)) if len(people) == 1 else frozenset()
