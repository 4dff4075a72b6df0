"""The text that a reader of a page sees, block by block, as a browser lays it out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from onrecord.index.text.english.word_sets import word_set

_BLOCKS: Final = word_set(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody "
    "tfoot thead tr ul"
)
_CELLS: Final = frozenset({"td", "th"})
_BLOCK_STYLE: Final = re.compile(r"(?i)(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item|flow-root)\b")
# A browser collapses these and no other white space: a no-break space stays.
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
# These show nothing: controls, soft hyphens, marks of direction, tags. The joiners of scripts and emoji stay.
_SHOWS_NOTHING: Final = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# The parser takes &#146; for a control, where browsers show the character that Windows-1252 has there.
_WINDOWS_1252: Final = {
    number: shown for number in range(0x80, 0xA0) if (shown := bytes([number]).decode("cp1252", "ignore"))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleBlock:
    """A paragraph, a heading, an item of a list or a row of a table, as a reader sees it."""

    text: str
    """White space is as a browser has it; a break of a line is a newline, one between cells of a row a tab."""
    element: HtmlElement
    """The nearest element around the text that begins a block."""
    linked: int
    """Characters of the text that are links."""


def visible_blocks(root: HtmlElement) -> list[VisibleBlock]:
    """Return the blocks of a page in their order; what is hidden must have been removed from the tree."""
    writer = _Writer(root)
    for element, leaves in _elements(root):
        if leaves:
            writer.leave(element)
        else:
            writer.enter(element)
    writer.end_block()
    return writer.blocks


def _elements(root: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Yield each element twice: False before what is in it, True after."""
    waiting: list[tuple[HtmlElement, bool]] = [(root, False)]
    while waiting:
        element, leaves = waiting.pop()
        yield element, leaves
        if not leaves:
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]


class _Writer:
    """The blocks that are written so far, and the one that is being written."""

    def __init__(self, root: HtmlElement) -> None:
        self.blocks: list[VisibleBlock] = []
        self._around = [root]
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0
        self._kept = 0

    def enter(self, element: HtmlElement) -> None:
        if _begins_block(element):
            self.end_block()
            self._around.append(element)
        match element.tag:
            case "br":
                self._break_line()
            case "a":
                self._links += 1
            case "pre":
                self._kept += 1
        self._write(element.text)

    def leave(self, element: HtmlElement) -> None:
        if element.tag in _CELLS and self._pieces and element.getnext() is not None:
            self._pieces.append("\t")
        if _begins_block(element):
            self.end_block()
            self._around.pop()
        match element.tag:
            case "a":
                self._links -= 1
            case "pre":
                self._kept -= 1
        self._write(element.tail)

    def _break_line(self) -> None:
        """End the line; a second break without words between them ends the paragraph."""
        if self._pieces and self._pieces[-1] == "\n":
            self.end_block()
        elif self._pieces:
            self._pieces.append("\n")

    def _write(self, text: str | None) -> None:
        if not text:
            return
        shown = _SHOWS_NOTHING.sub("", text.translate(_WINDOWS_1252))
        shown = shown.replace("\r\n", "\n") if self._kept else _SPACES.sub(" ", shown)
        # White space between the blocks, or at the beginning of a line, is not shown.
        if not self._kept and (not self._pieces or self._pieces[-1][-1] in " \n\t"):
            shown = shown.lstrip(" ")
        if shown:
            self._pieces.append(shown)
            self._linked += len(shown) if self._links else 0

    def end_block(self) -> None:
        text = "".join(self._pieces)
        if not self._kept:
            text = re.sub(r" ?([\n\t]) ?", r"\1", text)
        text = text.strip(" \t\n")
        if text:
            self.blocks.append(VisibleBlock(text=text, element=self._around[-1], linked=min(self._linked, len(text))))
        self._pieces, self._linked = [], 0


def _begins_block(element: HtmlElement) -> bool:
    return element.tag in _BLOCKS or ((style := element.get("style")) is not None and bool(_BLOCK_STYLE.search(style)))
