"""A set of questions whose answers are known, whatever form it came in."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from onrecord.index.errors import OnRecordError
from onrecord.index.values import Draft


class InvalidDataset(OnRecordError):
    """A file or folder that cannot be read as questions with their answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question and what is known of its answer."""

    id: str
    text: str
    answerable: bool | None
    """None if the set does not say: the question is asked, and counts only in figures that need no known answer."""
    words: tuple[str, ...] = ()
    """A right quote holds one of these."""
    articles: Mapping[str, int] = field(default_factory=dict)
    """Grades by the set's names for the articles; an article answers if its grade is above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The articles that a set brings along; their source names are the set's own names for them."""

    count: int
    drafts: Callable[[], Iterator[Draft]]
    """A function that reads the articles anew at each call, because a corpus may be larger than the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Questions, and the set's own articles if it has any."""

    name: str
    form: str
    sha256: str
    """The hash of everything that was read."""
    questions: tuple[GoldQuestion, ...]
    corpus: Corpus | None = None
    notes: tuple[str, ...] = ()
    """What was left out or taken otherwise than it is written, in sentences."""

    def sample(self, count: int, seed: int) -> "Dataset":
        """Return the set with `count` of its questions, drawn with `seed`, in their order; all if there are no more."""
        if count >= len(self.questions):
            return self
        drawn = sorted(random.Random(seed).sample(range(len(self.questions)), count))
        note = f"{count:,} of {len(self.questions):,} questions were drawn, with seed {seed}."
        return replace(self, questions=tuple(self.questions[i] for i in drawn), notes=(*self.notes, note))
