"""A reader of news texts that finds title, author, publisher and date, and tells article text from furniture."""

from onrecord.index.articles.news.credits import mark_biography, mark_furniture, without_ends
from onrecord.index.articles.news.headlines import mark_headings, mark_headline
from onrecord.index.articles.news.lines import Facts, cut_lines
from onrecord.index.values import Block, Reading


def read_article(text: str, *, title: str | None = None) -> Reading:
    """Find title, author, publisher and date in a news text and cut it into blocks, in order, trimmed and disjoint.

    Every code point that is no white space is in exactly one block. `title` is the headline if it is known already.
    This function raises no error.
    """
    facts = Facts(title=" ".join(title.split()) or None if title is not None else None)
    lines = without_ends(cut_lines(text), facts)
    mark_furniture(lines, facts)
    mark_headline(lines, facts)
    mark_biography(lines, facts)
    mark_headings(text, lines)
    return Reading(
        title=facts.title,
        author=facts.author,
        publisher=facts.publishers[min(facts.publishers)] if facts.publishers else None,
        published_at=facts.published_at or facts.updated_at,
        blocks=tuple(Block(span=line.span, kind=line.kind) for line in lines),
    )
