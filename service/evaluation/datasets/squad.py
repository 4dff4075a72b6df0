"""Sets in SQuAD's form (Rajpurkar et al. 2016, 2018): topics with paragraphs, paragraphs with questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from onrecord.index.values import Draft, Span
from onrecord.service.evaluation.datasets.dataset import Corpus, GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.fields import text_of, texts_in, to_draft, unique

_BREAK = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadQuestion:
    """A question about an article, and where in the article's text its answers stand."""

    id: str
    """Empty if the set gives none."""
    text: str
    """Empty if the set's question is blank."""
    answers: tuple[str, ...]
    """Each answer once; empty if the article has no answer."""
    spans: tuple[Span, ...]
    """Places of the answers, if the set gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadArticle:
    """Some paragraphs of a topic, and the questions about them."""

    topic: str
    number: int
    """The article's number among its topic's, from 0."""
    text: str
    questions: tuple[SquadQuestion, ...]


def is_squad(data: object) -> bool:
    """Return whether a JSON value is a set in SQuAD's form."""
    topics = data.get("data") if isinstance(data, dict) else None
    return isinstance(topics, list) and any(isinstance(topic, dict) and "paragraphs" in topic for topic in topics)


def read_articles(data: dict[str, Any], *, together: int) -> Iterator[SquadArticle]:
    """Yield articles of `together` paragraphs each, or of all of a topic's paragraphs if it is 0.

    Versions 1.1 and 2.0 are read alike. A question that `is_impossible` has no answers. Raise `InvalidDataset` if a
    topic is no object.
    """
    for topic in data["data"]:
        if not isinstance(topic, dict):
            raise InvalidDataset(f"SQuAD: a topic is {type(topic).__name__}, not an object with paragraphs.")
        title = text_of(topic.get("title")).replace("_", " ")
        paragraphs = [one for one in topic.get("paragraphs") or [] if isinstance(one, dict)]
        size = together or max(1, len(paragraphs))
        for number, start in enumerate(range(0, len(paragraphs), size)):
            yield _article(title, number, paragraphs[start : start + size])


def _article(topic: str, number: int, paragraphs: Sequence[dict[str, Any]]) -> SquadArticle:
    texts: list[str] = []
    questions: list[SquadQuestion] = []
    offset = 0
    for paragraph in paragraphs:
        questions += (_question(entry, offset) for entry in paragraph.get("qas") or [])
        if isinstance(text := paragraph.get("context"), str):
            texts.append(text)
            offset += len(text) + len(_BREAK)
    return SquadArticle(topic=topic, number=number, text=_BREAK.join(texts), questions=tuple(questions))


def _question(entry: dict[str, Any], offset: int) -> SquadQuestion:
    answers = None if entry.get("is_impossible") is True else entry.get("answers")
    placed = [one for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    return SquadQuestion(
        id=text_of(entry.get("id")),
        text=text_of(entry.get("question")),
        answers=tuple(dict.fromkeys(texts_in(answers))),
        spans=tuple(
            Span(offset + one["answer_start"], offset + one["answer_start"] + len(one["text"]))
            for one in placed
            if one.get("text") and isinstance(one.get("answer_start"), int)
        ),
    )


def read_squad(data: dict[str, Any], *, together: int = 1) -> tuple[list[GoldQuestion], Corpus, list[str]]:
    """Return the questions, the corpus, and notes; `together` as in `read_articles`."""
    questions: list[GoldQuestion] = []
    articles: list[tuple[str, SquadArticle]] = []
    seen: set[str] = set()
    names: set[str] = set()
    numbers = count(1)
    blank = empty = 0
    for article in read_articles(data, together=together):
        name = unique(f"{article.topic or 'Untitled'}#{article.number + 1}", names)
        if article.text.strip():
            articles.append((name, article))
        else:
            empty += 1
        for asked in article.questions:
            if not asked.text:
                blank += 1
                continue
            questions.append(
                GoldQuestion(
                    id=unique(asked.id or str(next(numbers)), seen),
                    text=asked.text,
                    answerable=bool(asked.answers),
                    words=asked.answers,
                    articles={name: 1} if asked.answers else {},
                )
            )

    def drafts() -> Iterator[Draft]:
        yield from filter(None, (to_draft(text=one.text, title=one.topic, name=name) for name, one in articles))

    notes = [f"{_made_of(together)} makes one article."]
    if blank:
        notes.append(f"Left out, blank questions: {blank:,}.")
    if empty:
        notes.append(f"Left out, empty paragraphs: {empty:,}.")
    return questions, Corpus(count=len(articles), drafts=drafts), notes


def _made_of(together: int) -> str:
    return "A topic" if not together else "A paragraph" if together == 1 else f"{together} paragraphs of a topic"
