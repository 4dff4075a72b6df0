"""The documents are true: what they show is what the programs print, and what they name is there.

Console blocks run in a shell, in a folder with the seed articles, an archive of them and a server on another copy of
it. Python blocks run in this process. What stands below a command is compared with what the command prints.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, reduce
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from onrecord.index.text.embedder import Embedder
from onrecord.service import schemas, wiring
from onrecord.service.answers.evidence.readers import chosen_reader
from onrecord.service.answers.evidence.readers.large_reader import load_large_reader
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts
from tests.house.documents import (
    DOCUMENTS,
    NOT_RUN,
    Block,
    Command,
    anchors,
    blocks,
    commands,
    differences,
    links,
    matches,
)
from tests.paths import ROOT, SEEDS
from tests.service.serving import serving

ADDRESSES = re.compile(r"\b(?:localhost|127\.0\.0\.1):8000\b")
# It stands before what a command prints, in the output of a document's whole script.
MARK = "\x1e"
without_curl = pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("SKIP_NOTHING"),
    reason="there is no curl, which the documents ask the service with",
)


# The blocks are run


@pytest.fixture
def checkout(filled_home: Path, tmp_path: Path) -> Path:
    """A folder as a reader of the documents has it after `make serve`: the seed articles, an archive, `onrecord`."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    shutil.copytree(filled_home, tmp_path / "archive")
    program = tmp_path / ".venv" / "bin" / "onrecord"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m onrecord "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The reader that users have."""
    return load_large_reader()


@pytest.fixture
def address(filled_home: Path, embedder: Embedder, reader: Reader, tmp_path: Path) -> Iterator[str]:
    """The address of a server on a copy of the archive, without its scheme."""
    settings = Settings(home=shutil.copytree(filled_home, tmp_path / "served"), reader="large")
    with open_parts(settings, embedder=embedder, reader=reader) as parts, serving(create_app(parts, settings)) as url:
        yield url.removeprefix("http://")


def run_in_shell(todo: list[Command], *, checkout: Path, address: str) -> list[tuple[int, str, str]]:
    """Run commands one after the other in one shell; return the exit code and the output of each, and all errors."""
    lines = [f"{ADDRESSES.sub(address, command.words)}\nprintf '{MARK}%s{MARK}' $?\n" for command in todo]
    script = checkout / "script"
    script.write_text("".join(lines), encoding="utf-8")
    # As in a new terminal: nobody has said yet where `onrecord` is, nor which archive is meant.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "ONRECORD_", "XDG_"))}
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "onrecord").exists()]
    environment = {
        **kept,
        "HOME": str(checkout / "home"),
        "PYTHONPATH": str(ROOT),
        "PATH": os.pathsep.join(folders),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", str(script)],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    *pieces, rest = done.stdout.split(MARK)
    assert rest == "", done.stderr
    assert len(pieces) == 2 * len(todo), done.stderr
    outputs, codes = pieces[::2], pieces[1::2]
    port = address.rpartition(":")[2]
    return [
        (int(code), output.replace(f":{port}", ":8000").strip(), done.stderr)
        for code, output in zip(codes, outputs, strict=True)
    ]


def with_console(document: Path) -> bool:
    return any(command.reason_not_to_run is None for command in commands(document))


def short(document: Path) -> str:
    return str(document.relative_to(ROOT))


@without_curl
@pytest.mark.parametrize("document", list(filter(with_console, DOCUMENTS)), ids=short)
def test_what_stands_below_a_command_is_what_it_prints(document: Path, checkout: Path, address: str) -> None:
    """Every command of a document exits with 0 and prints what the document shows below it."""
    todo = [command for command in commands(document) if command.reason_not_to_run is None]
    wrong = []
    for command, (code, output, errors) in zip(
        todo, run_in_shell(todo, checkout=checkout, address=address), strict=True
    ):
        where = f"{document.name}:{command.line}: {command.words}"
        if code != 0:
            wrong.append(f"{where}\nexit code {code}\n{output}\n{errors}")
        if command.printed and not matches(command.printed, output):
            wrong.append(f"{where}\nprints\n{output}\nand the document shows\n{command.printed}")
        if command.answer is not None:
            wrong += [f"{where}\n{difference}" for difference in differences(command.answer, json.loads(output))]
    assert wrong == [], "\n\n".join(wrong)


def python_blocks(document: Path) -> list[tuple[Block, str]]:
    """Return the blocks of Python with the text that stands below each as what it prints."""
    all_blocks = blocks(document)
    return [
        (block, following.text if following and following.follows and following.language == "text" else "")
        for block, following in zip_longest(all_blocks, all_blocks[1:])
        if block.language == "python"
    ]


@pytest.mark.parametrize("document", list(filter(python_blocks, DOCUMENTS)), ids=short)
def test_blocks_of_python_run_and_print_what_stands_below_them(
    document: Path, checkout: Path, address: str, embedder: Embedder, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of one document run one after the other, with the same names and with models that are loaded once."""
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(wiring, "load_embedder", lambda _: embedder)
    monkeypatch.delenv("ONRECORD_READER")
    monkeypatch.setattr(chosen_reader, "load_large_reader", lambda: reader)
    names: dict[str, Any] = {"__name__": "document"}
    for block, shown in python_blocks(document):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(ADDRESSES.sub(address, block.text), f"{short(document)}:{block.line}", "exec"), names)
        assert matches(shown.strip(), output.getvalue().strip()) or not shown, output.getvalue()


# What they show and name is there


def form(value: Any) -> Any:
    """Return a value of JSON with its keys and without its words and numbers."""
    if isinstance(value, dict):
        return {key: form(inner) for key, inner in value.items()}
    return [form(inner) for inner in value] if isinstance(value, list) else None


@pytest.fixture(scope="module")
def models() -> dict[str, type[BaseModel]]:
    """The schemas of the JSON form, by name."""
    return {
        name: value
        for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}.")
        for name, value in vars(importlib.import_module(module.name)).items()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_blocks_of_json_are_json_and_follow_the_schema_they_name(
    document: Path, models: dict[str, type[BaseModel]]
) -> None:
    """A block that names a schema has all keys that the schema asks for, and no other."""
    for block in blocks(document):
        if block.language not in {"json", "jsonl"}:
            continue
        for text in block.text.splitlines() if block.language == "jsonl" else [block.text]:
            value = json.loads(text)
            if block.model:
                read = models[block.model].model_validate(value).model_dump(mode="json", exclude_unset=True)
                assert form(value) == form(read), f"{document.name}:{block.line}"


def test_the_http_page_and_the_service_have_the_same_requests(address: str) -> None:
    """Every request of the service's OpenAPI document stands in the page's table, and every one there is served."""
    page = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    shown = set(re.findall(r"`(GET|POST|DELETE) (/[^`?]*)", table)) | {("POST", "/ask")}
    paths = httpx.get(f"http://{address}/openapi.json").json()["paths"]
    served = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path)) for path, methods in paths.items() for method in methods
    }
    # The page and the widget are no part of the interface that OpenAPI describes.
    assert shown - {("GET", "/"), ("GET", "/widget.js")} == served


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=short)
def test_links_lead_to_what_is_there(document: Path) -> None:
    """A relative link leads to a file, and to a heading of it; one whose text is code, to that name in a module."""
    wrong = []
    for text, target in links(document):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists():
            wrong.append(f"{target}: there is no such file")
        elif anchor and anchor not in anchors(file):
            wrong.append(f"{target}: {path or document.name} has no such heading")
        elif file.suffix == ".py" and "/" not in text and not text.endswith(".py"):
            module = ".".join(("onrecord", *file.relative_to(ROOT).with_suffix("").parts))
            try:
                reduce(getattr, text.split("."), importlib.import_module(module))
            except AttributeError as error:
                wrong.append(f"{text}: {error}")
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_paths_and_modules_that_are_named_are_there(document: Path) -> None:
    """A path in code type that begins with a folder of the repository exists; so does a module after `python -m`."""
    page = document.read_text(encoding="utf-8")
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", page)
    paths = {
        span for span in spans if re.fullmatch(r"(bench|docs|index|prompts|scripts|seeds|service|tests)/[\w./-]*", span)
    }
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []
    modules = set(re.findall(r"python -m (bench[\w.]*\w|scripts[\w.]*\w)", page))
    assert sorted(module for module in modules if importlib.util.find_spec(module) is None) == []


@cache
def names_of_tests() -> frozenset[str]:
    code = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for text in code for name in re.findall(r"def (test_\w+)\(", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_tests_that_are_named_are_there(document: Path) -> None:
    """A promise is held by the test that the document names beside it."""
    named = set(re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8")))
    assert sorted(named - names_of_tests()) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    """Somebody who follows links from the README finds every document."""
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in found or page.suffix != ".md" or not page.exists():
            continue
        found.add(page)
        targets = (target.partition("#")[0] for _, target in links(page) if not re.match(r"[a-z]+:", target))
        todo += [(page.parent / target).resolve() for target in targets if target]
    assert sorted(short(page) for page in set(DOCUMENTS) - found) == []


# The checks themselves


def test_only_commands_that_a_document_has_are_left_out() -> None:
    """A beginning in the list of commands that are not run begins a command of some document."""
    written = [command.words for document in DOCUMENTS for command in commands(document)]
    assert [start for start in NOT_RUN if not any(words.startswith(start) for words in written)] == []


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("5 created.", "5 created.", True),
        ("5 created.", "4 created.", False),
        ("id … end", "id 12ab\nend", False),
        ("id … end", "id 12ab\n end", True),
        ("(a)…", "(a) and more", True),
    ],
)
def test_an_ellipsis_stands_for_any_text_and_nothing_else_does(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


@pytest.mark.parametrize(
    ("shown", "sent", "same"),
    [
        ({"a": 1, "b": "x…"}, {"a": 1, "b": "xyz"}, True),
        ({"a": 1.5}, {"a": 2.5}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"a": 1.0}, False),
        ({"a": None}, {"a": "x"}, False),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": True}, {"a": False}, False),
    ],
)
def test_json_differs_by_keys_types_whole_numbers_and_words(shown: Any, sent: Any, same: bool) -> None:
    assert (not list(differences(shown, sent))) is same


def test_commands_are_read_with_what_they_print(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ one \\\n> more\nprinted\n\n$ two\n```\n\n```json\n{}\n```\n", encoding="utf-8")
    assert list(commands(page)) == [
        Command(line=2, words="one \\\nmore", printed="printed"),
        Command(line=6, words="two", printed="", answer={}),
    ]
