"""Reads a news text as news: its title, byline, source and date, and which of its lines are article and which are not.

What nothing marks as something else is a paragraph, because dropping a paragraph is worse than keeping a credit.
A block that opens with a quotation mark is always one.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from index.dates import find_date
from index.furniture import NAME, NAMES, QUOTE_MARKS, is_end_mark, is_furniture
from index.values import Block, BlockKind, Reading, Span

# Longer blocks are article text whatever they look like.
_LONGEST_FURNITURE: Final = 400
_LONGEST_TITLE: Final = 220
_LONGEST_HEADING: Final = 90
_MOST_HEADING_WORDS: Final = 12
# Longer lines are not wrapped: each is a paragraph.
_WIDEST_WRAP: Final = 120
# Where the top and the bottom of an article are looked for, in blocks.
_TOP: Final = 8
_BOTTOM: Final = 6

_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]++")
_INVISIBLE: Final = re.compile(r"[\ufeff\u200b-\u200f\u2060\u202a-\u202e\u2066-\u2069]++")
_BULLET: Final = re.compile(r"[•·‣▪●◦■►▶]|[-–—*]\s*[^\Wa-z_]|\(?\d{1,2}[.)]\s")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟۔।:][\"“”'‘’»)\]]{0,3}\Z")
_LETTER: Final = re.compile(r"[^\W\d_]")
_ALPHANUMERIC: Final = re.compile(r"[^\W_]")
_CLOSED_STOP: Final = re.compile(r"\.[\"”’»')\]]{1,3}\Z")
_INNER_STOP: Final = re.compile(r"[a-z]{3}[.!?][\"”’»')\]]?\s")
_CLOSED_QUOTE: Final = re.compile(r"[.!?…][\"”’»')\]]{1,3}\Z")
# TRUMP: We will win. Q: Have you talked to her?
_SPEAKER: Final = re.compile(r"[A-Z][A-Z .’'-]{0,30}:\s|[QA]:")
# A line that ends with one of these is half a sentence.
_UNFINISHED: Final = re.compile(
    r"(?i)\b(?:an?|the|of|to|in|on|at|by|for|from|with|and|or|but|as|that|which|who|ha[ds]|have|was|were|is|are|be|been|said|says|"
    r"will|would|its|their|his|her|this|than|vs|into|over|under|about|between)\Z"
)
_FULL_STOP: Final = re.compile(r"[.。…][\"“”'‘’»)\]]{0,3}\Z")

_NO_NAME: Final = re.compile(
    r"(?i)\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|"
    r"september|october|november|december|the|this|that|year|law|election|invitation|numbers|design|comparison|contrast)\b"
)
_BYLINE: Final = re.compile(
    r"(?:[Bb][Yy]|(?:(?:[Ww]ritten|[Pp]osted|[Ss]tory|[Tt]ext|[Rr]eported|[Pp]ublished|[Aa]nalysis|[Oo]pinion|[Rr]eporting)\s[Bb]y)"
    r"|(?:Author|AUTHOR|Reporter|Автор|Von|Par|Por)(?=[: ])):?\s{0,3}"
    rf"(?P<names>{NAMES})(?P<rest>\Z|\s?[,|·•–—/@(-].{{0,120}}|\s(?:for|in|at|of|on|is|Published|Updated|Posted)\b.{{0,120}}|\.\Z)",
    re.DOTALL,
)
_ROLE: Final = re.compile(
    r"(?i)(?:,\s[^,]{0,40}?)?\b(?:staff|special|senior|chief|our|correspondents?|reporters?|editors?|writers?|columnists?|analysts?|"
    r"journalists?|bureau|desk|agenc(?:y|ies))\b"
)

# How the best known sources spell themselves, by their letters alone.
_OUTLETS: Final = {
    re.sub(r"\W", "", alias.casefold()): name
    for name, aliases in {
        "Al Jazeera": "Al Jazeera|Aljazeera|Al-Jazeera|Al Jazeera English|aljazeera.com",
        "Reuters": "Reuters|Reuter|Thomson Reuters|reuters.com",
        "Associated Press": "AP|Associated Press|The Associated Press|AP News",
        "AFP": "AFP|Agence France-Presse|Agence France Presse",
        "UPI": "UPI|United Press International",
        "DPA": "DPA|dpa",
        "ANSA": "ANSA",
        "EFE": "EFE",
        "TASS": "TASS|ITAR-TASS",
        "RIA Novosti": "RIA Novosti",
        "Interfax": "Interfax",
        "Interfax-Ukraine": "Interfax-Ukraine",
        "Ukrinform": "Ukrinform",
        "Xinhua": "Xinhua|Xinhua News Agency",
        "Anadolu": "Anadolu|AA|Anadolu Agency",
        "PTI": "PTI|Press Trust of India",
        "ANI": "ANI",
        "IANS": "IANS",
        "NAN": "NAN|News Agency of Nigeria",
        "PA Media": "PA Media|Press Association",
        "Kyodo": "Kyodo|Kyodo News",
        "Yonhap": "Yonhap",
        "Bloomberg": "Bloomberg|Bloomberg News",
        "BBC": "BBC|BBC News|BBC World",
        "CNN": "CNN|cnn.com",
        "Fox News": "Fox News",
        "CBS News": "CBS|CBS News",
        "NBC News": "NBC|NBC News",
        "ABC News": "ABC|ABC News",
        "NPR": "NPR",
        "Politico": "Politico|POLITICO",
        "Axios": "Axios",
        "The Hill": "The Hill",
        "Sky News": "Sky News",
        "Deutsche Welle": "DW|Deutsche Welle",
        "France 24": "France 24|France24",
        "Euronews": "Euronews",
        "The Guardian": "The Guardian|Guardian",
        "The Times": "The Times",
        "The New York Times": "The New York Times|New York Times|NYT",
        "The Washington Post": "The Washington Post|Washington Post",
        "The Wall Street Journal": "The Wall Street Journal|Wall Street Journal|WSJ",
        "USA Today": "USA Today|USATODAY",
        "Financial Times": "Financial Times|FT",
        "The Independent": "The Independent",
        "The Telegraph": "The Telegraph|Telegraph",
        "Kyiv Independent": "Kyiv Independent|The Kyiv Independent",
        "Kyiv Post": "Kyiv Post",
        "Ukrainska Pravda": "Ukrainska Pravda",
        "RT": "RT",
        "Newsweek": "Newsweek",
        "HuffPost": "HuffPost|Huffington Post|The Huffington Post",
        "Breitbart": "Breitbart|Breitbart News",
        "Forbes": "Forbes",
        "CNBC": "CNBC",
    }.items()
    for alias in aliases.split("|")
}
# WASHINGTON, Dec 1 (Reuters) - … ; KYIV (AP) — … ; MEXICO CITY, Feb. 8 (UPI) — …
_DATELINE: Final = re.compile(
    r"(?P<place>[^\W\d_][^()\n]{1,60}?)?\s?"
    r"\((?P<agency>[A-Z][A-Za-z]{1,9}(?:[ -][A-Z][A-Za-z]{1,8})?)\)\s?(?:[-–—]{1,2}|:)\s+(?=\S)"
)
_TRAILING_STAMP: Final = re.compile(r"\s\|\s?\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?\Z")
_SOURCE: Final = re.compile(
    r"(?:source|source link|via|джерело|источник|quelle|fuente|fonte)s?\s?[:：]\s{0,3}(?P<name>[^\n:]{2,60}?)\.?\Z",
    re.IGNORECASE,
)
_COPYRIGHT: Final = re.compile(
    r"(?:(?:copyright|\(c\)|©)\s?){1,3}(?:\d{4}(?:\s?[-–]\s?\d{4})?)?[\s,]*(?:by\s)?(?P<name>[^\W\d_][^.,|\n]{1,50})?",
    re.IGNORECASE,
)
_TITLE_LABEL: Final = re.compile(r"(?:#{1,3}\s+|(?:title|headline|заголовок)\s?:\s+)", re.IGNORECASE)
_STAMP_WORDS: Final = re.compile(
    r"(?i)\b(?:first|last|originally|was|published|publication|posted|updated|update|modified|date|created|release[ds]?|on|at|time|"
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"a\.?m|p\.?m|e[sd]?t|c[sd]?t|m[sd]?t|p[sd]?t|gmt|utc|bst|cet|cest|eet|eest|msk|wat|ist|eastern|local|read|mins?|minutes?|h|hrs?|"
    r"опубликовано|опубліковано|обновлено|оновлено|дата|публикации|в|о|г|року|года|veröffentlicht|aktualisiert|uhr|publié|le|mis|à|jour|"
    r"publicado|actualizado|el|a|las|em)\b"
)
_STAMP_LABEL: Final = re.compile(
    r"(?i)\W{0,3}(?:(?:first |last |originally )?(?:published|posted|updated|modified|created|release[ds]?)|date\b|"
    r"опубл|обновл|оновл|veröffentlicht|aktualisiert|publi|mis à jour|actualizado)"
)
_UPDATED: Final = re.compile(r"(?i)updat|modif|обновл|оновл|aktualis|actualiz|mis à jour")
_CLOCK: Final = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?|\d{1,2}(?=\s?(?:[ap]\.?m|mins?|minutes?)\b)", re.IGNORECASE)
_BIOGRAPHY: Final = re.compile(
    rf"(?P<name>{NAME}),?\s(?:is|was|has been|serves as|works as|covers|writes|reports|contributed|joined)\b",
    re.DOTALL,
)
_TRADE: Final = re.compile(
    r"(?i)\b(?:reporter|correspondent|journalist|columnist|staff writer|news writer|editor(?:-at-large|-in-chief)?|"
    r"contributor|contributing writer|bureau chief|board of contributors|freelance\w*|producer|blogger|intern|author|"
    r"professor|fellow|historian|writer)\b"
)
_SELF_PRESENTATION: Final = re.compile(
    r"(?i)(?:\bfollow (?:him|her|them|\w+) on\b|@\w|\btwitter\b|\bcover(?:s|ing)\b|\bbased in\b|\bknown for\b|"
    r"\b(?:his|her|their) (?:new |latest |most recent )?(?:work|book|e-book|novel|writing)\b|\bauthor of\b|\be-?mail\b|"
    r"\bcan be reached\b|\bcontact\b|\bprevious(?:ly)?\b|\bboard of contributors\b|"
    r"\bhas (?:written|reported|worked|covered)\b|\bpassionate\b|\byears of experience\b|\bstorytelling\b)"
)


@dataclass(slots=True)
class _Line:
    """A block on its way: where it is, what it says, what it is held to be."""

    span: Span
    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(slots=True)
class _Facts:
    """What has been found so far."""

    title: str | None = None
    author: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    publishers: dict[int, str] = field(default_factory=dict)
    """By rank: the surest source has the lowest number."""

    def publisher(self, rank: int, name: str) -> None:
        self.publishers.setdefault(rank, name)


def read_article(text: str, *, title: str | None = None) -> Reading:
    """Find title, author, publisher and date in a news text and cut it into blocks, in order, trimmed and disjoint.

    Every code point that is no white space is in exactly one block. `title` is one known from elsewhere. Never raises.
    """
    lines = [_Line(span, span.of(text)) for span in _paragraphs(text)]
    facts = _Facts(title=" ".join(title.split()) or None if title is not None else None)
    lines = _without_ends(lines, facts)
    _mark_furniture(lines, facts)
    _mark_headline(lines, facts)
    _mark_biography(lines, facts)
    _mark_headings(text, lines)
    return Reading(
        title=facts.title,
        author=facts.author,
        publisher=facts.publishers[min(facts.publishers)] if facts.publishers else None,
        published_at=facts.published_at or facts.updated_at,
        blocks=tuple(Block(span=line.span, kind=line.kind) for line in lines),
    )


# Paragraphs


def _paragraphs(text: str) -> list[Span]:
    """Cut at blank lines and indented lines; at every line if the text is not wrapped."""
    lines: list[tuple[Span, int]] = []
    blank_before: set[int] = set()
    previous_end = 0
    for match in _LINE.finditer(text):
        body = match.group()
        content = body.strip()
        if not content:
            continue
        indent = len(body) - len(body.lstrip())
        start = match.start() + indent
        gap = text[previous_end : match.start()]
        if gap.strip("\t \xa0") not in {"\n", "\r\n", "\r", "\x85", "\u2028"}:
            blank_before.add(len(lines))
        lines.append((Span(start, start + len(content)), len(body[:indent].expandtabs(4))))
        previous_end = match.end()
    if not lines:
        return []
    least = min(indent for _, indent in lines)
    begins = blank_before | {number for number, (_, indent) in enumerate(lines) if indent - least >= 2}
    wrapped = _is_wrapped(text, [span for span, _ in lines], begins)
    spans: list[Span] = []
    for number, (span, _) in enumerate(lines):
        joined = (
            wrapped
            and number > 0
            and number not in begins
            and not _BULLET.match(text, span.start, span.end)
            # The stamp and the signature of a wire story stand on their own.
            and not is_end_mark(span.of(text))
        )
        if joined:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    first = spans[0]
    mark = _INVISIBLE.match(text, first.start, first.end)
    if mark and mark.end() < first.end:
        # A byte-order mark is no white space, and no part of the headline either.
        spans[:1] = [Span(first.start, mark.end()), _trimmed(text, mark.end(), first.end)]
    return spans


def _is_wrapped(text: str, spans: Sequence[Span], begins: set[int]) -> bool:
    """Say whether newlines only fill the column: then many lines begin in the middle of a sentence."""
    joins = [number for number in range(1, len(spans)) if number not in begins]
    if not joins or max(len(span) for span in spans) > _WIDEST_WRAP:
        return False
    widest = max(len(span) for span in spans)
    # A line that could be the middle of a sentence: filled, and without an end.
    filled = [
        number
        for number in joins
        if len(spans[number - 1]) * 2 >= widest and not _SENTENCE_END.search(spans[number - 1].of(text)[-4:])
    ]
    lower = sum(_is_lower(text[spans[number].start]) for number in filled)
    if lower:
        return lower * 5 >= sum(text[spans[number].start].isalpha() for number in joins)
    # Capitals only, or a script without: wrapped lines are about as long as each other and end anywhere.
    sample = text[spans[0].start : spans[-1].end][:4000]
    if any(_is_lower(character) for character in sample):
        return False
    return widest >= 30 and len(filled) * 2 >= len(joins)


def _is_lower(character: str) -> bool:
    return character.islower() and character.title() != character


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


# What is cut off a paragraph


def _without_ends(lines: list[_Line], facts: _Facts) -> list[_Line]:
    """Cut an agency's dateline off the first paragraphs and a date stamp off the last."""
    cut: list[_Line] = []
    for number, line in enumerate(lines):
        match = _DATELINE.match(line.text[:140]) if number < 3 * _TOP else None
        if match and _is_dateline(match):
            facts.publisher(4, _outlet(match["agency"]) or match["agency"])
            _note_date(match.group(), facts, updated=False)
            head = _Line(Span(line.span.start, line.span.start + len(match.group().rstrip())), match.group().rstrip())
            head.kind = BlockKind.FURNITURE
            cut.append(head)
            start = line.span.start + match.end()
            line = _Line(Span(start, line.span.end), line.text[match.end() :])
        if number == len(lines) - 1 and (stamp := _TRAILING_STAMP.search(line.text[-40:])):
            end = len(line.text) - len(stamp.group())
            body = line.text[:end].rstrip()
            if body:
                cut.append(_Line(Span(line.span.start, line.span.start + len(body)), body))
                start = line.span.start + end + 1
                line = _Line(Span(start, line.span.end), line.text[end + 1 :])
        cut.append(line)
    return cut


def _is_dateline(match: re.Match[str]) -> bool:
    place = match["place"]
    known = _outlet(match["agency"]) is not None
    if place is None:
        return known
    city = re.split(r"[,./]", place, maxsplit=1)[0].strip()
    return (
        len(place.split()) <= 9 and (known or city.isupper()) and all(not _is_lower(word[0]) for word in city.split())
    )


# Furniture


def _mark_furniture(lines: Sequence[_Line], facts: _Facts) -> None:
    for number, line in enumerate(lines):
        if line.kind is BlockKind.FURNITURE:
            continue
        top, bottom = number < _TOP, number >= len(lines) - _BOTTOM
        if len(line.text) <= _LONGEST_FURNITURE and _is_furniture(line.text, facts, top=top, bottom=bottom):
            line.kind = BlockKind.FURNITURE


def _is_furniture(text: str, facts: _Facts, *, top: bool, bottom: bool) -> bool:
    if not _ALPHANUMERIC.search(text):
        return True
    if text[0] in QUOTE_MARKS:
        return False
    if top or bottom:
        if _note_byline(text, facts) or _note_source(text, facts):
            return True
        if (outlet := _outlet(text)) and len(text) <= 30:
            facts.publisher(3 if bottom else 5, outlet)
            return True
    # In the middle of an article a bare date is the heading of a chronicle; with a full stop, the end of a sentence.
    if _is_stamp(text) and (((top or bottom) and text[-1] != ".") or _STAMP_LABEL.match(text)):
        _note_date(text, facts, updated=_UPDATED.search(text) is not None)
        return True
    if match := _COPYRIGHT.match(text):
        name = (match["name"] or "").strip()
        if name and len(name.split()) <= 5 and "rights" not in name.lower():
            facts.publisher(1, _outlet(name) or name)
    return is_furniture(text)


def _note_byline(text: str, facts: _Facts) -> bool:
    match = _BYLINE.match(text[:300])
    if not match or _NO_NAME.search(match["names"]):
        outlet = _outlet(text[3:]) if text[:3].lower() == "by " else None
        if outlet:
            facts.publisher(2, outlet)
            facts.author = facts.author or text[3:].strip()
        return outlet is not None
    rest = match["rest"].strip()
    # “By Donald Trump, who …” is prose; a role, an outlet or a date is not.
    if len(rest) > 60 and _FULL_STOP.search(rest) and not find_date(rest):
        return False
    # “By Jane Roe and John Doe, Senior Correspondents”: a role is no author.
    role = _ROLE.search(match["names"])
    names = match["names"][: role.start()] if role else match["names"]
    names = re.sub(r"(?:,|\sand|\s&|\s)*\Z", "", names).removesuffix(".")
    facts.author = facts.author or names or None
    _note_date(rest, facts, updated=False)
    for piece in re.split(r"[,|·•–—/()]| for ", rest):
        if outlet := _outlet(piece):
            facts.publisher(2, outlet)
    return True


def _note_source(text: str, facts: _Facts) -> bool:
    match = _SOURCE.match(text)
    if not match or len(match["name"].split()) > 6:
        return False
    name = match["name"].strip()
    if not re.match(r"https?:|www\.", name):
        facts.publisher(0, _outlet(name) or name)
    return True


def _outlet(name: str) -> str | None:
    """Return how a known source spells itself, or None."""
    return _OUTLETS.get(re.sub(r"\W", "", name.casefold())) if len(name) <= 60 else None


def _is_stamp(text: str) -> bool:
    """Say whether a line holds a date and nothing but what stands around dates."""
    if len(text) > 140 or not (found := find_date(text)):
        return False
    rest = text[: found.span.start] + " " + text[found.span.end :]
    if second := find_date(rest):
        rest = rest[: second.span.start] + " " + rest[second.span.end :]
    return not _ALPHANUMERIC.search(_STAMP_WORDS.sub(" ", _CLOCK.sub(" ", rest)))


def _note_date(text: str, facts: _Facts, *, updated: bool) -> None:
    found = find_date(text)
    if found is None or found.iso is None:
        return
    if updated and not re.match(r"(?i)\W*(?:first |originally )?(?:published|posted)", text):
        facts.updated_at = facts.updated_at or found.iso
    else:
        facts.published_at = facts.published_at or found.iso


# Headline


def _mark_headline(lines: Sequence[_Line], facts: _Facts) -> None:
    if facts.title is None:
        line = _untitled_headline(lines)
        if line is None:
            return
        line.kind = BlockKind.HEADLINE
        facts.title = _clean_title(line.text, facts)
        known = {_plain(line.text), _plain(facts.title)}
    else:
        known = {_plain(facts.title)}
        line = _titled_headline(lines, facts.title)
        if line is not None:
            line.kind = BlockKind.HEADLINE
            known.add(_plain(line.text))
    known.discard("")
    _mark_repetitions(lines, known)


def _titled_headline(lines: Sequence[_Line], title: str) -> _Line | None:
    """Find the given title among the first lines: the same but for marks, with a source behind it, or most words."""
    wanted = _plain(title)
    if not wanted:
        return None
    for line in lines[:_TOP]:
        said = _plain(line.text[: len(title) * 2 + 200])
        if said == wanted or (said.startswith(wanted + " ") and _is_source_suffix(line.text, title)):
            return line
    for number, line in enumerate(lines[:_TOP]):
        # A headline and its second deck: the title holds both.
        said = _plain(line.text[: len(title) + 200])
        if len(said) >= 10 and wanted.startswith(said + " ") and number + 1 < len(lines):
            below = lines[number + 1]
            if _plain(f"{line.text} {below.text}"[: len(title) * 2 + 200]) == wanted:
                below.kind = BlockKind.FURNITURE
                return line
    for line in lines[:_TOP]:
        if line.kind is BlockKind.FURNITURE:
            continue
        words, said_words = set(wanted.split()), set(_plain(line.text[:400]).split())
        alike = len(words & said_words) >= 0.7 * max(len(words), len(said_words))
        if alike and len(words) > 2 and _looks_like_headline(line.text.rstrip(".")):
            return line
        break
    return None


def _is_source_suffix(text: str, title: str) -> bool:
    rest = text[len(title) :].strip() if text.startswith(title) else ""
    return bool(re.match(r"[|–—-]\s?[^.]{2,40}\Z", rest))


def _untitled_headline(lines: Sequence[_Line]) -> _Line | None:
    """Return the first line that is no furniture, if it looks like a headline and an article follows."""
    candidates = [line for line in lines[: _TOP + 4] if line.kind is not BlockKind.FURNITURE][:2]
    if not candidates or not _prose_follows(lines, candidates[0]):
        return None
    first, second = candidates[0], candidates[-1]
    if not _looks_like_headline(first.text):
        return None
    # A kicker above the headline: one to three words, then a longer headline.
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


def _prose_follows(lines: Sequence[_Line], line: _Line) -> bool:
    return any(
        other.span.start > line.span.start
        and other.kind is BlockKind.PARAGRAPH
        and len(other.text) >= 60
        and _SENTENCE_END.search(other.text[-4:])
        for other in lines
    )


def _looks_like_headline(text: str) -> bool:
    words = text.split()
    return (
        (len(words) >= 2 or (len(text) >= 6 and text.upper() == text.lower()))
        and len(words) <= 40
        and len(text) <= _LONGEST_TITLE
        and not _is_lower(text[0])
        and text[-1] not in ".,;:。"
        and not _CLOSED_STOP.search(text[-4:])
        and not _BULLET.match(text)
        and not re.search(r"[,.]?[”\"»]\s(?:\w+\s){0,3}(?:said|says|told|added|wrote|asked)\b", text)
    )


def _clean_title(text: str, facts: _Facts) -> str:
    title = " ".join(text.split())
    title = _TITLE_LABEL.sub("", title, count=1) if _TITLE_LABEL.match(title) else title
    head, bar, tail = title.rpartition(" | ")
    if bar and (outlet := _outlet(tail)):
        facts.publisher(2, outlet)
        return head
    return title


def _mark_repetitions(lines: Sequence[_Line], known: Iterable[str]) -> None:
    """The headline again, alone or in front of a picture's credit, is furniture."""
    for line in lines:
        if line.kind is not BlockKind.PARAGRAPH or len(line.text) > 2 * _LONGEST_TITLE + 200:
            continue
        said = _plain(line.text)
        for title in known:
            rest = said[len(title) :].strip() if said.startswith(title) and len(title) > 15 else None
            if said == title or (
                rest is not None and re.match(r"(?:photo|image|picture|фото|foto|credit|video)\b", rest)
            ):
                line.kind = BlockKind.FURNITURE


def _plain(text: str) -> str:
    """Letters and digits in lower case, single spaces between: what two spellings of a headline share."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("’", "'")))


# Biography and headings


def _mark_biography(lines: Sequence[_Line], facts: _Facts) -> None:
    """An author's portrait closes the article: the byline's author, or one with a trade and a way to follow."""
    left = [line for line in lines if line.kind is BlockKind.PARAGRAPH]
    if len(left) < 3:
        return
    authors = {name.casefold() for name in re.split(r",\s|\s(?:and|&)\s|,\sand\s", facts.author or "") if name}
    for line in left[-3:]:
        match = _BIOGRAPHY.match(line.text) if len(line.text) <= 900 else None
        if not match:
            continue
        of_author = match["name"].casefold() in authors and _TRADE.search(line.text)
        last = line is left[-1]
        presented = (
            last
            and _TRADE.search(line.text[:250])
            and _SELF_PRESENTATION.search(line.text)
            and not re.search(r"[“\"]", line.text)
        )
        if of_author or presented:
            line.kind = BlockKind.FURNITURE
            if facts.author is None:
                facts.author = match["name"]
    if facts.author is not None:
        for line in lines[:_TOP]:
            if line.kind is BlockKind.PARAGRAPH and line.text.casefold().rstrip(".") == facts.author.casefold():
                line.kind = BlockKind.FURNITURE


def _mark_headings(text: str, lines: Sequence[_Line]) -> None:
    """A short line without a full stop between paragraphs; several in a row are a list or a table, and stay."""
    body = [line for line in lines if line.kind is not BlockKind.FURNITURE]
    shaped = [line.kind is BlockKind.PARAGRAPH and _looks_like_heading(line.text) for line in body]
    wrapped = any("\n" in line.text or "\r" in line.text for line in body)
    for before, line, after in zip(range(len(body)), body[1:], body[2:], strict=False):
        number = before + 1
        first = number == 1 or body[before].kind is not BlockKind.PARAGRAPH
        # In a wrapped or indented text a short line may be the rest of a table: a heading has a blank line below.
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
        len(text) <= _LONGEST_HEADING
        and len(words) <= _MOST_HEADING_WORDS
        and "\n" not in text
        and "   " not in text  # the columns of a table
        and text[-1] not in ".,;:!…。-–—"
        and text[0] not in QUOTE_MARKS
        and not _is_lower(text[0])
        and _LETTER.search(text) is not None
        and not _BULLET.match(text)
        and not _SPEAKER.match(text)
        and not _CLOSED_QUOTE.search(text[-4:])
        and not _INNER_STOP.search(text)
        and not _UNFINISHED.search(text[-12:])
        # “What happens next?” is a heading; a longer question is somebody's.
        and (text[-1] != "?" or 3 <= len(words) <= 8)
    )
