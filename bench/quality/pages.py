"""Measure what is read of news pages against what people read on them, with the time it takes.

    python -m bench.quality.pages FOLDER [--worst 10]

FOLDER has `gold.jsonl.gz`, whose lines are JSON objects with `id`, `publisher`, `html` (a path in the folder, packed
with gzip), `title`, `authors`, `published` and `body_text`, and `score.py` with the functions `f1` (of two texts: F1,
precision, recall), `ntitle` (a title as it is compared) and `authf1` (of two lists of names). Every second publisher,
in the order of their names, is of the half that the reading was tuned on.
"""

import argparse
import gzip
import importlib.util
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.index.articles.html.hidden import remove_hidden, show_streamed
from onrecord.index.articles.html.metadata import read_metadata
from onrecord.index.articles.html.page_bytes import decode_page, parse_page
from onrecord.index.articles.html.page_reader import read_page
from onrecord.index.articles.html.visible_text import visible_blocks
from onrecord.index.errors import InvalidArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was read of one page; shares are between 0 and 1."""

    name: str
    publisher: str
    refused: str | None
    body: float
    title: bool
    headline: bool
    """Whether the title is one that the page shows or declares."""
    day: bool
    authors: float
    visible: bool
    """Whether every paragraph of the text is one that the page shows."""
    milliseconds: float


def measure(folder: Path, record: dict[str, Any], score: Any) -> Measured:
    """Read one page and compare it with its record."""
    content = gzip.decompress((folder / record["html"]).read_bytes())
    began = time.process_time()
    refused, draft = None, None
    try:
        draft = read_page(content)
    except InvalidArticle as error:
        refused = str(error)
    milliseconds = (time.process_time() - began) * 1000
    root = parse_page(decode_page(content)[0])
    declared = read_metadata(root)
    show_streamed(root)
    remove_hidden(root)
    blocks = visible_blocks(root)
    shown = {block.text for block in blocks}
    headlines = [block.text for block in blocks if block.element.tag == "h1"]
    headlines += [*declared.headlines, *declared.head_titles, declared.window_title or "", record["title"]]
    title = score.ntitle(draft.title) if draft else ""
    return Measured(
        name=record["id"],
        publisher=record["publisher"],
        refused=refused,
        body=score.f1(draft.text if draft else "", record["body_text"])[0],
        title=title == score.ntitle(record["title"]),
        headline=title in map(score.ntitle, headlines),
        day=((draft.published_at if draft else None) or "")[:10] == (record["published"] or "")[:10],
        authors=score.authf1(draft.page.authors if draft and draft.page else [], record["authors"]),
        visible=draft is None or all(paragraph in shown for paragraph in draft.text.split("\n\n")),
        milliseconds=milliseconds,
    )


def show(name: str, pages: Sequence[Measured]) -> None:
    """Print one line of the table."""
    bodies = [page.body for page in pages]
    shares = (
        statistics.median(bodies),
        statistics.fmean(bodies),
        statistics.fmean(body < 0.8 for body in bodies),
        *(statistics.fmean(getattr(page, what) for page in pages) for what in ("title", "headline", "day", "authors")),
        statistics.fmean(page.visible for page in pages),
    )
    times = sorted(page.milliseconds for page in pages)
    cells = [f"{share:.3f}" for share in shares] + [f"{statistics.median(times):.0f}", f"{times[-1]:.0f}"]
    print(f"| {name} | {len(pages)} | {' | '.join(cells)} | {sum(page.refused is not None for page in pages)} |")


def main() -> None:
    """Measure the pages of a folder and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="name as many pages with the lowest F1")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("score", options.folder / "score.py")
    if spec is None or spec.loader is None:
        parser.error(f"{options.folder} has no score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    with gzip.open(options.folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    read_page(b"<p>The first page loads the libraries, which is no part of the time of a page." + b" word" * 90)
    pages = [measure(options.folder, record, score) for record in records]
    aside = set(sorted({page.publisher for page in pages})[::2])
    print("| publishers | pages | F1 median | mean | below .8 | title | headline | day | authors | visible", end="")
    print(" | ms median | worst | refused |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    show("tuned on", [page for page in pages if page.publisher not in aside])
    show("aside", [page for page in pages if page.publisher in aside])
    show("all", pages)
    for page in sorted(pages, key=lambda page: page.body)[: options.worst]:
        print(f"{page.body:.3f}  {page.name}  {page.refused or ''}")


if __name__ == "__main__":
    main()
