"""Train the small reader on question sets in SQuAD's form and write `weights/small_reader.safetensors`.

    python -m bench.training.train_reader SET.json[.gz] … --keep "Topic,Topic,…" --source "names, licences"

Each set becomes an archive, and each question is put to it as the service would: the windows that the service would
read are what the reader learns from. A right window is paired with a wrong one that ranked high; questions that SQuAD
2.0 has no answer to, and questions in which one name was traded for another, teach it to say so. Questions are also put
as people type them: without a question mark, as bare keywords, with a slip. The topics in `--keep` are left out, for
`bench.training.fit_judge` and for reports. Everything is seeded; two cores of an AMD EPYC train on 17 to 21 pairs a
second.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from bench.squad import Asked, read_squad
from bench.training.asked_otherwise import TradedNames, as_keywords, with_a_slip
from bench.training.batches import batches_of
from bench.training.student import new_student
from bench.training.word_pieces import WordPieces
from onrecord.index.text.built_in_model import built_in_model
from onrecord.index.values import Filters, Span
from onrecord.service.answers.evidence.readers.small_reader import weights_file
from onrecord.service.answers.evidence.reading_windows import windows_around
from onrecord.service.answers.question.question import read_question
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

_READ = 8
_FAR = 3
_SIZES = (150, 300, 480, 480, 480, 700)
"""Code points of the windows cut around an answer; the service's own is the commonest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A window's words, and where in them the answers stand."""

    title: str
    text: str
    answers: tuple[tuple[int, int], ...]
    own: bool
    """Of the article that the question is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question with the windows that the service would read, and the passage that holds its answer."""

    asked: Asked
    windows: tuple[Text, ...]
    elsewhere: tuple[Text, ...]
    """What the service would read if the archive had nothing on the topic."""
    passage: str
    offset: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and a window, with the answer's place in it or None."""

    question: str
    title: str
    text: str
    answer: tuple[int, int] | None


def lessons(files: Sequence[Path], kept: set[str]) -> Iterator[Lesson]:
    """Put every question on a topic that is not kept to an archive of these topics."""
    drafts, asked = (list(chain.from_iterable(found)) for found in zip(*map(read_squad, files), strict=True))
    drafts = [draft for draft in drafts if draft.title not in kept]
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home), reader="none")) as parts:
        added = list(track(parts.indexer.add(drafts), total=len(drafts), description="articles"))
        ids = {one.article.id: one.article.title for one in added}
        off = {
            topic: Filters(article_ids=tuple(sorted(i for i, other in ids.items() if other != topic)))
            for topic in set(ids.values())
        }
        passages = parts.archive.passages.found(dict.fromkeys(parts.archive.passages.ids(), (0.0, 0.0)))
        stored = parts.archive.passages.sentences([passage.id for passage in passages])
        by_name: dict[str, list[Any]] = {}
        for passage in passages:
            by_name.setdefault(passage.article.source_name or "", []).append(passage)
        for one in track([one for one in asked if one.topic not in kept], description="questions"):
            windows, elsewhere = _texts(one, parts, Filters()), _texts(one, parts, off[one.topic])
            home_of = [p for p in by_name[one.source_name] if one.is_answered_in(p.span)]
            passage = home_of[0] if home_of else by_name[one.source_name][0]
            yield Lesson(
                asked=one,
                windows=windows,
                elsewhere=elsewhere[:_FAR],
                passage=passage.text,
                offset=passage.span.start,
                sentences=tuple(stored[passage.id].spans),
            )


def _texts(one: Asked, parts: Parts, filters: Filters) -> tuple[Text, ...]:
    found = parts.evidence.find(one.question, filters)
    ranking = parts.evidence.rank(read_question(one.question), found)
    texts = []
    for window in windows_around(ranking.candidates, found.sentences, limit=_READ):
        own = window.passage.article.source_name == one.source_name
        at = window.span.start
        places = tuple((s.start - at, s.end - at) for s in one.spans if own and window.span.contains(s))
        texts.append(Text(title=window.passage.article.title, text=window.text, answers=places, own=own))
    return tuple(texts)


class Teacher:
    """Makes an epoch's pairs; other ones every time."""

    def __init__(self, taught: Sequence[Lesson], *, elsewhere: float, seed: int) -> None:
        self._taught = taught
        self._elsewhere = elsewhere
        self._chance = random.Random(seed)
        self._names = TradedNames((lesson.asked.topic, lesson.asked.question) for lesson in taught)

    def epoch(self) -> list[Pair]:
        """Return pairs of a question and a window."""
        return [pair for lesson in self._taught for pair in self._pairs(lesson)]

    def _pairs(self, lesson: Lesson) -> Iterator[Pair]:
        question, chance = lesson.asked.question, self._chance
        if not lesson.asked.spans:
            near = [w for w in lesson.windows[:3] if w.own] or lesson.windows[:1]
            if near:
                yield self._pair(question, chance.choice(near), answer=None)
            return
        right = self._right(lesson)
        if right is None:
            return
        yield self._pair(question, right, answer=chance.choice(right.answers), title=chance.random() < 0.9)
        answers = [answer.lower() for answer in lesson.asked.answers]
        for texts, share in ((lesson.windows, 1.0), (lesson.elsewhere, self._elsewhere)):
            wrong = [w for w in texts if not w.answers and not any(a in w.text.lower() for a in answers)]
            if wrong and chance.random() < share:
                place = min(len(wrong) - 1, int(chance.expovariate(0.6)))
                yield self._pair(question, wrong[place], answer=None)
        asked = lesson.asked
        if chance.random() < 0.15 and (traded := self._names.trade(asked.topic, asked.question, chance)):
            yield self._pair(traded, right, answer=None)

    def _pair(self, question: str, text: Text, *, answer: tuple[int, int] | None, title: bool = True) -> Pair:
        return Pair(question=self._type(question), title=text.title if title else "", text=text.text, answer=answer)

    def _right(self, lesson: Lesson) -> Text | None:
        """Return the window that the service would read, or one cut at random around an answer."""
        served = [window for window in lesson.windows if window.answers]
        cut = self._cut(lesson)
        if served and (cut is None or self._chance.random() < 0.5):
            return served[0]
        return cut

    def _cut(self, lesson: Lesson) -> Text | None:
        answer = self._chance.choice(lesson.asked.spans)
        at = next((i for i, s in enumerate(lesson.sentences) if s.contains(answer)), None)
        if at is None:
            return None
        first = last = at
        size = self._chance.choice(_SIZES)
        while True:
            ways = []
            if first > 0 and lesson.sentences[last].end - lesson.sentences[first - 1].start <= size:
                ways.append(-1)
            if (
                last + 1 < len(lesson.sentences)
                and lesson.sentences[last + 1].end - lesson.sentences[first].start <= size
            ):
                ways.append(1)
            if not ways:
                break
            if self._chance.choice(ways) < 0:
                first -= 1
            else:
                last += 1
        start, end = lesson.sentences[first].start, lesson.sentences[last].end
        return Text(
            title=lesson.asked.topic,
            text=lesson.passage[start - lesson.offset : end - lesson.offset],
            answers=((answer.start - start, answer.end - start),),
            own=True,
        )

    def _type(self, question: str) -> str:
        """Write the question as somebody in a hurry may."""
        drawn = self._chance.random()
        if drawn < 0.25:
            return question.rstrip("? ")
        if drawn < 0.33:
            return as_keywords(question)
        return with_a_slip(question, self._chance) if drawn < 0.39 else question


def encode(tokenizer: Any, pairs: Sequence[Pair]) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the network's input, which word pieces may be an answer's, and the pieces that each starts and ends at."""
    pieces = WordPieces(
        tokenizer, [pair.question for pair in pairs], [pair.title for pair in pairs], [pair.text for pair in pairs]
    )
    starts, ends = np.zeros(len(pairs), dtype=np.int64), np.zeros(len(pairs), dtype=np.int64)
    for i, pair in enumerate(pairs):
        if pair.answer:
            # -100: cut off, so there is nothing to learn.
            starts[i], ends[i] = pieces.ends_of(i, *pair.answer) or (-100, -100)
    return pieces.encoded, torch.from_numpy(pieces.readable), torch.from_numpy(starts), torch.from_numpy(ends)


def train(teacher: Teacher, options: argparse.Namespace) -> dict[str, torch.Tensor]:
    """Train and return what changed in the built-in network, and the head."""
    student = new_student(options.seed)
    model, head, tokenizer, layers = student.model, student.head, student.tokenizer, student.layers
    if options.start:
        student.load(options.start)
    optimiser = student.optimiser(options.rate)
    chance = random.Random(options.seed)
    pairs = teacher.epoch()
    steps = int(len(pairs) / options.batch * options.epochs)
    warm = options.warm * steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (warm + 1), max(0.0, (steps - step) / (steps - warm)))
    )
    step, mean, started = 0, 0.0, time.monotonic()
    while step < steps:
        made = batches_of(pairs, options.batch, chance, length=lambda pair: len(pair.question) + len(pair.text))
        for batch in made[: steps - step]:
            encoded, readable, starts, ends = encode(tokenizer, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                hidden = model(**encoded).last_hidden_state
            scores = head(hidden.float()).masked_fill(~readable[:, :, None], -1e4)
            loss = (cross_entropy(scores[:, :, 0], starts) + cross_entropy(scores[:, :, 1], ends)) / 2
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(layers, 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            mean = loss.item() if step == 1 else 0.98 * mean + 0.02 * loss.item()
            if step % 50 == 0 or step == steps:
                speed = step * options.batch / (time.monotonic() - started)
                print(f"step {step} of {steps}, loss {mean:.3f}, {speed:.1f} pairs/s", flush=True)
            if options.checkpoint and (step % 300 == 0 or step == steps):
                student.save(options.checkpoint)
            if step == options.stop:
                steps = step
                break
        pairs = teacher.epoch()
    return student.change()


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", required=True, help="topics left out, separated by commas")
    parser.add_argument("--source", required=True, help="the sets' names and licences, recorded in the weights")
    parser.add_argument("--epochs", type=float, default=2.5)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--warm", type=float, default=0.06, help="the share of the steps in which the rate rises")
    parser.add_argument(
        "--elsewhere", type=float, default=0.8, help="the share of questions also paired with what is off their topic"
    )
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--checkpoint", type=Path, help="a file to save to every 300 steps")
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, with a schedule of its own")
    parser.add_argument("--stop", type=int, help="stop after so many steps of the schedule")
    parser.add_argument("--out", type=Path, default=weights_file())
    options = parser.parse_args()
    kept = {topic.strip() for topic in options.keep.split(",")}
    teacher = Teacher(list(lessons(options.sets, kept)), elsewhere=options.elsewhere, seed=options.seed)
    _, sha256 = built_in_model()
    about = {"base_sha256": sha256, "kept_aside": json.dumps(sorted(kept)), "source": options.source}
    save_file(train(teacher, options), str(options.out), metadata=about)


if __name__ == "__main__":
    main()
