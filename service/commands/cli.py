"""The command line. Heavy imports stand inside the commands, so that `--help` is there at once.

Exit codes: 0 done · 1 an error, said in one line on stderr · 2 wrong usage · 3 not answered, nothing found.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from onrecord.service.commands import upkeep as maintenance
from onrecord.service.commands.calibrate import calibrate
from onrecord.service.commands.evaluate import evaluate

if TYPE_CHECKING:
    from onrecord.index.speech.quotations import Quotation
    from onrecord.index.values import ArticleInfo, Copies, Draft, Filters
    from onrecord.service.answers.answer import Answer, Citation
    from onrecord.service.wiring import Parts

_NOT_ANSWERED = 3

app = typer.Typer(
    name="onrecord",
    help="Answers questions about a news archive and proves every sentence with a verbatim quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="Quotes or passages at most.")]
After = Annotated[str | None, typer.Option("--after", help="Published at or after this ISO 8601 date.")]
Before = Annotated[str | None, typer.Option("--before", help="Published before this ISO 8601 date.")]
Publisher = Annotated[str | None, typer.Option(help="Published by.")]
Speaker = Annotated[str | None, typer.Option(help="Whose words: a name in any form, or a role.")]
Params = ParamSpec("Params")


def main() -> None:
    """Run the command line."""
    app()


def _says_errors(command: Callable[Params, None]) -> Callable[Params, None]:
    """Turn an error that a user can do something about into one line and exit code 1."""

    @wraps(command)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> None:
        from onrecord.index.errors import OnRecordError

        try:
            command(*args, **kwargs)
        except OnRecordError as error:
            _fail(str(error))
        except KeyboardInterrupt as error:
            _fail(str(error) or "Interrupted; what was reported as added is kept.", code=130)
        except BrokenPipeError:
            # The reader of a pipe has enough, as `head` does; nothing more can be written, not even by the exit.
            sys.stdout = None
            raise typer.Exit(0) from None

    return run


@app.command()
@_says_errors
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Serve the archive over HTTP, with a page at /."""
    from onrecord.service.http.server import serve as run

    run(host=host, port=port)


@app.command()
@_says_errors
def add(
    paths: Annotated[list[str], typer.Argument(help="Files and folders; - reads one article from standard input.")],
    encoding: Annotated[str, typer.Option(help="The text files' encoding.")] = "utf-8",
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing if the archive holds an article.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add articles: .txt and .md files; .json and .jsonl with the fields of `POST /articles`; each also with .gz."""
    from onrecord.index.articles.files import count_articles, decode, find_files, read_file
    from onrecord.index.errors import InvalidArticle
    from onrecord.index.values import Draft
    from onrecord.service.settings import load_settings

    settings = load_settings()
    if if_empty and _count_articles(settings.home):
        return
    standard_input = [Draft(text=decode(sys.stdin.buffer.read(), name="Standard input", encoding=encoding))] * (
        "-" in paths
    )
    files = list(find_files(Path(path) for path in paths if path != "-"))
    names = [name for _, name in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InvalidArticle(
            f"Two of the files have the source name {twice!r}, so the second would replace the first; "
            "add them from a folder above both."
        )
    total = len(standard_input) + sum(count_articles(path) for path, _ in files)
    errors: list[str] = []

    def drafts() -> Iterator[Draft]:
        yield from standard_input
        for path, name in files:
            try:
                yield from read_file(path, source_name=name, encoding=encoding)
            except InvalidArticle as error:
                errors.append(str(error))

    counts = {"created": 0, "updated": 0, "unchanged": 0}
    added_list = []
    for added in _add_all(drafts(), total=total, errors=errors):
        counts[added.status] += 1
        if as_json:
            added_list.append({"id": added.article.id, "status": added.status, "title": added.article.title})
    for message in errors:
        _print_error(message)
    if as_json:
        _print_json({"articles": added_list, "errors": errors})
    else:
        said = ", ".join(f"{number} {status}" for status, number in counts.items() if number) or "nothing added"
        _print(said + (f", {len(errors)} refused" if errors else "") + ".")
    if errors:
        raise typer.Exit(1)


@app.command()
@_says_errors
def ask(
    question: Annotated[str | None, typer.Argument(help="The question; without it, standard input is read.")] = None,
    limit: Limit = 5,
    after: After = None,
    before: Before = None,
    publisher: Publisher = None,
    speaker: Speaker = None,
    as_json: AsJson = False,
) -> None:
    """Ask the archive; exit code 3 if it does not answer."""
    text = _read_question(question)
    filters = _read_filters(after, before, publisher)
    import asyncio

    from onrecord.service.answers.answer import Answer
    from onrecord.service.answers.question.conversation import Asked
    from onrecord.service.commands.quiet_logs import hushed
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import open_parts

    with (
        # What went wrong with a language model stands in the answer.
        hushed("onrecord.service.answers.prose.generative_answerer"),
        open_parts(load_settings(), reads=True, writes_prose=True) as parts,
    ):
        asked = Asked(question=text, limit=limit, filters=_of_speaker(filters, speaker, parts))

        async def answer_it() -> Answer:
            try:
                return await parts.answering.answer(asked)
            finally:
                await parts.answering.close()

        answer = asyncio.run(answer_it())
    if as_json:
        import uuid

        from onrecord.service.schemas.answers import AnswerOut

        _print_json(AnswerOut.from_answer(answer, id=uuid.uuid4().hex).model_dump())
    else:
        _show_answer(answer)
    if answer.status == "abstained":
        raise typer.Exit(_NOT_ANSWERED)


@app.command()
@_says_errors
def search(
    query: Annotated[str | None, typer.Argument(help="What to find; without it, standard input is read.")] = None,
    limit: Limit = 10,
    after: After = None,
    before: Before = None,
    publisher: Publisher = None,
    speaker: Speaker = None,
    as_json: AsJson = False,
) -> None:
    """Find passages by word and by meaning; exit code 3 if there are none."""
    text = _read_question(query)
    filters = _read_filters(after, before, publisher)
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import open_parts

    with open_parts(load_settings(), reads=True) as parts:
        passages = parts.retriever.retrieve(text, limit=limit, filters=_of_speaker(filters, speaker, parts)).passages
    if as_json:
        from onrecord.service.schemas.passages import PassageOut

        _print_json({"passages": [PassageOut.from_passage(passage).model_dump() for passage in passages]})
    else:
        for passage in passages:
            place = f"{passage.span.start}–{passage.span.end}{_describe_copies(passage.copies)}"
            _print(f"{passage.score:.2f}  {_describe(passage.article)}  {place}")
            _print_wrapped(passage.text, indent="      ")
    if not passages:
        raise typer.Exit(_NOT_ANSWERED)


@app.command()
@_says_errors
def quotations(
    file: Annotated[
        Path | None, typer.Argument(help="A file to read instead of the archive, which stays closed.")
    ] = None,
    speaker: Speaker = None,
    about: Annotated[str | None, typer.Option(help="A topic, by word and by meaning.")] = None,
    after: After = None,
    before: Before = None,
    publisher: Publisher = None,
    kind: Annotated[str | None, typer.Option(help="direct, mixed or reported.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Quotations at most, of the archive.")] = 20,
    encoding: Annotated[str, typer.Option(help="The file's encoding.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Show who said what: in the archive, or in a file. Exit code 3 if there is nothing."""
    from onrecord.index.speech.quotations import QuotationKind
    from onrecord.service.schemas.quotations import QuotationOut, QuotedOut

    if kind is not None and kind not in set(QuotationKind):
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(QuotationKind)}.", param_hint="--kind")
    if file is not None:
        if speaker or about or after or before or publisher or kind:
            raise typer.BadParameter("a file is shown whole; the options choose from the archive.")
        found = _quotations_in(file, encoding)
        rows = [QuotedOut.from_quotation(quotation).model_dump(mode="json") for quotation in found]
        lines = [(quotation, "") for quotation in found]
    else:
        filters = _read_filters(after, before, publisher)
        from onrecord.service.settings import load_settings
        from onrecord.service.wiring import open_parts

        with open_parts(load_settings(), reads=True) as parts:
            stored = parts.quotations.find(
                speaker=speaker, about=about, kind=QuotationKind(kind) if kind else None, filters=filters, limit=limit
            )
        rows = [QuotationOut.from_found(one).model_dump(mode="json") for one in stored]
        lines = [
            (one.stored.quotation, f"{_describe(one.stored.article)} · {one.stored.article.id} ") for one in stored
        ]
    if as_json:
        _print_json(rows if file is not None else {"quotations": rows})
    else:
        for quotation, place in lines:
            said = "denied" if quotation.denied else quotation.cue or ""
            who = quotation.speaker or quotation.speaker_mention or "?"
            role = f" ({quotation.role})" if quotation.role else ""
            reporter = f", as {quotation.reported_by} reported" if quotation.reported_by else ""
            _print_wrapped(f"{who}{role} {said}{reporter}: {quotation.text}", indent="    ", first="")
            _print_wrapped(f"— {place}{quotation.span.start}–{quotation.span.end}", indent="      ", first="    ")
    if not rows:
        raise typer.Exit(_NOT_ANSWERED)


@app.command("list")
@_says_errors
def list_articles(
    query: Annotated[str | None, typer.Argument(help="In title, publisher, author or source name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the articles in the order they were added."""
    articles = list(_articles(query))
    if as_json:
        from onrecord.service.schemas.articles import ArticleInfoOut

        _print_json({"articles": [ArticleInfoOut.from_info(info, copies).model_dump() for info, copies in articles]})
        return
    for info, _ in articles:
        _print(f"{info.id}  {_describe(info)}")


@app.command()
@_says_errors
def remove(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="As `onrecord list` names it.")],
    as_json: AsJson = False,
) -> None:
    """Remove an article and everything that was derived from it."""
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import open_parts

    with open_parts(load_settings()) as parts:
        info = parts.indexer.remove(article_id)
    if as_json:
        _print_json({"removed": info.id, "title": info.title})
    else:
        _print(f"Removed {info.id}  {info.title}")


@app.command()
@_says_errors
def status(as_json: AsJson = False) -> None:
    """Say what the archive holds, who has it open, and which model it was built with."""
    from onrecord.index.archive.lock import live_owner_of
    from onrecord.service.settings import load_settings

    home = load_settings().home
    facts: dict[str, Any] = {
        "home": str(home),
        "in_use_by": live_owner_of(home),
        **_read_status(home),
        "next_index": maintenance.describe_next(home),
    }
    if as_json:
        _print_json(facts)
        return
    for name, value in facts.items():
        _print(f"{name.replace('_', ' '):<14} {'–' if value is None else value}")


for _command in (maintenance.reindex, maintenance.verify, maintenance.backup, maintenance.restore, calibrate):
    app.command()(_says_errors(_command))
app.command("eval")(_says_errors(evaluate))


def _quotations_in(file: Path, encoding: str) -> "list[Quotation]":
    from onrecord.index.articles.drafts import check_draft
    from onrecord.index.articles.files import read_file
    from onrecord.index.articles.news.article_reader import read_article
    from onrecord.index.errors import UnreadableFile
    from onrecord.index.speech.quotations import quotations_of

    if not file.is_file():
        raise UnreadableFile(f"{file}: no such file.")
    drafts = [check_draft(draft) for draft in read_file(file, source_name=file.name, encoding=encoding)]
    return [
        quotation
        for draft in drafts
        for quotation in quotations_of(draft.text, read_article(draft.text, title=draft.title).blocks)
    ]


def _add_all(drafts: "Iterator[Draft]", *, total: int, errors: list[str]) -> Iterator[Any]:
    """Add the drafts with a progress bar; one that is refused is noted and the others are added all the same."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from onrecord.index.articles.drafts import check_draft
    from onrecord.index.errors import InvalidArticle
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import open_parts

    def checked() -> Iterator["Draft"]:
        for draft in drafts:
            try:
                yield check_draft(draft)
            except InvalidArticle as error:
                errors.append(f"{draft.source_name or draft.url or 'Standard input'}: {error}")

    columns = (TextColumn("Adding articles"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with open_parts(load_settings()) as parts, Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("add", total=total)
        for added in parts.indexer.add(checked()):
            progress.advance(task)
            yield added


def _count_articles(home: Path) -> int:
    return int(_read_status(home)["articles"])


def _read_status(home: Path) -> dict[str, Any]:
    """Read what the archive says of itself, beside a process that may have it open; creates nothing."""
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.service.answers.evidence.calibration import say_calibration
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    file = archive_file(home)
    if not file.exists():
        nothing = dict.fromkeys(("articles", "passages", "sentences", "quotations"), 0)
        return {**nothing, "embedder": None, "vectors_mended": None, "calibration": "as shipped"}
    archive = SqliteArchive(file)
    try:
        counts = archive.counts()
        return {
            "articles": counts.articles,
            "passages": counts.passages,
            "sentences": counts.sentences,
            "quotations": counts.quotations,
            "embedder": archive.embedder(),
            "vectors_mended": archive.fact("vector_index_mended"),
            "calibration": say_calibration(archive, reader=load_settings().reader == "built-in"),
        }
    finally:
        archive.close()


def _articles(query: str | None) -> "Iterator[tuple[ArticleInfo, Copies]]":
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.values import Copies
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    file = archive_file(load_settings().home)
    if not file.exists():
        return
    archive = SqliteArchive(file)
    try:
        after: int | None = 0
        while after is not None:
            page, after = archive.articles(limit=500, after=after, query=query)
            copies = archive.copies.shared([info.id for info in page])
            yield from ((info, copies.get(info.id, Copies())) for info in page)
    finally:
        archive.close()


def _read_question(argument: str | None) -> str:
    """Return the argument, or standard input where something is piped in."""
    if argument in {None, "-"} and sys.stdin.isatty():
        raise typer.BadParameter("say what to look for, or pipe it in.")
    text = sys.stdin.read() if argument in {None, "-"} else argument
    if not text or not text.strip():
        raise typer.BadParameter("it is blank; say what to look for.")
    from onrecord.service.settings import load_settings

    limit = load_settings().max_question
    if len(text) > limit:
        raise typer.BadParameter(f"it has {len(text):,} characters, the limit is {limit:,} (ONRECORD_MAX_QUESTION).")
    return text.strip()


def _read_filters(after: str | None, before: str | None, publisher: str | None) -> "Filters":
    from onrecord.index.text.timestamps import to_utc
    from onrecord.index.values import Filters

    try:
        return Filters(
            published_after=to_utc(after) if after else None,
            published_before=to_utc(before) if before else None,
            publisher=publisher,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _of_speaker(filters: "Filters", speaker: str | None, parts: "Parts") -> "Filters":
    from dataclasses import replace

    return replace(filters, speakers=parts.speakers.match(speaker)) if speaker else filters


def _show_answer(answer: "Answer") -> None:
    if answer.status == "abstained":
        _print(answer.text)
        if answer.closest:
            _print("The closest it has:\n")
    if answer.mode == "generative":
        _print_wrapped(answer.text, indent="")
        _print("")
    for citation in answer.citations or answer.closest:
        _show_citation(citation)
    if answer.disagreements:
        from onrecord.service.answers.prompts import load_prompts
        from onrecord.service.answers.quoting.disagreement import say_who_differs

        for one in answer.disagreements:
            _print(say_who_differs(one, answer.citations, load_prompts().differ))
    if answer.degraded_reason:
        _print_wrapped(answer.degraded_reason, indent="")
    if answer.rejected:
        _print(f"Sentences of the language model that were withheld: {len(answer.rejected)} (--json lists them).")


def _show_citation(citation: "Citation") -> None:
    _print_wrapped(f"[{citation.number}] “{citation.quote}”", indent="    ", first="")
    speaker = f"{citation.speaker} · " if citation.speaker else ""
    place = f"{citation.article.id} {citation.span.start}–{citation.span.end}"
    copies = _describe_copies(citation.copies)
    _print_wrapped(f"— {speaker}{_describe(citation.article)} · {place}{copies}", indent="      ", first="    ")
    _print("")


def _describe_copies(copies: "Copies") -> str:
    from onrecord.service.answers.prompts import load_prompts

    prompts = load_prompts()
    said = [(prompts.copies, copies.article_ids), (prompts.corrected, copies.corrected)]
    return "".join(" · " + words.format(count=len(articles)) for words, articles in said if articles)


def _describe(info: "ArticleInfo") -> str:
    date = info.published_at[:10] if info.published_at else None
    return " · ".join(part for part in (info.title, info.publisher, date, info.source_name) if part)


def _print_wrapped(text: str, *, indent: str, first: str | None = None) -> None:
    import shutil
    import textwrap

    width = min(100, shutil.get_terminal_size().columns)
    lines = textwrap.wrap(text, width, initial_indent=indent if first is None else first, subsequent_indent=indent)
    _print("\n".join(lines))


def _print(text: str) -> None:
    typer.echo(text)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_error(message: str) -> None:
    typer.echo(f"onrecord: {' '.join(message.split())}", err=True)


def _fail(message: str, *, code: int = 1) -> None:
    _print_error(message)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
