"""Whether two texts are one story: the same words printed twice, lightly edited, shortened, or corrected.

MinHash finds who may be alike, and nothing is decided by it. What decides are the words themselves: the shorter text
must be in the longer one, and neither may say a figure, a name or a "not" that the other one has otherwise. Two reports
made from one template share nearly all their words and are never one story.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from onrecord.index.text.english.calendar import MONTHS, WEEKDAYS
from onrecord.index.text.english.negation import CONTRACTION_ENDS, NEGATIONS, OF_NAMES
from onrecord.index.text.english.numbers import NUMERALS, SCALES

if TYPE_CHECKING:
    from datasketch import MinHash

VERSION = "1"
"""Of all that is decided here: an archive whose copies were found by another version finds them anew."""

_SHINGLE = 3
"""Words in a shingle: one changed word changes three."""
_SHARED = 0.75
"""The share of the shorter text's shingles that the longer one must have."""
_CORRECTED = 0.5
"""The same for a correction and what it corrects, whose figures are not compared."""
_KEPT_FIGURES = 0.5
_CHANGED = 2
"""The share of the figures that a correction keeps at least, and how many it may change in any case."""
_SHORT = 40
"""Words; a shorter text may be a form that was filled in. If it names nobody, its headline must say the same too."""
_QUOTED = 20
"""Words of a quote that two articles have by one source, even if no more of them is the same."""
_LONG = 100
"""Words; a text this long is not written twice, so it may be printed again after any time."""
DAYS = 3
"""How far apart shorter texts may be published: "rates unchanged" is news again a month later."""
_HEADLINE = 0.6
"""The share of the shorter headline's words that the other one must have."""
_INSERTED = 3
"""Words put in between others that are an edit; more of them are an addition, which may say what it likes."""
_ALIKE = 80
"""In hundredths, how alike two spellings of a name are (Zelensky, Zelenskyy)."""

_BANDS, _ROWS = 16, 3
"""Texts that share half of their shingles have a key in common in .88 of cases, with three quarters in .9998."""
_LEAD = 12
"""Words of the beginning that make a key of their own: a brief is mostly the first paragraph of a longer story."""

_WORD = re.compile(r"[^\W_]+(?:[.,/]\d+)*")
_SENTENCE_ENDS = frozenset('.!?:\n“"')
_NUMBERS = {word: str(value) if value <= 20 else word for word, value in NUMERALS.items()} | {
    word: word for word in SCALES
}
"""Numbers in words, and how they count: "nine" is 9."""
# Archives have been compared by these: with any other, VERSION rises.
_NEGATIONS = (NEGATIONS - OF_NAMES) | CONTRACTION_ENDS
_CALENDAR = frozenset(name[:length] for name in (*MONTHS, *WEEKDAYS) for length in (3, 4, len(name)))
_CORRECTION_TITLE = re.compile(r"^\W*correct(?:ed|ion|s)\b|[(<\[]correct(?:ed|ion|s)[)>\]]", re.IGNORECASE)
_CORRECTION_TEXT = re.compile(
    r"(?:^|[\n(]|[.:–—-]\s)\s*(?:the )?(?:company |editor['’]s note: )?(?:corrects\b|correction: |"
    r"(?:this|an earlier version of this) (?:article|story|item|report) "
    r"(?:has been corrected|was corrected|misstated|incorrectly)\b)",
    re.IGNORECASE,
)
_TICKER = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Story:
    """A text as it is compared: an article's body without furniture, or a part of it."""

    title: str
    text: str
    day: int | None = None
    """Of its publication, counted from any fixed day."""
    corrects: bool = False
    """Whether it says that it corrects an earlier one."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words, folded; figures without the commas between thousands."""
        return tuple(word for word, _ in self._tokens)

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every few words in a row."""
        return frozenset(_shingles(self.words))

    @cached_property
    def facts(self) -> frozenset[str]:
        """Figures, numbers in words, and negations: what an edit does not change."""
        return _facts(self.words)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Its words with a digit."""
        return frozenset(word for word in self.words if any(map(str.isdigit, word)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Its words that are written large inside a sentence, folded."""
        return frozenset(word for word, named in self._tokens if named)

    @cached_property
    def shape(self) -> frozenset[str]:
        """Its shingles with every figure the same: all that a correction of figures leaves."""
        return frozenset(_shingles(tuple("#" if word in self.figures else word for word in self.words)))

    @cached_property
    def headline(self) -> frozenset[str]:
        """The words of its title, without tickers and a mark of correction."""
        return frozenset(_headline(self.title))

    @cached_property
    def _tokens(self) -> list[tuple[str, bool]]:
        found: list[tuple[str, bool]] = []
        end, was_large = 0, False
        for match in _WORD.finditer(self.text):
            word = match.group()
            named, large = False, word[0].isupper()
            if large:
                between = self.text[end : match.start()]
                named = bool(found) and _SENTENCE_ENDS.isdisjoint(between)
                if named and was_large and between == " ":
                    # "Phillips Petroleum said": the first word of the sentence is part of the name.
                    found[-1] = found[-1][0], True
            found.append((word.casefold().replace(",", ""), named))
            end, was_large = match.end(), large
        return found


def is_correction(title: str, text: str) -> bool:
    """Say whether an article says of itself that it corrects an earlier one."""
    return bool(_CORRECTION_TITLE.search(title) or _CORRECTION_TEXT.search(text))


def is_copy(one: Story, other: Story) -> bool:
    """Say whether one of the two is the other, lightly edited, shortened or corrected; in either order."""
    if not one.words or not other.words:
        return False
    if one.words == other.words and len(one.words) >= _LONG:
        return True
    short, long = sorted((one, other), key=lambda story: (len(story.words), story.words))
    apart = abs(one.day - other.day) if one.day is not None and other.day is not None else 0
    if apart > DAYS and len(short.words) < _LONG:
        return False
    if one.corrects or other.corrects:
        return _is_corrected(short, long) or _is_reprint(short, long)
    return _is_reprint(short, long)


def holds(story: Story, part: Story) -> bool:
    """Say whether a story has these words, or nearly: figures, names and negations just so."""
    if not part.words:
        return False
    if len(part.words) < _SHINGLE:
        return part.shingles <= frozenset(story.words)
    if len(part.shingles & story.shingles) < _SHARED * len(part.shingles) or not part.facts <= story.facts:
        return False
    missing = part.names - set(story.words)
    # One name may be left out ("on Monday"), and none may have another one in its place.
    return len(missing) <= 1 and not any(
        _other_name(name, [*there[: len(here) + _INSERTED], *there[-len(here) - _INSERTED :]], story, part)
        for here, there in _edits(part.words, story.words)
        for name in missing & set(here)
    )


def restates(one: Story, other: Story) -> bool:
    """Say whether two parts of a correction and of what it corrects say the same, but for figures."""
    short, long = sorted((one, other), key=lambda story: len(story.words))
    return bool(short.words) and len(short.shape & long.shape) >= _CORRECTED * len(short.shape)


def same_words(one: str, other: str) -> bool:
    """Say whether two quotes of articles that are no copies are one: so many words are not the same by chance."""
    a, b = Story("", one), Story("", other)
    return min(len(a.words), len(b.words)) >= _QUOTED and holds(a, b) and holds(b, a)


def keys_of(story: Story) -> frozenset[int]:
    """Return what stories that may be copies have at least one of in common; 64 bits each, signed."""
    if not story.words:
        return frozenset()
    sketch = _empty().copy()
    sketch.update_batch([shingle.encode() for shingle in story.shingles])
    rows = sketch.hashvalues
    found = [_key(f"{band}", rows[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)]
    found.append(_key("lead", " ".join(story.words[:_LEAD]).encode()))
    return frozenset(found)


def topic_key(story: Story, *, corrects: bool) -> int | None:
    """Return a key of how the headline begins: one for every story, and one for corrections alone."""
    begin = " ".join(_headline(story.title)[:2])
    return _key("correction" if corrects else "topic", begin.encode()) if begin else None


def _is_reprint(short: Story, long: Story) -> bool:
    if len(short.shingles & long.shingles) < _SHARED * len(short.shingles) or not short.facts <= long.facts:
        return False
    if _is_form(short) and not _same_headline(short, long):
        return False
    return not any(_changes_facts(short, long, here, there) for here, there in _edits(short.words, long.words))


def _is_corrected(short: Story, long: Story) -> bool:
    if not _same_headline(short, long) or not restates(short, long):
        return False
    fewest = min(short.figures, long.figures, key=len)
    changed = len(fewest - (short.figures & long.figures))
    return changed <= max(_CHANGED, (1 - _KEPT_FIGURES) * len(fewest))


def _is_form(story: Story) -> bool:
    """Say whether a text may have been filled in: a short one that names nobody, of whom its headline must tell."""
    return len(story.words) < _SHORT and (len(story.words) < _QUOTED or not story.names - _CALENDAR)


def _same_headline(one: Story, other: Story) -> bool:
    fewest = min(len(one.headline), len(other.headline))
    return not fewest or len(one.headline & other.headline) >= _HEADLINE * fewest


def _changes_facts(short: Story, long: Story, here: Sequence[str], there: Sequence[str]) -> bool:
    """Say whether an edit of some words `here` in the short story to those `there` changes what is said."""
    if len(there) <= _INSERTED and _facts(there) - _facts(here):
        return True
    gone, put = (short.names & set(here)) - set(long.words), (long.names & set(there)) - set(short.words)
    if put and len(there) <= _INSERTED and len(short.words) < _SHORT:
        # Two funds of one family announce the same in a dozen words.
        return True
    # A name of each that the other story has nowhere: one stands in the other's place.
    return any(_other_name(name, there, long, short) for name in gone)


def _other_name(name: str, words: Iterable[str], there: Story, here: Story) -> bool:
    """Say whether the words, of the story `there`, have names that are new to the story `here`, and none like this."""
    new = (there.names & set(words)) - set(here.words)
    return bool(new) and not any(fuzz.ratio(name, word) >= _ALIKE for word in new)


def _edits(short: Sequence[str], long: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the words that differ, of both texts; a word or two that are the same by chance are part of an edit."""
    # Where the last edit began, and where it ended so far.
    begun: tuple[int, int] | None = None
    end = (0, 0)
    for step in Indel.opcodes(short, long):
        if step.tag == "equal":
            at_edge = step.dest_start == 0 or step.dest_end == len(long)
            if begun and (step.src_end - step.src_start >= _SHINGLE or at_edge):
                yield short[begun[0] : end[0]], long[begun[1] : end[1]]
                begun = None
        else:
            begun = begun or (step.src_start, step.dest_start)
            end = step.src_end, step.dest_end
    if begun:
        yield short[begun[0] : end[0]], long[begun[1] : end[1]]


def _facts(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        _NUMBERS.get(word, word)
        for word in words
        if word in _NUMBERS or word in _NEGATIONS or any(map(str.isdigit, word))
    )


def _shingles(words: tuple[str, ...]) -> Iterable[str]:
    return (" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def _headline(title: str) -> list[str]:
    bare = _CORRECTION_TITLE.sub(" ", _TICKER.sub(" ", title)) if _WORD.search(_TICKER.sub(" ", title)) else title
    return [word.casefold() for word in _WORD.findall(bare)]


def _key(kind: str, content: bytes) -> int:
    # Two different checksums side by side: equal keys of different contents only cost a comparison.
    named = kind.encode() + b"\0" + content
    return int.from_bytes(
        zlib.crc32(named).to_bytes(4, "big") + zlib.adler32(named[::-1]).to_bytes(4, "big"), "big", signed=True
    )


@lru_cache(maxsize=1)
def _empty() -> "MinHash":
    # Takes most of a second to import where nothing has imported scipy yet.
    from datasketch import MinHash

    return MinHash(num_perm=_BANDS * _ROWS, hashfunc=zlib.crc32)
