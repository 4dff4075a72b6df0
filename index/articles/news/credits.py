"""The credits of an article: bylines, sources, datelines, date stamps and portraits of the author.

A block is a paragraph unless something marks it as furniture, because a lost paragraph is worse than a kept credit. A
block that opens with a quotation mark is always a paragraph.
"""

import re
from collections.abc import Sequence
from typing import Final

from onrecord.index.articles.news.furniture import NAME, NAMES, QUOTE_MARKS, is_furniture
from onrecord.index.articles.news.lines import TOP_BLOCKS, Facts, Line
from onrecord.index.articles.news.outlets import outlet_of
from onrecord.index.text.dates import find_date
from onrecord.index.text.english.calendar import MONTHS, WEEKDAY_SPELLINGS, WEEKDAYS
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.line_breaks import is_lower
from onrecord.index.values import BlockKind, Span

_MAX_FURNITURE_CHARACTERS: Final = 400
"""Code points in a block of furniture; a longer block is article text."""
_BOTTOM_BLOCKS: Final = 6
"""Last blocks of a text, in which its sources and stamps are looked for."""

_ALPHANUMERIC: Final = re.compile(r"[^\W_]")
_FULL_STOP: Final = re.compile(r"[.。…][\"“”'‘’»)\]]{0,3}\Z")
_NO_NAME: Final = re.compile(
    rf"(?i)\b(?:{any_of({*WEEKDAYS, *MONTHS} - {'may'})}|the|this|that|year|law|election|invitation|numbers|design|"
    r"comparison|contrast)\b"
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
# Examples are "WASHINGTON, Dec 1 (Reuters) - …", "KYIV (AP) — …" and "MEXICO CITY, Feb. 8 (UPI) — …".
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
_STAMP_WORDS: Final = re.compile(
    r"(?i)\b(?:first|last|originally|was|published|publication|posted|updated|update|modified|date|created|release[ds]?|on|at|time|"
    rf"{any_of(name for names in WEEKDAY_SPELLINGS for name in names)}|"
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


def without_ends(lines: list[Line], facts: Facts) -> list[Line]:
    """Return the lines with an agency's dateline, and a date stamp behind the last line, as lines of their own."""
    cut: list[Line] = []
    for number, line in enumerate(lines):
        match = _DATELINE.match(line.text[:140]) if number < 3 * TOP_BLOCKS else None
        if match and _is_dateline(match):
            facts.publisher(4, outlet_of(match["agency"]) or match["agency"])
            _note_date(match.group(), facts, updated=False)
            head = Line(Span(line.span.start, line.span.start + len(match.group().rstrip())), match.group().rstrip())
            head.kind = BlockKind.FURNITURE
            cut.append(head)
            start = line.span.start + match.end()
            line = Line(Span(start, line.span.end), line.text[match.end() :])
        if number == len(lines) - 1 and (stamp := _TRAILING_STAMP.search(line.text[-40:])):
            end = len(line.text) - len(stamp.group())
            body = line.text[:end].rstrip()
            if body:
                cut.append(Line(Span(line.span.start, line.span.start + len(body)), body))
                start = line.span.start + end + 1
                line = Line(Span(start, line.span.end), line.text[end + 1 :])
        cut.append(line)
    return cut


def _is_dateline(match: re.Match[str]) -> bool:
    place = match["place"]
    known = outlet_of(match["agency"]) is not None
    if place is None:
        return known
    city = re.split(r"[,./]", place, maxsplit=1)[0].strip()
    return len(place.split()) <= 9 and (known or city.isupper()) and all(not is_lower(word[0]) for word in city.split())


def mark_furniture(lines: Sequence[Line], facts: Facts) -> None:
    """Mark the lines that are no part of the article, and note the publisher, author and dates that they give."""
    for number, line in enumerate(lines):
        if line.kind is BlockKind.FURNITURE:
            continue
        top, bottom = number < TOP_BLOCKS, number >= len(lines) - _BOTTOM_BLOCKS
        if len(line.text) <= _MAX_FURNITURE_CHARACTERS and _is_furniture(line.text, facts, top=top, bottom=bottom):
            line.kind = BlockKind.FURNITURE


def _is_furniture(text: str, facts: Facts, *, top: bool, bottom: bool) -> bool:
    if not _ALPHANUMERIC.search(text):
        return True
    if text[0] in QUOTE_MARKS:
        return False
    if top or bottom:
        if _note_byline(text, facts) or _note_source(text, facts):
            return True
        if (outlet := outlet_of(text)) and len(text) <= 30:
            facts.publisher(3 if bottom else 5, outlet)
            return True
    # In the middle of an article a bare date is the heading of a chronicle, and one with a full stop ends a sentence.
    if _is_stamp(text) and (((top or bottom) and text[-1] != ".") or _STAMP_LABEL.match(text)):
        _note_date(text, facts, updated=_UPDATED.search(text) is not None)
        return True
    if match := _COPYRIGHT.match(text):
        name = (match["name"] or "").strip()
        if name and len(name.split()) <= 5 and "rights" not in name.lower():
            facts.publisher(1, outlet_of(name) or name)
    return is_furniture(text)


def _note_byline(text: str, facts: Facts) -> bool:
    match = _BYLINE.match(text[:300])
    if not match or _NO_NAME.search(match["names"]):
        outlet = outlet_of(text[3:]) if text[:3].lower() == "by " else None
        if outlet:
            facts.publisher(2, outlet)
            facts.author = facts.author or text[3:].strip()
        return outlet is not None
    rest = match["rest"].strip()
    # “By Donald Trump, who …” is prose, while a role, an outlet or a date behind the name shows a byline.
    if len(rest) > 60 and _FULL_STOP.search(rest) and not find_date(rest):
        return False
    # The role in “By Jane Roe and John Doe, Senior Correspondents” is no author.
    role = _ROLE.search(match["names"])
    names = match["names"][: role.start()] if role else match["names"]
    names = re.sub(r"(?:,|\sand|\s&|\s)*\Z", "", names).removesuffix(".")
    facts.author = facts.author or names or None
    _note_date(rest, facts, updated=False)
    for piece in re.split(r"[,|·•–—/()]| for ", rest):
        if outlet := outlet_of(piece):
            facts.publisher(2, outlet)
    return True


def _note_source(text: str, facts: Facts) -> bool:
    match = _SOURCE.match(text)
    if not match or len(match["name"].split()) > 6:
        return False
    name = match["name"].strip()
    if not re.match(r"https?:|www\.", name):
        facts.publisher(0, outlet_of(name) or name)
    return True


def _is_stamp(text: str) -> bool:
    """Say whether a line is a date stamp: a date, and words that stand around dates."""
    if len(text) > 140 or not (found := find_date(text)):
        return False
    rest = text[: found.span.start] + " " + text[found.span.end :]
    if second := find_date(rest):
        rest = rest[: second.span.start] + " " + rest[second.span.end :]
    return not _ALPHANUMERIC.search(_STAMP_WORDS.sub(" ", _CLOCK.sub(" ", rest)))


def _note_date(text: str, facts: Facts, *, updated: bool) -> None:
    found = find_date(text)
    if found is None or found.iso is None:
        return
    if updated and not re.match(r"(?i)\W*(?:first |originally )?(?:published|posted)", text):
        facts.updated_at = facts.updated_at or found.iso
    else:
        facts.published_at = facts.published_at or found.iso


def mark_biography(lines: Sequence[Line], facts: Facts) -> None:
    """Mark the author's portrait at the end of the text.

    It names a trade and either the author in the byline or, as the last paragraph, a way to follow the person.
    """
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
        for line in lines[:TOP_BLOCKS]:
            if line.kind is BlockKind.PARAGRAPH and line.text.casefold().rstrip(".") == facts.author.casefold():
                line.kind = BlockKind.FURNITURE
