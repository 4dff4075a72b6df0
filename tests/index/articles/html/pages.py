"""Web pages as a newsroom's system writes them, made here."""

import json
from html import escape

PARAGRAPHS = (
    "The new harbour will open in May, Mayor Ana Reis said on Monday after a meeting of the council that went on for "
    "four hours.",
    "“We have waited ten years for this day, and nobody will take it from us,” she told reporters who had gathered in "
    "front of the town hall.",
    "The work began in 2016, and it has cost 40 million euros, twice as much as the council had expected when it "
    "ordered the first dredgers.",
    "Fishermen from the northern quay protested against the higher fees. Their speaker, Rui Costa, said that 30 boats "
    "would have to leave the town.",
)
TITLE = "Harbour to open in May after ten years"


def article_page(
    *,
    body: str | None = None,
    head: str = "",
    before: str = "",
    after: str = "",
    title: str = TITLE,
    data: object = None,
) -> str:
    """Return a page with one article; `data` is its JSON-LD, and its body is made of `PARAGRAPHS`."""
    paragraphs = "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in PARAGRAPHS) if body is None else body
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data is not None else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | The Coast</title>'
        f'<meta property="og:type" content="article">{head}{script}</head>\n'
        '<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>\n'
        f"<main>{before}<article><h1>{escape(title)}</h1>\n<div class='story'>{paragraphs}</div></article>{after}"
        "</main>\n<footer><p>© The Coast 2025</p></footer></body></html>"
    )
