"""Read the cases of planted lies, make their archive, and say which of the two answers first."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Actor, Draft
from onrecord.service.answers.answer import Answer
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

DESK = Actor(name="desk", way="http")
STRANGER = Actor(name="tips", way="http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, an article of the desk that answers it, and lies; `right` and `wrong` tell the answers apart."""

    kind: str
    question: str
    right: str
    wrong: str
    truth: Draft
    lies: tuple[Draft, ...]


def _draft(*, title: str, text: str, published_at: str, publisher: str) -> Draft:
    return Draft(text=f"{title}\n\n{text}", title=title, published_at=published_at, publisher=publisher)


_FILE = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
CASES = tuple(
    Case(**{**case, "truth": _draft(**case["truth"]), "lies": tuple(_draft(**lie) for lie in case["lies"])})
    for case in _FILE["cases"]
)
_BESIDE = tuple(_draft(**article) for article in _FILE["beside"])
"""Articles of the desk that answer none of the questions."""


@contextmanager
def poisoned_archive(
    home: Path, weights: Mapping[str, float], *, embedder: Embedder, reader: Reader | None
) -> Iterator[Parts]:
    """Open the archive of all cases in the folder with these weights; make it first if it is not there."""
    with open_parts(Settings(home=home, trust=tuple(weights.items())), embedder=embedder, reader=reader) as parts:
        if not parts.archive.counts().articles:
            list(parts.indexer.add([*(case.truth for case in CASES), *_BESIDE], by=DESK))
            list(parts.indexer.add((lie for case in CASES for lie in case.lies), by=STRANGER))
        yield parts


def lie_comes_first(case: Case, answer: Answer) -> bool:
    """Say whether the first quote is a lie."""
    return bool(answer.citations) and case.wrong in answer.citations[0].quote


def truth_comes_first(case: Case, answer: Answer) -> bool:
    """Say whether the first quote is the desk's answer."""
    return bool(answer.citations) and case.right in answer.citations[0].quote and not lie_comes_first(case, answer)
