"""The outcome of each question, kept in a file at once, so that an interrupted run goes on where it was."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from onrecord.index.errors import ArchiveError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation as it was shown."""

    number: int
    article: str
    """The article's id."""
    quote: str
    highlight: str | None
    """The words that were marked in the quote; None if none were."""
    exact: bool
    """Whether the stored text, sliced at the citation's offsets, is the quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A record of what was found and answered for one question."""

    id: str
    """The question's id."""
    status: Literal["answered", "abstained"]
    mode: str
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Cited, ...]
    closest: tuple[Cited, ...]
    articles: tuple[str, ...]
    """Ids in the order they were found; the copies that a passage names stand behind its own article."""
    held_at: int | None
    """The rank, from 1, of the first passage that holds gold words and is of a gold article, where one is named."""
    answer_ms: float
    """Milliseconds from the question to the whole answer."""


class OutcomeFile:
    """A file of outcomes, one on each line. A last line that was cut short is dropped, and its question asked again."""

    def __init__(self, file: Path) -> None:
        """Open or begin the file; raise `ArchiveError` if it holds anything else."""
        self._file = file
        whole = list(_whole_lines(file))
        try:
            self._done = {outcome.id: outcome for outcome in map(_outcome, map(json.loads, whole))}
        except (ValueError, TypeError, KeyError):
            raise ArchiveError(f"{file} does not hold answers of this version; begin --anew.") from None
        file.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
        self._stream = file.open("a", encoding="utf-8")

    @property
    def done(self) -> Mapping[str, Outcome]:
        """The outcomes so far, by the question's id."""
        return self._done

    def keep(self, outcome: Outcome) -> None:
        """Write an outcome; raise `ArchiveError` if the file cannot be written."""
        try:
            self._stream.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            self._stream.flush()
        except OSError as error:
            raise ArchiveError(
                f"Cannot write {self._file}: {error.strerror or error}. Make room, and run the same command again."
            ) from error
        self._done[outcome.id] = outcome

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def _whole_lines(file: Path) -> Iterator[str]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for line in stream:
            if not line.endswith("\n"):
                return
            yield line[:-1]


def _outcome(stored: dict[str, Any]) -> Outcome:
    return Outcome(
        **{
            **stored,
            "sentences": tuple(Sentence(text=s["text"], citations=tuple(s["citations"])) for s in stored["sentences"]),
            "citations": tuple(Cited(**one) for one in stored["citations"]),
            "closest": tuple(Cited(**one) for one in stored["closest"]),
            "articles": tuple(stored["articles"]),
        }
    )
