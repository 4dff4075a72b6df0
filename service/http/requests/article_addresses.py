"""The addresses at which the articles of citations can be read."""

from collections.abc import Sequence
from urllib.parse import quote as percent_encode

from onrecord.service.answers.answer import Citation

_FRAGMENT_WORDS = 5
"""Words at either end of a quote that a text fragment names."""


def addresses(citations: Sequence[Citation], *, base: str) -> dict[int, str]:
    """Return a different address for each citation's number: the article's own, or one of this service at `base`.

    The second quote of one page gets a text fragment (WICG's scroll to text), at which browsers open the page. Clients
    that number sources by their addresses, as Open WebUI does, would otherwise show the wrong source for a marker.
    """
    found: dict[int, str] = {}
    for citation in citations:
        address = citation.article.url or f"{base}articles/{citation.article.id}"
        if address in found.values():
            address += f"{'' if '#' in address else '#'}:~:text={_fragment(citation.quote)}"
        found[citation.number] = address
    return found


def _fragment(quote: str) -> str:
    words = quote.split()
    ends = [words] if len(words) <= 2 * _FRAGMENT_WORDS else [words[:_FRAGMENT_WORDS], words[-_FRAGMENT_WORDS:]]
    # In a text fragment, a hyphen marks the words before or after.
    return ",".join(percent_encode(" ".join(end), safe="").replace("-", "%2D") for end in ends)
