"""What a page declares about its article: in JSON-LD, in its head, and in the attributes of what it shows."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from htmldate import find_date
from lxml.html import HtmlElement

from onrecord.index.articles.html.json_ld import ARTICLE_TYPES, Node, clean_text, read_json_ld, texts_of, types_of
from onrecord.index.articles.html.titles import key_of
from onrecord.index.text.timestamps import to_iso, to_utc

# The names of `meta` elements, the surest first.
_DATES: Final = (
    "article:published_time", "datepublished", "article:published", "og:published_time", "parsely-pub-date",
    "sailthru.date", "publish-date", "publishdate", "publication_date", "pubdate", "dc.date", "dc.date.issued",
    "dcterms.date", "dcterms.created", "date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHORS: Final = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
    "cxenseparse:author",
)  # fmt: skip
_SITES: Final = ("og:site_name", "application-name", "dc.publisher", "apple-mobile-web-app-title")
_DECKS: Final = ("og:description", "description", "twitter:description")

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_BYLINE: Final = re.compile(r"(?i)(?:^|[\s_-])(?:author|byline|autor|auteur|writer)s?(?:[\s_-]+names?)?(?:$|[\s_-])")
_MAX_BYLINE: Final = 80
"""Characters of an element that holds an author's name."""
_IN_BRACKETS: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_BY: Final = re.compile(r"(?i)\A(?:by|von|par|por|di|af|av|door|oleh|text|autor|author)\b[:\s]\s*")
_BETWEEN_NAMES: Final = re.compile(r"\s*(?:[,;|/•·]|\s(?:and|und|et|y|e|og|och|en|i|&)\s)\s*")
_ADDRESS: Final = re.compile(r"(?i)https?:|www\.")
_NO_NAME: Final = re.compile(r"[@<>{}]|\d")
_MAX_NAME: Final = 60
"""Characters of a person's name."""
_MAX_AUTHORS: Final = 20
"""Authors of one article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a page declares; what is missing is None or empty."""

    headlines: tuple[str, ...]
    """Titles in the JSON-LD of the article."""
    head_titles: tuple[str, ...]
    """Titles that the page gives to other sites and programs."""
    window_title: str | None
    decks: tuple[str, ...]
    """Descriptions, which many pages show below their headline."""
    authors: tuple[str, ...]
    published_at: str | None
    """In ISO 8601, with the zone if the page has it."""
    publisher: str | None
    sites: tuple[str, ...]
    """All names of the site."""
    url: str | None
    """The address that the page gives itself."""
    language: str | None
    is_article: bool
    """Whether the page says that it is an article."""
    is_free: bool
    """Whether the page says nothing of a part that only subscribers may read."""


def read_metadata(root: HtmlElement) -> Declared:
    """Return what a page declares; this must be read before hidden elements are removed, as scripts declare most."""
    head = _Head(root)
    nodes = read_json_ld(root)
    article = _article_of(nodes, {key_of(text) for text in _shown_headlines(root)} | set(map(key_of, head["og:title"])))
    publishers = _names(article.get("publisher"), nodes)
    sites = [*publishers, *(name for key in _SITES for name in head[key])]
    url = next(iter([*head.links("canonical"), *head["og:url"], *texts_of(article.get("url"), "@id")]), None)
    authors = _authors(root, head, article, nodes, sites)
    return Declared(
        headlines=tuple(texts_of([article.get("headline"), article.get("name")])),
        head_titles=(*head["og:title"], *head["twitter:title"]),
        window_title=clean_text(root.findtext(".//title") or "") or None,
        decks=(*texts_of(article.get("description")), *(deck for key in _DECKS for deck in head[key])),
        authors=tuple(authors[:_MAX_AUTHORS]),
        published_at=_first_date(_dates(root, head, article)) or _guessed_date(root),
        publisher=next(iter(sites), None),
        sites=tuple(sites),
        url=url,
        language=_language(root, head, article),
        is_article=bool(article) or "article" in (kind.lower() for kind in head["og:type"]),
        is_free=str(article.get("isAccessibleForFree")).lower() != "false",
    )


class _Head:
    """The `meta` and `link` elements of a page."""

    def __init__(self, root: HtmlElement) -> None:
        self._metas = defaultdict[str, list[str]](list)
        for meta in root.iter("meta"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
            if text := clean_text(meta.get("content") or ""):
                self._metas[name.strip().lower()].append(text)
        self._links = [((link.get("rel") or "").lower().split(), link.get("href")) for link in root.iter("link")]

    def __getitem__(self, name: str) -> Sequence[str]:
        return self._metas.get(name, ())

    def links(self, kind: str) -> list[str]:
        return [href.strip() for kinds, href in self._links if kind in kinds and href and href.strip()]


def _article_of(nodes: Sequence[Node], titles: set[str]) -> Node:
    """Return the object that is the page's article, rather than another one's; empty if there is none."""
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    named = (node for node in articles if titles.intersection(map(key_of, texts_of(node.get("headline")))))
    return next(named, None) or next(iter(articles), {})


def _shown_headlines(root: HtmlElement) -> Iterator[str]:
    for heading in root.iter("h1"):
        yield clean_text("".join(heading.itertext()))


def _names(value: object, nodes: Sequence[Node]) -> list[str]:
    """Return the names of the persons and organisations in a value of JSON-LD; references are followed."""
    names: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and "name" not in one and (reference := one.get("@id")):
            one = next((node for node in nodes if node.get("@id") == reference and "name" in node), one)
        if isinstance(one, dict) and not one.get("name"):
            names.append(" ".join(texts_of([one.get("givenName"), one.get("familyName")])))
        elif isinstance(one, dict | str):
            names += texts_of(one, "name")
    return [name for name in names if name]


def _authors(root: HtmlElement, head: _Head, article: Node, nodes: Sequence[Node], sites: Iterable[str]) -> list[str]:
    """Return the names from the first place that has any, each once; the site's own name, if no place has another."""
    places: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _names(article.get("author"), nodes),
        lambda: _names(article.get("creator"), nodes),
        lambda: [name for key in _AUTHORS for name in head[key]],
        lambda: _bylines(root),
    )
    own = {key_of(site) for site in sites}
    without_person: list[str] = []
    for place in places:
        names = {key: name for text in place() for name in _split_names(text) if (key := key_of(name))}
        if names.keys() - own:
            return list(names.values())
        without_person = without_person or list(names.values())
    return without_person


def _bylines(root: HtmlElement) -> list[str]:
    """Return the names that the page shows as the authors': marked ones, else those of its first byline."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    marked = (e for e in elements if e.get("itemprop") == "author" or "author" in (e.get("rel") or "").split())
    named = (e for e in elements if _BYLINE.search(e.get("class") or ""))
    for several, some in ((True, marked), (False, named)):
        texts = [text for e in some if 3 < len(text := clean_text("".join(e.itertext()))) <= _MAX_BYLINE]
        if texts:
            return texts if several else texts[:1]
    return []


def _split_names(text: str) -> Iterator[str]:
    """Yield the names in a text such as "By Ana Reis and Jo Hill (ed.)"."""
    text = _BY.sub("", _IN_BRACKETS.sub("", text).strip(), count=1)
    if _ADDRESS.match(text):
        return
    for name in _BETWEEN_NAMES.split(text):
        if name and len(name) <= _MAX_NAME and not _NO_NAME.search(name):
            yield name


def _dates(root: HtmlElement, head: _Head, article: Node) -> Iterator[str]:
    """Yield what may be the date of publication, the surest place first."""
    for name in ("datePublished", "dateCreated", "uploadDate"):
        yield from texts_of(article.get(name), "@value")
    for name in _DATES:
        yield from head[name]
    for element in root.iter():
        if element.get("itemprop") == "datePublished":
            yield element.get("content") or element.get("datetime") or "".join(element.itertext())
    times = list(root.iter("time"))
    for element in sorted(times, key=lambda time: time.get("pubdate") is None):
        yield element.get("datetime") or "".join(element.itertext())


def _first_date(written: Iterable[str]) -> str | None:
    for text in written:
        with suppress(ValueError):
            to_utc(text)
            return to_iso(text)
    return None


def _guessed_date(root: HtmlElement) -> str | None:
    """Return the day that the page's markup and address speak for, None if none does."""
    # The extensive search makes the first of January of a year in a copyright notice.
    found = find_date(root, original_date=True, extensive_search=False)
    return _first_date([found] if found else [])


def _language(root: HtmlElement, head: _Head, article: Node) -> str | None:
    """Return the language of the article as a tag of BCP 47."""
    said = [root.get("lang"), *texts_of(article.get("inLanguage"), "alternateName", "name")]
    said += [*head["content-language"], *head["og:locale"]]
    tags = (text.strip().replace("_", "-") for text in said if text)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), None)
