"""What a personal name says: its parts, its spelling, its likely gender."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from onrecord.index.text.english.first_names import FEMALE, MALE, NICKNAMES
from onrecord.index.text.english.lexicon import ARABIC_ARTICLE, HONORIFICS, word_set

_SUFFIXES = word_set("jr sr ii iii iv phd md esq")
PARTICLES = word_set("de van von der den del della di da al el bin ibn la le du ter dos")
TITLES = HONORIFICS | word_set(
    "president minister secretary chancellor premier king queen prince princess pope senator representative "
    "congressman congresswoman governor mayor judge justice ambassador envoy general colonel captain chairman "
    "chief leader professor former ex vice deputy prime foreign finance defense defence interior special us u.s. "
    "uk russian ukrainian american french german british secretary-general spokesman spokeswoman adviser advisor "
    "director speaker head aide the attorney commissioner commander sheriff bishop cardinal archbishop rabbi imam "
    "reverend first lady state of"
)
"""Words that stand before a name and are none of it."""
_NO_FIRST_NAMES = word_set("von de der den di da du le la del")
_BEFORE_SURNAME = re.compile(rf"\A{ARABIC_ARTICLE}(?=\w{{3}})")

_HIS = word_set("mr mr. sir lord king prince congressman spokesman businessman chairman father son husband brother he")
_HER = word_set(
    "mrs ms miss mrs. ms. lady queen princess congresswoman spokeswoman businesswoman chairwoman mother daughter "
    "wife sister she"
)
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "s", "æ": "e", "œ": "e", "ı": "i", "ð": "d", "þ": "t", "’": "'"}
)
# What a sound is written as, and the letter it is folded to; longer spellings first.
_WRITTEN = re.findall(r"\w+", "tsch sch tch kh gh ch sh zh ph ck cz ks ts tz ou oo ee w q j y")
_HEARD = "cschgcszfkcxccuuivkii"
_TOKEN = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_][^\W_]*(?:['’-][^\W_]+)*\.?")


class Gender:
    """What a name or a title tells about he and she."""

    HE = "he"
    SHE = "she"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A personal name without its titles; `given` may be empty, `gender` is None when nothing tells it."""

    given: tuple[str, ...]
    surname: str
    gender: str | None

    @property
    def whole(self) -> str:
        """All of it run together, so that Kim Jong Un and Kim Jong-un meet."""
        return "".join(self.given) + self.surname


@lru_cache(maxsize=65536)
def parse_name(name: str) -> Name | None:
    """Take "President Volodymyr Zelenskyy" or "Clinton, Hillary" apart; None when nothing of a name is left."""
    plain = unicodedata.normalize("NFKC", name[:200])
    if plain.count(",") == 1:
        last, _, first = plain.partition(",")
        if first.strip().lower().strip(".") not in _SUFFIXES:
            plain = f"{first} {last}"
    tokens = _TOKEN.findall(plain.replace("’s", " ").replace("'s", " "))
    gender = next((Gender.HE if t.lower() in _HIS else Gender.SHE for t in tokens if t.lower() in _HIS | _HER), None)
    while len(tokens) > 1 and tokens[0].lower() in TITLES:
        tokens.pop(0)
    while len(tokens) > 1 and tokens[-1].lower().strip(".") in _SUFFIXES:
        tokens.pop()
    if not tokens:
        return None
    cut = len(tokens) - 1
    while cut > 1 and tokens[cut - 1].lower() in PARTICLES:
        cut -= 1
    if cut == 1 and begins_surname(tokens):
        cut = 0
    given = tuple(fold(token) for token in tokens[:cut])
    surname = "".join(fold(token) for token in tokens[cut:])
    if not surname:
        return None
    if gender is None and given:
        gender = gender_of(tokens[0])
    return Name(given=given, surname=surname, gender=gender)


def begins_surname(tokens: Sequence[str]) -> bool:
    """Say whether "Von der Leyen" or "Le Pen" is all surname; Al, Ben and Van are first names too."""
    first, second = tokens[0].lower(), tokens[1].lower()
    return first in _NO_FIRST_NAMES or (first == "van" and second in PARTICLES)


def gender_of(first_name: str) -> str | None:
    """Return what a first name or a title tells; None for those that tell nothing or both."""
    low = first_name.lower()
    male, female = low in MALE or low in _HIS, low in FEMALE or low in _HER
    if male == female:
        return None
    return Gender.HE if male else Gender.SHE


def is_first_name(token: str) -> bool:
    """Say whether this is a common first name."""
    return token.lower() in MALE or token.lower() in FEMALE


@lru_cache(maxsize=65536)
def fold(token: str) -> str:
    """Spell a name the same however it was carried into Latin letters: Zelenskyy, Zelenskiy and Zelensky are one."""
    # Al-Assad and Assad are one.
    token = _BEFORE_SURNAME.sub("", token.lower())
    plain = unicodedata.normalize("NFKD", token.translate(_LETTERS))
    plain = "".join(c for c in plain if c.isalpha())
    for written, heard in zip(_WRITTEN, _HEARD, strict=True):
        plain = plain.replace(written, heard)
    folded: list[str] = []
    for letter in plain:
        if not folded or folded[-1] != letter:
            folded.append(letter)
    return "".join(folded)


@lru_cache(maxsize=65536)
def same_given(one: str, other: str) -> bool:
    """Say whether two folded first names may be one: an initial, a short form, or another transliteration."""
    one, other = _NICKNAMES_FOLDED.get(one, one), _NICKNAMES_FOLDED.get(other, other)
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) <= 1:
        return long.startswith(short)
    if gender_marked(short, long):
        return False
    bones, others = skeleton(one), skeleton(other)
    if bones != others:
        return False
    return len(bones) >= 4 or (len(bones) >= 3 and len(short) >= 5 and abs(len(long) - len(short)) <= 1)


def gender_marked(short: str, long: str) -> bool:
    """Say whether the ending alone tells a woman's name from a man's: Daniel and Danielle, Mario and Maria."""
    if long.startswith(short) and long[len(short) :] in ("a", "e", "ia", "ela", "ina", "ine", "ete"):
        return True
    return short.endswith("a") != long.endswith("a")


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """Keep the consonants: what survives a change of alphabet. Ukrainian h is Russian g."""
    expanded = name.replace("x", "ks").replace("h", "g")
    kept = [letter for letter in expanded if letter not in "aeiou"]
    return "".join(letter for n, letter in enumerate(kept) if n == 0 or kept[n - 1] != letter)


_NICKNAMES_FOLDED = {fold(short): fold(long) for short, long in NICKNAMES.items()}
