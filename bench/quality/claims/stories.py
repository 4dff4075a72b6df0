"""Articles of any set as claims are made from them: sentences on one line each, and names by their kind."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.quality.claims.word_tables import DAYS, MONTHS
from bench.squad import read_squad
from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.speech.grammar.proper_names import BODIES
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.names import is_first_name
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import BlockKind, Draft, Span
from onrecord.service.evaluation.datasets.json_files import read_records

_NAME = re.compile(
    r"(?<![\w’'-])[A-Z][A-Za-zÀ-ÿ’'.&-]*[A-Za-zÀ-ÿ]"
    r"(?: (?:(?:of|de|van|von|der|du|la|bin|al) )?[A-Z][A-Za-zÀ-ÿ’'.&-]*[A-Za-zÀ-ÿ])*"
)
_WORD = re.compile(r"[^\W\d_]+")
_NO_NAME = frozenset(word.lower() for word in (*MONTHS, *DAYS)) | STOP_WORDS
_NATION = re.compile(r"(?:ish|ese|ian|ean|ican|man|ch|aeli|aqi|ani|utch|eek)s?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A run of capitalised words in a text; `kind` is person, body, nation or thing."""

    text: str
    span: Span
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article: its paragraphs' sentences, white space made single, one after the other."""

    title: str
    sentences: tuple[str, ...]
    paragraphs: tuple[int, ...]
    """Each sentence's paragraph."""
    lower: frozenset[str] = field(repr=False)
    """Words that stand in small letters somewhere: a capital of theirs is no name's."""
    surnames: frozenset[str] = field(repr=False)
    inside: frozenset[str] = field(repr=False)
    """Capitalised words that stand inside a sentence."""
    source_name: str = ""

    def window(self, position: int, *, size: int, chance: random.Random) -> tuple[int, int]:
        """Return first and last sentence of a window of at most `size` code points around one, of its neighbourhood."""
        first = last = position
        length = len(self.sentences[position])
        ways = [-1, 1]
        while ways:
            way = chance.choice(ways)
            place = first - 1 if way < 0 else last + 1
            fits = 0 <= place < len(self.sentences) and length + 1 + len(self.sentences[place]) <= size
            if not fits:
                ways.remove(way)
                continue
            length += 1 + len(self.sentences[place])
            first, last = min(first, place), max(last, place)
        return first, last

    def words(self, first: int, last: int) -> str:
        """Return the sentences from `first` to `last`, as one text."""
        return " ".join(self.sentences[first : last + 1])

    def names(self, text: str) -> list[Name]:
        """Return the names in a text of this article's, in order."""
        found = []
        for match in _NAME.finditer(text):
            start, words = match.start(), match.group()
            first, _, rest = words.partition(" ")
            if first.lower() in _NO_NAME or (first.lower() in self.lower and not rest):
                if not rest:
                    continue
                start, words = start + len(first) + 1, rest
                if words.split(" ")[0].islower():
                    continue
            words = re.sub(r"['’]s?\Z", "", words)
            # A sentence's first word is a name if it is one elsewhere; "We’re" and "Don’t" are none.
            if (
                len(words) < 3
                or words.lower() in _NO_NAME | self.lower
                or ("’" in words or "'" in words)
                and " " not in words
                or (" " not in words and _opens(text, start) and words not in self.inside)
            ):
                continue
            found.append(Name(text=words, span=Span(start, start + len(words)), kind=self._kind(words)))
        return found

    def _kind(self, name: str) -> str:
        words = name.split(" ")
        if any(word.lower().strip(".") in BODIES for word in words):
            return "body"
        if is_first_name(words[0]) or (len(words) == 1 and name in self.surnames):
            return "person"
        return "nation" if len(words) == 1 and _NATION.search(name) else "thing"


def tell(draft: Draft) -> Story | None:
    """Read a draft's paragraphs; None if it has no sentence of its own."""
    reading = read_article(draft.text, title=draft.title)
    sentences: list[str] = []
    paragraphs: list[int] = []
    for number, block in enumerate(reading.blocks):
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        text = " ".join(block.span.of(draft.text).split())
        if text.isupper():
            text = _lowered(text)
        for span in split_sentences(text, Span(0, len(text))):
            sentences.append(span.of(text))
            paragraphs.append(number)
    if not sentences:
        return None
    whole = " ".join(sentences)
    surnames = {
        words[-1]
        for match in _NAME.finditer(whole)
        if len(words := match.group().split()) > 1 and is_first_name(words[0])
    }
    return Story(
        title=" ".join((reading.title or draft.title or "").split()),
        sentences=tuple(sentences),
        paragraphs=tuple(paragraphs),
        lower=frozenset(word for word in _WORD.findall(whole) if word.islower()),
        surnames=frozenset(surnames),
        inside=frozenset(re.findall(r"(?<=[a-z,] )[A-Z][A-Za-zÀ-ÿ’'.&-]*[A-Za-zÀ-ÿ]", whole)),
        source_name=draft.source_name or "",
    )


def _opens(text: str, start: int) -> bool:
    return not re.search(r"[\w,;)] \Z", text[:start])


def _lowered(text: str) -> str:
    """Write a text of capitals small, but for sentences' first letters, months and days: its names are lost."""
    low = re.sub(r"(?:\A|(?<=[.!?] ))\W*[a-z]", lambda m: m.group().upper(), text.lower())
    return re.sub(
        r"\b(?:" + "|".join((*MONTHS[:4], *MONTHS[5:], *DAYS)).lower() + r")\b", lambda m: m.group().title(), low
    )


def read_stories(
    files: Iterable[Path], *, only: set[str] | None = None, without: set[str] | None = None
) -> list[Story]:
    """Read articles of JSON lines with a title and a text, of sets in SQuAD's form, or of text files.

    `only`, `without`: SQuAD's topics to take or to leave.
    """
    stories = []
    for file in files:
        for draft in _drafts(file):
            if only is not None and draft.title not in only or without is not None and draft.title in without:
                continue
            if story := tell(draft):
                stories.append(story)
    return stories


def _drafts(file: Path) -> Sequence[Draft]:
    name = file.name.removesuffix(".gz")
    if name.endswith(".json"):
        return read_squad(file)[0]
    if name.endswith(".jsonl"):
        return list(_lines(file))
    return [Draft(text=file.read_text(encoding="utf-8"), source_name=file.name)]


def _lines(file: Path) -> Iterator[Draft]:
    for _, row in read_records(file):
        if row.get("text"):
            name = str(row.get("id") or row.get("_id") or row.get("doc") or "")
            yield Draft(text=row["text"], title=row.get("title") or None, source_name=name)
