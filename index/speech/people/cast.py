"""The cast of an article: the people and organisations that it names, and the ones that a mention means."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from onrecord.index.speech.grammar.noun_phrases import Range
from onrecord.index.speech.grammar.proper_names import (
    BODIES,
    NATIONS,
    NOT_NAMES,
    PLACES,
    coordinated_names,
    name_core,
    name_in,
    name_runs,
)
from onrecord.index.speech.grammar.tokens import Clause, Item, words_of
from onrecord.index.speech.people.full_names import (
    GENERATIONS,
    full_names,
    is_object,
    is_surname,
    past_trade,
    same_bearer,
    suffix_of,
    surname_at,
)
from onrecord.index.speech.people.roles import find_role, gives_alias
from onrecord.index.text.english.first_names import FIRST_NAMES_OF_PLACES
from onrecord.index.text.english.function_words import PREPOSITIONS
from onrecord.index.text.english.names import gender_of, is_first_name, surname_key
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.sounds import sound_key
from onrecord.index.text.english.titles import HONORIFICS, OFFICES, ROLES
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.values import Span

# These organisations have names of one word that look like plurals.
_AGENCIES = word_set("reuters politico axios congress hamas times forbes parliament")
_MAX_BEARERS = 20
"""People with one role among whom a description such as "the minister" is looked up."""
_PROPER_ROLES = ROLES - HONORIFICS
_GROUP = re.compile(r"(?:ans|ats|ists|ers|ics|ials|ors|ish|ese|ants|ents|als|men|ives|ens|yists|ies|ons)$")
_AGE = re.compile(r"[1-9]\d")
_HEADS = ROLES | word_set("republican democrat newcomer")


@dataclass(slots=True)
class Person:
    """A person whose full name the article gives."""

    name: str
    first: str
    last: str
    key: str
    start: int
    gender: str | None = None
    role: str | None = None
    heads: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Seen:
    """A place at which a person is named; `subject` is true if the name may be the subject of its sentence."""

    start: int
    person: Person
    subject: bool


class Cast:
    """A list of the people whom an article names, with each place."""

    def __init__(self, text: str, clauses: Sequence[Clause], mentions: Collection[Span] = ()) -> None:
        """Read the names in the sentences; a name of two words among the `mentions` of speakers is a person's."""
        self._text = text
        self._clauses = clauses
        items = sorted((item for clause in clauses for item in clause.items), key=lambda item: item.start)
        starts = [item.start for item in items]
        self._words = {
            mention: items[bisect_left(starts, mention.start) : bisect_left(starts, mention.end)]
            for mention in mentions
        }
        self._speaking = {part[-1].end for words in self._words.values() for part in coordinated_names(words)}
        self.people: list[Person] = []
        self._by_last: dict[str, list[Person]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[Person]] = defaultdict(list)
        self._by_first: dict[str, list[Person]] = defaultdict(list)
        self._capitalised: Counter[str] = Counter()
        self._named_often: Counter[str] = Counter()
        self._lower: set[str] = set()
        self._by_head: dict[str, list[Person]] = defaultdict(list)
        self._starts = [clause.items[0].start for clause in clauses]
        runs = [name_runs(clause.items) for clause in clauses]
        for clause, names in zip(clauses, runs, strict=True):
            self._introduce(clause.items, names, headline=clause.headline)
        for person in self.people:
            for head in person.heads:
                if len(self._by_head[head]) < _MAX_BEARERS:
                    self._by_head[head].append(person)
        self.seen = [self._sightings(clause.items, names) for clause, names in zip(clauses, runs, strict=True)]

    # Reading the names

    def _introduce(self, items: Sequence[Item], runs: Sequence[Range], *, headline: bool) -> None:
        self._lower.update(item.low for item in items if not item.capital)
        for start, end in runs:
            self._named_often.update(items[n].low for n in range(start, end))
            for n in range(max(start, 1), end):
                self._capitalised[items[n].low] += 0 if headline else 1
            first, last = name_in(items, start, end)
            first = past_trade(items, first, last)
            if (
                last - first < 2
                or is_surname(items[first:last])
                or self._bearer(items[first:last])
                or not self._is_person(items, start, first, last, headline=headline)
            ):
                continue
            self._add(items, first, last)

    def _is_person(self, items: Sequence[Item], start: int, first: int, last: int, *, headline: bool) -> bool:
        tokens = [item for item in items[first:last] if item.text not in PARTICLES]
        titled = is_first_name(tokens[0].text) and len(tokens) == 2
        if len(tokens) > 4 or any(t.low in BODIES for t in (tokens[1:] if titled else tokens)):
            return False
        if "_".join(t.low for t in tokens[:2]) in PLACES or tokens[0].low in NATIONS or tokens[-1].low in NATIONS:
            return False
        if any(t.text.isupper() and len(t.text) > 3 for t in tokens) and not is_first_name(tokens[0].text):
            return False
        if headline:
            return titled
        if is_first_name(tokens[0].text) or first > start:
            return True
        if tokens[-1].end in self._speaking and all(len(t.text) > 2 and not t.text.isupper() for t in tokens[:1]):
            return True
        before = items[start - 1] if start else None
        if before is not None and (before.low in ROLES or before.low in HONORIFICS):
            return True
        following = items[last : last + 8]
        if len(following) > 1 and following[0].text in (",", "(") and _AGE.fullmatch(following[1].text):
            return True
        # "Ana Reis, the mayor", "Ana Reis is a farmer"
        opens = bool(following) and (following[0].text == "," or following[0].low in ("is", "was"))
        return opens and any(i.low in _PROPER_ROLES for i in following[1:7])

    def _add(self, items: Sequence[Item], first: int, last: int) -> None:
        given, family = items[first], items[surname_at(items, first, last)]
        key = surname_key(family.text)
        bearers = self._by_name[(sound_key(given.text), key)]
        name = " ".join(self._text[given.start : items[last - 1].end].split())
        person = next((one for one in bearers if same_bearer(one.name, name)), None)
        if person is None:
            person = Person(name, given.low, family.low, key, given.start, gender_of(given.text))
            self.people.append(person)
            self._by_last[key].append(person)
            self._by_first[sound_key(given.text)].append(person)
            bearers.append(person)
        role, heads = find_role(self._text, items, first, last)
        person.heads |= heads
        if role and (person.role is None or gives_alias(role)):
            person.role = role
        if person.gender is None:
            person.gender = next((g for h in sorted(heads) if (g := gender_of(h))), None)

    def _sightings(self, items: Sequence[Item], runs: Sequence[Range]) -> list[Seen]:
        seen: list[Seen] = []
        for start, end in runs:
            person = self._named(items, start, end)
            if person is None:
                continue
            before = items[start - 1] if start else None
            following = items[end] if end < len(items) else None
            possessive = following is not None and following.text in ("’s", "'s", "’", "'")
            subject = not possessive and (
                before is None
                or before.quoted is not None
                or not (before.low in PREPOSITIONS or before.low in ("of", "for") or is_object(items, start))
            )
            seen.append(Seen(items[start].start, person, subject))
        return seen

    def _named(self, items: Sequence[Item], start: int, end: int) -> Person | None:
        first, last = name_in(items, start, end)
        first = past_trade(items, first, last)
        if last - first >= 2:
            return self._of_several_words(items[first:last])
        if last - first == 1:
            people = self._of_one_word(items[first])
            if len(people) > 1 and first:
                people = self._narrowed(people, [items[n].low for n in range(start, first)])
            if len(people) == 1:
                return people[0]
        return None

    def _of_one_word(self, name: Item) -> list[Person]:
        """Return the people of this surname, or else of this first name, which may be the family's: Zhao Lihua."""
        bearers = self._by_last.get(surname_key(name.text), [])
        return bearers or ([] if name.low in FIRST_NAMES_OF_PLACES else self._by_first.get(sound_key(name.text), []))

    def _of_several_words(self, name: Sequence[Item]) -> Person | None:
        """Return the person of that name, or else the one with this surname, as in "Von der Leyen"."""
        surname = name[surname_at(name, 0, len(name))]
        bearers = self._by_name.get((sound_key(name[0].text), surname_key(surname.text)), [])
        whole = " ".join(item.text for item in name)
        fitting = [one for one in bearers if same_bearer(one.name, whole)]
        return fitting[0] if len(fitting) == 1 else self._bearer(name)

    def _bearer(self, surname: Sequence[Item]) -> Person | None:
        """Return the one person so far whose name ends with these words."""
        end = " " + " ".join(item.low for item in surname)
        fitting = [p for p in self._by_last.get(surname_key(surname[-1].text), ()) if p.name.lower().endswith(end)]
        return fitting[0] if len(fitting) == 1 else None

    def _narrowed(self, people: Sequence[Person], titles: Sequence[str]) -> list[Person]:
        """Return the people of one surname whom a title before it fits."""
        gender = next((g for title in titles if (g := gender_of(title))), None)
        kept = [p for p in people if gender is None or p.gender in (None, gender)]
        suffixes = {suffix for title in titles for suffix in GENERATIONS.get(title, ())}
        if suffixes:
            kept = [p for p in kept if suffix_of(p.name) in suffixes] or kept
        heads = {title for title in titles if title in ROLES and title not in HONORIFICS}
        fitting = [p for p in kept if heads & p.heads]
        return fitting if heads and fitting else kept

    # Looking up a mention

    def lead(self, until: int) -> Person | str | None:
        """Return the one whom an interview is with, whose first turn begins at `until`; None if it is not certain.

        That is the only person named before the first turn, or the one most often named there.
        """
        before = self.seen[: bisect_left(self._starts, until)]
        named = Counter(seen.person.name for sentence in before for seen in sentence)
        if named:
            (name, times), *others = named.most_common(2)
            return None if others and others[0][1] == times else next(p for p in self.people if p.name == name)
        runs = Counter(run for clause in self._clauses[: len(before)] for run in full_names(clause.items))
        return runs.most_common(1)[0][0] if runs and runs.most_common(1)[0][1] > 1 else None

    def stranger(self, items: Sequence[Item]) -> bool:
        """Say whether a sentence begins with a name that nobody in the article is known to bear."""
        runs = name_runs(items[:6])
        if not runs or runs[0][0] > 1:
            return False
        start, end = runs[0]
        if self._named(items, start, end) is not None:
            return False
        first, last = name_in(items, start, end)
        if last - first > 1 and not any(item.low in BODIES for item in items[first:last]):
            return True
        return last > first and self._is_name(items[first], [items[n].low for n in range(start, first)])

    def people_in(self, mention: Span) -> list[Person | str]:
        """Return the people whom a mention names, or else the name of an organisation."""
        items = self._words_in(mention)
        parts = coordinated_names(items)
        core = name_core(items)
        if len(core) < len(items) and items[len(core)].low in PREPOSITIONS | {"of", "for"}:
            # "Yurii Poita of the Center for Army, Conversion and …" is one person, with a list in the name behind it.
            parts = [core]
        if len(parts) > 1:
            people = [self._one(part) for part in parts]
            if all(isinstance(person, Person) for person in people):
                return [person for person in people if person is not None]
            if any(isinstance(person, Person) for person in people[:-1]) or not isinstance(people[-1], Person):
                return []
        one = self._one(items)
        return [] if one is None else [one]

    def body_in(self, mention: Span) -> str:
        """Return the one name in a mention such as "the state-run TASS news agency", or else all of it."""
        items = self._words_in(mention)
        runs = name_runs(items)
        start, end = runs[0] if len(runs) == 1 else (0, len(items))
        return self._text[items[start].start : items[end - 1].end]

    def _words_in(self, mention: Span) -> Sequence[Item]:
        return self._words.get(mention) or words_of(self._text, mention)

    def _one(self, items: Sequence[Item]) -> Person | str | None:
        items = name_core(items)
        runs = list(name_runs(items))
        if not runs:
            return None
        start, end = runs[-1]
        if end != len(items):
            return None
        for n in range(start):
            # "A spokesman for Anna Kovach" is not Anna Kovach, but the "secretary of state Anna Kovach" is.
            if items[n].low in PREPOSITIONS | {"of", "for"} and items[n + 1].low not in OFFICES:
                return None
        first, last = name_in(items, start, end)
        first = past_trade(items, first, last)
        if last <= first:
            return None
        titles = [items[n].low for n in range(first)]
        if last - first >= 2:
            person = self._of_several_words(items[first:last])
            if person is not None:
                return person
        if last - first == 1:
            people = self._narrowed(self._of_one_word(items[first]), titles)
            if len(people) == 1:
                return people[0]
            if len(people) > 1:
                return self._nearest(people, items[first].start)
            if not self._is_name(items[first], titles):
                return None
        if first > start and items[start].low not in ROLES:
            first = start if not any(items[n].low in ROLES for n in range(start, last)) else first
        name = " ".join(self._text[items[first].start : items[last - 1].end].split())
        return None if name.isupper() and len(name) > 12 else name

    def _nearest(self, people: Sequence[Person], position: int) -> Person | None:
        """Return the person of this surname who was named shortly before; None if there are several."""
        at = bisect_right(self._starts, position)
        near = {
            seen.person.name: seen.person
            for sentence in self.seen[max(0, at - 4) : at]
            for seen in sentence
            if position - 400 <= seen.start <= position and any(seen.person is person for person in people)
        }
        return next(iter(near.values())) if len(near) == 1 else None

    def _is_name(self, item: Item, titles: Sequence[str]) -> bool:
        low = item.low
        if low in NOT_NAMES or low in _HEADS or low in NATIONS:
            return False
        if low in _AGENCIES or (item.text.isupper() and len(item.text) > 1):
            return True
        if any(title in ROLES for title in titles):
            return True
        if self._named_often[low] > 1 and low not in self._lower and not low.endswith("s"):
            return True
        return self._capitalised[low] > 0 and not (low.endswith("s") and _GROUP.search(low))

    def described(self, mention: Span) -> Person | None:
        """Return the one person whom a description such as "the minister" fits, or None."""
        items = self._words_in(mention)
        if len(items) < 2 or items[0].low != "the" or len(items) > 5:
            return None
        head = items[-1].low
        if head not in ROLES or items[-1].low.endswith("s"):
            return None
        qualifiers = {item.low for item in items[1:-1]}
        fitting = [
            p
            for p in self._by_head[head]
            if p.start < mention.start and all(q in (p.role or "").lower().split() for q in qualifiers)
        ]
        return fitting[0] if len(fitting) == 1 else None
