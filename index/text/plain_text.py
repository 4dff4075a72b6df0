"""A text as it reads: composed letters, no invisible characters, quotation marks as marks; and its way back."""

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

from onrecord.index.values import Span

_INVISIBLE = "\xad\u200b-\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff"
"""Characters without a shape, as in a class of a regular expression: soft hyphens, joiners, marks of direction."""

# The marks of Windows-1252 stand at U+0080 to U+009F in a text that was read as Latin-1.
_ODD = re.compile(
    r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});"
    r"|[\x80-\x9f]"
    rf"|[{_INVISIBLE}]+"
    r"|[″＂]"
    # The mark of a block quote in Markdown.
    r"|(?m:^[ \t]{0,3}(?:>[ \t]?)+)(?=\S)"
    r"|[^\W\d_][\u0300-\u036f]+"
    # A word that is hyphenated at the end of a line goes on in lower case.
    r"|(?<=[a-zß-ÿ])[-\u2010][ \t]*\r?\n[ \t]*(?=[a-zß-ÿ])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A text as it reads, and the way between its places and those of the text as it is written."""

    text: str
    written: tuple[Span, ...] = field(default=(), repr=False)
    """The stretches of the written text that read otherwise, in order."""
    read: tuple[Span, ...] = field(default=(), repr=False)
    """The same stretches in `text`."""

    def span_of(self, span: Span) -> Span:
        """Return the place in `text` of a span of the written text."""
        return _moved(span, self.written, self.read)

    def written_span(self, span: Span) -> Span:
        """Return the place in the written text of a span of `text`."""
        return _moved(span, self.read, self.written)


def read_plainly(text: str) -> PlainText:
    """Return the text as it reads; the written text itself, if it holds nothing that reads otherwise."""
    found = [(match.span(), plain) for match in _ODD.finditer(text) if (plain := _plain(match[0])) != match[0]]
    if not found:
        return PlainText(text=text)
    pieces, read, end, shift = [], [], 0, 0
    for (start, stop), plain in found:
        pieces += [text[end:start], plain]
        read.append(Span(start + shift, start + shift + len(plain)))
        end, shift = stop, shift + len(plain) - (stop - start)
    written = tuple(Span(*place) for place, _ in found)
    return PlainText(text="".join([*pieces, text[end:]]), written=written, read=tuple(read))


def _plain(odd: str) -> str:
    if odd[0] == "&":
        return html.unescape(odd)
    if odd in "″＂":
        return '"'
    if "\x80" <= odd <= "\x9f":
        return odd.encode("latin-1").decode("cp1252", errors="replace").replace("\ufffd", odd)
    if odd[0] in "-\u2010>" or not odd[0].isalpha():
        return ""
    return unicodedata.normalize("NFC", odd)


def _moved(span: Span, theirs: tuple[Span, ...], ours: tuple[Span, ...]) -> Span:
    """Return the span between other stretches; a bound inside a stretch moves to the stretch's own bound."""
    if not theirs:
        return span

    def bound(position: int, *, is_end: bool) -> int:
        at = bisect_right(theirs, position - is_end, key=lambda stretch: stretch.start) - 1
        if at < 0:
            return position
        if position - is_end < theirs[at].end:
            return ours[at].end if is_end else ours[at].start
        return ours[at].end + position - theirs[at].end

    start = bound(span.start, is_end=False)
    return Span(start, max(start, bound(span.end, is_end=True) if len(span) else start))
