"""Questions put to an archive to see how it answers and refuses, each with the rule by which a quote is right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.values import Filters
from onrecord.service.answers.answer import Citation
from onrecord.service.evaluation.archives import relevant_in
from onrecord.service.evaluation.datasets.dataset import Dataset, InvalidDataset
from onrecord.service.evaluation.scoring.answer_matching import is_right

Rule = Callable[[Citation], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, which articles it is put to, and which first quote is right."""

    text: str
    group: int
    """Probes of one group are variants of one question."""
    right: Rule | None
    """None if the archive, under these filters, holds no answer."""
    filters: Filters | None = None


def check_judged(dataset: Dataset) -> Dataset:
    """Return the set; raise `InvalidDataset` if it brings articles, or if a question's answer is unknown."""
    if dataset.corpus is not None:
        raise InvalidDataset(
            f"{dataset.name} brings its own articles; a calibration takes questions about the archive. "
            "`onrecord eval` measures such a set."
        )
    for question in dataset.questions:
        if question.answerable is None:
            raise InvalidDataset(
                f'{dataset.name}: the question {question.text!r} has neither "gold" words nor "articles"; give an '
                "empty list to a question that the archive cannot answer."
            )
    return dataset


def probes_of(dataset: Dataset, archive: SqliteArchive) -> list[Probe]:
    """Return a probe for each question; raise `InvalidDataset` if none of the gold articles is in the archive."""
    relevant, _ = relevant_in(archive, dataset.questions, of_set=False)
    return [
        Probe(
            text=question.text,
            group=number,
            right=partial(_is_right, question.words, frozenset(relevant[question.id])) if question.answerable else None,
        )
        for number, question in enumerate(dataset.questions)
    ]


def _is_right(words: tuple[str, ...], gold_articles: frozenset[str], citation: Citation) -> bool:
    articles = (citation.article.id, *citation.copies.article_ids)
    return is_right(citation.quote, articles, words=words, gold_articles=gold_articles)
