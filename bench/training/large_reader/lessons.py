"""Make the pairs that the reader learns from: a question, a window of a text, and where in it the answer stands.

Every stream below yields pairs without end; `mixed` draws from them by weight. A window is cut as the service cuts it,
from whole sentences around the answer, and it holds the neighbour that shares more words with the question, if there
is one: which of the two answers is what there is to learn.
"""

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from bench.training.asked_otherwise import TradedNames, as_keywords, with_a_slip
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span

SIZES = (160, 200, 240, 300, 480)
"""Code points of a window at most."""
HELD_OUT = ("onestopqa",)
"""Sets that nothing is trained on: they choose between readers."""
KEPT_TOPICS = frozenset(
    {
        "Connecticut",
        "Doctor of Medicine",
        "Microsoft Windows",
        "Postmodernism",
        "Relief",
        "Structural engineering",
    }
)
"""Topics of SQuADShifts that the service's calibration and reports keep aside (`bench/training/fit_judge.py`)."""
_LONGEST_CONTEXT = 6000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question with its paragraph; no answers where it has none."""

    id: str
    source: str
    title: str
    context: str
    question: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and a window, with the places in it that answer; none: nothing there answers."""

    source: str
    question: str
    title: str
    text: str
    answers: tuple[Span, ...]


Draw = Iterator[Pair]


def read_rows(file: Path) -> list[Row]:
    """Read a set of `data/qa`."""
    rows = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            if one["set"] in HELD_OUT or len(one["context"]) > _LONGEST_CONTEXT:
                continue
            spans = dict.fromkeys(Span(a["start"], a["start"] + len(a["text"])) for a in one["answers"] if a["text"])
            rows.append(
                Row(
                    id=one["id"],
                    source=one["set"],
                    title=(one["title"] or "").split(" / ")[0],
                    context=one["context"],
                    question=one["question"].strip(),
                    answers=tuple(spans),
                )
            )
    return rows


def read_shifts(file: Path, kept: Iterable[str]) -> list[Row]:
    """Read a set in SQuAD's form, without the topics that are kept aside."""
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        topics = json.load(stream)["data"]
    left = set(kept)
    return [
        Row(
            id=entry["id"],
            source="squadshifts_new_wiki",
            title=topic["title"].replace("_", " "),
            context=paragraph["context"],
            question=entry["question"].strip(),
            answers=tuple(
                dict.fromkeys(
                    Span(a["answer_start"], a["answer_start"] + len(a["text"])) for a in entry["answers"] if a["text"]
                )
            ),
        )
        for topic in topics
        if topic["title"].replace("_", " ") not in left
        for paragraph in topic["paragraphs"]
        for entry in paragraph["qas"]
    ]


@lru_cache(maxsize=40_000)
def sentences_of(context: str) -> tuple[Span, ...]:
    """Return the sentences of a text, paragraph by paragraph."""
    found: list[Span] = []
    for block in re.finditer(r"[^\n]+", context):
        found += split_sentences(context, Span(block.start(), block.end()))
    return tuple(found)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, roughly stemmed."""
    return frozenset(w[:6] for w in map(str.lower, _WORD.findall(text)) if w not in STOP_WORDS)


class Teacher:
    """Cuts windows and spoils questions; seeded."""

    def __init__(self, rows: Sequence[Row], *, seed: int) -> None:
        self.chance = random.Random(seed)
        by_title: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.title:
                by_title[row.title].add(row.context)
        self._names = TradedNames((row.title, row.question) for row in rows if row.title)
        self._by_title = {title: sorted(held) for title, held in by_title.items()}
        self._contexts = sorted({row.context for row in rows if len(row.context) > 200})

    def answered(self, row: Row) -> Pair | None:
        """Cut a window around an answer, with the neighbour that shares more words with the question."""
        if not row.answers:
            return None
        sentences = sentences_of(row.context)
        answer = self.chance.choice(row.answers)
        at = _position(sentences, answer)
        if at is None:
            return None
        asked = words_of(row.question)
        first = last = at
        own = _shared(asked, row.context, sentences[at])
        for other in (at - 1, at + 1):
            if 0 <= other < len(sentences) and _shared(asked, row.context, sentences[other]) > own:
                first, last = min(first, other), max(last, other)
        window = self._widen(sentences, first, last)
        return self._pair(row, window, [a for a in row.answers if window.contains(a)])

    def teaches_neighbours(self, row: Row) -> bool:
        """Say whether a sentence next to the answer shares more words with the question than the answer's own."""
        sentences = sentences_of(row.context)
        at = _position(sentences, row.answers[0]) if row.answers else None
        if at is None:
            return False
        asked = words_of(row.question)
        own = _shared(asked, row.context, sentences[at])
        return any(
            _shared(asked, row.context, sentences[other]) > own
            for other in (at - 1, at + 1)
            if 0 <= other < len(sentences)
        )

    def nearest(self, row: Row) -> Pair | None:
        """Cut a window around the sentence that shares most with a question that its text does not answer."""
        return self._around_most_shared(row, row.context, lambda window: True)

    def wrong_window(self, row: Row) -> Pair | None:
        """Cut a window of the same text or article that does not hold an answer."""
        if not row.answers:
            return None
        texts = [row.context]
        others = self._by_title.get(row.title, [])
        if len(others) > 1 and self.chance.random() < 0.7:
            texts = [c for c in self.chance.sample(others, min(5, len(others))) if c != row.context]
        answers = [row.context[a.start : a.end].lower() for a in row.answers]
        found = [
            pair
            for text in texts
            if (
                pair := self._around_most_shared(
                    row,
                    text,
                    _without(text, answers),
                )
            )
        ]
        if not found:
            return None
        asked = words_of(row.question)
        return max(found, key=lambda pair: len(asked & words_of(pair.text)))

    def far_window(self, row: Row) -> Pair | None:
        """Cut a window of another article that shares a few words with the question."""
        if not row.answers:
            return None
        asked = words_of(row.question)
        texts = [c for c in self.chance.sample(self._contexts, 30) if c != row.context]
        text = max(texts, key=lambda text: len(asked & words_of(text)))
        if any(row.context[a.start : a.end].lower() in text.lower() for a in row.answers):
            return None
        return self._around_most_shared(replace(row, title=""), text, lambda window: True)

    def traded(self, row: Row) -> Pair | None:
        """Put another name or number of the topic in the place of one in the question."""
        pair = self.answered(row)
        question = pair and self._names.trade(row.title, row.question, self.chance, unless_in=pair.text)
        return replace(pair, question=self.hurry(question), answers=()) if pair and question else None

    def beside(self, row: Row, wrong: str, title: str) -> Pair | None:
        """Cut a window around a sentence that comes near and does not answer, without the one that does."""
        at = row.context.find(wrong)
        if at < 0 or not row.answers:
            return None
        answers = [row.context[a.start : a.end].lower() for a in row.answers]
        sentences = sentences_of(row.context)
        inside = [i for i, s in enumerate(sentences) if s.start < at + len(wrong) and s.end > at]
        if not inside:
            return None
        window = self._widen(
            sentences,
            inside[0],
            inside[-1],
            lambda s: not any(a.start < s.end and s.start < a.end for a in row.answers),
        )
        text = row.context[window.start : window.end].lower()
        if any(a.start < window.end and window.start < a.end for a in row.answers) or any(a in text for a in answers):
            return None
        return self._pair(row, window, [])

    def hurry(self, question: str) -> str:
        """Write the question as somebody in a hurry may."""
        drawn = self.chance.random()
        if drawn < 0.2:
            return question.rstrip("? ").lower()
        if drawn < 0.27:
            return as_keywords(question)
        return with_a_slip(question, self.chance) if drawn < 0.34 else question

    def _around_most_shared(self, row: Row, text: str, fits: Callable[[Span], bool]) -> Pair | None:
        asked = words_of(row.question)
        sentences = sentences_of(text)
        order = sorted(
            range(len(sentences)), key=lambda i: -_shared(asked, text, sentences[i]) - self.chance.random() / 2
        )
        for at in order[:4]:
            window = self._widen(sentences, at, at)
            if fits(window):
                return self._pair(replace(row, context=text), window, [])
        return None

    def _pair(self, row: Row, window: Span, answers: Sequence[Span]) -> Pair:
        at = window.start
        return Pair(
            source=row.source,
            question=self.hurry(row.question),
            title=row.title[:100] if self.chance.random() < 0.9 else "",
            text=row.context[window.start : window.end],
            answers=tuple(Span(a.start - at, a.end - at) for a in answers),
        )

    def _widen(
        self, sentences: Sequence[Span], first: int, last: int, allowed: Callable[[Span], bool] = lambda span: True
    ) -> Span:
        size = self.chance.choice(SIZES)
        while True:
            ways = []
            if first > 0 and sentences[last].end - sentences[first - 1].start <= size and allowed(sentences[first - 1]):
                ways.append(-1)
            if (
                last + 1 < len(sentences)
                and sentences[last + 1].end - sentences[first].start <= size
                and allowed(sentences[last + 1])
            ):
                ways.append(1)
            if not ways:
                return Span(sentences[first].start, sentences[last].end)
            if self.chance.choice(ways) < 0:
                first -= 1
            else:
                last += 1


def _without(text: str, answers: Sequence[str]) -> Callable[[Span], bool]:
    return lambda window: not any(answer in text[window.start : window.end].lower() for answer in answers)


def _position(sentences: Sequence[Span], answer: Span) -> int | None:
    return next((i for i, s in enumerate(sentences) if s.contains(answer)), None)


def _shared(asked: frozenset[str], context: str, span: Span) -> int:
    return len(asked & words_of(context[span.start : span.end]))


def at_most(rows: Sequence[Row], count: int, chance: random.Random) -> list[Row]:
    """Return at most `count` rows a paragraph."""
    seen: Counter[str] = Counter()
    kept = []
    for row in chance.sample(rows, len(rows)):
        seen[row.context] += 1
        if seen[row.context] <= count:
            kept.append(row)
    return kept


def endless(rows: Sequence[Row], make: Callable[[Row], Pair | None], chance: random.Random) -> Draw:
    """Go through the rows again and again in random order, leaving out those of which nothing can be made."""
    rows = list(rows)
    while rows:
        chance.shuffle(rows)
        for row in rows:
            if (pair := make(row)) is not None and len(pair.text) < 900:
                yield pair


def streams(qa: Path, shifts: Path, *, seed: int) -> tuple[dict[str, tuple[float, Draw]], dict[str, int]]:
    """Return the streams with their weights, and how many rows each source has.

    `qa` is the folder of sets; `shifts` SQuADShifts' new Wikipedia.
    """
    chance = random.Random(seed)

    def read(*names: str) -> list[Row]:
        return [row for name in names for row in read_rows(qa / f"{name}.jsonl.gz")]

    squad = read("squad1_train_part", "squad1_sample", "squad1_sample2")
    moved = read_shifts(shifts, KEPT_TOPICS)
    queries = read("nq_open_oracle")
    known = {row.question.lower() for row in queries}
    queries += [row for row in read("qed_dev") if row.question.lower() not in known]
    afriqa, selqa, lists = read("afriqa_en"), read("selqa"), read("multispanqa_valid")
    several, tales, times, covid = (
        read("clapnq_dev", "quotesum_dev"),
        read("fairytaleqa"),
        read("timeqa"),
        read("covid_qa"),
    )
    minute, reasons = read("qamr"), read("qadiscourse")
    unanswerable, joined = read("squad2_unanswerable_rejoined"), read("squad2_train_part")
    near = read("nearmiss_same_article")
    human = squad + moved + queries + afriqa
    teacher = Teacher(human + tales + selqa, seed=seed)
    neighbours = [row for row in human if teacher.teaches_neighbours(row)]
    beside = _triples(qa / "sentence_triples.jsonl.gz", squad + queries + afriqa + selqa + tales + covid)
    by_context: dict[str, list[Row]] = defaultdict(list)
    for row in squad:
        by_context[row.context].append(row)
    held = [row for row in at_most(unanswerable, 2, chance) if row.context in by_context]
    mates = [row for context in {row.context for row in held} for row in by_context[context]]
    mates = at_most(mates, 2, chance)
    nothing = [row for row in several + times if not row.answers]

    def stream(weight: float, rows: Sequence[Row], make: Callable[[Row], Pair | None]) -> tuple[float, Draw]:
        return weight, endless(rows, make, random.Random(chance.random()))

    made = {
        "squad1": stream(0.12, squad, teacher.answered),
        "squad1, paragraphs of unanswerable ones": stream(0.08, mates, teacher.answered),
        "neighbours": stream(0.08, neighbours, teacher.answered),
        "squadshifts": stream(0.06, moved, teacher.answered),
        "real queries": stream(0.08, queries, teacher.answered),
        "afriqa": stream(0.06, afriqa, teacher.answered),
        "lists": stream(0.025, lists, teacher.answered),
        "selqa": stream(0.015, selqa, teacher.answered),
        "several sources": stream(0.01, several, teacher.answered),
        "tales": stream(0.03, tales, teacher.answered),
        "dates": stream(0.015, times, teacher.answered),
        "covid": stream(0.01, covid, teacher.answered),
        "qamr": stream(0.01, minute, teacher.answered),
        "reasons": stream(0.01, reasons, teacher.answered),
        "unanswerable": stream(0.13, held, teacher.nearest),
        "unanswerable, titled": stream(0.01, joined, teacher.nearest),
        "unanswerable, other": stream(0.015, nothing, teacher.nearest),
        "near miss": stream(0.075, near, teacher.nearest),
        "wrong window": stream(0.06, human, teacher.wrong_window),
        "beside": (0.06, _beside(beside, teacher, random.Random(chance.random()))),
        "traded": stream(0.025, squad + moved, teacher.traded),
        "far": stream(0.015, human, teacher.far_window),
    }
    counts: Counter[str] = Counter()
    for rows in (human, lists, selqa, several, tales, times, covid, minute, reasons, held, joined, near):
        counts.update(Counter(row.source for row in rows))
    counts["sentence_triples"] = len(beside)
    counts["(with a neighbour that shares more words)"] = len(neighbours)
    return made, dict(counts)


def _triples(file: Path, rows: Sequence[Row]) -> list[tuple[Row, str]]:
    by_id = {row.id: row for row in rows}
    found = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            row = by_id.get(one["id"].removeprefix("tri-"))
            if row is None or one["set"] in HELD_OUT:
                continue
            if one["same"] == "paragraph" and one["wrong"] in row.context:
                found.append((row, one["wrong"]))
    return found


def _beside(triples: list[tuple[Row, str]], teacher: Teacher, chance: random.Random) -> Draw:
    while True:
        chance.shuffle(triples)
        for row, wrong in triples:
            if (pair := teacher.beside(row, wrong, row.title)) is not None and len(pair.text) < 900:
                yield pair


def mixed(made: dict[str, tuple[float, Draw]], *, seed: int, taken: Counter[str]) -> Iterator[Pair]:
    """Draw pairs by weight without end, and count in `taken` how many came from which stream."""
    chance = random.Random(seed)
    names = list(made)
    weights = [made[name][0] for name in names]
    while True:
        name = chance.choices(names, weights)[0]
        pair = next(made[name][1])
        taken[name] += 1
        yield pair
