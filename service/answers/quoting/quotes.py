"""Frame the quote for a ranked sentence: a sentence, cut only if it is very long, or two that are short together."""

import re
from collections.abc import Sequence

from onrecord.index.values import Span
from onrecord.service.answers.facts.parsed_text import ParsedText

MAX_QUOTE = 400
"""Code points in a quote of more than one sentence."""
MAX_SENTENCE = 1_200
"""Code points in a quote of one sentence. A shorter one is whole, because what governs it may stand at either end."""

_POINTS_BACK = re.compile(
    r"[“\"'‘]?(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Ss]uch|"
    r"[Bb]ut|[Hh]owever|[Aa]lso|[Ii]nstead|[Tt]herefore|[Aa]ccording to (?:him|her|them))\b"
    # "Writing on X, he noted" has a pronoun before any name.
    r"|\w+(?:,? (?:[a-z]+|X))*?,? (?:he|she|they)\b"
    # "…,” he said." ends with a pronoun for the speaker.
    r"|.*[,?!][”\"’'] (?:he|she|they) [a-z]+(?: [a-z]+)?\.$",
    re.DOTALL,
)
"""Sentences that cannot be understood without the one before them."""
_IN_AN_INTERVIEW = re.compile(r"(?:[QA][:.]|[A-Z][\w.’' -]{0,40}:)\s|(?:Yes|No|Never|Of course|Not at all)\b")
_MAX_SHORT_ANSWER = 3
"""Words in an answer that cannot stand alone, the label of its turn included."""
_CLAUSE_ENDS = re.compile(r"(?<=[,;:—–)])\s+")


def frame(
    sentences: Sequence[ParsedText],
    spans: Sequence[Span],
    position: int,
    *,
    wanted: frozenset[str],
    words: Span | None = None,
) -> Span:
    """Return the place of the quote for the sentence at `position`.

    `sentences` are those of one passage, in order, and `spans` their places in the article's text. `words` is the place
    of the answering words, if they are known.

    The quote of a sentence that points back ("He said …") begins with the sentence before it, if both fit. A sentence
    that announces a list ("These are:") is quoted with as much of the list as fits. A sentence is cut only if it is
    longer than `MAX_SENTENCE`: at the ends of clauses, around the answering words and most of the wanted stems.
    """
    sentence, span = sentences[position], spans[position]
    if len(span) > MAX_SENTENCE:
        return _cut(sentence, span, wanted, words)
    if sentence.text.endswith(":"):
        items = [item.end for item in spans[position + 1 :] if item.end - span.start <= MAX_QUOTE]
        return Span(span.start, items[-1] if items else span.end)
    if sentence.text.endswith("?") or len(sentence.words) <= _MAX_SHORT_ANSWER:
        # A question stands with its answer, and "A: No." with the sentence that follows.
        behind = [one.end for one in spans[position + 1 : position + 3] if one.end - span.start <= MAX_QUOTE]
        further = behind[-1:] if sentence.text.endswith("?") else behind[:1]
        if _IN_AN_INTERVIEW.match(sentence.text) and further:
            return Span(span.start, further[0])
    if position and _POINTS_BACK.match(sentence.text):
        both = Span(spans[position - 1].start, span.end)
        if len(both) <= MAX_QUOTE:
            return both
    return span


def _cut(sentence: ParsedText, span: Span, wanted: frozenset[str], words: Span | None) -> Span:
    """Return a part of whole clauses, or else of whole words, with the answer and most of the wanted stems."""
    written = sentence.text
    held = [term.span.start for term in sentence.terms if term.stem in wanted]
    starts = [0, *(match.end() for match in _CLAUSE_ENDS.finditer(written))]
    if words:
        # No clause may begin within a quote's length before the answer.
        far = written.find(" ", max(0, words.end - span.start - MAX_SENTENCE - 1), words.start - span.start)
        starts.append(far + 1 if far >= 0 else words.start - span.start)
    windows = [_window(written, start) for start in starts]

    def worth(window: Span) -> tuple[bool, int, int]:
        there = words is None or Span(window.start + span.start, window.end + span.start).contains(words)
        return there, sum(window.start <= at < window.end for at in held), -window.start

    best = max(windows, key=worth)
    return Span(span.start + best.start, span.start + best.end)


def _window(words: str, start: int) -> Span:
    limit = start + MAX_SENTENCE
    if limit >= len(words):
        return Span(start, len(words))
    clause = max((m.start() for m in _CLAUSE_ENDS.finditer(words, start, limit)), default=start)
    space = words.rfind(" ", start, limit)
    # A clause end in the first half would lose too much, and a text without spaces may be cut anywhere.
    end = clause if clause > start + MAX_SENTENCE // 2 else space if space > start else limit
    return Span(start, end)


def says_the_same(one: ParsedText, other: ParsedText) -> bool:
    """Say whether the shorter of two quotes shares at least 70 % of its stems with the other."""
    a, b = one.stem_set, other.stem_set
    return len(a & b) >= 0.7 * max(1, min(len(a), len(b)))
