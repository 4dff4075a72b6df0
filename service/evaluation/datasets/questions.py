"""What a set of questions holds, whatever form it came in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
    """None where nobody says: such a question is asked, and counts where nothing need be known of its answer."""
    words: tuple[str, ...] = ()
    """A right quote holds one of these."""
    articles: Mapping[str, int] = field(default_factory=dict)
    """The articles that answer, as the set names them, and how relevant each is; 0 and less is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The articles that a set brings along; their source names are the set's own names for them."""

    count: int
    drafts: Callable[[], Iterator[Draft]]
    """Reads them, anew with each call: a corpus may be larger than the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Questions, and the articles they are put to where the set has its own."""

    name: str
    form: str
    sha256: str
    """Of everything that was read."""
    questions: tuple[GoldQuestion, ...]
    corpus: Corpus | None = None
    notes: tuple[str, ...] = ()
    """What was left out or taken otherwise than it is written, in sentences."""
