"""Files into drafts."""

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles import files
from onrecord.index.articles.files import MAX_BYTES, count_articles, decode, find_files, read_file
from onrecord.index.errors import InvalidArticle, UnreadableFile
from onrecord.index.values import Draft


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def refusal(path, **options):
    with pytest.raises(InvalidArticle) as caught:
        list(read_file(path, source_name=path.name, **options))
    return str(caught.value)


# Finding files


def test_a_folder_gives_its_article_files_with_their_names_below_it(tmp_path):
    """Known endings are found at any depth and in any case, in the order of their paths; hidden files are not."""
    names = ["b.txt", "a/x.JSON", "a/y.jsonl.gz", "a/b/z.md", "old.text", "c.txt.gz"]
    others = [".hidden.txt", ".git/a.txt", "a/.cache/b.txt", "picture.jpg", "table.csv", "archive.gz", "txt"]
    write(tmp_path, dict.fromkeys([*names, *others], b"Text."))
    (tmp_path / "folder.txt").mkdir()
    assert list(find_files([tmp_path])) == [
        (tmp_path / name, name) for name in sorted(names, key=lambda n: n.split("/"))
    ]


def test_a_folder_inside_a_hidden_one_may_be_named(tmp_path):
    """Hidden is what is hidden below the folder named, not above it."""
    write(tmp_path, {".data/news/a.txt": b"Text."})
    assert list(find_files([tmp_path / ".data/news"])) == [(tmp_path / ".data/news/a.txt", "a.txt")]


def test_a_file_that_is_named_is_taken(tmp_path):
    """A file's ending does not matter when somebody names it, and files come in the order they are named."""
    write(tmp_path, {"b.html": b"Text.", ".a": b"Text."})
    paths = [tmp_path / "b.html", tmp_path / ".a"]
    assert list(find_files(paths)) == [(paths[0], "b.html"), (paths[1], ".a")]


def test_a_path_that_is_not_there_is_named(tmp_path):
    """What comes before the missing path is found first."""
    write(tmp_path, {"a.txt": b"Text."})
    found = find_files([tmp_path / "a.txt", tmp_path / "nothing"])
    assert next(found) == (tmp_path / "a.txt", "a.txt")
    with pytest.raises(UnreadableFile, match=rf"^{re.escape(str(tmp_path))}/nothing: no such file or folder\.$"):
        next(found)


def test_a_folder_without_articles_is_named_with_the_known_endings(tmp_path):
    """A folder that holds nothing readable is more likely a mistake than a wish."""
    write(tmp_path, {"a.pdf": b"%PDF", ".b.txt": b"Text."})
    with pytest.raises(UnreadableFile) as caught:
        list(find_files([tmp_path]))
    assert str(caught.value) == (
        f"{tmp_path}: no article file in this folder; known endings: "
        ".json, .jsonl, .md, .text, .txt, each also with .gz."
    )


# Text files


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300).filter(lambda text: "\0" not in text))
def test_a_text_is_read_character_for_character(tmp_path_factory, text):
    """Line ends, a byte order mark, emoji: what is in the file is in the draft, also out of a .gz."""
    folder = tmp_path_factory.mktemp("files")
    write(folder, {"a.txt": text.encode(), "b.txt.gz": gzip.compress(text.encode())})
    for name in ("a.txt", "b.txt.gz"):
        assert list(read_file(folder / name, source_name="x/" + name)) == [Draft(text=text, source_name="x/" + name)]


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
        decode(b"Text", name="a.txt", encoding="utf-9")
    assert str(caught.value) == "a.txt: unknown encoding 'utf-9'; try utf-8, windows-1252 or utf-16."


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path, name):
    """A larger file is refused before it is read to its end; packed, its unpacked size counts."""
    path = tmp_path / name
    write(tmp_path, {name: gzip.compress(b"x" * MAX_BYTES) if name.endswith(".gz") else b"x" * MAX_BYTES})
    assert [len(draft.text) for draft in read_file(path, source_name="a")] == [MAX_BYTES]
    content = b"x" * (MAX_BYTES + 1)
    write(tmp_path, {name: gzip.compress(content) if name.endswith(".gz") else content})
    assert refusal(path) == f"{path}: larger than 4 MB, the limit for one article; cut it into several."


def test_an_empty_file_is_an_empty_draft(tmp_path):
    """An empty file is told apart from a missing one: the check of drafts refuses it with its own words."""
    write(tmp_path, {"a.txt": b""})
    assert list(read_file(tmp_path / "a.txt", source_name="a.txt")) == [Draft(text="", source_name="a.txt")]


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


def test_a_line_longer_than_any_article_is_refused(tmp_path, monkeypatch):
    """A line without an end does not fill the memory."""
    monkeypatch.setattr(files, "MAX_BYTES", 10_000)
    write(tmp_path, {"a.jsonl": b'{"text": "One"}\n' + b"x" * 20_000})
    assert refusal(tmp_path / "a.jsonl") == f"{tmp_path}/a.jsonl, line 2: longer than 0 MB."
