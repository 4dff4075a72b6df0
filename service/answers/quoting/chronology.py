"""Which quotes are shown, and in which order, where articles of different days say different things."""

import re
from collections.abc import Sequence
from dataclasses import replace

from onrecord.service.answers.answer import Citation
from onrecord.service.answers.question.question import Question
from onrecord.service.answers.quoting.disagreement import Differ

_MAX_BROUGHT = 2
"""Quotes beyond the others that are shown because one that is shown says otherwise."""
_PRESENT = re.compile(
    r"\b(?:now|currently|current|present|presently|latest|newest|most recent|still|today|so far|as yet|yet|nowadays|"
    r"at the moment|these days|to date|any longer|any more|anymore)\b"
    r"|\bwhat(?:[’']s| is) the (?:state|status|situation|position|progress|outlook)\b"
    r"|\bwhere (?:do|does|are) .{1,80}\bstand\b|\bhow (?:are|is) .{1,80}\b(?:going|progressing|getting on)\b",
    re.IGNORECASE | re.DOTALL,
)
_PRESENT_TENSE = re.compile(
    r"^\W*(?:(?:wh\w+|how)(?: \w+){0,2} )?(?:is|are|does|do|has|have)\b(?! .{0,40}\b(?:in|on|since) (?:\d|last))",
    re.IGNORECASE | re.DOTALL,
)
_PAST = re.compile(
    r"\b(?:was|were|did|had|ago|last (?:week|month|year)|yesterday|originally|at first)\b", re.IGNORECASE
)
_AS_GOOD = 0.2
"""Against the best one, how likely a quote is to be the answer if it answers about equally well."""
_AS_GOOD_BY_TENSE = 0.5
"""The same where the tense alone asks for the present."""


def arrange(
    asked: Question,
    text: str,
    chosen: Sequence[Citation],
    further: Sequence[Citation],
    *,
    limit: int,
    differ: Differ,
) -> tuple[Citation, ...]:
    """Return the chosen quotes, at most `limit`, with those of the further ones that say otherwise, numbered anew.

    `text`: the question as it was put, where `asked` is a part of it. Both lists are best first. Asked for the present
    state, the newest goes before what answers about equally well and before what it disagrees with.
    """
    kept, brought = list(chosen), list[Citation]()
    for other in further:
        opposed = [one for one in kept if one not in brought and differ(one, other, asked)]
        if not opposed or len(brought) >= _MAX_BROUGHT or not all(differ(one, other, asked) for one in brought):
            continue
        if len(kept) >= limit:
            spare = next((one for one in reversed(kept[1:]) if one not in opposed + brought), None)
            if spare is None:
                break
            kept.remove(spare)
        kept.append(other)
        brought.append(other)
    margin = recency_margin(text)
    if margin is not None:
        kept = _newest_first(kept, asked, margin, differ)
    return tuple(replace(citation, number=number) for number, citation in enumerate(kept, start=1))


def recency_margin(text: str) -> float | None:
    """Return from which share of the best one's score on an older quote gives way to a newer; None: it does not."""
    if _PRESENT.search(text):
        return _AS_GOOD
    return _AS_GOOD_BY_TENSE if _PRESENT_TENSE.search(text) and not _PAST.search(text) else None


def _newest_first(citations: list[Citation], asked: Question, margin: float, differ: Differ) -> list[Citation]:
    best = max((citation.score for citation in citations), default=0.0)
    level = [citation for citation in citations if citation.score >= margin * best]
    ordered = sorted(level, key=_day, reverse=True)
    for citation in (one for one in citations if one.score < margin * best):
        at = [place for place, one in enumerate(ordered) if _day(citation) > _day(one) and differ(one, citation, asked)]
        ordered.insert(at[0] if at else len(ordered), citation)
    return ordered


def _day(citation: Citation) -> str:
    """Return when it was published, "" where that is not known: undated is last."""
    return citation.article.published_at or ""
