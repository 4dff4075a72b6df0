"""What the commands print: lines, wrapped text, JSON, errors, and values as people read them."""

import json
import shutil
import textwrap
from typing import TYPE_CHECKING, Protocol

import typer

if TYPE_CHECKING:
    from onrecord.index.values import ArticleInfo
    from onrecord.service.schemas.answers import AnswerOut, CitationOut
    from onrecord.service.schemas.articles import CopiesOut

_MAX_WIDTH = 100
"""Columns that a wrapped text takes at most."""


def print_json(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_error(message: str) -> None:
    """Print an error in one line on stderr."""
    typer.echo(f"onrecord: {' '.join(message.split())}", err=True)


def print_wrapped(text: str, *, indent: str, first: str | None = None) -> None:
    """Print a text in lines that fit the terminal, each after `indent`; the first one after `first`, if given."""
    start = indent if first is None else first
    # Without a terminal there is no width, and lines stay whole for the program that reads them.
    columns = shutil.get_terminal_size(fallback=(0, 0)).columns
    if columns:
        lines = textwrap.wrap(text, min(_MAX_WIDTH, columns), initial_indent=start, subsequent_indent=indent)
    else:
        lines = [start + " ".join(text.split())]
    typer.echo("\n".join(lines))


class Described(Protocol):
    """What names an article."""

    title: str
    publisher: str | None
    published_at: str | None
    source_name: str | None


def print_answer(answer: "AnswerOut") -> None:
    """Print an answer with its quotes, or an abstention with the quotes that come closest."""
    if answer.status == "abstained":
        typer.echo(answer.answer)
        if answer.closest:
            typer.echo("The closest it has:\n")
    if answer.mode == "generative":
        print_wrapped(answer.answer, indent="")
        typer.echo("")
    for citation in answer.citations or answer.closest:
        _print_citation(citation)
    if answer.disagreements:
        from onrecord.service.answers.prompts import load_prompts
        from onrecord.service.answers.quoting.disagreement import say_who_differs

        differ = load_prompts().differ
        dates = {citation.number: citation.published_at for citation in answer.citations}
        for one in answer.disagreements:
            typer.echo(say_who_differs(one.citations, dates, differ))
    if answer.degraded_reason:
        print_wrapped(answer.degraded_reason, indent="")
    if answer.rejected:
        typer.echo(f"Sentences of the language model that were withheld: {len(answer.rejected)} (--json lists them).")


def describe_article(info: "Described | ArticleInfo") -> str:
    """Return an article's title, publisher, date and source name, as far as they are known, in one line."""
    date = info.published_at[:10] if info.published_at else None
    return " · ".join(part for part in (info.title, info.publisher, date, info.source_name) if part)


def describe_copies(copies: "CopiesOut") -> str:
    """Return how many other articles carry the same words, as the end of a line; empty if none do."""
    alike = f" · {len(copies.alike)} more from one origin and day say the same" if copies.alike else ""
    if not (copies.article_ids or copies.corrected):
        # Most have none, and the templates are files, which need not be read for them.
        return alike
    from onrecord.service.answers.prompts import load_prompts

    prompts = load_prompts()
    said = [(prompts.copies, copies.article_ids), (prompts.corrected, copies.corrected)]
    return "".join(" · " + words.format(count=len(articles)) for words, articles in said if articles) + alike


def _print_citation(citation: "CitationOut") -> None:
    print_wrapped(f"[{citation.number}] “{citation.quote}”", indent="    ", first="")
    speaker = f"{citation.speaker} · " if citation.speaker else ""
    place = f"{citation.article_id} {citation.start}–{citation.end}"
    copies = describe_copies(citation.copies)
    print_wrapped(f"— {speaker}{describe_article(citation)} · {place}{copies}", indent="      ", first="    ")
    typer.echo("")
