"""Questions made from the archive itself, with and without an answer in it. The same seed makes the same questions.

Of what somebody said: "What did SPEAKER say about …" with a few of the rarer words. Of a plain sentence: a name,
number, date or place is taken out and asked for, with half of the other words, as somebody types keywords. Each is put
to the whole archive, and then to one that lacks its article and whatever else tells the same, or with the speaker
traded for another who did not speak of it. Half of the plain ones are worn, as people's are: without the longest word,
without question word and capitals, or with two letters changed about.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.search.retriever import Retriever
from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.text.english.calendar import MONTHS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.numbers import NUMERALS, ROUND_COUNTS
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.text.terms import Term, content_terms, stems_in
from onrecord.index.values import Filters, Span
from onrecord.service.answers.answer import Citation
from onrecord.service.answers.question.asked_words import read_asked_words
from onrecord.service.evaluation.calibration.probes import Probe

_MAX_TRIED = 20_000
"""Quotations that are tried, and as many passages."""
_MAX_SENTENCES = 3
"""Sentences of one passage that are asked about at most."""
_RAREST_WORDS, _TOPIC_WORDS = 6, 3
"""A topic is made of three of the six rarest words of a quotation."""
_MIN_WORDS, _MAX_WORDS = 3, 7
"""Words of a sentence that a question keeps: half of them, within these limits."""
_MAX_CODE_POINTS = 400
"""Code points of a sentence that is asked about."""
_MIN_TOLD_SHARE = 0.5
"""Share of the question's words that a text must hold, beside the words taken out, to answer the question."""
_PASSAGES = 8
"""Passages in which an answer is looked for: as many as are read for a question."""
_MAX_ROUNDS = 6
"""Rounds in which other articles with the answer are left out; a question that needs more has too many answers."""
_QUESTIONS_OF_A_TRADE = 3
"""One question in this many, of those that name a speaker, gets another speaker."""

_MONTHS = any_of(month.title() for month in MONTHS)
_DAYS = any_of(day.title() for day in WEEKDAYS)
_NUMBERS = any_of({*(word for word, value in NUMERALS.items() if value > 1), *ROUND_COUNTS})
_PARTICLES = any_of(PARTICLES)
_COUNT = re.compile(
    rf"(?<![\w$£€.,/-])(?P<taken>(?:\d[\d,.]*\d|\d|{_NUMBERS})(?: (?:hundred|thousand|million|billion|mln|bln))?)"
    r" (?:of )?(?P<what>[a-z]{3,}s)\b",
)
_WHEN = re.compile(
    rf"\b(?P<taken>{_DAYS}|(?:{_MONTHS})(?: \d{{1,2}})?(?:,? (?:19|20)\d\d)?|(?<=in )(?:19|20)\d\d)\b(?! \d)",
)
_WHERE = re.compile(rf"\b(?:in|at|near) (?P<taken>(?!(?:{_MONTHS}|{_DAYS})\b)[A-Z][a-z]+(?: [A-Z][a-z]+)*)\b")
_NAME = re.compile(rf"\b[A-Z][\w’'-]+(?: (?:(?:{_PARTICLES}) )*[A-Z][\w’'-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeQuestion:
    """A question that was made from the archive, and where its answer stands."""

    text: str
    article: str
    span: Span
    """Place of the sentence or quotation in the article's text."""
    taken: str
    """The words that were taken out of the sentence; for a quotation, the speaker's last name."""
    words: frozenset[str]
    """Stems of the question's words."""
    speaker: str | None = None
    """The person whose words are asked for; None if the question is about a plain sentence."""
    topic: str = ""

    def is_right(self, citation: Citation) -> bool:
        """Return whether the quote is from where the question was made, or tells the same."""
        here = citation.article.id == self.article and citation.span.overlaps(self.span)
        return here or self.is_told_in(citation.quote)

    def is_told_in(self, text: str) -> bool:
        """Return whether a text has what was taken out and half of the question's words."""
        held = len(self.words & set(stems_in(text))) >= _MIN_TOLD_SHARE * len(self.words)
        return held and bool(re.search(rf"(?<!\w){re.escape(self.taken)}(?!\w)", text, re.IGNORECASE))


class QuestionMaker:
    """A maker of questions from an archive."""

    def __init__(self, *, archive: SqliteArchive, retriever: Retriever, speakers: SpeakerFinder) -> None:
        self._archive = archive
        self._retriever = retriever
        self._speakers = speakers

    def make(self, *, count: int, seed: int) -> Iterator[tuple[Probe, ...]]:
        """Yield up to `count` questions, each with an answer and, if one can be made, with a variant that has none."""
        quoted, plain = (random.Random(f"{seed} {kind}") for kind in ("quotations", "sentences"))
        turns = zip_longest(self._from_quotations(quoted), self._from_sentences(plain))
        names = [name for name, _ in self._archive.quotations.speakers()]
        trade = random.Random(f"{seed} trade")
        for group, made in enumerate(islice(filter(None, chain.from_iterable(turns)), count)):
            answerable = Probe(text=made.text, group=group, right=made.is_right)
            variant = None
            if made.speaker and trade.randrange(_QUESTIONS_OF_A_TRADE) == 0:
                variant = self._traded(made, names, trade, group)
            variant = variant or self._without(made, group)
            yield (answerable, variant) if variant else (answerable,)

    def _from_quotations(self, chance: random.Random) -> Iterator[MadeQuestion]:
        seen: set[tuple[str, Span]] = set()
        for number in _drawn(self._archive.quotations.state()[0], chance):
            stored = next(iter(self._archive.quotations.find(after=number - 1, limit=1)), None)
            if stored is None or stored.id != number or stored.passage is None:
                continue
            quotation, key = stored.quotation, (stored.article.id, stored.quotation.span)
            if quotation.speaker is None or quotation.denied or key in seen:
                continue
            terms = _askable(quotation.text, but=set(stems_in(quotation.speaker)))
            if len(terms) < _TOPIC_WORDS:
                continue
            counts = self._archive.words.counts([term.stem for term in terms]).by_stem
            rarest = sorted(terms, key=lambda term: (counts[term.stem], term.span))[:_RAREST_WORDS]
            topic = _in_order(chance.sample(rarest, _TOPIC_WORDS), quotation.text)
            text = f"What did {quotation.speaker} say about {topic}?"
            asked = read_asked_words(text)
            if asked is None or asked.who != quotation.speaker:
                continue
            seen.add(key)
            yield MadeQuestion(
                text=text,
                article=stored.article.id,
                span=quotation.span,
                taken=quotation.speaker.split()[-1],
                words=frozenset(stems_in(topic)),
                speaker=quotation.speaker,
                topic=topic,
            )

    def _from_sentences(self, chance: random.Random) -> Iterator[MadeQuestion]:
        names = frozenset(name for name, _ in self._archive.quotations.speakers())
        last, _ = self._archive.passages.state()
        drawn = _drawn(last, chance)
        for turn in range(_MAX_SENTENCES):
            for number in drawn:
                for passage in self._archive.passages.found({number: (0.0, 0.0)}):
                    said = [stored.quotation.span for stored in self._archive.quotations.find(passages=[number])]
                    spans = self._archive.passages.sentences([number])[number].spans
                    plain = [span for span in spans if not any(span.overlaps(other) for other in said)]
                    start = passage.span.start
                    made = [
                        made
                        for span in plain
                        for text in [passage.text[span.start - start : span.end - start]]
                        if (made := _take_out(text, span, passage.article.id, names, chance))
                    ]
                    yield from made[turn : turn + 1]

    def _without(self, made: MadeQuestion, group: int) -> Probe | None:
        """Return the question put to the archive without whatever tells its answer; None if nothing is left."""
        out = {made.article}
        speakers = self._speakers.match(made.speaker) if made.speaker else ()
        for _ in range(_MAX_ROUNDS):
            filters = Filters(without_articles=tuple(sorted(out)))
            near = list(self._retriever.retrieve(made.text, limit=_PASSAGES, filters=filters).passages)
            if not near:
                return None
            if speakers:
                theirs = replace(filters, speakers=speakers)
                near += self._retriever.retrieve(made.topic, limit=_PASSAGES, filters=theirs).passages
            telling = {p.article.id for p in near if made.is_told_in(f"{p.article.title}\n{p.text}")}
            if not telling:
                return Probe(text=made.text, group=group, right=None, filters=filters)
            out |= telling
        return None

    def _traded(self, made: MadeQuestion, names: Sequence[str], chance: random.Random, group: int) -> Probe | None:
        """Return the question with a speaker who has said nothing on this topic; None if none is found."""
        own = set(self._speakers.match(made.speaker or ""))
        for name in chance.sample(names, min(len(names), _MAX_ROUNDS)):
            text = f"What did {name} say about {made.topic}?"
            others, asked = self._speakers.match(name), read_asked_words(text)
            if own & set(others) or asked is None or asked.who != name:
                continue
            near = self._retriever.retrieve(made.topic, limit=_PASSAGES, filters=Filters(speakers=others)).passages
            if not any(len(made.words & set(stems_in(p.text))) >= _MIN_TOLD_SHARE * len(made.words) for p in near):
                return Probe(text=text, group=group, right=None)
        return None


def _take_out(text: str, span: Span, article: str, names: frozenset[str], chance: random.Random) -> MadeQuestion | None:
    """Make a question of a sentence; None if nothing in it can be asked for."""
    if len(text) > _MAX_CODE_POINTS:
        return None
    found = [(f"How many {m['what']}", m.span("taken")) for m in _COUNT.finditer(text) if m["what"] not in STOP_WORDS]
    found += [("When", m.span("taken")) for m in _WHEN.finditer(text)]
    found += [("Where", m.span("taken")) for m in _WHERE.finditer(text)]
    found += [("Who", m.span()) for m in _NAME.finditer(text) if m.group() in names]
    if not found:
        return None
    begins, (start, end) = chance.choice(found)
    taken = text[start:end]
    terms = _askable(text, but=set(stems_in(f"{begins} {taken}")))
    if len(terms) < _MIN_WORDS + 1:
        return None
    kept = chance.sample(terms, min(_MAX_WORDS, max(_MIN_WORDS, math.ceil(len(terms) / 2))))
    words = _in_order(kept, text)
    return MadeQuestion(
        text=_worn(begins, words, chance),
        article=article,
        span=span,
        taken=taken.split()[-1] if begins == "Who" else taken,
        words=frozenset(stems_in(words)),
    )


def _worn(begins: str, words: str, chance: random.Random) -> str:
    """Return the question, in half of the cases as people in a hurry put it."""
    way = chance.randrange(6)
    each = words.split()
    longest = max(range(len(each)), key=lambda i: len(each[i]))
    if way == 0:
        return f"{begins} {words}".removeprefix("When ").removeprefix("Where ").removeprefix("Who ").lower()
    if way == 1 and len(each) > _MIN_WORDS:
        return f"{begins} {' '.join(each[:longest] + each[longest + 1 :])}?"
    if way == 2 and len(each[longest]) > _MIN_WORDS:
        at = chance.randrange(1, len(each[longest]) - 1)
        word = each[longest]
        each[longest] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return f"{begins} {' '.join(each)}?"
    return f"{begins} {words}?"


def _askable(text: str, *, but: set[str]) -> list[Term]:
    """Return the words that say what a text is about, each once, without numbers and without the stems in `but`."""
    terms = {term.stem: term for term in reversed(content_terms(text)) if term.stem not in but}
    return [
        t for t in reversed(terms.values()) if t.folded.isalpha() and len(t.folded) > 1 and t.stem not in STOP_WORDS
    ]


def _in_order(terms: Sequence[Term], text: str) -> str:
    return " ".join(term.span.of(text) for term in sorted(terms, key=lambda term: term.span))


def _drawn(last: int, chance: random.Random) -> list[int]:
    """Return at most `_MAX_TRIED` ids up to `last` in a random order; deleted rows may have had some of them."""
    return chance.sample(range(1, last + 1), min(last, _MAX_TRIED))
