"""Folders in BEIR's form (Thakur et al. 2021): corpus.jsonl, queries.jsonl, and the judgements as qrels."""

import re
from collections.abc import Iterator
from pathlib import Path

from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.dataset import Corpus, Dataset, GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.fields import first_of, text_of, to_draft
from onrecord.service.evaluation.datasets.json_files import hash_files, read_lines, read_records

_SPLITS = ("test", "dev", "validation", "train")
_ID = ("_id", "id", "doc_id", "docid", "qid", "query_id")
_TEXT = ("text", "query", "question", "contents", "body")


def is_beir(folder: Path) -> bool:
    """Return whether a folder has files with the names of a corpus and of queries."""
    return _find(folder, "corpus.jsonl") is not None and _find(folder, "queries.jsonl") is not None


def read_beir(folder: Path, *, split: str | None = None) -> Dataset:
    """Read a folder; `split` names a file of `qrels/`, and is test, dev, validation or train if it is not given.

    Judgements have BEIR's three columns or TREC's four, with or without a header. Queries without a judgement are not
    asked; a query without a relevant article is unanswerable. Articles judged and not in the corpus count as missed.
    """
    corpus, queries, qrels = _find(folder, "corpus.jsonl"), _find(folder, "queries.jsonl"), _qrels(folder, split)
    if corpus is None or queries is None:
        raise InvalidDataset(f"{folder}: no corpus.jsonl and queries.jsonl.")
    judged = _read_qrels(qrels)
    known, twice, empty = _check_corpus(corpus)
    questions, seen, unasked = [], set[str](), 0
    for place, record in read_records(queries):
        name, text = text_of(first_of(record, *_ID)), text_of(first_of(record, *_TEXT))
        if not name:
            raise InvalidDataset(f"{place}: no id; it stands in the field _id.")
        if name not in judged or not text or name in seen:
            unasked += 1
            continue
        seen.add(name)
        relevant = {article: grade for article, grade in judged[name].items() if grade > 0}
        articles = judged[name] if relevant else {}
        questions.append(GoldQuestion(id=name, text=text, answerable=bool(relevant), articles=articles))
    if not questions:
        raise InvalidDataset(f"{qrels}: none of the {len(judged):,} queries that are judged is in {queries.name}.")
    missing = {article for one in questions for article, grade in one.articles.items() if grade > 0} - known
    notes = [f"The judgements are those of {qrels.relative_to(folder).as_posix()}."]
    if unasked:
        notes.append(f"Not asked, queries without a judgement or text, or with another's id: {unasked:,}.")
    if lost := len(judged.keys() - seen):
        notes.append(f"Left out, judged queries that are not among the queries: {lost:,}.")
    if missing:
        notes.append(f"Missed, relevant articles that are not in the corpus: {len(missing):,}, as {min(missing)!r}.")
    if empty:
        notes.append(f"Left out, articles without text: {empty:,}.")
    if twice:
        notes.append(f"Left out, articles with another's id: {twice:,}.")
    return Dataset(
        name=folder.resolve().name,
        form="BEIR",
        sha256=hash_files([corpus, queries, qrels]),
        questions=tuple(questions),
        corpus=Corpus(count=len(known), drafts=lambda: _drafts(corpus)),
        notes=tuple(notes),
    )


def _find(folder: Path, name: str) -> Path | None:
    return next((folder / (name + end) for end in ("", ".gz") if (folder / (name + end)).is_file()), None)


def _qrels(folder: Path, split: str | None) -> Path:
    if split is None and (found := _find(folder, "qrels.tsv")):
        return found
    splits = {file.name.partition(".")[0]: file for file in sorted(folder.glob("qrels/*.tsv*"))}
    if not splits:
        raise InvalidDataset(f"{folder}: no judgements, neither qrels.tsv nor qrels/test.tsv.")
    if split is not None:
        if split not in splits:
            raise InvalidDataset(f"{folder}: no judgements qrels/{split}.tsv; there are {', '.join(splits)}.")
        return splits[split]
    return next((splits[name] for name in _SPLITS if name in splits), next(iter(splits.values())))


def _read_qrels(file: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for number, (place, line) in enumerate(read_lines(file)):
        # An id may hold spaces where tabs part the columns.
        parts = line.split("\t") if "\t" in line else re.split(r"[ ,]+", line.strip())
        columns = [part.strip().strip('"') for part in parts]
        if len(columns) not in {3, 4}:
            raise InvalidDataset(f"{place}: {len(columns)} columns; a judgement has query, article and grade.")
        query, article, grade = columns[0], columns[-2], columns[-1]
        try:
            judged.setdefault(query, {})[article] = int(float(grade))
        except (ValueError, OverflowError):
            if number == 0:
                judged.pop(query, None)  # The header.
                continue
            raise InvalidDataset(f"{place}: the grade {grade!r} is no number.") from None
    if not judged:
        raise InvalidDataset(f"{file}: no judgements in it.")
    return judged


def _check_corpus(file: Path) -> tuple[set[str], int, int]:
    """Return the ids of the corpus, and how many articles are left out; raise `InvalidDataset` at a bad line.

    The corpus is read through first, so that a bad line is named before hours of work.
    """
    known: set[str] = set()
    left_out: set[str] = set()
    twice = 0
    for place, record in read_records(file):
        name = text_of(first_of(record, *_ID))
        if not name:
            raise InvalidDataset(f"{place}: no id; it stands in the field _id.")
        if name in known or name in left_out:
            twice += 1
        elif any(text_of(record.get(field)) for field in ("title", *_TEXT)):
            known.add(name)
        else:
            left_out.add(name)
    if not known:
        raise InvalidDataset(f"{file}: no article in it.")
    return known, twice, len(left_out)


def _drafts(file: Path) -> Iterator[Draft]:
    seen: set[str] = set()
    for _, record in read_records(file):
        name = text_of(first_of(record, *_ID))
        draft = None if name in seen else to_draft(text=first_of(record, *_TEXT), title=record.get("title"), name=name)
        seen.add(name)
        if draft is not None:
            yield draft
