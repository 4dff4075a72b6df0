"""Files into drafts."""

import gzip
import io
import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles import files
from onrecord.index.articles.decoding import decode_pieces
from onrecord.index.articles.drafts import MAX_TEXT, check_draft
from onrecord.index.articles.files import MAX_BYTES, count_articles, read_file, read_stream
from onrecord.index.errors import InvalidArticle, UnreadableFile
from onrecord.index.values import Draft
from tests.index.articles.html.pages import PARAGRAPHS, TITLE, article_page
from tests.paths import ROOT


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def refusal(path, **options):
    with pytest.raises(InvalidArticle) as caught:
        list(read_file(path, source_name=path.name, **options))
    return str(caught.value)


def read_all(path, **options):
    """Return the drafts of a file and its errors."""
    errors = []
    drafts = list(read_file(path, source_name=path.name, refuse=errors.append, **options))
    return drafts, [str(error) for error in errors]


# Text files


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300).filter(lambda text: "\0" not in text))
def test_a_text_is_read_character_for_character(tmp_path_factory, text):
    """Line ends, a byte order mark, emoji: what is in the file is in the draft, also out of a .gz, or it is refused."""
    folder = tmp_path_factory.mktemp("files")
    write(folder, {"a.txt": text.encode(), "b.txt.gz": gzip.compress(text.encode())})
    for name in ("a.txt", "b.txt.gz"):
        draft = Draft(text=text, source_name="x/" + name)
        try:
            expected = [check_draft(draft)], []
        except InvalidArticle as error:
            expected = [], [f"{folder / name}: {error}"]
        errors = []
        drafts = list(read_file(folder / name, source_name="x/" + name, refuse=errors.append))
        assert (drafts, list(map(str, errors))) == expected


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "koi8-u"])
def test_another_encoding_is_read_when_it_is_named(tmp_path, encoding):
    """An encoding that somebody names is used."""
    text = "Київ" if encoding == "koi8-u" else "“Café”\r\n"
    write(tmp_path, {"a.txt": text.encode(encoding)})
    assert [draft.text for draft in read_file(tmp_path / "a.txt", source_name="a", encoding=encoding)] == [text]


def test_an_encoding_that_does_not_fit_is_named_with_the_first_wrong_byte(tmp_path):
    """Nothing is guessed and nothing replaced: the error says which byte, where, and what to do."""
    write(tmp_path, {"a.txt": "A “quote”".encode("windows-1252")})
    assert refusal(tmp_path / "a.txt") == (
        f"{tmp_path}/a.txt: byte 0x93 at position 2 is not utf-8. "
        "Name the file's encoding (`onrecord add --encoding windows-1252`) or convert it to UTF-8."
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Text in UTF-16".encode("utf-16-le"), id="UTF-16"),
        pytest.param("Text".encode("utf-16"), id="UTF-16 with a byte order mark"),
        pytest.param(b"\x7fELF\x02\x01\x01\0\0\0", id="program"),
    ],
)
def test_a_binary_file_is_refused(tmp_path, content):
    """A zero byte near the beginning is no UTF-8 text, and the error says so rather than name the byte."""
    write(tmp_path, {"a.txt": content})
    assert refusal(tmp_path / "a.txt") == (
        f"{tmp_path}/a.txt: this is a binary file or UTF-16, not UTF-8 text. Convert it to text in UTF-8."
    )


def test_an_unknown_encoding_is_named():
    """The error gives encodings that exist."""
    with pytest.raises(UnreadableFile) as caught:
        list(decode_pieces([b"Text"], "utf-9"))
    assert str(caught.value) == "unknown encoding 'utf-9'; try utf-8, windows-1252 or utf-16."


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path, name):
    """A larger file is refused before it is read to its end; packed, its unpacked size counts."""
    path = tmp_path / name
    content = "💡".encode() * (MAX_BYTES // 4)
    write(tmp_path, {name: gzip.compress(content) if name.endswith(".gz") else content})
    assert [4 * len(draft.text) for draft in read_file(path, source_name="a")] == [MAX_BYTES]
    content = "💡".encode() * (MAX_BYTES // 4) + b"x"
    write(tmp_path, {name: gzip.compress(content) if name.endswith(".gz") else content})
    assert refusal(path) == f"{path}: larger than 4 MB, the limit for one article; cut it into several."


def test_an_empty_file_is_told_apart_from_a_missing_one(tmp_path):
    """The check of drafts refuses it, and the error names the file."""
    write(tmp_path, {"a.txt": b""})
    assert refusal(tmp_path / "a.txt") == f"{tmp_path}/a.txt: The text is empty; an article needs at least one word."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.txt", None, "No such file or directory"),
        ("a.txt.gz", b"no gzip", "Not a gzipped file (b'no')"),
        (
            "a.txt.gz",
            gzip.compress(b"Text" * 99, mtime=0)[:-9],
            "Compressed file ended before the end-of-stream marker was reached",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content, message):
    """The system's reason is given with the path."""
    write(tmp_path, {name: content} if content else {})
    assert refusal(tmp_path / name) == f"{tmp_path / name}: {message}."


def test_a_gzip_file_that_is_damaged_inside_is_named(tmp_path):
    """A packed file whose inside was changed is an unreadable file like any other."""
    packed = bytearray(gzip.compress(b"".join(bytes([65 + i % 26]) * (i % 7) for i in range(400))))
    packed[20:40] = b"\xff" * 20
    write(tmp_path, {"a.txt.gz": bytes(packed)})
    assert refusal(tmp_path / "a.txt.gz").startswith(f"{tmp_path}/a.txt.gz: ")


# Records

RECORD = {
    "text": "“Text”",
    "title": "A title",
    "publisher": None,
    "author": "Nobody",
    "published_at": "2025-12-01",
    "url": "https://example.org/1",
    "source_name": "1.txt",
}


def test_a_json_file_holds_an_article_or_a_list_of_them(tmp_path):
    """Each record becomes a draft; without a name or an address it is known by file and place."""
    records = [RECORD, {"text": "Two"}, {"text": "Three", "url": "https://example.org/3"}]
    write(tmp_path, {"list.json": json.dumps(records).encode(), "one.json.gz": gzip.compress(b'{"text": "One"}')})
    assert list(read_file(tmp_path / "list.json", source_name="d/list.json")) == [
        Draft(**RECORD),
        Draft(text="Two", source_name="d/list.json#2"),
        Draft(text="Three", url="https://example.org/3"),
    ]
    assert list(read_file(tmp_path / "one.json.gz", source_name="one.json.gz")) == [
        Draft(text="One", source_name="one.json.gz#1")
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_jsonl_file_holds_an_article_a_line(tmp_path, name):
    """Blank lines hold none, but count in the numbers."""
    lines = json.dumps(RECORD) + "\n\n" + '{"text": "Three"}\r\n' + '{"text": "Four"}'
    write(tmp_path, {name: gzip.compress(lines.encode()) if name.endswith(".gz") else lines.encode()})
    drafts = [
        Draft(**RECORD),
        Draft(text="Three", source_name=f"{name}#3"),
        Draft(text="Four", source_name=f"{name}#4"),
    ]
    assert list(read_file(tmp_path / name, source_name=name)) == drafts
    assert count_articles(tmp_path / name) == len(drafts)


@pytest.mark.parametrize("name", ["a.txt", "a.json", "missing.jsonl", "broken.jsonl.gz", "cut.jsonl.gz"])
def test_what_cannot_be_counted_counts_as_one(tmp_path, name):
    """A count for a progress bar never fails: the error comes when the file is read."""
    cut = gzip.compress(b'{"text": "x"}\n' * 99)[:-9]
    write(tmp_path, {"a.txt": b"a\nb\n", "a.json": b"[1, 2]", "broken.jsonl.gz": b"no gzip", "cut.jsonl.gz": cut})
    assert count_articles(tmp_path / name) == 1


def test_a_broken_line_is_named_and_the_lines_before_it_are_read(tmp_path):
    """A line of a packed file that is no JSON is named by its number, after what stands before it."""
    write(tmp_path, {"a.jsonl.gz": gzip.compress(b'{"text": "One"}\n\n{"text": "Thr\n{"text": "Four"}\n')})
    drafts = read_file(tmp_path / "a.jsonl.gz", source_name="a")
    assert next(drafts) == Draft(text="One", source_name="a#1")
    with pytest.raises(UnreadableFile) as caught:
        next(drafts)
    assert (
        str(caught.value) == f"{tmp_path}/a.jsonl.gz, line 3: no JSON (Invalid control character at at character 13)."
    )


def test_an_id_is_what_the_source_calls_it_and_a_date_when_it_was_published(tmp_path):
    """Such records are common; what is named as we name it counts, and a number is a name too."""
    records = [
        {"text": "One", "id": "a-1", "date": "2026-05-01"},
        {"text": "Two", "id": 7, "url": "https://a.example/2"},
    ]
    write(tmp_path, {"a.json": json.dumps(records).encode()})
    assert list(read_file(tmp_path / "a.json", source_name="a")) == [
        Draft(text="One", source_name="a-1", published_at="2026-05-01"),
        Draft(text="Two", source_name="7", url="https://a.example/2"),
    ]
    write(tmp_path, {"b.json": b'{"text": "One", "id": "a-1", "source_name": "b"}'})
    assert refusal(tmp_path / "b.json").startswith(f"{tmp_path}/b.json, record 1: unknown field 'id'; known: ")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ('"text"', "not an object with the fields author, published_at, publisher, source_name, text, title, url."),
        (
            '{"text": "a", "body": "b", "date": 1}',
            "unknown field 'body'; known: author, published_at, publisher, source_name, text, title, url.",
        ),
        ('{"text": 1}', "text is int, not a text."),
        ('{"text": null}', "text is NoneType, not a text."),
        ('{"text": "a", "title": ["b"]}', "title is list, not a text."),
        ('{"title": "a"}', "no field 'text'."),
        ("{}", "no field 'text'."),
        ("[1", "no JSON (Expecting ',' delimiter at character 2)."),
        ("", None),
    ],
)
def test_a_record_that_is_no_article_is_named_with_its_place(tmp_path, record, message):
    """File and line are named with what is wrong; an empty line is nothing wrong."""
    write(tmp_path, {"a.jsonl": b'{"text": "One"}\n' + record.encode()})
    if message is None:
        assert len(list(read_file(tmp_path / "a.jsonl", source_name="a"))) == 1
    else:
        assert refusal(tmp_path / "a.jsonl") == f"{tmp_path}/a.jsonl, line 2: {message}"


def test_a_record_in_a_list_is_named_by_its_number(tmp_path):
    """The second record of a .json file is record 2."""
    write(tmp_path, {"a.json": b'[{"text": "One"}, {"txt": "Two"}]'})
    assert refusal(tmp_path / "a.json").startswith(f"{tmp_path}/a.json, record 2: unknown field 'txt'; known: ")


def test_a_json_file_that_is_none_is_named(tmp_path):
    """An empty .json file is no JSON."""
    write(tmp_path, {"a.json": b""})
    assert refusal(tmp_path / "a.json") == f"{tmp_path}/a.json: no JSON (Expecting value at character 0)."


def test_a_byte_order_mark_before_json_is_no_error(tmp_path):
    """What Windows writes before a file is not part of its records."""
    write(tmp_path, {"a.json": b"\xef\xbb\xbf" + b'{"text": "One"}', "b.jsonl": b"\xef\xbb\xbf" + b'{"text": "Two"}'})
    drafts = [draft for name in ("a.json", "b.jsonl") for draft in read_file(tmp_path / name, source_name=name)]
    assert [draft.text for draft in drafts] == ["One", "Two"]


def test_a_number_without_an_end_is_refused(tmp_path):
    """A file made to keep the parser busy is an unreadable file, not a crash."""
    write(tmp_path, {"a.json": b'{"text": ' + b"1" * 5_000 + b"}"})
    assert refusal(tmp_path / "a.json").startswith(f"{tmp_path}/a.json: no JSON (Exceeds the limit (4300 digits)")


def test_json_nested_too_deeply_is_refused(tmp_path):
    """A file made to exhaust the parser is an unreadable file, not a crash."""
    write(tmp_path, {"a.json": b"[" * 200_000})
    assert refusal(tmp_path / "a.json") == f"{tmp_path}/a.json: JSON nested too deeply."


def test_a_line_in_another_encoding_is_named(tmp_path):
    """The line's number and the byte's position in it are given."""
    write(tmp_path, {"a.jsonl": b'{"text": "One"}\n{"text": "\x93"}\n'})
    assert refusal(tmp_path / "a.jsonl").startswith(
        f"{tmp_path}/a.jsonl, line 2: byte 0x93 at position 10 is not utf-8."
    )


@pytest.mark.parametrize("end", [b"", b"\n", b'\n{"text": "Three"}'])
def test_a_line_longer_than_any_article_is_refused_and_the_rest_is_read(tmp_path, monkeypatch, end):
    """A line without an end does not fill the memory, and the line after it is found."""
    monkeypatch.setattr(files, "MAX_RECORD", 10_000)
    write(tmp_path, {"a.jsonl": b'{"text": "One"}\n' + b"x" * 25_000 + end})
    drafts, errors = read_all(tmp_path / "a.jsonl")
    assert [draft.source_name for draft in drafts] == ["a.jsonl#1", "a.jsonl#3"][: 1 + (b"Three" in end)]
    assert errors == [f"{tmp_path}/a.jsonl, line 2: longer than 0 MB."]


def test_an_article_that_json_writes_in_the_longest_way_is_read(tmp_path):
    """Twelve bytes a character are within the limit of a record."""
    write(tmp_path, dict.fromkeys(("a.jsonl", "a.json"), b'{"text": "' + rb"\ud83d\ude00" * MAX_TEXT + b'"}'))
    for name in ("a.jsonl", "a.json"):
        (draft,) = read_file(tmp_path / name, source_name=name)
        assert draft.text == "😀" * MAX_TEXT


# Each kind of line that is no article, and what its error says.
BAD_LINES = {
    b'{"text": "cut': ("no JSON", "no JSON (Invalid control character at"),
    b'{"text": "a"} {"text": "b"}': ("no JSON", "no JSON (Extra data at character 14)."),
    b"{'text': 'a'}": ("no JSON", "no JSON (Expecting property name"),
    b'["text"]': ("no object", "not an object with the fields"),
    b"null": ("no object", "not an object with the fields"),
    b"17": ("no object", "not an object with the fields"),
    b"NaN": ("no object", "not an object with the fields"),
    b'{"text": NaN}': ("value that is no text", "text is float, not a text."),
    b'{"text": "a", "title": {"a": [1]}}': ("value that is no text", "title is dict, not a text."),
    b'{"text": "a", "body": "b"}': ("unknown field", "unknown field 'body'; known: author,"),
    b'{"text": "a", "' + b"x" * 9_000 + b'": "b"}': ("unknown field", f"unknown field '{'x' * 80}…'; known: author,"),
    b'{"text": "a", "text": "b"}': ("repeated field", "the field 'text' stands twice."),
    b'{"title": "a"}': ("no text", "no field 'text'."),
    b'{"text": " "}': ("empty text", "The text is empty"),
    b'{"text": "\x93a"}': ("not in the encoding", "byte 0x93 at position 10 is not utf-8."),
    b'{"text": "\xed\xa0\x80"}': ("not in the encoding", "byte 0xED at position 10 is not utf-8."),
    rb'{"text": "a \ud800 b"}': ("half of a surrogate pair", "text holds a half of a surrogate pair, U+D800, at"),
    rb'{"text": "a\u0000b"}': ("control character", "text holds a control character, U+0000, at position 1"),
    b'{"text": "a\0b"}': ("not in the encoding", "this is a binary file or UTF-16"),
    b'{"text": "a", "url": "no address"}': ("wrong url", "url 'no address' is no http or https address"),
    b'{"text": "a", "published_at": "soon"}': ("wrong date", "published_at: "),
    b'{"text": ' + b"1" * 5_000 + b"}": ("no JSON", "no JSON (Exceeds the limit"),
    b'{"text": ' + b"[" * 100_000 + b"}": ("no JSON", "JSON nested too deeply."),
    b'{"text": "' + b"a" * 1_000_001 + b'"}': ("too long", "The text has 1,000,001 characters"),
}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_each_bad_line_is_named_with_its_reason_and_all_others_are_read(tmp_path, name):
    """Whatever is wrong with a line, the lines around it are articles, and the error names file, line and reason."""
    lines, expected = [], {}
    for bad in BAD_LINES:
        lines += [b'{"text": "Good."}', bad]
        expected[len(lines)] = BAD_LINES[bad]
    content = b"\n".join([*lines, b'{"text": "Last."}'])
    write(tmp_path, {name: gzip.compress(content) if name.endswith(".gz") else content})
    refused = []
    drafts = list(read_file(tmp_path / name, source_name=name, refuse=refused.append))
    assert [draft.source_name for draft in drafts] == [f"{name}#{n}" for n in range(1, len(lines) + 2, 2)]
    assert [error.reason for error in refused] == [reason for reason, _ in expected.values()]
    for error, (number, (_, says)) in zip(refused, expected.items(), strict=True):
        assert str(error).startswith(f"{tmp_path / name}, line {number}: {says}")
        assert len(str(error)) < 400


def test_the_records_of_a_list_are_read_around_bad_ones(tmp_path):
    """A list is read on after a record that is no article, and as far as it is JSON."""
    whole = [b'{"text": "One"}', b"null", b'{"text": "a", "text": "b"}', b'{"text": "Four"}']
    write(tmp_path, {"a.json": b"[" + b", ".join(whole) + b"]"})
    write(tmp_path, {"b.json": b"[" + b",".join([*whole, b'{"text" "x"}, {}]'])})
    drafts, errors = read_all(tmp_path / "a.json")
    assert [draft.text for draft in drafts] == ["One", "Four"]
    assert [error.partition(" ")[2].partition(":")[0] for error in errors] == ["record 2", "record 3"]
    drafts, errors = read_all(tmp_path / "b.json")
    assert [draft.text for draft in drafts] == ["One", "Four"]
    assert errors[-1] == f"{tmp_path}/b.json: no JSON (Expecting ':' delimiter at character 74)."


def test_a_repeated_field_is_found_among_many_in_no_time(tmp_path):
    """The work grows with the number of fields, and not with its square."""
    fields = ", ".join(f'"{n}": 0' for n in (*range(50_000), 49_999))
    write(tmp_path, {"a.json": f"{{{fields}}}".encode()})
    started = time.thread_time()
    assert refusal(tmp_path / "a.json") == f"{tmp_path}/a.json, record 1: the field '49999' stands twice."
    assert time.thread_time() - started < 5


NO_JSON = (b"[1, 2", b"[1 2]", b"[1,]", b"[,1]", b"[1]]", b"{} {}", b"[", b"]", b"tru", b"1e", rb'["\u12"]', b"[1}")


@pytest.mark.parametrize("content", NO_JSON)
def test_a_list_that_is_no_json_is_never_taken_for_a_whole_one(tmp_path, content):
    """What json refuses is refused, at whatever character it breaks off."""
    write(tmp_path, {"a.json": content})
    assert " no JSON (" in read_all(tmp_path / "a.json")[1][-1]


@given(st.lists(st.text(min_size=1, max_size=30).filter(str.strip), max_size=8), st.integers(1, 7), st.booleans())
def test_a_list_is_read_the_same_in_pieces_of_any_size(tmp_path_factory, texts, size, escaped):
    """Where a piece ends, in a word or in an escaped character, makes no difference."""
    folder = tmp_path_factory.mktemp("files")
    records = [{"text": text} for text in texts]
    (folder / "a.json").write_text(json.dumps(records, ensure_ascii=escaped, indent=size), "utf-8", "surrogatepass")
    whole = read_all(folder / "a.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_PIECE_BYTES", size)
        assert read_all(folder / "a.json") == whole


def test_the_lines_before_the_place_where_a_packed_file_is_cut_are_read(tmp_path):
    """Then the file is named, once."""
    random = (f'{{"text": "Line {n} of {hash(str(n))}"}}\n' for n in range(500))
    packed = gzip.compress("".join(random).encode(), mtime=0)
    write(tmp_path, {"a.jsonl.gz": packed[: len(packed) // 2]})
    drafts, errors = read_all(tmp_path / "a.jsonl.gz")
    assert 100 < len(drafts) < 400
    assert errors[-1] == f"{tmp_path}/a.jsonl.gz: Compressed file ended before the end-of-stream marker was reached."
    assert len(errors) <= 2


def test_lines_in_utf_16_are_refused_at_once(tmp_path):
    """Lines cannot be told apart before they are decoded; a list is decoded whole and read."""
    write(tmp_path, {name: '{"text": "Größe"}'.encode("utf-16") for name in ("a.jsonl", "a.json")})
    assert read_all(tmp_path / "a.jsonl", encoding="utf-16")[1] == [
        f"{tmp_path}/a.jsonl: a file of lines in utf-16 is not read; convert it to UTF-8, as JSON should be."
    ]
    assert [draft.text for draft in read_all(tmp_path / "a.json", encoding="utf-16")[0]] == ["Größe"]
    assert read_all(tmp_path / "a.json", encoding="utf-9")[1] == [
        f"{tmp_path}/a.json: unknown encoding 'utf-9'; try utf-8, windows-1252 or utf-16."
    ]


# Memory

MEASURE = """
import resource, sys
from pathlib import Path
from onrecord.index.articles.files import count_articles, read_file

path, refused, drafts = Path(sys.argv[1]), [], 0
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count_articles(path)
for draft in read_file(path, source_name="a", refuse=refused.append):
    drafts += 1
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024, drafts, *(error.reason for error in refused))
"""


def endless(unit, megabytes):
    """Return a gzip file in which the unit is repeated for so many megabytes, made without holding them."""
    return gzip.compress(unit * (1_000_000 // len(unit))) * megabytes


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.jsonl.gz", lambda: endless(b"x", 500), "unpacks to too much", id="one line without an end"),
        pytest.param("a.json.gz", lambda: endless(b" ", 500), "unpacks to too much", id="a list of white space"),
        pytest.param("a.jsonl", lambda: b"[" + b"[]," * 5_000_000 + b'\n{"text": "a"}', "no JSON", id="a wide list"),
        pytest.param("a.json", lambda: b'["' + b"x" * 100_000_000, "too long", id="a text without an end"),
        pytest.param("a.txt.gz", lambda: endless(b"x", 500), "too long", id="a text"),
        pytest.param("a.jsonl", lambda: b"x" * 100_000_000 + b'\n{"text": "a"}', "too long", id="a long line"),
    ],
)
def test_no_file_takes_more_memory_than_one_record_may(tmp_path, name, content, reason):
    """A file made to fill the memory is refused, and takes less than 400 MB besides the program."""
    write(tmp_path, {name: content()})
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / name)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    megabytes, drafts, *said = done.stdout.split(maxsplit=2)
    assert int(megabytes) < 400
    assert "".join(said).strip() == reason
    assert int(drafts) == (name == "a.jsonl")


def test_standard_input_is_read_no_further_than_an_article_goes():
    """A stream without an end is refused after the limit."""
    endless_stream = io.BufferedReader(Zeros())
    with pytest.raises(UnreadableFile, match=r"^Standard input: larger than 4 MB"):
        read_stream(endless_stream, name="Standard input")
    assert read_stream(io.BytesIO(b"A text."), name="Standard input") == Draft(text="A text.")


class Zeros(io.RawIOBase):
    """A stream without an end."""

    def readable(self):
        return True

    def readinto(self, buffer):
        return len(buffer)


@pytest.mark.parametrize(
    ("content", "encoding", "advised"),
    [("Größe".encode("latin-1"), "utf-8", True), (b"a \x81 b", "utf-8", False), (b"a \x81 b", "windows-1252", False)],
)
def test_an_encoding_is_advised_only_if_it_can_be_taken(tmp_path, content, encoding, advised):
    """What the error advises does not end in the same error: bytes that no encoding of it has are named damaged."""
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        list(read_file(file, source_name="a.txt", encoding=encoding))
    assert ("--encoding windows-1252" in str(caught.value)) is advised
    assert "convert it to UTF-8" in str(caught.value)
    if advised:
        assert [draft.text for draft in read_file(file, source_name="a.txt", encoding="windows-1252")] == ["Größe"]


# Web pages


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.html.gz", "a.txt", "story?id=3"])
def test_a_page_is_read_as_its_article(tmp_path, name):
    """A page is told by its ending or by its beginning, and known by its file's name if it declares no address."""
    page = article_page().encode()
    write(tmp_path, {name: gzip.compress(page) if name.endswith(".gz") else page})
    (draft,) = read_file(tmp_path / name, source_name=name)
    assert (draft.text, draft.title, draft.source_name) == ("\n\n".join(PARAGRAPHS), TITLE, name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the page is empty"),
        (b"Plain text.", "this is no HTML"),
        (article_page(body="").encode(), "the page shows no text"),
        (article_page().encode("utf-16-le"), "UTF-16 without its mark"),
        (article_page().encode()[:600], "the end of the page is missing"),
    ],
)
def test_a_page_that_cannot_be_read_is_named_with_its_file(tmp_path, content, words):
    """One line says which file, what is wrong, and the way out; the other files are read."""
    write(tmp_path, {"a.html": content, "b.html": article_page().encode()})
    said = refusal(tmp_path / "a.html")
    assert said.startswith(f"{tmp_path}/a.html: ")
    assert words in said
    assert "\n" not in said


def test_a_page_comes_from_a_stream_as_well():
    """What is piped in is told by its beginning."""
    assert read_stream(io.BytesIO(article_page().encode()), name="Standard input").title == TITLE
