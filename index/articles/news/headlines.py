"""Search for an article's headline and for the headings between its paragraphs."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from onrecord.index.articles.news.furniture import QUOTE_MARKS
from onrecord.index.articles.news.lines import BULLET, TOP_BLOCKS, Facts, Line
from onrecord.index.articles.news.outlets import outlet_of
from onrecord.index.text.english.sayings import AFTER_QUOTE
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.line_breaks import SENTENCE_END, is_lower
from onrecord.index.values import BlockKind

_MAX_TITLE_CHARACTERS: Final = 220
"""Code points in a headline."""
_MAX_HEADING_CHARACTERS: Final = 90
"""Code points in a heading."""
_MAX_HEADING_WORDS: Final = 12
"""Words in a heading."""

_LETTER: Final = re.compile(r"[^\W\d_]")
_CLOSED_STOP: Final = re.compile(r"\.[\"”’»')\]]{1,3}\Z")
_INNER_STOP: Final = re.compile(r"[a-z]{3}[.!?][\"”’»')\]]?\s")
# In “… will go,” she said, the line is a sentence of the article.
_ATTRIBUTED_QUOTE: Final = re.compile(rf"[,.]?[”\"»]\s(?:\w+\s){{0,3}}(?:{any_of(AFTER_QUOTE)})\b")
_CLOSED_QUOTE: Final = re.compile(r"[.!?…][\"”’»')\]]{1,3}\Z")
# Transcripts name the speaker so: "TRUMP: We will win." and "Q: Have you talked to her?".
_SPEAKER: Final = re.compile(r"[A-Z][A-Z .’'-]{0,30}:\s|[QA]:")
# A line that ends with one of these words is an unfinished sentence.
_UNFINISHED: Final = re.compile(
    r"(?i)\b(?:an?|the|of|to|in|on|at|by|for|from|with|and|or|but|as|that|which|who|ha[ds]|have|was|were|is|are|be|been|said|says|"
    r"will|would|its|their|his|her|this|than|vs|into|over|under|about|between)\Z"
)
_TITLE_LABEL: Final = re.compile(r"(?:#{1,3}\s+|(?:title|headline|заголовок)\s?:\s+)", re.IGNORECASE)


def mark_headline(lines: Sequence[Line], facts: Facts) -> None:
    """Mark the line that repeats the known title, or else the line that is taken for the title, and note its text."""
    if facts.title is None:
        line = _untitled_headline(lines)
        if line is None:
            return
        line.kind = BlockKind.HEADLINE
        facts.title = _clean_title(line.text, facts)
        known = {_comparable(line.text), _comparable(facts.title)}
    else:
        known = {_comparable(facts.title)}
        line = _titled_headline(lines, facts.title)
        if line is not None:
            line.kind = BlockKind.HEADLINE
            known.add(_comparable(line.text))
    known.discard("")
    _mark_repetitions(lines, known)


def _titled_headline(lines: Sequence[Line], title: str) -> Line | None:
    """Return the first line that repeats the title.

    It has the same words, the same words with the source's name behind them, or most of the words.
    """
    wanted = _comparable(title)
    if not wanted:
        return None
    for line in lines[:TOP_BLOCKS]:
        said = _comparable(line.text[: len(title) * 2 + 200])
        if said == wanted or (said.startswith(wanted + " ") and _is_source_suffix(line.text, title)):
            return line
    for number, line in enumerate(lines[:TOP_BLOCKS]):
        # The title may hold the headline and the deck below it.
        said = _comparable(line.text[: len(title) + 200])
        if len(said) >= 10 and wanted.startswith(said + " ") and number + 1 < len(lines):
            below = lines[number + 1]
            if _comparable(f"{line.text} {below.text}"[: len(title) * 2 + 200]) == wanted:
                below.kind = BlockKind.FURNITURE
                return line
    for line in lines[:TOP_BLOCKS]:
        if line.kind is BlockKind.FURNITURE:
            continue
        words, said_words = set(wanted.split()), set(_comparable(line.text[:400]).split())
        alike = len(words & said_words) >= 0.7 * max(len(words), len(said_words))
        if alike and len(words) > 2 and _looks_like_headline(line.text.rstrip(".")):
            return line
        break
    return None


def _is_source_suffix(text: str, title: str) -> bool:
    rest = text[len(title) :].strip() if text.startswith(title) else ""
    return bool(re.match(r"[|–—-]\s?[^.]{2,40}\Z", rest))


def _untitled_headline(lines: Sequence[Line]) -> Line | None:
    """Return the first line that is no furniture, if it looks like a headline and an article follows."""
    candidates = [line for line in lines[: TOP_BLOCKS + 4] if line.kind is not BlockKind.FURNITURE][:2]
    if not candidates or not _prose_follows(lines, candidates[0]):
        return None
    first, second = candidates[0], candidates[-1]
    if not _looks_like_headline(first.text):
        return None
    # A kicker of one to three words may stand above a longer headline.
    if (
        second is not first
        and len(first.text.split()) <= 3
        and len(first.text) <= 25
        and first.text.isupper()
        and len(second.text.split()) >= 5
        and _looks_like_headline(second.text)
    ):
        first.kind = BlockKind.FURNITURE
        return second
    return first


def _prose_follows(lines: Sequence[Line], line: Line) -> bool:
    return any(
        other.span.start > line.span.start
        and other.kind is BlockKind.PARAGRAPH
        and len(other.text) >= 60
        and SENTENCE_END.search(other.text[-4:])
        for other in lines
    )


def _looks_like_headline(text: str) -> bool:
    words = text.split()
    return (
        (len(words) >= 2 or (len(text) >= 6 and text.upper() == text.lower()))
        and len(words) <= 40
        and len(text) <= _MAX_TITLE_CHARACTERS
        and not is_lower(text[0])
        and text[-1] not in ".,;:。"
        and not _CLOSED_STOP.search(text[-4:])
        and not BULLET.match(text)
        and not _ATTRIBUTED_QUOTE.search(text)
    )


def _clean_title(text: str, facts: Facts) -> str:
    title = " ".join(text.split())
    title = _TITLE_LABEL.sub("", title, count=1) if _TITLE_LABEL.match(title) else title
    head, bar, tail = title.rpartition(" | ")
    if bar and (outlet := outlet_of(tail)):
        facts.publisher(2, outlet)
        return head
    return title


def _mark_repetitions(lines: Sequence[Line], known: Iterable[str]) -> None:
    """Mark every repetition of the headline as furniture, alone or in front of a picture's credit."""
    for line in lines:
        if line.kind is not BlockKind.PARAGRAPH or len(line.text) > 2 * _MAX_TITLE_CHARACTERS + 200:
            continue
        said = _comparable(line.text)
        for title in known:
            rest = said[len(title) :].strip() if said.startswith(title) and len(title) > 15 else None
            if said == title or (
                rest is not None and re.match(r"(?:photo|image|picture|фото|foto|credit|video)\b", rest)
            ):
                line.kind = BlockKind.FURNITURE


def _comparable(text: str) -> str:
    """Return the words in lower case with single spaces between them, to compare two spellings of a headline."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("’", "'")))


def mark_headings(text: str, lines: Sequence[Line]) -> None:
    """Mark each short line without a full stop between paragraphs; several in a row are a list or a table."""
    body = [line for line in lines if line.kind is not BlockKind.FURNITURE]
    shaped = [line.kind is BlockKind.PARAGRAPH and _looks_like_heading(line.text) for line in body]
    # One line break in the middle of a sentence is a slip, and no sign that the whole text is wrapped.
    wrapped = sum("\n" in line.text or "\r" in line.text for line in body) * 4 > len(body)
    for before, line, after in zip(range(len(body)), body[1:], body[2:], strict=False):
        number = before + 1
        first = number == 1 or body[before].kind is not BlockKind.PARAGRAPH
        # In a wrapped or indented text a short line may belong to a table, unless a blank line follows it.
        *blank, indent = text[line.span.end : after.span.start].splitlines()[1:] or [""]
        apart = bool(blank) or not (wrapped or indent)
        if (
            shaped[number]
            and apart
            and not shaped[number + 1]
            and (first or not shaped[before])
            and after.kind is BlockKind.PARAGRAPH
            and len(after.text) > len(line.text)
        ):
            line.kind = BlockKind.HEADING


def _looks_like_heading(text: str) -> bool:
    words = text.split()
    return (
        len(text) <= _MAX_HEADING_CHARACTERS
        and len(words) <= _MAX_HEADING_WORDS
        and "\n" not in text
        # Three spaces separate the columns of a table.
        and "   " not in text
        and text[-1] not in ".,;:!…。-–—"
        and text[0] not in QUOTE_MARKS
        and not is_lower(text[0])
        and _LETTER.search(text) is not None
        and not BULLET.match(text)
        and not _SPEAKER.match(text)
        and not _CLOSED_QUOTE.search(text[-4:])
        and not _INNER_STOP.search(text)
        and not _UNFINISHED.search(text[-12:])
        # “What happens next?” is a heading, while a longer question is a quote.
        and (text[-1] != "?" or 3 <= len(words) <= 8)
    )
