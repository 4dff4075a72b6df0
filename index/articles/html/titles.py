"""The title of an article, of the several that a page shows and declares."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_SEPARATOR: Final = re.compile(r"\s+(?:\|{1,2}|[–—·•»«:]|-{1,2}|::)\s+|\s*[|｜]\s*")
_MIN_TITLE: Final = 8
"""Letters and digits that are left of a title without the site's name."""
_MIN_PART: Final = 15
"""Letters and digits of a title that is found as a part of another one by no accident."""
_NO_KEY: Final = re.compile(r"[\W_]+")


def key_of(text: str) -> str:
    """Return the letters and digits of a text without regard to case, by which two spellings of it are compared."""
    return _NO_KEY.sub("", text).casefold()


def choose_title(sources: Sequence[Sequence[str]], sites: Iterable[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the article's title, and the other titles that the page has.

    `sources` are the titles of the displayed headline, of the data and of the head of the page, the surest source
    first; the title is the first one that two sources agree on, else the first one of all. The names of `sites` at the
    end or at the beginning of a title are left out.
    """
    names = {key for site in sites if (key := key_of(site))}
    known = {key_of(title) for titles in sources for title in titles}
    cut = [[_without_site(title, names, known) for title in titles] for titles in sources]
    all_titles = [title for titles in cut for title in titles if key_of(title)]
    keys = [[key_of(title) for title in titles] for titles in cut]
    if not all_titles:
        return None, ()

    def votes(title: str) -> int:
        wanted = key_of(title)
        return sum(any(_agree(key, wanted) for key in titles) for titles in keys)

    title = next((title for title in all_titles if votes(title) > 1), all_titles[0])
    seen = {key_of(title)}
    others = []
    for other in all_titles:
        if (key := key_of(other)) not in seen:
            seen.add(key)
            others.append(other)
    return title, tuple(others)


def _agree(key: str, wanted: str) -> bool:
    """Say whether a title is the wanted one, or holds it behind a kicker or before a suffix."""
    return key == wanted or (len(wanted) >= _MIN_PART and (key.startswith(wanted) or key.endswith(wanted)))


def _without_site(title: str, names: set[str], known: set[str]) -> str:
    """Return a title without the name of the site, and without what another title of the page does not have."""
    places = list(_SEPARATOR.finditer(title))
    for place in reversed(places):
        head, tail = title[: place.start()], title[place.end() :]
        if key_of(head) in known and key_of(head):
            return head
        if _is_name(tail, names) and len(key_of(head)) >= _MIN_TITLE:
            return _without_site(head, names, known)
    for place in places:
        head, tail = title[: place.start()], title[place.end() :]
        if len(key_of(tail)) >= _MIN_TITLE and (key_of(tail) in known or _is_name(head, names)):
            return tail
    return title


def _is_name(text: str, names: set[str]) -> bool:
    key = key_of(text)
    return bool(key) and any(key == name or (len(key) > 2 and (key in name or name in key)) for name in names)
