"""Sets in SQuAD's form (Rajpurkar et al. 2016, 2018): topics with paragraphs, paragraphs with questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.json_lines import text_of, to_draft
from onrecord.service.evaluation.datasets.questions import Corpus, GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.records import texts_in, unique


@dataclass(frozen=True, slots=True, kw_only=True)
class _Article:
    name: str
    title: str
    text: str


def is_squad(data: object) -> bool:
    """Say whether a JSON value is a set in SQuAD's form."""
    topics = data.get("data") if isinstance(data, dict) else None
    return isinstance(topics, list) and any(isinstance(topic, dict) and "paragraphs" in topic for topic in topics)


def read_squad(data: dict[str, Any], *, together: int = 1) -> tuple[list[GoldQuestion], Corpus, list[str]]:
    """Return the questions and the corpus; so many paragraphs `together` make one article, 0 for a topic's all.

    Answers of 1.1 and 2.0 alike; a question that `is_impossible`, or has no answer, is unanswerable.
    """
    questions: list[GoldQuestion] = []
    articles: list[_Article] = []
    seen: set[str] = set()
    names: set[str] = set()
    numbers = count(1)
    blank = empty = 0
    for topic in data["data"]:
        if not isinstance(topic, dict):
            raise InvalidDataset(f"SQuAD: a topic is {type(topic).__name__}, not an object with paragraphs.")
        title = text_of(topic.get("title")).replace("_", " ")
        paragraphs = [one for one in topic.get("paragraphs") or [] if isinstance(one, dict)]
        for number, group in enumerate(_grouped(paragraphs, together or max(1, len(paragraphs))), start=1):
            text = "\n\n".join(one["context"] for one in group if isinstance(one.get("context"), str))
            name = unique(f"{title or 'Untitled'}#{number}", names)
            if text.strip():
                articles.append(_Article(name=name, title=title, text=text))
            else:
                empty += 1
            for entry in (entry for one in group for entry in one.get("qas") or []):
                asked = text_of(entry.get("question"))
                if not asked:
                    blank += 1
                    continue
                answers = None if entry.get("is_impossible") is True else entry.get("answers")
                words = tuple(dict.fromkeys(texts_in(answers)))
                questions.append(
                    GoldQuestion(
                        id=unique(text_of(entry.get("id")) or str(next(numbers)), seen),
                        text=asked,
                        answerable=bool(words),
                        words=words,
                        articles={name: 1} if words else {},
                    )
                )

    def drafts() -> Iterator[Draft]:
        yield from filter(None, (to_draft(text=one.text, title=one.title, name=one.name) for one in articles))

    notes = [f"{_made_of(together)} makes one article."]
    if blank:
        notes.append(f"Left out, blank questions: {blank:,}.")
    if empty:
        notes.append(f"Left out, empty paragraphs: {empty:,}.")
    return questions, Corpus(count=len(articles), drafts=drafts), notes


def _made_of(together: int) -> str:
    return "A topic" if not together else "A paragraph" if together == 1 else f"{together} paragraphs of a topic"


def _grouped(paragraphs: Sequence[Any], together: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(paragraphs), together):
        yield paragraphs[start : start + together]
