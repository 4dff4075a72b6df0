"""Whether a sentence may be shown: the passages' own words must bear it out.

Each check names what it found wrong. First what the sentence says of itself (links, keys, quotations), then where it
would be borne out, then whether everything in it is: figures, names, who speaks, yes or no, and its meaning.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord.index.speech.people.same_person import same_person
from onrecord.index.speech.quotations import find_quotations
from onrecord.index.text.embedder import Embedder, Vector
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.terms import content_terms, fold_case, stem, stems_in
from onrecord.index.values import Block, BlockKind, Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.facts.edits import changed_fact
from onrecord.service.answers.facts.figures import Figure, figures_of, is_borne_out
from onrecord.service.answers.facts.names import name_words, unknown_names
from onrecord.service.answers.facts.polarity import contradiction
from onrecord.service.answers.facts.quoted import misquoted, quoted_in
from onrecord.service.answers.prose.gate.place_finder import Place, PlaceFinder, share_of
from onrecord.service.answers.prose.gate.plain_wording import readings, write_out
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.support_model import SupportModel

_LEAST_SHARE = 0.6
"""The share of a sentence's words that must stand in what bears it out, where nothing reads both."""
_FEWEST = 0.25
"""The same where the support model does: what it was not trained on it judges at random."""
_LEAST_MEANING = 0.5
"""The same for the cosine between them."""
_SUPPORTED = 0.0
"""The log-odds from which on the support model takes a sentence to be borne out."""

_NOT_BORNE_OUT = "the passage does not bear out what it says"

_LINK = re.compile(
    r"https?:|www\.|!\[|\]\(|\bdata:|javascript:|&#?\w+;|<\s*[/!]|<\s*(?:a|b|i|p|br|img|div|span|svg|script|style|iframe|"
    r"object|embed|form|input|button|link|meta|html|body|base|video|audio|table|details|math)\b[^<>]*>",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w.-]+\w|\b(?:[\w-]+\.)+(?:com|net|org|info|biz|xyz|io|app|ru|cn|top|site|online|click|example|link|de|uk)\b",
    re.IGNORECASE,
)
_ENDLESS = re.compile(r"[^\W_]{41,}")
_NO_ANSWER = re.compile(
    r"\b(?:passages?|articles?|sources?|archive|texts?|excerpts?|information|context)\b.{0,80}"
    r"\b(?:not|no|n[’']t|cannot|nothing|insufficient|lacks?)\b"
    r"|\b(?:no|not enough|insufficient) (?:\w+ ){0,2}(?:information|answer|mention|evidence)\b"
    r"|\bcan(?:not|[’']t| not) (?:be )?(?:answer|find|determine)|^\W*no[_ ]answer\W*$",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT_ITSELF = frozenset(
    stem(word)
    for word in word_set(
        "here article articles say says said passage passages source sources following follow answer answers "
        "question according provided provide information summary summarise summarize summarised based context "
        "available archive report reports reported state states mention mentions find found show shown shows "
        "below above relevant text texts detail details overall conclusion conclude sure certainly help hope let "
        "know note regarding key point points quote quotes cite cited citation citations several various "
        "different different content read brief short please feel free ask"
    )
)
"""Stems of what a language model says of its own answer."""
_POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|his|her|their|its|him|them|this|that|these|those|the (?:company|bank|group|minister|"
    r"president|court|country|government|party|firm|agency|team|ministry|leader|man|woman))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A sentence that may be shown, and where it is borne out, best first."""

    text: str
    places: tuple[Place, ...]
    score: float
    """The share of its words that stand there, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A sentence that may not be shown, and why: a clause that begins with "it" or "the passage"."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Words that claim nothing."""

    says_no_answer: bool
    """Whether they say that the passages do not answer."""


Verdict = Passed | Withheld | Dropped


class SentenceGate:
    """Checks sentences against the passages of one question."""

    def __init__(
        self, *, question: str, sources: dict[str, Source], embedder: Embedder, support: SupportModel | None
    ) -> None:
        """`sources`: by the key that the language model was given for each."""
        self._question = frozenset(stems_in(question))
        self._sources = sources
        self._finder = PlaceFinder(tuple(sources.values()))
        self._embedder = embedder
        self._support = support

    def check(self, written: Written) -> Verdict:
        """Say whether the sentence may be shown."""
        text = written.text
        if dropped := self._dropped(text):
            return dropped
        reason = self._wrong_form(written)
        if reason is None:
            keys = written.keys or tuple(self._sources)
            sources = [self._sources[key] for key in keys]
            quoted = misquoted(text, [source.passage.text for source in sources])
            if quoted is not None:
                reason = f"it puts “{_short(quoted)}” in quotation marks, and no passage it names has these words"
            else:
                passages = [source.passage.id for source in sources]
                embed = cache(lambda: self._embedder.embed_question(text))
                places = self._finder.find(text, passages, embed)
                reason = self._not_borne_out(text, places, embed) if places else "no passage it names can bear it out"
                if reason is None:
                    return Passed(text=text, places=places, score=share_of(text, _joined(places)))
        return Withheld(text=text, reason=reason)

    def _dropped(self, text: str) -> Dropped | None:
        """Say whether a text claims nothing: it asks, tells of the answer itself, or says that there is none."""
        quoted = quoted_in(text)
        states = bool(quoted or figures_of(text))
        stems = {term.stem for term in content_terms(text)}
        own = _ABOUT_ITSELF | self._question
        if not states and _NO_ANSWER.search(text) and len(stems - own) <= max(2, len(stems) // 3):
            return Dropped(says_no_answer=True)
        asks = not quoted and re.search(r"\?\W*$", text)
        # "Here is what Putin said about legality:"
        tells_of_itself = not states and (stems <= _ABOUT_ITSELF or (text.endswith(":") and stems <= own))
        if asks or tells_of_itself or not re.search(r"\w", text):
            return Dropped(says_no_answer=False)
        return None

    def _wrong_form(self, written: Written) -> str | None:
        if not written.whole:
            return "it is too long for one sentence"
        if _LINK.search(written.text):
            return "it holds a link or markup"
        if word := _ENDLESS.search(written.text):
            return f"it holds “{_short(word.group())}”, which is no word"
        unknown = [key for key in written.keys if key not in self._sources]
        if unknown:
            return f"it names “{_short(unknown[0])}”, which is no passage that was given"
        return None

    def _not_borne_out(self, text: str, places: tuple[Place, ...], embed: Callable[[], Vector]) -> str | None:
        evidence = _joined(places)
        around = [_around(place) for place in places]
        dates = [place.source.passage.article.published_at for place in places]
        if address := next((a for a in _ADDRESS.findall(text) if a not in evidence), None):
            return f"the passage does not have the address “{_short(address)}”"
        if figure := _unknown_figure(text, evidence, dates):
            return f"the passage does not say “{figure.span.of(text)}”"
        names = name_words(text, known={word.folded for word in name_words(evidence + "\n" + "\n".join(around))})
        if unknown := unknown_names(names, [evidence, *around]):
            return f"the passage does not name “{unknown[0].span.of(text)}” there"
        if reason := _other_speaker(text, places):
            return reason
        if edit := changed_fact(text, [part for place in places for part in (place.text, *place.sentences)]):
            return f"it says “{edit.ours}” where the passage says “{edit.theirs}”"
        share = share_of(text, evidence)
        if self._support is None:
            other = share < _LEAST_SHARE or _nearness(places, embed()) < _LEAST_MEANING
            return contradiction(text, evidence) or (_NOT_BORNE_OUT if other else None)
        if share < _FEWEST:
            return _NOT_BORNE_OUT
        return contradiction(text, evidence) or self._other_meaning(text, places, self._support)

    def _other_meaning(self, text: str, places: tuple[Place, ...], model: SupportModel) -> str | None:
        evidence = evidence_of(places)
        read = readings(text, evidence)
        found = model.check([(write_out(evidence), one) for one in read])
        best = max(found, key=lambda support: support.score)
        if best.score >= _SUPPORTED:
            return None
        if found[0].weakest:
            return f"the passage does not bear out “{found[0].weakest.of(read[0])}”"
        return _NOT_BORNE_OUT


def _joined(places: Sequence[Place]) -> str:
    return "\n".join(place.text for place in places)


def _nearness(places: Sequence[Place], vector: Vector) -> float:
    return max(place.nearness(vector) for place in places)


def evidence_of(places: Sequence[Place]) -> str:
    """Return what the support model reads: the places' words, and before each what says who is meant."""
    return " ".join(" ".join((_lead(place), place.text)).strip() for place in places)


def _around(place: Place) -> str:
    """Return what says who is meant: the headline, whoever is quoted, and the words before a span that points back."""
    article = place.source.passage.article
    said = [q for q in place.source.quotations if q.span.overlaps(place.span)]
    known = [article.title, article.publisher, article.author, *(q.speaker for q in said), *(q.role for q in said)]
    return "\n".join([*filter(None, known), _lead(place)])


def _lead(place: Place) -> str:
    return place.before[-400:] if _POINTS_BACK.search(place.text) else ""


def _unknown_figure(text: str, evidence: str, dates: Sequence[str | None]) -> Figure | None:
    """Return the first figure that the evidence has not; a date may also be that of the article."""
    there = figures_of(evidence)
    values = {figure.value for figure in there}
    years = {value for value in values if re.fullmatch(r"1[5-9]\d\d|20\d\d", value)}
    if not any(figure.is_calendar for figure in there):
        for date in filter(None, dates):
            year, month, day = date[:10].split("-") if re.match(r"\d{4}-\d\d-\d\d", date) else (date[:4], "0", "0")
            values |= {f"month {int(month)}", str(int(day))} | (set() if years else {year})
    return next((figure for figure in figures_of(text) if not is_borne_out(figure, text, values)), None)


def _other_speaker(text: str, places: tuple[Place, ...]) -> str | None:
    """Find words that the sentence gives to somebody else than the passage does."""
    span = Span(0, len(text))
    ours = find_quotations(text, (Block(span=span, kind=BlockKind.PARAGRAPH),), (span,))
    for quotation in ours:
        name = quotation.speaker or quotation.speaker_mention
        if not name:
            continue
        wanted = {term.stem for term in content_terms(quotation.text)}
        said = [
            (len(wanted & set(stems_in(theirs.text))), theirs)
            for place in places
            for theirs in place.source.quotations
            if theirs.span.overlaps(place.span)
        ]
        share = max((shared for shared, _ in said), default=0)
        nearest = [theirs for shared, theirs in said if shared == share and share * 2 >= len(wanted)]
        named = [theirs.speaker for theirs in nearest if theirs.speaker]
        if named and not any(
            _may_be(name, other, theirs.role)
            for theirs in nearest
            for other in (theirs.speaker, theirs.speaker_mention)
            if other
        ):
            return f"it gives the words to {name}, and the passage to {named[0]}"
    return None


def _may_be(name: str, other: str, role: str | None) -> bool:
    """Say whether a name, or a description, may mean somebody."""
    ours, theirs = set(fold_case(name).split()), set(fold_case(other).split())
    if not name[:1].isupper() or same_person(name, other) or ours & theirs:
        return True
    words = {stem(word) for word in ours}
    return bool(role and words & set(stems_in(role)))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
