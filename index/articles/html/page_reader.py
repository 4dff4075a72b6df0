"""A web page as an article: its text is what a reader of the page sees, its data what the page declares."""

from functools import cache
from importlib.metadata import version
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from onrecord.index.articles.html.body import article_blocks
from onrecord.index.articles.html.hidden import remove_hidden, show_streamed
from onrecord.index.articles.html.metadata import read_metadata
from onrecord.index.articles.html.page_bytes import decode_page, parse_page
from onrecord.index.articles.html.page_kind import check_article
from onrecord.index.articles.html.titles import choose_title, key_of
from onrecord.index.articles.html.visible_text import visible_blocks
from onrecord.index.errors import UnreadableFile
from onrecord.index.values import Draft, PageFacts

_VERSION: Final = 1
"""Version of the way in which a page's text is written; another one may give another text for the same page."""
_MAX_SHOWN: Final = 1_000_000
"""Characters that a page shows; the pages of newspapers show a twentieth of this."""
_TRACKING: Final = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "ref_src")
"""Beginnings of parameters that say how a reader came, and not what is read."""


@cache
def extractor() -> str:
    """Return name and version of what chooses and writes the text of a page."""
    return f"onrecord-html {_VERSION}, trafilatura {version('trafilatura')}"


def read_page(
    page: bytes | str, *, url: str | None = None, source_name: str | None = None, encoding: str = "utf-8"
) -> Draft:
    """Return the article of a page, whose paragraphs are parted by blank lines.

    `url` is the address from which the page came, `encoding` that of a page which declares none. Raise `InvalidArticle`
    with the reason if the page is no article, and `UnreadableFile` if it cannot be read.
    """
    content = page.encode(errors="replace") if isinstance(page, str) else page
    text, fault = decode_page(content, encoding=encoding)
    root = parse_page(text)
    declared = read_metadata(root)
    address = _address(url, declared.url)
    show_streamed(root)
    remove_hidden(root)
    blocks = visible_blocks(root)
    if sum(len(block.text) for block in blocks) > _MAX_SHOWN:
        raise UnreadableFile(
            f"the page shows more than {_MAX_SHOWN:,} characters, the limit for a page; add its text alone.",
            reason="too long",
        )
    shown = [block.text for block in blocks if block.element.tag == "h1"]
    window = [declared.window_title] if declared.window_title else []
    host = urlsplit(address or "").hostname or ""
    sources = [shown, declared.headlines, declared.head_titles, window]
    title, also_titled = choose_title(sources, [*declared.sites, *([host.removeprefix("www.")] if host else [])])
    chosen = article_blocks(
        root,
        blocks,
        titles={key for titles in sources for one in titles if (key := key_of(one))} | {key_of(title or "")},
        decks={key_of(deck) for deck in declared.decks},
    )
    check_article(declared, title, address, chosen)
    article = "\n\n".join(block.text for block in chosen)
    if fault and "\ufffd" in article + (title or ""):
        raise fault
    return Draft(
        text=article,
        title=title,
        publisher=declared.publisher,
        author=", ".join(declared.authors) or None,
        published_at=declared.published_at,
        url=address,
        source_name=source_name,
        page=PageFacts(
            authors=declared.authors,
            language=declared.language,
            also_titled=also_titled,
            partial=not declared.is_free,
            extractor=extractor(),
        ),
    )


def _address(given: str | None, declared: str | None) -> str | None:
    """Return the address by which the article is known, without parameters that name the reader's way to it.

    The page's own word counts unless it names another site than the one it came from, or a home page, which many pages
    name by mistake.
    """
    try:
        own = urljoin(given or "", declared or "")
        parts = urlsplit(own)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, own))
        if given and (not usable or not _same_site(given, own) or parts.path in {"", "/"}):
            return _clean(given)
        return _clean(own) if usable and (parts.path not in {"", "/"} or parts.query) else None
    except ValueError:
        return given


def _same_site(one: str, other: str) -> bool:
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    return hosts[0] == hosts[1] or any(a.endswith(f".{b}") for a, b in (hosts, reversed(hosts)) if "." in b)


def _clean(url: str) -> str:
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if not pair.lower().startswith(_TRACKING)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))
