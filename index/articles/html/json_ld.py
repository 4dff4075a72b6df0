"""What a page says about itself in JSON-LD, in the words of schema.org."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml.html import HtmlElement

from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.invisible_characters import as_seen

ARTICLE_TYPES: Final = word_set(
    "Article NewsArticle AdvertiserContentArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
    "OpinionNewsArticle ReportageNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting Report SatiricalArticle "
    "ScholarlyArticle SocialMediaPosting TechArticle"
)
"""Types of schema.org that are articles."""

Node = dict[str, Any]
"""An object of JSON-LD."""

_MAX_CHARACTERS: Final = 2_000_000
"""Characters of one script that are read."""
_MAX_NODES: Final = 5_000
"""Objects of one page that are looked at."""
# An item of a list is another article, and so is what an article mentions.
_NOT_OF_THE_PAGE: Final = word_set("itemListElement mentions relatedLink citation isPartOf about hasPart blogPost")
_WRAPPED: Final = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*\Z|;\s*\Z")
_LAST_COMMA: Final = re.compile(r",\s*(?=[}\]])")


def read_json_ld(root: HtmlElement) -> list[Node]:
    """Return the objects of the page's JSON-LD, outer ones first; what is no JSON is left out."""
    found: list[Node] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            found += _nodes(_parse(script.text or ""), _MAX_NODES - len(found))
    return found


def types_of(node: Node) -> frozenset[str]:
    """Return the types of an object, without the address of schema.org before them."""
    said = node.get("@type")
    names = said if isinstance(said, list) else [said]
    return frozenset(name.rpartition("/")[2] for name in names if isinstance(name, str))


def texts_of(value: object, *keys: str) -> list[str]:
    """Return the texts of a value that may be a text, an object with one of the keys, or a list of these."""
    values = value if isinstance(value, list) else [value]
    texts: list[str] = []
    for one in values[:_MAX_NODES]:
        if isinstance(one, dict):
            one = next((one[key] for key in keys if one.get(key)), None)
            one = next(iter(one), None) if isinstance(one, list) else one
        if isinstance(one, str) and (text := clean_text(one)):
            texts.append(text)
    return texts


def clean_text(text: str) -> str:
    """Return a text of a page's data as a reader would see it: without escapes, with single spaces."""
    return as_seen(html.unescape(text).encode(errors="ignore").decode())


def _parse(text: str) -> object:
    text = _WRAPPED.sub("", text[:_MAX_CHARACTERS])
    for mend in (str, lambda broken: _LAST_COMMA.sub("", broken), html.unescape):
        try:
            # Line breaks inside a text are common, and not strictly JSON.
            return json.JSONDecoder(strict=False).decode(mend(text).strip())
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: object, limit: int) -> Iterator[Node]:
    """Yield the objects in a value, breadth first."""
    waiting = [value]
    for one in waiting:
        if limit <= 0:
            return
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            limit -= 1
            yield one
            waiting += [held for key, held in one.items() if key not in _NOT_OF_THE_PAGE]
