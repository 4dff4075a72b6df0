"""Reading files as drafts.

Text is kept character for character, because offsets must hold against the file; of a web page, what a reader sees is
kept. However large or tightly packed a file is, no more of it is held at a time than one record may have.
"""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from onrecord.index.articles.decoding import check_line_ends, decode_pieces
from onrecord.index.articles.drafts import MAX_TEXT, check_draft
from onrecord.index.articles.file_finder import PAGE_SUFFIXES, suffix_of
from onrecord.index.articles.html.page_bytes import MAX_PAGE_BYTES, is_page
from onrecord.index.articles.json_reader import JsonReader, RepeatedField
from onrecord.index.articles.packed_file import PackedFile, open_packed
from onrecord.index.errors import InvalidArticle, UnreadableFile, raise_refused
from onrecord.index.values import METADATA, Draft

MAX_BYTES = 4 * MAX_TEXT
"""Bytes in one article: a code point takes at most four in UTF-8."""
MAX_RECORD = 4 * MAX_BYTES
"""Bytes or characters in one record: a code point takes at most twelve as JSON may write it."""
_PIECE_BYTES = 65_536
"""Bytes of a .json file that are decoded at a time."""
_MAX_SHOWN = 80
"""Characters of a field's name that an error repeats."""

_FIELDS = frozenset({"text", *METADATA})
_ALSO_CALLED = {"id": "source_name", "date": "published_at"}
"""Names that other programs give to these fields."""

_Read = Iterator[Draft | InvalidArticle]
"""Each article, and an error for each thing that is none."""


def read_file(
    path: Path,
    *,
    source_name: str,
    encoding: str = "utf-8",
    refuse: Callable[[InvalidArticle], None] = raise_refused,
) -> Iterator[Draft]:
    """Yield the file's articles: one of a text or page, one a line of .jsonl, one or a list of .json; .gz is unpacked.

    Records have the fields of `POST /articles`; `id` is read as `source_name`, `date` as `published_at`. What can be no
    article is left out, and `refuse` is called with an error that names file and place, also with one that ends the
    reading of the file. By default the first error is raised.
    """
    for read in _read(path, source_name, encoding):
        if isinstance(read, InvalidArticle):
            refuse(read)
        else:
            yield read


def read_stream(stream: IO[bytes], *, name: str, encoding: str = "utf-8") -> Draft:
    """Return the article in a stream, a text or a web page; raise `InvalidArticle` if it can be none."""
    try:
        return check_draft(read_content(PackedFile(stream, packed=False).read(MAX_PAGE_BYTES + 1), encoding=encoding))
    except InvalidArticle as error:
        raise error.at(name) from None


def count_articles(path: Path) -> int:
    """Count the articles that `read_file` will yield, for a progress bar; a list in a .json file counts as one."""
    # A pipe would be empty when it is read.
    if suffix_of(path) != ".jsonl" or not path.is_file():
        return 1
    try:
        with open_packed(path) as file:
            return sum(1 for line in file.lines(MAX_RECORD) if line is None or line.strip())
    except (OSError, EOFError, zlib.error, UnreadableFile):
        return 1


def _read(path: Path, source_name: str, encoding: str) -> _Read:
    try:
        with open_packed(path) as file:
            match suffix_of(path):
                case ".jsonl":
                    yield from _read_lines(file, path, source_name, encoding)
                case ".json":
                    yield from _read_list(file, path, source_name, encoding)
                case _:
                    content = file.read(MAX_PAGE_BYTES + 1)
                    yield check_draft(read_content(content, source_name=source_name, encoding=encoding))
    except InvalidArticle as error:
        yield error.at(str(path))
    except (OSError, EOFError, zlib.error) as error:
        what = getattr(error, "strerror", None) or str(error)
        yield UnreadableFile(f"{path}: {what}.", reason="cannot be read")


def read_content(content: bytes, *, source_name: str | None = None, encoding: str = "utf-8") -> Draft:
    """Return the article that is a file's content: that of a web page, by its name or its beginning, or else a text.

    Raise `InvalidArticle` if a page has no article, and `UnreadableFile` if the content cannot be read.
    """
    if is_page(content) or suffix_of(Path(source_name or "")) in PAGE_SUFFIXES:
        # What chooses an article's blocks takes half a second to load, which texts need not wait for.
        from onrecord.index.articles.html.page_reader import read_page

        return read_page(content, source_name=source_name, encoding=encoding)
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            f"larger than {MAX_BYTES / 1e6:,.0f} MB, the limit for one article; cut it into several.", reason="too long"
        )
    return Draft(text="".join(decode_pieces([content], encoding)), source_name=source_name)


def _read_lines(file: PackedFile, path: Path, source_name: str, encoding: str) -> _Read:
    check_line_ends(encoding)
    for number, line in enumerate(file.lines(MAX_RECORD), start=1):
        place = f"{path}, line {number}"
        if line is None:
            yield UnreadableFile(f"{place}: longer than {MAX_RECORD / 1e6:,.0f} MB.", reason="too long")
        elif line.strip():
            try:
                reader = JsonReader(decode_pieces([line], encoding), max_characters=MAX_RECORD)
                record = reader.value()
                reader.end()
            except UnreadableFile as error:
                yield error.at(place)
            else:
                yield _article_of(record, place, f"{source_name}#{number}")


def _read_list(file: PackedFile, path: Path, source_name: str, encoding: str) -> _Read:
    pieces = iter(lambda: file.read(_PIECE_BYTES), b"")
    reader = JsonReader(decode_pieces(pieces, encoding), max_characters=MAX_RECORD)
    for number, record in enumerate(reader.values(), start=1):
        yield _article_of(record, f"{path}, record {number}", f"{source_name}#{number}")


def _article_of(record: object, place: str, source_name: str) -> Draft | InvalidArticle:
    """Return the article of a record, or an error if it is none."""
    try:
        return check_draft(_to_draft(record, source_name))
    except InvalidArticle as error:
        return error.at(place)


def _to_draft(record: object, source_name: str) -> Draft:
    if isinstance(record, RepeatedField):
        raise InvalidArticle(f"the field {_shorten(record.name)} stands twice.", reason="repeated field")
    if not isinstance(record, dict):
        raise InvalidArticle(f"not an object with the fields {', '.join(sorted(_FIELDS))}.", reason="no object")
    for name, ours in _ALSO_CALLED.items():
        if name in record and record.get(ours) is None:
            value = record[name]
            record = {key: held for key, held in record.items() if key != name}
            record[ours] = str(value) if name == "id" and type(value) is int else value
    if unknown := sorted(str(key) for key in record.keys() - _FIELDS):
        known = ", ".join(sorted(_FIELDS))
        raise InvalidArticle(f"unknown field {_shorten(unknown[0])}; known: {known}.", reason="unknown field")
    for name, value in record.items():
        if not isinstance(value, str) and (name == "text" or value is not None):
            raise InvalidArticle(f"{name} is {type(value).__name__}, not a text.", reason="value that is no text")
    if "text" not in record:
        raise InvalidArticle("no field 'text'.", reason="no text")
    return Draft(**{"source_name": None if record.get("url") else source_name, **record})


def _shorten(name: str) -> str:
    return repr(name if len(name) <= _MAX_SHOWN else f"{name[:_MAX_SHOWN]}…")
