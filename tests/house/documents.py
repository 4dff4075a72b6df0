"""Read what the documents hold: their blocks, their commands with what they print, their links and headings."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from tests.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

# Commands are not run if they begin like this, for this reason.
NOT_RUN = {
    "make ": "it installs, or runs this very suite",
    ".venv/bin/": "there is a virtual environment where `make` has made one",
    "docker ": "no container engine runs where the tests run",
    "chroma ": "it serves until it is stopped; tests/service/test_chroma_server.py runs it",
    "python -m bench.": "it takes minutes and data that the repository does not hold; its module must be there",
    "ONRECORD_": "it needs a language model, a model folder or another server",
    "CHROMA_URL=": "it needs another server",
    "onrecord eval ": "it takes questions of the reader's own",
    "onrecord calibrate ": "it takes questions of the reader's own",
}

WILDCARD = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block that a document holds."""

    line: int
    """Where it begins, counted from 1."""
    language: str
    model: str
    """The schema that a JSON block follows, where the document names it after the language."""
    text: str
    follows: bool
    """Whether nothing stands between it and the block before."""


@cache
def blocks(document: Path) -> tuple[Block, ...]:
    """Return the fenced blocks of a document, in order."""
    found: list[Block] = []
    after_fence = False
    for token in MarkdownIt().parse(document.read_text(encoding="utf-8")):
        if token.type == "fence" and token.map:
            language, _, model = token.info.partition(" ")
            found.append(
                Block(line=token.map[0] + 1, language=language, model=model, text=token.content, follows=after_fence)
            )
        after_fence = token.type == "fence"
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of a console block, and what the document says that it prints."""

    line: int
    words: str
    printed: str
    answer: Any = None
    """The JSON that it prints, where a block of JSON stands below the command."""

    @property
    def reason_not_to_run(self) -> str | None:
        return next((reason for start, reason in NOT_RUN.items() if self.words.startswith(start)), None)


def commands(document: Path) -> Iterator[Command]:
    """Yield the commands of a document's console blocks: lines that begin with "$ ", and those below with "> "."""
    all_blocks = blocks(document)
    for block, following in zip_longest(all_blocks, all_blocks[1:]):
        if block.language != "console":
            continue
        parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert parts[0] == "", f"{document.name}:{block.line}: a console block begins with '$ ' and a command"
        line = block.line + 1
        for number, part in enumerate(parts[1:], start=1):
            first, *rest = part.splitlines()
            more = [text[2:] for text in rest if text.startswith("> ")]
            printed = "\n".join(rest[len(more) :]).strip()
            is_last = number == len(parts) - 1
            follows = is_last and not printed and following is not None and following.follows
            answer = json.loads(following.text) if follows and following.language == "json" else None
            yield Command(line=line, words="\n".join([first, *more]), printed=printed, answer=answer)
            line += 1 + len(rest)


def matches(shown: str, printed: str) -> bool:
    """Say whether the text that a document shows stands for the text printed; "…" stands for any text."""
    pattern = ".*?".join(re.escape(part) for part in shown.split(WILDCARD))
    return re.fullmatch(pattern, printed, flags=re.DOTALL) is not None


def differences(shown: Any, sent: Any, at: str = "$") -> Iterator[str]:
    """Yield where two values of JSON differ: in keys, types, whole numbers and words.

    A number with a decimal point stands for any such number, since it is measured or computed on this machine.
    """
    if type(shown) is not type(sent):
        yield f"{at}: {shown!r} in the document, {sent!r} sent"
    elif isinstance(shown, dict):
        if list(shown) != list(sent):
            yield f"{at}: keys {list(shown)} in the document, {list(sent)} sent"
        else:
            for key in shown:
                yield from differences(shown[key], sent[key], f"{at}.{key}")
    elif isinstance(shown, list):
        if len(shown) != len(sent):
            yield f"{at}: {len(shown)} in the document, {len(sent)} sent"
        for number, (one, other) in enumerate(zip(shown, sent, strict=False)):
            yield from differences(one, other, f"{at}[{number}]")
    elif isinstance(shown, str):
        if not matches(shown, sent):
            yield f"{at}: {shown!r} in the document, {sent!r} sent"
    elif not isinstance(shown, float) and shown != sent:
        yield f"{at}: {shown} in the document, {sent} sent"


@cache
def anchors(document: Path) -> frozenset[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    tokens = MarkdownIt().parse(document.read_text(encoding="utf-8"))
    titles = [after.content for token, after in zip(tokens, tokens[1:], strict=False) if token.type == "heading_open"]
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


@cache
def links(document: Path) -> tuple[tuple[str, str], ...]:
    """Return the text and the target of each link and image."""
    found: list[tuple[str, str]] = []
    for token in MarkdownIt().enable("table").parse(document.read_text(encoding="utf-8")):
        children = token.children or []
        for number, child in enumerate(children):
            if child.type == "link_open":
                found.append((children[number + 1].content, str(child.attrs["href"])))
            elif child.type == "image":
                found.append((child.content, str(child.attrs["src"])))
    return tuple(found)
