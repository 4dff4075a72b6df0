"""The parts of a personal name, how they sound, and whether a man or a woman is likely to bear it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from onrecord.index.text.english.first_names import FEMALE, MALE, NICKNAMES
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.particles import (
    ATTACHED,
    FIRST_NAMES_TOO,
    LEADING_PARTICLE,
    LINKS,
    NEVER_FIRST,
    PARTICLE,
    PARTICLES,
    PATRONYMIC,
    SPELT_ALIKE,
)
from onrecord.index.text.english.sounds import skeleton, sound_key
from onrecord.index.text.english.titles import FEMALE_TITLES, MALE_TITLES, TITLES
from onrecord.index.text.english.word_sets import word_set

GENERATION_SUFFIXES = word_set("jr sr ii iii iv")
"""What stands behind a surname and tells father and son apart."""
_SUFFIXES = GENERATION_SUFFIXES | word_set("phd md esq")
_TOKEN = re.compile(r"['’]t\b|(?:[^\W\d_]\.)+|[^\W\d_][^\W_]*(?:['’-][^\W_]+)*\.?")
_ATTACHED = re.compile(rf"({ATTACHED})(?=\w{{3}})", re.IGNORECASE)

_CAPITALS = "".join(filter(str.isupper, map(chr, range(0x530))))
_CAPITALISED = rf"(?:{ATTACHED}(?=[{_CAPITALS}]))?[{_CAPITALS}][\w’'-]*"
"""A regular expression for a word with a capital, which an attached particle may precede: al-Assad, d'Estaing."""
NAME_PATTERN = rf"(?:{LEADING_PARTICLE}\s+(?:{PARTICLE}\s+)*)?{_CAPITALISED}(?:\s+(?:{PARTICLE}\s+)*{_CAPITALISED})*"
"""A regular expression for a name of one word or more, with the particles in it and before it; case must count."""

_PARTICLES_BEFORE_CAPITAL = re.compile(rf"(?:{PARTICLE}\s+)+(?={_CAPITALISED})")
NAME_LIST_PATTERN = rf"{NAME_PATTERN}(?:,\s+{NAME_PATTERN})*,?\s+(?:and|&)\s+{NAME_PATTERN}"
"""A regular expression for two names or more, the last behind an "and"."""

ALIAS_PATTERN = (
    r"(?:(?:(?:formerly|previously|also|better|once|until \w+) )?known as|born|née|nee|né|aka|a\.k\.a\.) "
    rf"(?P<other_name>{NAME_PATTERN})"
)
"""A regular expression for another name of the person named before it, "formerly known as Kari Brun"; its group
`other_name` is the name alone."""

_MAX_PARTICLES = 4
"""Particles in a row, as in "von und zu der"."""


class Gender:
    """A marker that tells whether "he" or "she" stands for a person."""

    HE = "he"
    SHE = "she"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A personal name without its titles, each part as a sound key; `gender` is None if the name does not show it."""

    words: tuple[str, ...]
    """All parts in order, an attached particle apart from its surname."""
    given: tuple[str, ...]
    """The first names; none if the surname stands alone."""
    particles: tuple[str, ...]
    """The particles before the surname, each in one spelling that stands for all of its spellings."""
    surname: str
    """The surname without its particles."""
    further: tuple[str, ...]
    """Other surnames of the person: Ortega in Ortega y Gasset, Salman in Mohammed bin Salman Al Saud."""
    gender: str | None
    suffix: str
    """What tells father and son apart, as in "Jr.", in lower case; "" if the name has none."""

    @property
    def whole(self) -> str:
        """All parts in one word, so that Kim Jong Un and Kim Jong-un are equal."""
        return "".join(self.words)


@lru_cache(maxsize=65536)
def parse_name(name: str) -> Name | None:
    """Return the parts of a name such as "President Volodymyr Zelenskyy" or "Clinton, Hillary"; None if it has none."""
    text = unicodedata.normalize("NFKC", name[:200])
    if text.count(",") == 1:
        last, _, first = text.partition(",")
        if first.strip().lower().strip(".") not in _SUFFIXES:
            text = f"{first} {last}"
    tokens = _TOKEN.findall(re.sub(r"(?<=\w)['’]s\b", " ", text))
    gender = next((Gender.HE if t.lower() in MALE_TITLES else Gender.SHE for t in tokens if _is_gendered(t)), None)
    while len(tokens) > 1 and tokens[0].lower() in TITLES:
        tokens.pop(0)
    suffix = ""
    while len(tokens) > 1 and tokens[-1].lower().strip(".") in _SUFFIXES:
        ended = tokens.pop().lower().strip(".")
        suffix = ended if ended in GENERATION_SUFFIXES else suffix
    if not tokens:
        return None
    words = [
        word for at, token in enumerate(tokens) for word in (_detached(token) if at or len(tokens) == 1 else [token])
    ]
    start = 0 if len(tokens) == 1 else _surname_start(words)
    particles = len(words) - 1
    while particles > start and words[particles - 1].lower() in PARTICLES:
        particles -= 1
    # The words between the start of the surnames and the particles of the last one are further surnames: "Ortega" of
    # "Ortega y Gasset".
    further = [word for word in words[start:particles] if word.lower() not in PARTICLES]
    given = zip(words[:start], words[1:start], strict=False)
    further += [word for before, word in given if before.lower() in PARTICLES and word.lower() not in PARTICLES]
    while particles < len(words) - 1 and words[-2].lower() in PATRONYMIC:
        further.append(words[-1])
        words[-2:] = [words[-2] + words[-1]]
    surname = _surname_key(words[-1])
    if not surname:
        return None
    if gender is None and start:
        gender = gender_of(words[0])
    return Name(
        words=tuple(_word_key(word) for token in tokens for word in _detached(token)),
        given=tuple(sound_key(word) for word in words[:start]),
        particles=tuple(_word_key(word) for word in words[particles:-1]),
        surname=surname,
        further=tuple(map(_surname_key, further)),
        gender=gender,
        suffix=suffix,
    )


def _surname_start(words: Sequence[str]) -> int:
    """Return the place of the word that begins the surname, particles included; 0 if there is no first name."""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
        if start > 1 and words[start].lower() in LINKS:
            start -= 1
    return 0 if start == 1 and begins_surname(words) else start


def begins_surname(words: Sequence[str]) -> bool:
    """Say whether words such as "Von der Leyen" or "Le Pen" are all surname; Al, Ben and Van are first names too."""
    first, second = words[0].lower(), words[1].lower()
    if first in FIRST_NAMES_TOO:
        return first in {"in", "van"} and second in PARTICLES
    return first in PARTICLES


def is_tail(short: Name, long: Name) -> bool:
    """Say whether one name is the end of the other and holds its particle: "Al Sisi", "Lula da Silva"."""
    size = len(short.words)
    if not (long.particles or long.further) or not 1 < size < len(long.words) or long.words[-size:] != short.words:
        return False
    # A function word shows that the longer one is no name: "critics of Ursula von der Leyen".
    return _NO_NAMES.isdisjoint(long.words[:-size])


def particles_end(words: Sequence[str], at: int) -> int:
    """Return the end of the particles that begin at word `at` of a text, if a capital follows; else `at`."""
    if words[at] not in PARTICLES:
        return at
    before = words[at - 1] + " " if at else ""
    match = _PARTICLES_BEFORE_CAPITAL.match(before + " ".join(words[at : at + _MAX_PARTICLES + 1]), len(before))
    return at + len(match.group().split()) if match else at


def particles_start(words: Sequence[str], at: int) -> int:
    """Return the start of the particles before word `at` of a text that belong to the name there; else `at`."""
    start = at
    while start and words[start - 1] in PARTICLES:
        start -= 1
    apart = not start or not words[start - 1][:1].islower()
    if start < at and apart and particles_end(words, start) == at:
        return start
    while start < at and words[start] in NEVER_FIRST:
        start += 1
    return start


def has_particle(word: str) -> bool:
    """Say whether a word is a surname with its particle attached: al-Assad, O'Brien."""
    return bool(_ATTACHED.match(word))


def surname_key(word: str) -> str:
    """Return the sound key of a surname of one word, without an attached particle such as "al-" or "d'"."""
    name = parse_name(word)
    return name.surname if name else ""


def gender_of(first_name: str) -> str | None:
    """Return the gender that a first name or a title shows; None if it shows none or both."""
    low = first_name.lower()
    male, female = low in MALE or low in MALE_TITLES, low in FEMALE or low in FEMALE_TITLES
    if male == female:
        return None
    return Gender.HE if male else Gender.SHE


def is_first_name(token: str) -> bool:
    """Say whether this is a common first name, or a short form of one."""
    return token.lower() in MALE or token.lower() in FEMALE or token.lower() in NICKNAMES


@lru_cache(maxsize=65536)
def same_given(one: str, other: str) -> bool:
    """Say whether two sound keys may be one first name: an initial, a short form or another transliteration."""
    one, other = _NICKNAMES.get(one, one), _NICKNAMES.get(other, other)
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) <= 1:
        return long.startswith(short)
    if _is_gender_marked(short, long):
        return False
    bones, others = skeleton(one), skeleton(other)
    if bones != others:
        return False
    return len(bones) >= 4 or (len(bones) >= 3 and len(short) >= 5 and abs(len(long) - len(short)) <= 1)


def _is_gender_marked(short: str, long: str) -> bool:
    """Say whether only the endings differ, as those of a man's and a woman's name do: Daniel and Danielle."""
    if long.startswith(short) and long[len(short) :] in ("a", "e", "ia", "ela", "ina", "ine", "ete"):
        return True
    return short.endswith("a") != long.endswith("a")


def _is_gendered(token: str) -> bool:
    return token.lower() in MALE_TITLES or token.lower() in FEMALE_TITLES


def _detached(token: str) -> list[str]:
    """Return the particle that is attached to a surname, without hyphen or apostrophe, and the surname."""
    match = _ATTACHED.match(token)
    if match is None:
        return [token]
    particle = token[: match.end() - 1].lower()
    return [SPELT_ALIKE.get(particle, particle), token[match.end() :]]


def _word_key(word: str) -> str:
    low = word.lower()
    return SPELT_ALIKE.get(low, low) if low in PARTICLES else _surname_key(word)


def _surname_key(word: str) -> str:
    low = word.lower()
    return sound_key("mac" + low[2:] if low.startswith("mc") else low)


_NO_NAMES = frozenset(map(sound_key, STOP_WORDS))
_NICKNAMES = {sound_key(short): sound_key(long) for short, long in NICKNAMES.items()}
