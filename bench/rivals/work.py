"""The work: the articles that all systems index, and the questions they are asked."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.rivals.protocol import Article
from bench.rivals.scoring import Question
from bench.squad import read_squad

_TAKEN_OUT = 6
"""Of so many articles on a topic that is asked about, one is left out: the hardest questions to refuse honestly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Questions of each kind at most, and how many of the answerable ones are timed."""

    answerable: int = 400
    unanswerable: int = 200
    timed: int = 150


QUICK = Sizes(answerable=20, unanswerable=10, timed=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every system is given."""

    articles: tuple[Article, ...]
    questions: tuple[Question, ...]
    sizes: Sizes
    seed: int

    @property
    def texts(self) -> dict[str, str]:
        """Each article's text by its id."""
        return {one.id: one.text for one in self.articles}

    def timed(self, round_number: int) -> list[str]:
        """Return other answerable questions for each round, the same for each system."""
        answerable = [one.text for one in self.questions if one.answers]
        return random.Random(self.seed + round_number).sample(answerable, min(self.sizes.timed, len(answerable)))


def read_work(
    file: Path, *, topics: Sequence[str], absent: Sequence[str], strangers: Sequence[Path], sizes: Sizes, seed: int
) -> Work:
    """Read a set in SQuAD's form: four paragraphs make an article.

    Questions are those on `topics`, with and without an answer, of which some articles are left out; those on these
    articles and on `absent`, all of which is left out; and those of the sets of strangers, of each as many.
    """
    drafts, asked = read_squad(file)
    known = {one.topic for one in asked}
    if missing := [topic for topic in (*topics, *absent) if topic not in known]:
        raise ValueError(f"No such topic in {file.name}: {', '.join(missing)}; known: {', '.join(sorted(known))}.")
    chance = random.Random(seed)
    near = sorted({one.source_name for one in asked if one.topic in topics})
    near = chance.sample(near, len(near) // _TAKEN_OUT)
    left_out = {one.source_name for one in asked if one.topic in absent} | set(near)
    articles = tuple(
        Article(id=one.source_name or "", title=one.title or "", text=one.text)
        for one in drafts
        if one.source_name not in left_out
    )

    def some(questions: list[Question], most: int) -> list[Question]:
        return chance.sample(questions, min(most, len(questions)))

    mine = [one for one in asked if one.topic in topics and one.source_name not in near]
    answerable = [
        Question(text=one.question, kind="answerable", article_id=one.source_name, spans=one.spans, answers=one.answers)
        for one in mine
        if one.answers
    ]
    questions = some(answerable, sizes.answerable)
    off = [Question(text=one.question, kind="absent") for one in asked if one.topic in absent and one.answers]
    questions += some(off, sizes.unanswerable)
    beside = [Question(text=one.question, kind="near") for one in asked if one.source_name in near and one.answers]
    questions += some(beside, sizes.unanswerable)
    for number, other in enumerate(strangers):
        share = sizes.unanswerable // len(strangers) + (number < sizes.unanswerable % len(strangers))
        questions += some([Question(text=one.question, kind="strangers") for one in read_squad(other)[1]], share)
    traps = [Question(text=one.question, kind="adversarial") for one in mine if not one.answers]
    questions += some(traps, sizes.unanswerable)
    return Work(articles=articles, questions=tuple(questions), sizes=sizes, seed=seed)
