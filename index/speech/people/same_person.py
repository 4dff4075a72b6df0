"""Comparison of names, and a directory of speakers that groups the names of one person."""

from collections import defaultdict
from collections.abc import Iterable

from onrecord.index.text.english.names import Name, is_tail, parse_name, same_given
from onrecord.index.text.english.sounds import skeleton


def same_person(one: str, other: str) -> bool:
    """Say whether two names may be one person's: the surnames sound alike, and nothing else contradicts.

    A surname alone fits everybody who bears it; only a `SpeakerDirectory` knows how many people do.
    """
    left, right = parse_name(one), parse_name(other)
    if left is None or right is None:
        return one.strip().casefold() == other.strip().casefold()
    if (left.whole == right.whole and _compatible(left, right)) or _is_one_the_tail(left, right):
        return True
    return _same_surname(left, right) and _compatible(left, right)


def _is_one_the_tail(left: Name, right: Name) -> bool:
    return is_tail(left, right) or is_tail(right, left)


def _compatible(left: Name, right: Name) -> bool:
    if left.particles or right.particles or left.further or right.further:
        if _is_one_the_tail(left, right):
            return True
        if _have_other_particles(left, right):
            return False
    if left.gender and right.gender and left.gender != right.gender:
        return False
    if left.suffix and right.suffix and left.suffix != right.suffix:
        return False
    if not left.given or not right.given:
        return True
    if not same_given(left.given[0], right.given[0]):
        # Initials may be written in one word: "J. D. Vance" and "JD Vance".
        return "".join(g[:1] for g in left.given) == "".join(right.given) or "".join(
            g[:1] for g in right.given
        ) == "".join(left.given)
    middle, others = left.given[1:], right.given[1:]
    if not (middle and others):
        return True
    if all(len(name) == 1 for name in middle + others):
        # George H. W. Bush is not George W. Bush.
        return middle[: len(others)] == others[: len(middle)]
    return same_given(middle[0], others[0]) or len(middle) != len(others)


def _have_other_particles(left: Name, right: Name) -> bool:
    """Say whether the particles tell two bearers of one surname apart; a bearer without particles may be either."""
    if left.surname in right.further or right.surname in left.further:
        return False
    ours, theirs = set(left.particles), set(right.particles)
    return not (ours <= theirs or theirs <= ours)


def _same_surname(left: Name, right: Name) -> bool:
    one, other = left.surname, right.surname
    if one == other:
        return True
    # The vowels of a transliteration may differ, but then both names must have first names that can agree.
    return bool(left.given and right.given) and _same_sound(one, other)


def _same_sound(one: str, other: str) -> bool:
    """Say whether two long surnames differ in vowels alone, and in length by at most one letter."""
    if min(len(one), len(other)) < 6 or one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    return skeleton(one) == skeleton(other)


class SpeakerDirectory:
    """A directory of an archive's speakers that groups the names of each person.

    Each full name makes a person; a surname alone joins a person only if nobody else bears it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._people: list[set[str]] = []
        self._by_surname: dict[str, list[int]] = defaultdict(list)
        self._by_given: dict[str, list[int]] = defaultdict(list)
        self._by_whole: dict[str, list[int]] = defaultdict(list)
        self._by_further: dict[str, list[int]] = defaultdict(list)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        self._unparsed: set[str] = set()
        parsed = {name: parse_name(name) for name in sorted(set(names))}
        # The fullest names come first, so that an initial or a title joins the name it shortens.
        for name, parts in sorted(parsed.items(), key=lambda pair: (-_fullness(pair[1]), pair[0])):
            if parts is None:
                self._unparsed.add(name)
            else:
                self._place(name, parts)

    def _place(self, name: str, parts: Name) -> None:
        near = self._by_whole[parts.whole] if len(parts.given) else []
        near = near or [group for group in self._near(parts) if self._fits(parts, group)]
        if len(near) == 1:
            self._people[near[0]].add(name)
            group = near[0]
        else:
            self._people.append({name})
            group = len(self._people) - 1
        self._by_sound[skeleton(parts.surname)].add(parts.surname)
        entries = [self._by_surname[parts.surname], self._by_whole[parts.whole]]
        entries += [self._by_given[key] for key in _first_keys(parts)]
        entries += [self._by_further[key] for key in parts.further]
        for entry in entries:
            if group not in entry:
                entry.append(group)

    def _near(self, parts: Name) -> list[int]:
        exact = self._by_surname.get(parts.surname, [])
        return exact if exact or not parts.given else self._sounding(parts.surname)

    def _sounding(self, surname: str) -> list[int]:
        alike = [other for other in self._by_sound.get(skeleton(surname), ()) if _same_sound(surname, other)]
        return sorted({group for other in alike for group in self._by_surname[other]})

    def _fits(self, parts: Name, group: int) -> bool:
        known = [parse_name(name) for name in self._people[group]]
        return all(other is not None and _same_surname(parts, other) and _compatible(parts, other) for other in known)

    def groups(self, name: str) -> list[frozenset[str]]:
        """Return every person whom the name may mean, each as the set of the person's names."""
        parts = parse_name(name)
        if parts is None:
            return []
        bearers = self._by_surname.get(parts.surname, [])
        found = [group for group in bearers if self._may_be(parts, group)]
        named = [group for group in bearers if any(_has_given(name) for name in self._people[group])]
        if named and (parts.given or parts.gender):
            # Several people bear the surname, so a quotation under the surname alone is not certainly this person's.
            found = [group for group in found if group in named]
        found = found or list(self._by_whole.get(parts.whole, []))
        if not found:
            found = [group for group in self._by_further.get(parts.surname, []) if self._may_be(parts, group)]
            # "Mac Gregor" may be the whole surname McGregor.
            found += self._by_surname.get(parts.whole, []) if len(parts.given) == 1 else []
        if not found and not parts.given:
            found = list(self._by_given.get(parts.surname, []))
        if not found and not bearers:
            found = [group for group in self._sounding(parts.surname) if self._may_be(parts, group)]
        return [frozenset(self._people[group]) for group in found]

    def match(self, name: str) -> frozenset[str]:
        """Return all names, in the archive, of the people whom the name may mean; none if it fits nobody."""
        exact = frozenset({name} & self._unparsed)
        return exact.union(*self.groups(name))

    def _may_be(self, parts: Name, group: int) -> bool:
        known = [parse_name(name) for name in self._people[group]]
        return all(other is None or _compatible(parts, other) for other in known)


def _has_given(name: str) -> bool:
    parts = parse_name(name)
    return parts is not None and bool(parts.given)


def _fullness(parts: Name | None) -> int:
    if parts is None:
        return 0
    return sum(2 if len(given) > 1 else 1 for given in parts.given) * 2 + (parts.gender is not None)


def _first_keys(parts: Name) -> tuple[str, ...]:
    """Return the first name's key, because a question may give it alone, or it is the family name: Xi Jinping."""
    return parts.given[:1] if parts.given and len(parts.given[0]) > 1 else ()
