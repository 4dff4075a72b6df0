"""The archive that the questions are put to: one that is made for them, or a copy of the user's."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import count_articles, read_file
from onrecord.index.articles.indexer import Added, Indexer
from onrecord.index.errors import ArchiveError
from onrecord.index.upkeep.backup import back_up
from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.article_names import ArticleNames, is_missing
from onrecord.service.evaluation.datasets.dataset import Corpus, Dataset, GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.json_files import hash_files

Relevant = Mapping[str, Mapping[str, int]]
"""By a question's id: the grades of its articles by their ids in the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """A collection of articles that an archive is made of."""

    count: int
    sha256: str
    of_set: bool
    """Whether the data set brought the articles, so that it names them exactly."""
    corpus: Corpus

    def add_to(self, indexer: Indexer) -> Iterator[Added]:
        """Add the articles, and yield each; raise `InvalidArticle` if one cannot be read.

        An article that is there already costs little.
        """
        yield from indexer.add(self.corpus.drafts())


def articles_for(dataset: Dataset, path: Path | None) -> Articles | None:
    """Return the set's own articles, else those of a file or folder, else None, if the user's archive is asked.

    Raise `InvalidDataset` if both are given.
    """
    if dataset.corpus is not None:
        if path is not None:
            raise InvalidDataset(f"{dataset.name} brings its own articles; leave --articles out.")
        return Articles(count=dataset.corpus.count, sha256=dataset.sha256, of_set=True, corpus=dataset.corpus)
    if path is None:
        return None
    files = list(find_files([path]))
    names = hashlib.sha256(json.dumps([name for _, name in files]).encode()).hexdigest()

    def drafts() -> Iterator[Draft]:
        for file, name in files:
            yield from read_file(file, source_name=name)

    count = sum(count_articles(file) for file, _ in files)
    sha256 = names[:32] + hash_files(file for file, _ in files)[:32]
    return Articles(count=count, sha256=sha256, of_set=False, corpus=Corpus(count=count, drafts=drafts))


def state_of(archive_file: Path) -> str:
    """Return a hash of what a user's archive holds; raise `ArchiveError` if there is none, or if it is empty."""
    if not archive_file.exists():
        raise ArchiveError(
            f"There is no archive {archive_file} to put the questions to. "
            "Name articles with --articles, or the archive's folder with ONRECORD_HOME."
        )
    state = hashlib.sha256()
    with closing(SqliteArchive(archive_file, read_only=True)) as archive:
        state.update(f"{archive.id} {archive.embedder()} {archive.passages.state()}".encode())
        if not archive.counts().articles:
            raise ArchiveError(f"The archive {archive_file} is empty; add articles, or name some with --articles.")
    return state.hexdigest()


def copy_archive(archive_file: Path, copy: Path) -> None:
    """Copy the user's archive unless that was done; another process may have it open."""
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        back_up(archive_file, copy)


def relevant_in(
    archive: SqliteArchive, questions: tuple[GoldQuestion, ...], *, of_set: bool
) -> tuple[Relevant, list[str]]:
    """Return each question's relevant articles in this archive, and a note if some are not there.

    Raise `InvalidDataset` if none of them is there and nothing else is known of the answers.
    """
    if of_set:
        ids = {info.source_name: info.id for page in archive.article_pages() for info in page}
        relevant: Relevant = {
            one.id: {ids.get(name, f"not archived: {name}"): grade for name, grade in one.articles.items()}
            for one in questions
        }
        return relevant, []
    named = any(one.articles for one in questions)
    references = ArticleNames(chain.from_iterable(archive.article_pages()) if named else ())
    relevant = {one.id: references.resolve_all(one.articles) for one in questions}
    missing = [name for one in questions for name in one.articles if references.resolve(name) is None]
    if not missing:
        return relevant, []
    if not any(one.words for one in questions) and all(
        is_missing(name) for found in relevant.values() for name in found
    ):
        raise InvalidDataset(
            f"None of the gold articles, as {missing[0]!r}, is in the archive. They are named by their id, url, source "
            "name, file name or title."
        )
    said = f"{len(set(missing)):,}, as {missing[0]!r}"
    return relevant, [f"Missed, gold articles that name no article of the archive, or more than one: {said}."]
