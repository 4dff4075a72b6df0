"""Questions with gold words or gold articles, one JSON object each: a user's own set."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.dataset import Corpus, GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.fields import first_of, text_of, texts_in, to_draft, unique

QUESTION = ("question", "q", "query")
_WORDS = ("gold", "answers", "answer", "gold_words", "words")
_ARTICLES = ("articles", "article", "gold_articles", "article_ids", "article_id")
_CONTEXT = "context"


def has_question(record: object) -> bool:
    """Return whether a JSON value looks like a question of this form."""
    return isinstance(record, dict) and any(isinstance(record.get(name), str) for name in QUESTION)


def read_questions(
    records: Iterable[tuple[str, dict[str, Any]]],
) -> tuple[list[GoldQuestion], Corpus | None, list[str]]:
    """Return the questions, the articles that they bring along as `context`, if they do, and notes.

    Gold words may be a text, a list of texts or SQuAD's `{"text": […]}`. None at all, an empty list, null or
    `is_impossible` make a question unanswerable; a question without any of the fields is asked and not judged.
    """
    questions: list[GoldQuestion] = []
    contexts: dict[str, tuple[str, object]] = {}
    seen: set[str] = set()
    blank = without = 0
    for place, record in records:
        if not has_question(record):
            if any(name in record for name in QUESTION):
                blank += 1
                continue
            raise InvalidDataset(f"{place}: no question; it stands in one of the fields {', '.join(QUESTION)}.")
        text = text_of(first_of(record, *(name for name in QUESTION if isinstance(record.get(name), str))))
        if not text:
            blank += 1
            continue
        articles = dict.fromkeys(_names(first_of(record, *_ARTICLES)), 1)
        context = record.get(_CONTEXT)
        if isinstance(context, str) and context.strip():
            name = hashlib.sha256(context.encode(errors="replace")).hexdigest()[:16]
            contexts.setdefault(name, (context, record.get("title")))
            articles[name] = 1
        words = () if record.get("is_impossible") is True else tuple(dict.fromkeys(texts_in(first_of(record, *_WORDS))))
        judged = any(name in record for name in (*_WORDS, *_ARTICLES, "is_impossible", "answerable"))
        without += not judged
        says_no = record.get("is_impossible") is True or record.get("answerable") is False
        # A text to read is no gold article by itself: whether it answers is what the gold words say.
        answerable = bool(words or (articles and not isinstance(context, str))) and not says_no
        questions.append(
            GoldQuestion(
                id=unique(text_of(first_of(record, "id", "_id", "qid")) or str(len(questions) + 1), seen),
                text=text,
                answerable=answerable if judged else None,
                words=words if answerable else (),
                articles=articles if answerable else {},
            )
        )
    notes = []
    if blank:
        notes.append(f"Left out, blank questions: {blank:,}.")
    if without:
        notes.append(f"Asked and not judged, questions without gold words or articles: {without:,}.")
    if contexts and any(not question.articles for question in questions if question.answerable):
        raise InvalidDataset("Some questions bring their text along as `context` and others do not.")
    return questions, _corpus(contexts) if contexts else None, notes


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = first_of(value, "id", "url", "source_name", "title")
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif text := text_of(value):
        yield text


def _corpus(contexts: dict[str, tuple[str, object]]) -> Corpus:
    def drafts() -> Iterator[Draft]:
        made = (to_draft(text=text, title=title, name=name) for name, (text, title) in contexts.items())
        yield from filter(None, made)

    return Corpus(count=len(contexts), drafts=drafts)
