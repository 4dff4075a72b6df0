"""Questions put to an archive to see how it does: each with what tells a right quote."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.index.errors import OnRecordError
from onrecord.index.values import Filters
from onrecord.service.answers.answer import Citation

Rule = Callable[[Citation], bool]


class InvalidQuestions(OnRecordError):
    """A file of questions cannot be read as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, where it is put to, and which first quote is right."""

    text: str
    group: int
    """Probes of one group are variants of one question."""
    right: Rule | None
    """None where the archive, under these filters, holds no answer."""
    filters: Filters | None = None


def read_probes(file: Path) -> list[Probe]:
    """Read lines of {"q": question, "gold": [words]}, or "articles" instead of "gold".

    A right quote holds one of the words, or stands in an article with one of these ids, urls or source names. An empty
    list means that the archive has no answer.

    Raises `InvalidQuestions`, naming the line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidQuestions(f"Cannot read {file}: {getattr(error, 'strerror', None) or error}.") from error
    probes = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found: Any = json.loads(line)
            text = found["q"]
            gold = found["gold"] if "gold" in found else found["articles"]
        except (ValueError, KeyError, TypeError):
            found, text, gold = {}, None, None
        good = isinstance(text, str) and isinstance(gold, list) and all(isinstance(w, str) and w.strip() for w in gold)
        if not good or not text.strip():
            raise InvalidQuestions(
                f'{file}, line {number}: want {{"q": question, "gold": [words]}} or '
                '{{"q": question, "articles": [ids]}}, with an empty list for a question that has no answer.'
            )
        rule = _holds_one_of if "gold" in found else _stands_in
        probes.append(Probe(text=text, group=number, right=rule(gold) if gold else None))
    return probes


def _holds_one_of(words: list[str]) -> Rule:
    wanted = [word.casefold() for word in words]
    return lambda citation: any(word in citation.quote.casefold() for word in wanted)


def _stands_in(articles: list[str]) -> Rule:
    wanted = set(articles)

    def right(citation: Citation) -> bool:
        article = citation.article
        return bool(wanted & {article.id, article.url, article.source_name, *citation.copies.article_ids})

    return right
