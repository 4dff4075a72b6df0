"""Choose and order the quotes if articles of different days say different things."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from onrecord.service.answers.answer import Citation
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.question.question import Question
from onrecord.service.answers.quoting.disagreement import Differ

Day = Callable[[Citation], str]

_MAX_OPPOSED = 2
"""Quotes that are shown only because they say otherwise than a chosen one."""
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
_HOLDS_OFFICE = re.compile(
    r"\W*who(?:[’']s| is| are| (?:now |currently )?(?:leads?|heads?|runs?|chairs?))\b", re.IGNORECASE
)
_TAKES_OFFICE = re.compile(
    r"\b(?:took over|takes over|bec[ao]mes?|succeed\w*|replac\w+|sworn in|appointed|inaugurated|took office|the new"
    r"|(?:was|been|is|were) (?:named|elected|chosen|made))\b",
    re.IGNORECASE,
)
_MIN_RECENT_SHARE = 0.2
"""The least share of the best score with which a quote counts as good as the best, if the words ask for the present."""
_MIN_RECENT_SHARE_BY_TENSE = 0.5
"""The same if only the tense asks for the present."""


def arrange(
    asked: Question,
    text: str,
    chosen: Sequence[Citation],
    further: Sequence[Citation],
    *,
    limit: int,
    differ: Differ,
    trust: Mapping[str, float] | None = None,
) -> tuple[Citation, ...]:
    """Return at most `limit` quotes, numbered anew: the chosen ones and those further ones that say otherwise.

    `text`: the whole question, of which `asked` may be a part. Both lists are best first. If the question asks for the
    present state, a newer quote goes before older ones that answer about as well, and before those it disagrees with.
    `trust`: the trust in each article, by id, where it is not equal; the date of an article that is less trusted than
    another one is not believed.
    """
    kept, brought = list(chosen), list[Citation]()
    for other in further:
        opposed = [one for one in kept if one not in brought and differ(one, other, asked)]
        if not opposed or len(brought) >= _MAX_OPPOSED or not all(differ(one, other, asked) for one in brought):
            continue
        if len(kept) >= limit:
            spare = next((one for one in reversed(kept[1:]) if one not in opposed + brought), None)
            if spare is None:
                break
            kept.remove(spare)
        kept.append(other)
        brought.append(other)
    day = _believed_days([*kept, *further], trust or {})
    successor = _successor(text, asked, [*kept, *further], day, since=day(kept[0]) if kept else "")
    if successor is not None:
        return _numbered([successor, *(one for one in kept if one is not successor)][:limit])
    min_share = min_recent_share(text)
    if min_share is not None:
        kept = _newest_first(kept, asked, min_share, differ, day)
    return _numbered(kept)


def _believed_days(citations: Sequence[Citation], trust: Mapping[str, float]) -> Day:
    """Return the function that gives an article's date, or "", which sorts as the oldest, if none is believed."""
    most = max((trust.get(citation.article.id, 0.0) for citation in citations), default=0.0)

    def day(citation: Citation) -> str:
        believed = trust.get(citation.article.id, 0.0) == most
        return (citation.article.published_at if believed else None) or ""

    return day


def _successor(text: str, asked: Question, citations: Sequence[Citation], day: Day, *, since: str) -> Citation | None:
    """Return the newest quote in which somebody takes the office that a question asks for, if it is newer than `since`.

    "Who is the director of the port?" is answered by "Ivar Sand took over as director", and no longer by "Director Lena
    Moe said" of an older article.
    """
    if not _HOLDS_OFFICE.match(text) or _PAST.search(text):
        return None
    wanted = asked.parsed.content_stems
    newer = [
        citation
        for citation in citations
        if day(citation) > since
        and _TAKES_OFFICE.search(citation.quote)
        and 2 * len(wanted & ParsedText(citation.quote).stem_set) >= len(wanted)
    ]
    return max(newer, key=day, default=None)


def _numbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(replace(citation, number=number) for number, citation in enumerate(citations, start=1))


def min_recent_share(text: str) -> float | None:
    """Return the least share of the best score with which a newer quote goes first; None if the order is by score."""
    if _PRESENT.search(text):
        return _MIN_RECENT_SHARE
    return _MIN_RECENT_SHARE_BY_TENSE if _PRESENT_TENSE.search(text) and not _PAST.search(text) else None


def _newest_first(
    citations: list[Citation], asked: Question, min_share: float, differ: Differ, day: Day
) -> list[Citation]:
    best = max((citation.score for citation in citations), default=0.0)
    level = [citation for citation in citations if citation.score >= min_share * best]
    ordered = sorted(level, key=day, reverse=True)
    for citation in (one for one in citations if one.score < min_share * best):
        at = [place for place, one in enumerate(ordered) if day(citation) > day(one) and differ(one, citation, asked)]
        ordered.insert(at[0] if at else len(ordered), citation)
    return ordered
