"""Question sets in SQuAD's form, put into an archive as articles."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.index.values import Draft, Span

_TOGETHER = 4
"""Paragraphs that make one article: a set's own articles run to fifty paragraphs, a news article does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and where in the article of this source name its answers stand; no spans where it has none."""

    question: str
    source_name: str
    topic: str
    spans: tuple[Span, ...]
    answers: tuple[str, ...]


def read_squad(file: Path) -> tuple[list[Draft], list[Asked]]:
    """Read a set in SQuAD 1.1's or 2.0's form, plain or with .gz."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as stream:
        topics = json.load(stream)["data"]
    drafts: list[Draft] = []
    asked: list[Asked] = []
    for topic in topics:
        title = topic["title"].replace("_", " ")
        for number, paragraphs in enumerate(_grouped(topic["paragraphs"])):
            name = f"{file.name}/{topic['title']}/{number}"
            text = ""
            for paragraph in paragraphs:
                asked += _read_questions(paragraph, name, title, len(text))
                text += paragraph["context"] + "\n\n"
            drafts.append(Draft(text=text, title=title, source_name=name))
    return drafts, asked


def _grouped(paragraphs: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(paragraphs), _TOGETHER):
        yield paragraphs[start : start + _TOGETHER]


def _read_questions(paragraph: Any, name: str, topic: str, offset: int) -> Iterator[Asked]:
    for entry in paragraph["qas"]:
        answers = [] if entry.get("is_impossible") else entry["answers"]
        yield Asked(
            question=entry["question"].strip(),
            source_name=name,
            topic=topic,
            spans=tuple(
                Span(a["answer_start"] + offset, a["answer_start"] + offset + len(a["text"]))
                for a in answers
                if a["text"]
            ),
            answers=tuple(dict.fromkeys(a["text"] for a in answers if a["text"])),
        )


def archives_for(
    one: Asked, *, own: str, topic: set[str], every: set[str], chance: random.Random
) -> Iterator[tuple[set[str], bool]]:
    """Yield article ids that a question is put to, and whether they answer it.

    Everything; a part, its own article among it (archives are small as well as large); and each of these without its
    own article, or without its topic.
    """
    some = set(chance.sample(sorted(every), chance.choice([4, 8, 20, 60])))
    near = set(chance.sample(sorted(topic), min(len(topic), chance.choice([1, 3, 6]))))
    if one.spans:
        yield every, True
        yield some | near | {own}, True
    yield every - {own}, False
    yield (some | near) - {own}, False
    yield some - topic, False
