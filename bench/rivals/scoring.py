"""Right and wrong: the same for every system, from what it returned and nothing else."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.rivals.protocol import Quote, Reply
from onrecord.index.values import Span
from onrecord.service.evaluation.scoring.answer_matching import holds

CUT = 400
"""Characters of a quote that are shown: of a whole page, any answer could be said to stand in it."""
FALSE_REFUSALS = 0.10
"""Of the answerable questions, how many may be refused when a threshold is tuned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of some kind, and where its answers stand; nowhere if the archive has none."""

    text: str
    kind: str
    article_id: str | None = None
    spans: tuple[Span, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, what was answered, and the five passages it could be answered from."""

    question: Question
    reply: Reply
    found: Reply

    @property
    def score(self) -> float | None:
        """How sure the system is, by the better of the two scores that it gives."""
        return self.reply.score if self.found.score is None else self.found.score


def score(asked: Sequence[Asked], texts: Mapping[str, str], *, seed: int = 7) -> dict[str, float | None]:
    """Return the shares; `texts`: each article's text by its id."""
    answerable = [one for one in asked if one.question.answers]
    quotes = [quote for one in asked for quote in one.reply.quotes]
    given = [quote for quote in quotes if quote.start is not None]
    figures: dict[str, float | None] = {
        "recall_1": _share(_is_found(one, texts, 1) for one in answerable),
        "recall_5": _share(_is_found(one, texts, 5) for one in answerable),
        "first": _share(not one.reply.refused and _holds(one, 1, CUT) for one in answerable),
        "any": _share(not one.reply.refused and _holds(one, 5, CUT) for one in answerable),
        "first_unrefusing": _share(_holds(one, 1, CUT) for one in answerable),
        "first_whole": _share(not one.reply.refused and _holds(one, 1, None) for one in answerable),
        "exact": _share(is_exact(quote, texts) for quote in quotes) if given else None,
        "located": _share(locate(quote, texts) is not None for quote in quotes),
        "quote_characters": sum(len(quote.text) for quote in quotes) / max(1, len(quotes)),
        "false_refusals": _share(one.reply.refused for one in answerable),
    }
    for kind in sorted({one.question.kind for one in asked if not one.question.answers}):
        figures[f"refused_{kind}"] = _share(one.reply.refused for one in asked if one.question.kind == kind)
    return figures | tuned(asked, seed=seed)


def tuned(asked: Sequence[Asked], *, seed: int) -> dict[str, float | None]:
    """Return what would be refused below the best threshold that refuses few answerable questions.

    The threshold is the highest that keeps to `FALSE_REFUSALS` on one half of the answerable questions; the other half
    and all others are reported, and the halves change places.
    """
    if any(one.score is None for one in asked if one.reply.quotes):
        return {}
    answerable = [one for one in asked if one.question.answers]
    others = [one for one in asked if not one.question.answers]
    random.Random(seed).shuffle(answerable)
    half = len(answerable) // 2
    figures: dict[str, list[float]] = {}
    for fitting, reporting in ((answerable[:half], answerable[half:]), (answerable[half:], answerable[:half])):
        if not fitting:
            return {}
        scores = sorted(_surety(one) for one in fitting)
        threshold = scores[int(FALSE_REFUSALS * len(scores))]
        kinds = {"false_refusals": reporting}
        for kind in {one.question.kind for one in others}:
            kinds[f"refused_{kind}"] = [one for one in others if one.question.kind == kind]
        for kind, those in kinds.items():
            figures.setdefault(f"tuned_{kind}", []).append(_share(_surety(one) < threshold for one in those))
    return {name: sum(values) / len(values) for name, values in sorted(figures.items())}


def is_exact(quote: Quote, texts: Mapping[str, str]) -> bool:
    """Say whether the offsets that the system gave cut the quote out of its article."""
    if quote.start is None or quote.end is None:
        return False
    return texts.get(quote.article_id, "")[quote.start : quote.end] == quote.text


def locate(quote: Quote, texts: Mapping[str, str]) -> Span | None:
    """Return the quote's place: the one given if it is right, else where its words stand, white space aside."""
    text = texts.get(quote.article_id)
    if text is None or not quote.text.strip():
        return None
    if is_exact(quote, texts):
        return Span(quote.start or 0, quote.end or 0)
    start = text.find(quote.text)
    if start >= 0:
        return Span(start, start + len(quote.text))
    found = re.search(r"\s+".join(map(re.escape, quote.text.split())), text)
    return Span(*found.span()) if found else None


def _surety(one: Asked) -> float:
    return one.score if one.score is not None else float("-inf")


def _is_found(one: Asked, texts: Mapping[str, str], most: int) -> bool:
    for quote in one.found.quotes[:most]:
        place = locate(quote, texts) if quote.article_id == one.question.article_id else None
        if place is not None and any(place.overlaps(span) for span in one.question.spans):
            return True
    return False


def _holds(one: Asked, most: int, cut: int | None) -> bool:
    return any(holds(quote.text[:cut], one.question.answers) for quote in one.reply.quotes[:most])


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0
