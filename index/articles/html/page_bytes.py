"""A page's bytes as a tree: the encoding, the size and the depth are checked before anything is read."""

import codecs
import re
from contextlib import suppress
from typing import Final

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from onrecord.index.errors import UnreadableFile

MAX_PAGE_BYTES: Final = 10_000_000
"""Bytes of one page; the pages of newspapers have a tenth of this."""
MAX_ELEMENTS: Final = 20_000
"""Elements of one page; the pages of newspapers have a fifth of this, and the time for choosing grows with them."""

_LOOKED_AT_BYTES: Final = 65_536
"""Bytes at the beginning of a page in which its encoding is declared and its first elements stand."""
_HTML: Final = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body|title|article|section|main|div|h1|p|table|meta)\b")
_HTML_AT_START: Final = re.compile(
    rb"(?i)\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*){0,9}<(?:!doctype\s+html|html|head)\b", re.DOTALL
)
_DECLARED: Final = re.compile(
    rb"""(?i)<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)|\A\s*<\?xml[^>]+encoding\s*=\s*["']([\w:.-]+)"""
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Browsers read these names as the larger encodings that replaced them.
_READ_AS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_MAX_ATTRIBUTES: Final = 2_000
"""Attributes of one element; the parser compares each with all others."""
_LONG_TAG: Final = re.compile(r"<[A-Za-z][^<>]{5000,}")
_ATTRIBUTE: Final = re.compile(r"\s[^\s=\"'<>]+=")
_BEGUN: Final = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_ENDED: Final = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_REASON: Final = "not in the encoding"


def is_page(content: bytes) -> bool:
    """Say whether bytes begin as a page of HTML does, whatever the file is called."""
    return _HTML_AT_START.match(_without_zeros(content[:_LOOKED_AT_BYTES])) is not None


def decode_page(content: bytes, *, encoding: str = "utf-8") -> tuple[str, UnreadableFile | None]:
    """Return a page's text, and the fault that its text has if a byte does not fit, which is U+FFFD there.

    A mark at the beginning decides about the encoding, then that the bytes are UTF-8, then what the page declares, then
    `encoding`. Raise `UnreadableFile` if the bytes are no HTML, or if no encoding is declared and they are not in
    `encoding`.
    """
    if len(content) > MAX_PAGE_BYTES:
        raise UnreadableFile(
            f"larger than {MAX_PAGE_BYTES / 1e6:,.0f} MB, the limit for a page; add its text alone.",
            reason="too long",
        )
    if not content.strip():
        raise UnreadableFile("the page is empty; save it again.", reason="empty text")
    if not _HTML.search(_without_zeros(content[:_LOOKED_AT_BYTES])):
        raise UnreadableFile("this is no HTML; name the file as what it is, such as .txt.", reason="no HTML")
    mark, name = next((pair for pair in _MARKS if content.startswith(pair[0])), (b"", ""))
    content = content[len(mark) :]
    if not name:
        if b"\0" in content[:_LOOKED_AT_BYTES]:
            raise UnreadableFile("a binary file, or UTF-16 without its mark; save the page in UTF-8.", reason=_REASON)
        declared = _declared(content)
        with suppress(UnicodeDecodeError):
            if not (declared and content.isascii()):
                return content.decode(), None
        name = declared or encoding
    try:
        return content.decode(name), None
    except UnicodeDecodeError as error:
        fault = UnreadableFile(
            f"byte 0x{content[error.start]:02X} at position {error.start:,} is not {name}, the encoding of the page. "
            "Save the page again, in UTF-8.",
            reason=_REASON,
        )
    if not mark and not declared:
        raise fault
    return content.decode(name, "replace"), fault


def parse_page(text: str) -> HtmlElement:
    """Return the tree of a page; raise `UnreadableFile` if its end is missing, or if it is too deep or too large."""
    if _BEGUN.search(text) and not _ENDED.search(text):
        raise UnreadableFile("the end of the page is missing; save it again.", reason="cut page")
    if any(len(_ATTRIBUTE.findall(tag[0])) > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise UnreadableFile(
            f"one of its elements has more than {_MAX_ATTRIBUTES:,} attributes, so it is not read.", reason="too long"
        )
    parser = HTMLParser(encoding="utf-8", huge_tree=False)
    content = _XML_DECLARATION.sub("", text).replace("\0", "").encode(errors="replace")
    try:
        root = etree.fromstring(content, parser)
    except etree.LxmlError:
        root = None
    if any("depth" in fault.message.lower() for fault in parser.error_log):
        raise UnreadableFile("its elements are nested too deeply, so it is not read.", reason="nested too deeply")
    if not isinstance(root, HtmlElement) or root.tag != "html":
        raise UnreadableFile("this is no HTML that can be read; save the page again.", reason="no HTML")
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise UnreadableFile(
            f"it has more than {MAX_ELEMENTS:,} elements, the limit for a page; add its text alone.",
            reason="too long",
        )
    return root


def _declared(content: bytes) -> str | None:
    """Return the encoding that a page declares, as browsers read its name; None if there is none of that name."""
    match = _DECLARED.search(content[:_LOOKED_AT_BYTES])
    if match is None:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii", "replace")).name
        b"".decode(name)
    except LookupError:
        return None
    # The name was read in a text of single bytes, so it cannot be true.
    return "utf-8" if name.startswith("utf-16") else _READ_AS.get(name, name)


def _without_zeros(content: bytes) -> bytes:
    """Return the ASCII of a text in UTF-16 as it is in other encodings, without a mark at its beginning."""
    for mark, _ in _MARKS:
        content = content.removeprefix(mark)
    return content.replace(b"\0", b"")
