"""Sets of questions, read in the form that their content shows."""

from pathlib import Path
from typing import Any

from onrecord.service.evaluation.datasets.beir import is_beir, read_beir
from onrecord.service.evaluation.datasets.dataset import Dataset, InvalidDataset
from onrecord.service.evaluation.datasets.json_files import hash_files, parse, read_records, read_text
from onrecord.service.evaluation.datasets.question_lists import has_question, read_questions
from onrecord.service.evaluation.datasets.squad import is_squad, read_squad

FORMS = (
    'lines of JSON with "question" and "gold" (words) or "articles", a folder with corpus.jsonl, queries.jsonl and '
    "qrels (BEIR), or JSON in SQuAD's form"
)


def read_dataset(path: Path, *, split: str | None = None, together: int = 1) -> Dataset:
    """Read questions and, where the set has its own, articles.

    `split`: which judgements of a BEIR folder; `together`: paragraphs of SQuAD that make an article. Raise
    `InvalidDataset`, naming file and place, if they cannot be read.
    """
    if path.is_dir():
        return _read_folder(path, split)
    if not path.exists():
        raise InvalidDataset(f"{path}: no such file or folder.")
    if path.name.removesuffix(".gz") in {"corpus.jsonl", "queries.jsonl"} and is_beir(path.parent):
        return _read_folder(path.parent, split)
    data = _read_json(path)
    squad = is_squad(data)
    questions, corpus, notes = read_squad(data, together=together) if squad else read_questions(_records(data, path))
    if not questions:
        raise InvalidDataset(f"{path}: no question in it; known forms: {FORMS}.")
    return Dataset(
        name=path.name,
        form="SQuAD" if squad else "questions",
        sha256=hash_files([path]),
        questions=tuple(questions),
        corpus=corpus,
        notes=tuple(notes),
    )


def _read_folder(folder: Path, split: str | None) -> Dataset:
    if is_beir(folder):
        return read_beir(folder, split=split)
    inside = [one for one in sorted(folder.iterdir()) if one.is_dir() and is_beir(one)]
    # As archives of these sets unpack: a folder in a folder of the same name.
    if len(inside) == 1:
        return read_beir(inside[0], split=split)
    raise InvalidDataset(f"{folder}: no set of questions in this folder; known forms: {FORMS}.")


def _read_json(file: Path) -> Any:
    """Return the file's one JSON value, or None if it has one a line."""
    text = read_text(file)
    if not text.strip():
        raise InvalidDataset(f"{file}: it is empty.")
    first, _, rest = text.strip().partition("\n")
    if rest.strip():
        try:
            parse(first, "")
        except InvalidDataset:
            # Its first line is no value of its own. Lines of JSON begin with a brace, and so does one value over many.
            if text.lstrip()[:1] not in {"{", "["}:
                raise InvalidDataset(f"{file}: no set of questions; known forms: {FORMS}.") from None
            if first.strip() not in {"{", "["} and first.rstrip().endswith("}"):
                return None
        else:
            return None
    elif text.lstrip()[:1] not in {"{", "["}:
        raise InvalidDataset(f"{file}: no set of questions; known forms: {FORMS}.")
    return parse(text, str(file))


def _records(data: Any, file: Path) -> list[tuple[str, dict[str, Any]]]:
    if data is None:
        return list(read_records(file))
    if isinstance(data, dict) and not has_question(data):
        data = next((data[name] for name in ("questions", "queries", "data") if isinstance(data.get(name), list)), None)
    records = [data] if isinstance(data, dict) else data
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise InvalidDataset(f"{file}: no set of questions; known forms: {FORMS}.")
    return [(f"{file}, record {number}", record) for number, record in enumerate(records, start=1)]
