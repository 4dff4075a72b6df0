"""What a page holds and its reader never sees, taken out of the page before anything is read from it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement

from onrecord.index.text.english.word_sets import word_set

_NEVER_SHOWN: Final = word_set(
    "applet area audio base button canvas col colgroup datalist embed frameset head iframe img input link map meta "
    "meter noembed noframes noscript object optgroup option param picture progress rp rt rtc script select source "
    "style svg template textarea title track video"
)
"""Elements whose content is no text of the page: a browser shows none of it, or as a control or a picture."""
_HIDING_STYLE: Final = re.compile(
    r"(?i)(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    r"|opacity\s*:\s*0*\.?0+%?\s*(?:!|;|$)|font-size\s*:\s*0*\.?0+(?:[a-z]+|%)?\s*(?:!|;|$))"
)
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
# React sends what comes late in hidden boxes, and a script puts each in its place: $RC("B:1","S:1"), $RS("S:2","P:2").
_PUT_IN_PLACE: Final = re.compile(r"""\$R([CRS])\(\s*["']([\w:-]{1,80})["']\s*,\s*["']([\w:-]{1,80})["']""")


def show_streamed(root: HtmlElement) -> None:
    """Move each hidden box that the page's own scripts put in a place into that place, where it is shown."""
    scripts = (script.text for script in root.iter("script") if script.text and "$R" in script.text)
    moves = [match.groups() for text in scripts for match in _PUT_IN_PLACE.finditer(text)]
    if not moves:
        return
    named = {name: element for element in root.iter("template", "div") if (name := element.get("id"))}
    for kind, first, second in moves:
        place, box = (named.get(second), named.get(first)) if kind == "S" else (named.get(first), named.get(second))
        if place is None or box is None or place.tag != "template" or box in place.iterancestors():
            continue
        box.attrib.pop("hidden", None)
        place.addprevious(box)


def remove_hidden(root: HtmlElement) -> None:
    """Remove from the tree every element that is not shown, comments included; the text behind each one stays."""
    for element in list(_hidden(root)):
        element.drop_tree()


def _hidden(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the outermost elements that are not shown."""
    waiting = list(root)
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or _is_hidden(element):
            yield element
        else:
            waiting += element


def _is_hidden(element: HtmlElement) -> bool:
    get = element.get
    return (
        element.tag in _NEVER_SHOWN
        or get("hidden") is not None
        or (get("aria-hidden") or "").strip().lower() == "true"
        or (element.tag == "dialog" and get("open") is None)
        or ((style := get("style")) is not None and _HIDING_STYLE.search(_COMMENT.sub("", style)) is not None)
    )
