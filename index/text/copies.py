"""Recognising copies: texts with the same words, printed twice, lightly edited, shortened or corrected.

MinHash finds texts that may be copies. The words themselves decide whether they are: the longer text must hold the
shorter one, and where one says a figure, a name or a "not", the other must not say something else. Two reports made
from one template share nearly all their words and are no copies.
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
"""Version of these rules: an archive whose copies were found by another version looks for them again."""

_SHINGLE_WORDS = 3
"""Words in a shingle; one changed word changes three shingles."""
_MIN_SHARED_SHARE = 0.75
"""Share of the shorter text's shingles that the longer one must have."""
_MIN_CORRECTED_SHARE = 0.5
"""The same share for a correction and what it corrects, whose figures are not compared."""
_MIN_KEPT_FIGURES_SHARE = 0.5
"""Share of the figures that a correction keeps."""
_MIN_CHANGED_FIGURES = 2
"""Figures that a correction may change even if it keeps fewer than that share."""
_MIN_STORY_WORDS = 40
"""Words in a text that no template makes. If a shorter text names nobody, its headline must agree too."""
_MIN_NAMED_STORY_WORDS = 20
"""Words in a text that names somebody and that no template makes."""
_MIN_QUOTE_WORDS = 20
"""Words in a quote that shows a common source of two articles, even if nothing else in them is the same."""
_MIN_LONG_WORDS = 100
"""Words in a text that nobody writes twice, so that it may be printed again after any time."""
MAX_DAYS_APART = 3
"""Days between the publications of shorter copies, because "rates unchanged" is news again a month later."""
_MIN_HEADLINE_SHARE = 0.6
"""Share of the shorter headline's words that the other one must have."""
_MAX_INSERTED_WORDS = 3
"""Words inserted between others that count as an edit; more words are an addition, which may state other facts."""
_MIN_NAME_SIMILARITY = 80
"""Similarity, in hundredths, of two spellings of a name (Zelensky, Zelenskyy)."""

_BANDS, _ROWS = 16, 3
"""Bands of a sketch, each of which is a key, and rows in a band. Two texts have a key in common with a probability of
.88 if they share half of their shingles, and of .9998 if they share three quarters."""
_LEAD_WORDS = 12
"""First words of a text that make another key, because a brief is mostly the first paragraph of a longer story."""

_WORD = re.compile(r"[^\W_]+(?:[.,/]\d+)*")
_SENTENCE_ENDS = frozenset('.!?:\n“"')
_NUMBERS = {word: str(value) if value <= 20 else word for word, value in NUMERALS.items()} | {
    word: word for word in SCALES
}
"""Each number in words with what it is compared as: "nine" is 9, and "million" is itself."""
# `VERSION` must rise when these sets change, because archives have been compared by them.
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
    """A text that is compared with others: an article's body without furniture, or a part of it."""

    title: str
    text: str
    day: int | None = None
    """The day of its publication, counted from any fixed day."""
    corrects: bool = False
    """Whether it says that it corrects an earlier one."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in lower case, and its figures without the commas between thousands."""
        return tuple(word for word, _ in self._tokens)

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every run of a few consecutive words."""
        return frozenset(_shingles(self.words))

    @cached_property
    def facts(self) -> frozenset[str]:
        """Its figures, numbers in words and negations, which no edit of a copy changes."""
        return _facts(self.words)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Its words with a digit."""
        return frozenset(word for word in self.words if any(map(str.isdigit, word)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Its words with a capital inside a sentence, in lower case."""
        return frozenset(word for word, named in self._tokens if named)

    @cached_property
    def shape(self) -> frozenset[str]:
        """Its shingles with every figure replaced by one mark, which a correction of figures leaves unchanged."""
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
    """Say whether one of the two is the other one, lightly edited, shortened or corrected."""
    if not one.words or not other.words:
        return False
    if one.words == other.words and len(one.words) >= _MIN_LONG_WORDS:
        return True
    short, long = sorted((one, other), key=lambda story: (len(story.words), story.words))
    apart = abs(one.day - other.day) if one.day is not None and other.day is not None else 0
    if apart > MAX_DAYS_APART and len(short.words) < _MIN_LONG_WORDS:
        return False
    if one.corrects or other.corrects:
        return _is_corrected(short, long) or _is_reprint(short, long)
    return _is_reprint(short, long)


def holds(story: Story, part: Story) -> bool:
    """Say whether a story holds these words, or nearly; its figures, names and negations must be the same."""
    if not part.words:
        return False
    if len(part.words) < _SHINGLE_WORDS:
        return part.shingles <= frozenset(story.words)
    if len(part.shingles & story.shingles) < _MIN_SHARED_SHARE * len(part.shingles) or not part.facts <= story.facts:
        return False
    missing = part.names - set(story.words)
    # One name may be left out ("on Monday"), but no other name may stand in the place of one.
    return len(missing) <= 1 and not any(
        _other_name(
            name, [*there[: len(here) + _MAX_INSERTED_WORDS], *there[-len(here) - _MAX_INSERTED_WORDS :]], story, part
        )
        for here, there in _edits(part.words, story.words)
        for name in missing & set(here)
    )


def restates(one: Story, other: Story) -> bool:
    """Say whether parts of a correction and of what it corrects say the same except for figures."""
    short, long = sorted((one, other), key=lambda story: len(story.words))
    return bool(short.words) and len(short.shape & long.shape) >= _MIN_CORRECTED_SHARE * len(short.shape)


def same_words(one: str, other: str) -> bool:
    """Say whether two quotes are the same words, and so many that this is no chance."""
    a, b = Story("", one), Story("", other)
    return min(len(a.words), len(b.words)) >= _MIN_QUOTE_WORDS and holds(a, b) and holds(b, a)


def keys_of(story: Story) -> frozenset[int]:
    """Return a story's keys: stories that may be copies share at least one; signed integers of 64 bits."""
    if not story.words:
        return frozenset()
    sketch = _empty().copy()
    sketch.update_batch([shingle.encode() for shingle in story.shingles])
    rows = sketch.hashvalues
    found = [_key(f"{band}", rows[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)]
    found.append(_key("lead", " ".join(story.words[:_LEAD_WORDS]).encode()))
    return frozenset(found)


def topic_key(story: Story, *, corrects: bool) -> int | None:
    """Return a key of the headline's first two words, which differs for corrections; None if it has no words."""
    begin = " ".join(_headline(story.title)[:2])
    return _key("correction" if corrects else "topic", begin.encode()) if begin else None


def _is_reprint(short: Story, long: Story) -> bool:
    if len(short.shingles & long.shingles) < _MIN_SHARED_SHARE * len(short.shingles) or not short.facts <= long.facts:
        return False
    if _is_form(short) and not _same_headline(short, long):
        return False
    return not any(_changes_facts(short, long, here, there) for here, there in _edits(short.words, long.words))


def _is_corrected(short: Story, long: Story) -> bool:
    if not _same_headline(short, long) or not restates(short, long):
        return False
    fewest = min(short.figures, long.figures, key=len)
    changed = len(fewest - (short.figures & long.figures))
    return changed <= max(_MIN_CHANGED_FIGURES, (1 - _MIN_KEPT_FIGURES_SHARE) * len(fewest))


def _is_form(story: Story) -> bool:
    """Say whether a text may be made from a template: it is short and names nobody."""
    return len(story.words) < _MIN_STORY_WORDS and (
        len(story.words) < _MIN_NAMED_STORY_WORDS or not story.names - _CALENDAR
    )


def _same_headline(one: Story, other: Story) -> bool:
    fewest = min(len(one.headline), len(other.headline))
    return not fewest or len(one.headline & other.headline) >= _MIN_HEADLINE_SHARE * fewest


def _changes_facts(short: Story, long: Story, here: Sequence[str], there: Sequence[str]) -> bool:
    """Say whether replacing the words `here` of the short story by the words `there` changes what is said."""
    if len(there) <= _MAX_INSERTED_WORDS and _facts(there) - _facts(here):
        return True
    gone, put = (short.names & set(here)) - set(long.words), (long.names & set(there)) - set(short.words)
    if put and len(there) <= _MAX_INSERTED_WORDS and len(short.words) < _MIN_STORY_WORDS:
        # Two funds of one family announce the same in a dozen words.
        return True
    # Each story has a name here that the other one has nowhere, so one name stands in the other's place.
    return any(_other_name(name, there, long, short) for name in gone)


def _other_name(name: str, words: Iterable[str], there: Story, here: Story) -> bool:
    """Say whether these words of the story `there` hold names that are new to `here`, and no spelling of this one."""
    new = (there.names & set(words)) - set(here.words)
    return bool(new) and not any(fuzz.ratio(name, word) >= _MIN_NAME_SIMILARITY for word in new)


def _edits(short: Sequence[str], long: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the words of both texts that differ; one or two equal words between them count as part of the edit."""
    # Where the last edit began, and where it ended so far.
    begun: tuple[int, int] | None = None
    end = (0, 0)
    for step in Indel.opcodes(short, long):
        if step.tag == "equal":
            at_edge = step.dest_start == 0 or step.dest_end == len(long)
            if begun and (step.src_end - step.src_start >= _SHINGLE_WORDS or at_edge):
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
    return (" ".join(words[at : at + _SHINGLE_WORDS]) for at in range(max(1, len(words) - _SHINGLE_WORDS + 1)))


def _headline(title: str) -> list[str]:
    bare = _CORRECTION_TITLE.sub(" ", _TICKER.sub(" ", title)) if _WORD.search(_TICKER.sub(" ", title)) else title
    return [word.casefold() for word in _WORD.findall(bare)]


def _key(kind: str, content: bytes) -> int:
    # Two different checksums make one key. Equal keys of different contents cost a comparison and nothing else.
    named = kind.encode() + b"\0" + content
    return int.from_bytes(
        zlib.crc32(named).to_bytes(4, "big") + zlib.adler32(named[::-1]).to_bytes(4, "big"), "big", signed=True
    )


@lru_cache(maxsize=1)
def _empty() -> "MinHash":
    # This import takes most of a second if scipy is not imported yet.
    from datasketch import MinHash

    return MinHash(num_perm=_BANDS * _ROWS, hashfunc=zlib.crc32)
