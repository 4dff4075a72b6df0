"""Find quotes that answer the same question and say different things about the same point.

Two quotes may differ in four ways: in the state of a thing (under discussion, agreed, refused), in a figure, in a name
where only one can be right, and as yes and no. The rules look at words near each other, not at grammar. A disagreement
that they miss still shows as two quotes; one that they report must be true, because the answer states it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from onrecord.index.text.english.calendar import WEEKDAYS
from onrecord.index.text.english.negation import PATTERN_OF_CLAUSES, PATTERN_OF_VERBS
from onrecord.index.text.english.sayings import FRAMING, Form, spellings_of
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.sentences import split_sentences
from onrecord.index.text.terms import Term, stem
from onrecord.index.values import Span
from onrecord.service.answers.answer import Citation, Disagreement
from onrecord.service.answers.facts.figures import Figure, is_number, is_year
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText
from onrecord.service.answers.facts.polarity import contradiction
from onrecord.service.answers.question.question import AnswerKind, Question

_FRAME = frozenset(
    stem(word)
    for word in spellings_of(FRAMING, *Form)
    | {*WEEKDAYS}
    | word_set(
        "according statement official officials source sources reporters spokesman spokeswoman spokesperson "
        "day week month year today yesterday earlier later still now currently latest already status state situation "
        "position stand stands happened happening agreed agree agreement discussion discussions deal decided decision "
        "far"
    )
)
"""Stems of words that tell who speaks, when, or in what state a thing is; they do not name the thing."""
_MAX_REACH = 8
"""Content words on each side of a word of state that may name the thing in that state."""
_STATES = {
    "open": r"under (?:\w+ )?(?:discussion|negotiation|review|consideration|debate)"
    r"|being (?:\w+ )?(?:discussed|negotiated|debated|considered|worked out)|un(?:resolved|decided|settled)"
    r"|(?:remain(?:s|ed)?|stay(?:s|ed)?|is|are|was|were) (?:still )?"
    r"(?:open|pending|uncertain|unclear|disputed|in dispute)"
    r"|stalled|deadlocked|on hold|(?:talks|discussions|negotiations) (?:\w+ ){0,3}(?:continue|are ongoing|go on)"
    r"|(?:still|have yet|has yet|are yet|is yet) (?:to be )?"
    r"(?:negotiat\w+|discuss\w+|debat\w+|consider\w+|decid\w+|agree\w*)"
    r"|no (?:final )?(?:agreement|deal|decision|accord)",
    "settled": r"agreed|signed|approved|accepted|ratified|adopted|finali[sz]ed|settled|sealed|concluded|clinched"
    r"|endorsed|resolved|(?:reached|struck|secured|made) (?:an? |the )?(?:\w+ )?(?:deal|agreement|accord|compromise)",
    "refused": r"rejected|refused|ruled out|turned down|called off|cancell?ed|collapsed|broke(?:n)? down|scrapped"
    r"|abandoned|vetoed|voted down|withdrawn|dismissed",
}
_STATE = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _STATES.items()), re.IGNORECASE)
_NOT = re.compile(rf"{PATTERN_OF_CLAUSES}|\byet to\b", re.IGNORECASE)
_NO_LONGER = re.compile(rf"{PATTERN_OF_VERBS}|\bno longer\b", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:would|will|may|might|could|should|must|can|to be|expect\w*|hop(?:e|es|ed|ing)|want\w*|if|before|until|"
    r"unless|once|whether|plan\w*|likely|seek\w*|urg\w+|call\w* for|demand\w*|about to|wait\w*|when)\b",
    re.IGNORECASE,
)
"""Words that say that a thing is not done, or is done at another time."""
_MAX_BEFORE = 34
"""Code points before a word of state in which a negation or a delay may stand."""
_ONE_ONLY = re.compile(
    r"^\W*who (?:(?:is|was|are|were) (?:now |currently |still )?(?:the|\w+[’']s) "
    r"|(?:currently |now )?(?P<verb>leads?|led|heads?|headed|chairs?|chaired|won|wins|runs?|owns?|wrote|founded|"
    r"directed|succeeded|replaced)\b)",
    re.IGNORECASE,
)
"""Questions to which a single name is the answer."""
_NAME = re.compile(r"[^\W\d_][\w.’'-]*")
_PLACE = re.compile(r"\b(?:in|at|near|outside) (?:the )?([A-Z][\w’'-]+)")


Differ = Callable[[Citation, Citation, Question], str | None]
"""A function that says in words how two quotes differ on what was asked, or returns None."""


class DisagreementFinder:
    """A finder of disagreements among the quotes of one answer, which reads each quote once."""

    def __init__(self, *, parse: Parse) -> None:
        self._point = cache(lambda quote, marked, wanted: _read_point(quote, marked, wanted, parse))

    def find(self, citations: Sequence[Citation], asked: Sequence[Question]) -> tuple[Disagreement, ...]:
        """Return the sets of citations that disagree on one of the questions, in order, each with the reason."""
        found: list[tuple[set[int], str]] = []
        for one, other in combinations(citations, 2):
            reason = next(filter(None, (self.differ(one, other, question) for question in asked)), None)
            if reason is None:
                continue
            pair = {one.number, other.number}
            joined = next((numbers for numbers, _ in found if numbers & pair), None)
            if joined is None:
                found.append((pair, reason))
            else:
                joined |= pair
        return tuple(Disagreement(citations=tuple(sorted(numbers)), reason=reason) for numbers, reason in found)

    def differ(self, one: Citation, other: Citation, asked: Question) -> str | None:
        """Return a clause on how two quotes of different articles differ on the question; None if they do not."""
        if one.article.id == other.article.id:
            return None
        wanted = asked.parsed.content_stems - _FRAME
        first, second = (self._point(citation.quote, _marked(citation), wanted) for citation in (one, other))
        return (
            _other_state(first, second)
            or _other_figure(first, second, asked)
            or _other_name(first, second, asked)
            or _contrary(first, second)
        )


def say_who_differs(numbers: Sequence[int], dates: Mapping[int, str | None], template: str) -> str:
    """Return the line of the answer that names the citations that disagree, each with its day."""
    days = {number: (dates[number] or "")[:10] or "no date" for number in numbers}
    return template.format(sources=", ".join(f"[{number}] {day}" for number, day in days.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """A quote's sentence that has most words of the question, and the words in it that answer."""

    parsed: ParsedText
    """The sentence."""
    answer: str | None
    """The answering words; None if they do not stand in this sentence."""
    wanted: frozenset[str]
    """The stems of the question's content words, without those of `_FRAME`."""

    @property
    def sentence(self) -> str:
        """The words of the sentence."""
        return self.parsed.text

    @property
    def terms(self) -> tuple[Term, ...]:
        """The content words of the sentence, in order."""
        return self.parsed.content

    def topic(self, near: Span | None = None) -> frozenset[str]:
        """Return the stems of the sentence's content words; with `near`, only of the words close to that span.

        Numbers in digits and the stems of `_FRAME` are left out.
        """
        terms = self.terms
        if near is not None:
            before = [term for term in terms if term.span.end <= near.start][-_MAX_REACH:]
            terms = (*before, *[term for term in terms if term.span.start >= near.end][:_MAX_REACH])
        return frozenset(t.stem for t in terms if not t.folded.isdigit()) - _FRAME


def _marked(citation: Citation) -> Span | None:
    """Return the span of the answering words in the quote; None if it is not known."""
    found, start = citation.highlight, citation.span.start
    return Span(found.start - start, found.end - start) if found else None


def _read_point(quote: str, marked: Span | None, wanted: frozenset[str], parse: Parse) -> _Point:
    """Return the sentence of a quote with most stems of the question; `marked` is the span of the answering words."""
    spans = split_sentences(quote, Span(0, len(quote)))

    def worth(span: Span) -> tuple[int, bool]:
        return len(parse(span.of(quote)).content_stems & wanted), bool(marked and span.contains(marked))

    best = max(spans, key=worth, default=Span(0, len(quote)))
    answer = marked.of(quote) if marked and best.contains(marked) else None
    return _Point(parsed=parse(best.of(quote)), answer=answer, wanted=wanted)


def _is_one_point(first: _Point, second: _Point, a: frozenset[str], b: frozenset[str], *, share: float) -> bool:
    """Say whether the stems `a` and `b` are about one thing: they share the question's stems and enough others."""
    shared = a & b
    asked = first.wanted & (first.topic() | second.topic())
    return (
        len(shared) >= 2
        and len(shared) >= share * min(len(a), len(b))
        and bool(asked)
        and len(shared & asked) >= 0.6 * len(asked)
    )


def _other_state(first: _Point, second: _Point) -> str | None:
    ours, theirs = list(_states(first)), list(_states(second))
    for kind, shown, near in ours:
        for other, written, beside in theirs:
            if kind != other and _is_one_point(first, second, near, beside, share=0.3):
                if any(k == other and _is_one_point(first, second, n, beside, share=0.3) for k, _, n in ours):
                    continue
                if any(k == kind and _is_one_point(first, second, near, n, share=0.3) for k, _, n in theirs):
                    continue
                return f"one says “{shown}”, the other “{written}”"
    return None


def _states(point: _Point) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield each state in the sentence: its kind, its words, and the stems around them."""
    for match in _STATE.finditer(point.sentence):
        kind, start = str(match.lastgroup), match.start()
        before = re.split(r"[,;:—“”\"]", point.sentence[max(0, start - _MAX_BEFORE) : start])[-1]
        if _NOT_YET.search(before):
            continue
        if kind == "open":
            if _NO_LONGER.search(before):
                continue
        elif denied := _NOT.search(before):
            if kind == "refused":
                continue
            kind, start = "open", start - len(before) + denied.start()
        span = Span(start, match.end())
        yield kind, span.of(point.sentence), point.topic(span)


def _other_figure(first: _Point, second: _Point, asked: Question) -> str | None:
    if asked.kind not in {AnswerKind.NUMBER, AnswerKind.TIME}:
        return None
    if asked.kind is AnswerKind.NUMBER and (_other_year(first, second) or _other_place(first, second)):
        return None
    known = {figure.value for figure in asked.parsed.figures}
    ours, theirs = (_answering(point, known, asked.kind) for point in (first, second))
    if not ours or not theirs or not _is_one_point(first, second, first.topic(), second.topic(), share=0.3):
        return None
    if any(_can_both_hold(a.value, b.value) for a in ours for b in theirs):
        return None
    shown = [" ".join(figure.span.of(p.sentence) for figure in f) for p, f in ((first, ours), (second, theirs))]
    return f"one says “{shown[0]}”, the other “{shown[1]}”"


def _answering(point: _Point, known: set[str], kind: AnswerKind) -> list[Figure]:
    """Return the figures that answer: the marked one, else those before a word of the question, else the only one."""
    every = [figure for figure in point.parsed.figures if figure.value not in known]
    if kind is AnswerKind.TIME:
        # "On Tuesday" and "on 2 December" may be one day, so only months and years are compared.
        every = [f for f in every if f.value.startswith("month") or is_year(f.value)]
    else:
        every = [figure for figure in every if not figure.is_calendar]
    if point.answer:
        at = point.sentence.find(point.answer)
        marked = [figure for figure in every if figure.span.overlaps(Span(at, at + len(point.answer)))]
        return marked if len({f.value for f in marked}) == 1 else []
    named = [
        figure
        for figure in every
        if any(0 <= t.span.start - figure.span.end <= 14 and t.stem in point.wanted for t in point.terms)
    ]
    left = named or ([] if _asks_for_other(point, every) else every)
    return left if len({f.value for f in left}) == 1 else []


def _asks_for_other(point: _Point, figures: Sequence[Figure]) -> bool:
    """Say whether the only figure may count something else, because the sentence lacks a word of the question.

    "Killed three people" says nothing of how many people worked there.
    """
    return len(figures) == 1 and bool(point.wanted - point.parsed.stem_set)


def _other_year(first: _Point, second: _Point) -> bool:
    """Say whether the sentences name different years, whose figures do not contradict each other."""
    ours, theirs = first.parsed.years, second.parsed.years
    return bool(ours and theirs) and not ours & theirs


def _other_place(first: _Point, second: _Point) -> bool:
    """Say whether the sentences name different places: "12 in Arda", "30 in Bolme"."""
    ours, theirs = (set(_PLACE.findall(point.sentence)) for point in (first, second))
    return bool(ours and theirs) and not ours & theirs


def _can_both_hold(one: str, other: str) -> bool:
    """Say whether two values do not contradict each other.

    They do not if they are equal, if one is the other rounded, or if they are of different kinds.
    """
    if one == other:
        return True
    if not (is_number(one) and is_number(other)):
        return one.split()[0] != other.split()[0]
    if is_year(one) and is_year(other):
        return False
    a, b = Decimal(one), Decimal(other)
    for rough, fine in ((a, b), (b, a)):
        exponent = int(rough.normalize().as_tuple().exponent)
        if exponent > 0 or exponent > int(fine.normalize().as_tuple().exponent):
            step = Decimal(1).scaleb(exponent)
            if abs(rough - fine) < step / 2:
                return True
    return False


def _other_name(first: _Point, second: _Point, asked: Question) -> str | None:
    """Return a clause if the question has one answer, both sentences have all its words, and they name two people."""
    only = _ONE_ONLY.search(asked.text)
    if asked.kind is not AnswerKind.PERSON or only is None or not first.answer or not second.answer:
        return None
    names = [{word.casefold() for word in _name(answer)} for answer in (first.answer, second.answer)]
    if not all(names) or names[0] & names[1] or any(name <= _folded(asked) for name in names):
        return None
    # The verb is left out, because "led" and "leads" have different stems.
    wanted = first.wanted - {stem((only["verb"] or "").casefold())}
    if not wanted or not wanted <= first.topic() & second.topic():
        return None
    return f"one names {first.answer.strip()}, the other {second.answer.strip()}"


def _name(text: str) -> list[str]:
    """Return the words of a name; none if the text holds any other word."""
    words = _NAME.findall(text)
    return words if words and all(word[0].isupper() for word in words) and len(words) <= 4 else []


def _folded(asked: Question) -> set[str]:
    return {term.folded for term in asked.terms}


def _contrary(first: _Point, second: _Point) -> str | None:
    a, b = first.topic(), second.topic()
    if len(a & b) < 3 or not _is_one_point(first, second, a, b, share=0.6):
        return None
    # A hedge is a contradiction in one direction only; yes and no contradict each other in both.
    if contradiction(first.parsed, second.parsed) and contradiction(second.parsed, first.parsed):
        return "one says the contrary of the other"
    return None
