"""From a ranked sentence to the quote that is shown: one sentence or two, never more than 400 characters."""

import re
from collections.abc import Sequence

from index.terms import stems_in, terms_of
from index.values import Span

MAX_QUOTE = 400
"""Code points in a quote at most."""

_POINTS_BACK = re.compile(
    r"[“\"'‘]?(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Ss]uch|"
    r"[Bb]ut|[Hh]owever|[Aa]lso|[Ii]nstead|[Tt]herefore|[Aa]ccording to (?:him|her|them))\b"
    # "Writing on X, he noted": a pronoun before any name.
    r"|\w+(?:,? (?:[a-z]+|X))*?,? (?:he|she|they)\b"
    # "…,” he said."
    r"|.*[,?!][”\"’'] (?:he|she|they) [a-z]+(?: [a-z]+)?\.$",
    re.DOTALL,
)
"""A sentence that cannot be understood without the one before it."""
_CLAUSE_ENDS = re.compile(r"(?<=[,;:—–)])\s+")


def frame(text: str, sentences: Sequence[Span], position: int, *, wanted: frozenset[str]) -> Span:
    """Return the slice of the passage's text to quote for the sentence at `position`.

    A sentence that points back ("He said …") takes the one before it along where both fit. One that is too long is cut
    at clause ends around the most of the wanted stems.
    """
    sentence = sentences[position]
    if len(sentence) > MAX_QUOTE:
        return _cut(text, sentence, wanted)
    if position and _POINTS_BACK.match(sentence.of(text)):
        both = Span(sentences[position - 1].start, sentence.end)
        if len(both) <= MAX_QUOTE:
            return both
    return sentence


def _cut(text: str, sentence: Span, wanted: frozenset[str]) -> Span:
    """Return the window of whole clauses, else whole words, with most of the wanted stems; the first of equals."""
    words = sentence.of(text)
    held = [term.span.start for term in terms_of(words) if term.stem in wanted]
    starts = [0, *(match.end() for match in _CLAUSE_ENDS.finditer(words))]
    windows = [_window(words, start) for start in starts]
    best = max(windows, key=lambda window: (sum(window.start <= at < window.end for at in held), -window.start))
    return Span(sentence.start + best.start, sentence.start + best.end)


def _window(words: str, start: int) -> Span:
    limit = start + MAX_QUOTE
    if limit >= len(words):
        return Span(start, len(words))
    clause = max((m.start() for m in _CLAUSE_ENDS.finditer(words, start, limit)), default=start)
    space = words.rfind(" ", start, limit)
    # A clause end in the first half would throw too much away; without a space there is nothing to respect.
    end = clause if clause > start + MAX_QUOTE // 2 else space if space > start else limit
    return Span(start, end)


def says_the_same(one: str, other: str) -> bool:
    """Say whether two quotes hold nearly the same words."""
    a, b = (set(stems_in(quote)) for quote in (one, other))
    return len(a & b) >= 0.7 * max(1, min(len(a), len(b)))
