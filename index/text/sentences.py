"""The sentences of a text, as exact spans.

A full stop is ambiguous, so the words around it and the marks between them decide whether it ends a sentence.
Every pattern is possessive or bounded, so the time is linear in the text whatever the text is.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from onrecord.index.text.english.abbreviations import (
    AMBIGUOUS,
    BEFORE_NAMES,
    BEFORE_NUMBERS,
    DOMAINS,
    TIME_ZONES,
    TIMES_OF_DAY,
)
from onrecord.index.text.english.calendar import MONTH_SPELLINGS, WEEKDAY_SPELLINGS
from onrecord.index.text.english.function_words import SENTENCE_OPENERS
from onrecord.index.text.english.sayings import AFTER_QUESTION
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.line_breaks import LINE, LINE_BREAKS, MAX_WRAPPED_CHARACTERS, is_lower, runs_on
from onrecord.index.text.plain_text import read_plainly
from onrecord.index.values import Span

_OPENING: Final = "\"“”„‟'‘’‚«»‹›([{¿¡「『（【《〈"
_CLOSING: Final = "\"“”'‘’«»‹›)]}」』）】》〉"
_QUOTES: Final = frozenset("\"“”„'‘’«»‹›「」『』")

# In a script without capitals the next word tells nothing, so these marks always end a sentence.
_CASELESS_ENDERS: Final = "。！？｡؟۔।॥։።፧។။"

# A run of enders with the quotes, brackets or footnote's number that close it. A match that has begun never fails, so
# the search is linear.
_ENDER: Final = re.compile(
    rf"(?P<mark>[.!?‽…{_CASELESS_ENDERS}]++(?:[ \xa0][.…]++)*+)"
    rf"(?P<closing>(?:[{re.escape(_CLOSING)}]|\[\d{{1,3}}\])*+)"
    r"(?P<space>\s*+)"
)
# In French and in tokenised text a quotation mark stands alone between spaces.
_LONE_QUOTE: Final = re.compile(r"(?P<quote>[\"”’»])(?:\s++|\Z)")
_NEXT: Final = re.compile(
    rf"(?P<opening>[\s{re.escape(_OPENING)}—–\-•*]{{0,6}})(?P<word>[^\W\d_][\w’']{{0,30}}|\d|\S)?"
)
_LETTERS: Final = re.compile(r"[^\W_]")
_BULLET: Final = re.compile(r"[•·‣▪●◦]|(?:[-–—*]|\(?\d{1,2}[.)])\s+[^\Wa-z_]")
# This is the number or letter of a list's item: "1.", "(a).", "iv.".
_ITEM: Final = re.compile(r"[(\[]?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,4})")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
# In “Will he go?” Smith asked, the name and the verb of speech belong to the sentence of the question before them.
_ATTRIBUTION: Final = re.compile(
    r"(?!(?:He|She|They|It|We|I|You|The|A|An|That|This|One|But|And)\b)"
    r"(?:(?:[A-Z][\w’'-]{0,20}|[A-Z]\.|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen)\.)[ \n]){1,4}"
    rf"(?:{any_of(AFTER_QUESTION)})\b"
)

MAX_SENTENCE_CHARACTERS: Final = 2_000
"""Code points in a sentence. A text without sentence ends is cut at this length, because the work on a sentence may
grow with the square of its length."""
_MAX_TOKEN_CHARACTERS: Final = 24
"""Code points before a full stop that are looked at; a longer word before it is no abbreviation."""

# These words belong to the time of day before them.
_AFTER_TIMES: Final = TIME_ZONES | frozenset(
    name.capitalize() for spellings in (*MONTH_SPELLINGS, *WEEKDAY_SPELLINGS) for name in spellings
)


def split_sentences(text: str, span: Span) -> list[Span]:
    """Return the sentences of `text[span]` in order, trimmed and disjoint; together they are all but white space.

    A newline inside a paragraph ends nothing; a blank line, an indented line or a line too long to be wrapped does,
    unless a sentence clearly goes on behind it. What has no end within `MAX_SENTENCE_CHARACTERS` is cut there, between
    words where it has any. The text is cut as it reads: the mark of an entity such as `&ldquo;` counts as a mark.
    """
    plain = read_plainly(span.of(text))
    if plain.read:
        # What nobody sees between two sentences belongs to the first of them.
        cut = [plain.written_span(one).start for one in _split(plain.text, Span(0, len(plain.text)))[1:]]
        bounds = pairwise([span.start, *(span.start + start for start in cut), span.end])
        return [one for start, end in bounds for one in _bounded(text, Span(start, end).trimmed(text))]
    return _split(text, span)


def _split(text: str, span: Span) -> list[Span]:
    sentences: list[Span] = []
    for start, end in _paragraphs(text, span):
        begin = start
        for cut in _cuts(text, start, end):
            sentences.extend(_bounded(text, Span(begin, cut).trimmed(text)))
            begin = cut
        sentences.extend(_bounded(text, Span(begin, end).trimmed(text)))
    return sentences


def _bounded(text: str, sentence: Span) -> Iterator[Span]:
    """Yield the sentence, or its pieces if it is longer than `MAX_SENTENCE_CHARACTERS`."""
    begin = sentence.start
    while sentence.end - begin > MAX_SENTENCE_CHARACTERS:
        limit = begin + MAX_SENTENCE_CHARACTERS
        gap = text.rfind(" ", begin + MAX_SENTENCE_CHARACTERS // 2, limit)
        cut = gap + 1 if gap >= 0 else limit
        piece = Span(begin, cut).trimmed(text)
        if len(piece):
            yield piece
        begin = cut
    rest = Span(begin, sentence.end).trimmed(text)
    if len(rest):
        yield rest


def _paragraphs(text: str, span: Span) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each paragraph, trimmed; no sentence crosses from one into another."""
    lines: list[tuple[int, int, int, int]] = []
    for line in LINE.finditer(text, span.start, span.end):
        body = line.group()
        content = body.lstrip()
        if content:
            margin = body[: len(body) - len(content)]
            if not lines:
                margin = _indent_before(text, span.start) + margin
            first = line.start() + len(body) - len(content)
            last = first + len(content.rstrip())
            lines.append((first, last, len(margin.expandtabs(4)), line.end()))
    if not lines:
        return
    least = min(indent for _, _, indent, _ in lines)
    start, end, _, line_end = lines[0]
    begin = start
    for first, last, indent, next_line_end in lines[1:]:
        # Two lines of one paragraph are separated by one newline and the indentation of the second.
        gap = text[line_end:first].rstrip(" \t\xa0") if first - line_end < 100 else ""
        wrapped = (
            gap in LINE_BREAKS
            and indent - least < 2
            and (max(end - begin, last - first) <= MAX_WRAPPED_CHARACTERS or runs_on(text[begin:end], text[first:last]))
            and not _BULLET.match(text, first, last)
        )
        if not wrapped:
            yield start, end
            start = first
        begin, end, line_end = first, last, next_line_end
    yield start, end


def _indent_before(text: str, position: int) -> str:
    """Return the white space between the line's beginning and `position`, or nothing if there is text."""
    near = max(0, position - 80)
    before = text[max(near, text.rfind("\n", near, position) + 1) : position]
    return before if before.isspace() else ""


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the positions at which a paragraph is cut, each behind a sentence and its white space."""
    begin = start
    counted, inside = start, False
    looked, has_word = start, False
    for found in _ENDER.finditer(text, start, end):
        cut = found.end()
        if cut == end:
            return
        if (
            cut == found.start() + 1
            and found["mark"] in ".!?"
            and not text[cut].isupper()
            and text[cut] not in _OPENING
        ):
            # "3.5" and "example.com" have neither white space nor a capital behind the mark.
            continue
        if not found["space"] and '"' in found["closing"]:
            inside ^= bool(text.count('"', counted, found.start("closing")) % 2)
            counted = found.start("closing")
            # An opening mark belongs to the next sentence, so “war."The” is cut before it.
            if not inside:
                cut = found.start("closing")
        elif lone := _LONE_QUOTE.match(text, cut, end):
            inside ^= bool(text.count('"', counted, cut) % 2)
            counted = cut
            if inside or lone["quote"] != '"':
                cut = lone.end()
                if cut == end:
                    return
        has_word = has_word or _LETTERS.search(text, looked, found.start()) is not None
        looked = found.end()
        # The sentence and the rest must each hold a letter or a digit.
        if (
            has_word
            and _ends_sentence(text, begin, found, cut, end)
            and _LETTERS.search(text, cut, min(end, cut + 200))
        ):
            yield cut
            begin, has_word = cut, False


def _is_lower(word: str) -> bool:
    """Say whether a word in lower case continues a sentence; one like "iPhone" may begin one."""
    return is_lower(word[0]) and not word[1:2].isupper()


def _ends_sentence(text: str, begin: int, found: re.Match[str], cut: int, end: int) -> bool:
    mark, closing = found["mark"], found["closing"]
    following = _NEXT.match(text, cut, end)
    word = following["word"] if following else None
    if following is None or word is None:
        return True
    opening = following["opening"]
    if mark[-1] in _CASELESS_ENDERS:
        # In Japanese a particle of quotation continues the sentence: 「行く。」と言った.
        return not (closing and word[0] in "とっ")
    token = _token_before(text, begin, found.start())
    if cut == found.end() and not found["space"]:
        return _ends_unspaced(text, found, token, word, following.end())
    quoted = any(character in _QUOTES for character in closing)
    opened = any(character in _OPENING for character in opening)
    lower = _is_lower(word)
    if "!" in mark or "?" in mark or "‽" in mark:
        if lower:
            return opened
        if token == "Yahoo" and mark == "!":
            return False
        return not (quoted and _ATTRIBUTION.match(text, cut, end))
    if "…" in mark or ".." in mark or " " in mark:
        return not lower and _ends_after_ellipsis(text, found, word)
    if lower:
        return opened and not quoted and _abbreviation(token) is None
    if found.start() - begin <= 6 and _ITEM.fullmatch(text[begin : found.start()].strip()):
        return False
    if any(character in "—–-" for character in opening) and _abbreviation(token):
        # In "NASHUA, N.H. - At the moment" the full stop belongs to the dateline.
        return False
    return _ends_after_word(text, token, word, following.end())


def _token_before(text: str, begin: int, position: int) -> str:
    """Return the word before a full stop, without opening marks and joined words: “Sen” of “ex-Sen.”."""
    words = text[max(begin, position - _MAX_TOKEN_CHARACTERS) : position].rsplit(None, 1)
    if not words:
        return ""
    token = words[-1].lstrip(_OPENING).rsplit("-", 1)[-1]
    return token.rsplit("–", 1)[-1].rsplit("/", 1)[-1].rsplit("—", 1)[-1].lstrip(_OPENING)


def _abbreviation(token: str) -> str | None:
    """Return the class of an abbreviation, or None for any other word."""
    for form in (token, token.capitalize()) if token.isupper() and len(token) > 1 else (token,):
        if form in BEFORE_NAMES:
            return "before names"
        if form in BEFORE_NUMBERS:
            return "before numbers"
        if form in AMBIGUOUS:
            return "ambiguous"
    if token.endswith(TIMES_OF_DAY):
        return "time"
    if (len(token) == 1 and token.isalpha()) or _DOTTED.fullmatch(token):
        return "ambiguous"
    return None


def _ends_after_word(text: str, token: str, word: str, word_end: int) -> bool:
    kind = _abbreviation(token)
    if kind is None:
        return True
    if word[0].isdigit() or word[0] in ",;:&)" or kind == "before names":
        return False
    if kind == "before numbers":
        return True
    if kind == "time":
        return word not in _AFTER_TIMES
    if text[word_end : word_end + 1] == "-":
        # In "U.S. Under-Secretary" the capital does not begin a sentence.
        return False
    return word in SENTENCE_OPENERS or (word.isupper() and len(word) > 1 and word.capitalize() in SENTENCE_OPENERS)


def _ends_after_ellipsis(text: str, found: re.Match[str], word: str) -> bool:
    mark = found["mark"]
    if word.startswith(("I’", "I'")) or word == "I":
        return mark.count(".") > 3
    # “our favour ... As a result” leaves words out of a sentence, while “Well... The” ends one.
    attached = found.start() > 0 and not text[found.start() - 1].isspace()
    return attached or mark.count(".") > 3 or word in SENTENCE_OPENERS


def _ends_unspaced(text: str, found: re.Match[str], token: str, word: str, word_end: int) -> bool:
    """Say whether an ender ends a sentence although the page lost the white space behind it, unlike that of "U.S.A"."""
    before = text[max(0, found.start() - 2) : found.start()]
    after = text[word_end : word_end + 1]
    return (
        found["mark"] in {".", "!", "?", "…", "..."}
        and before.isalpha()
        and before.islower()
        and word[0].isupper()
        and word[1:2].islower()
        and word not in DOMAINS
        and after not in {".", "@", "/", "=", "_"}
        and not token.startswith(("www", "http"))
        and not any(character in "/@.=:" for character in token)
        and _abbreviation(token) is None
    )
