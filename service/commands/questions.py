"""The commands for questions: ask, search, quotations. They end with exit code 3 if the archive has nothing to say."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.service.commands.options import After, AsJson, Before, Limit, Publisher, Speaker
from onrecord.service.commands.terminal.nothing_found import say_nothing_found
from onrecord.service.commands.terminal.printing import (
    describe_article,
    describe_copies,
    print_answer,
    print_error,
    print_json,
    print_wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from onrecord.index.speech.quotations import Quotation
    from onrecord.service.schemas.answers import AnswerOut
    from onrecord.service.schemas.passages import PassageOut
    from onrecord.service.schemas.quotations import QuotedOut

_NOT_ANSWERED = 3


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
    from onrecord.service.arguments import check_question, read_filters
    from onrecord.service.commands.archives.used_archive import ask_archive
    from onrecord.service.commands.terminal.quiet_logs import hushed
    from onrecord.service.library import is_empty
    from onrecord.service.settings import load_settings

    settings = load_settings()
    with _wrong_usage():
        text = check_question(_read(question), settings)
        read_filters(after, before)
    if is_empty(settings):
        # It is not opened, because that would create an archive where there is none.
        answer = _abstain(text)
    else:
        with (
            # The answer says itself what went wrong with a language model.
            hushed("onrecord.service.answers.prose.generative_answerer"),
            ask_archive(settings, language_model=True) as archive,
        ):
            answer = archive.ask(text, limit=limit, after=after, before=before, publisher=publisher, speaker=speaker)
    if as_json:
        print_json(answer.model_dump())
    else:
        print_answer(answer)
    if answer.status == "abstained":
        say_nothing_found(settings, text, publisher=publisher, speaker=speaker)
        raise typer.Exit(_NOT_ANSWERED)


def search(
    query: Annotated[
        str | None, typer.Argument(help="The words to find; without them, standard input is read.")
    ] = None,
    limit: Limit = 10,
    after: After = None,
    before: Before = None,
    publisher: Publisher = None,
    speaker: Speaker = None,
    as_json: AsJson = False,
) -> None:
    """Find passages by word and by meaning; exit code 3 if there are none."""
    from onrecord.service.arguments import check_question, read_filters
    from onrecord.service.commands.archives.used_archive import ask_archive
    from onrecord.service.library import is_empty
    from onrecord.service.settings import load_settings

    settings = load_settings()
    with _wrong_usage():
        text = check_question(_read(query), settings)
        read_filters(after, before)
    passages: list[PassageOut] = []
    if not is_empty(settings):
        with ask_archive(settings) as archive:
            passages = archive.search(
                text, limit=limit, after=after, before=before, publisher=publisher, speaker=speaker
            )
    if as_json:
        print_json({"passages": [passage.model_dump() for passage in passages]})
    else:
        for passage in passages:
            place = f"{passage.start}–{passage.end}{describe_copies(passage.copies)}"
            typer.echo(f"{passage.score:.2f}  {describe_article(passage)}  {place}")
            print_wrapped(passage.text, indent="      ")
    if not passages:
        say_nothing_found(settings, text, publisher=publisher, speaker=speaker)
        raise typer.Exit(_NOT_ANSWERED)


def quotations(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A file to read instead of the archive, which stays closed.")
    ] = None,
    speaker: Speaker = None,
    about: Annotated[str | None, typer.Option(help="A topic, by word and by meaning.")] = None,
    after: After = None,
    before: Before = None,
    publisher: Publisher = None,
    kind: Annotated[str | None, typer.Option(help="direct, mixed or reported.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The most quotations of the archive.")] = 20,
    encoding: Annotated[str, typer.Option(help="The file's encoding.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Show who said what: in the archive, or in a file. Exit code 3 if there is nothing."""
    from onrecord.service.arguments import read_filters, read_kind
    from onrecord.service.schemas.quotations import QuotedOut
    from onrecord.service.settings import load_settings

    settings = load_settings()
    with _wrong_usage("--kind"):
        read_kind(kind)
    rows: Sequence[QuotedOut]
    if file is not None:
        if speaker or about or after or before or publisher or kind or _is_given(context, "limit"):
            raise typer.BadParameter(
                "A file's quotations are all shown; leave out --speaker, --about and the other filters, or leave out "
                "the file."
            )
        rows = [QuotedOut.from_quotation(quotation) for quotation in _quotations_in(file, encoding)]
    else:
        from onrecord.service.commands.archives.used_archive import ask_archive
        from onrecord.service.library import is_empty

        with _wrong_usage():
            read_filters(after, before)
        rows = []
        if not is_empty(settings):
            with ask_archive(settings) as archive:
                rows = archive.quotations(
                    speaker=speaker,
                    about=about,
                    kind=kind,
                    limit=limit,
                    after=after,
                    before=before,
                    publisher=publisher,
                )
    if as_json:
        dumped = [row.model_dump(mode="json") for row in rows]
        print_json(dumped if file is not None else {"quotations": dumped})
    else:
        for row in rows:
            _print_quotation(row)
    if not rows:
        if file is not None:
            print_error(f"{file} quotes nobody.")
        else:
            say_nothing_found(settings, about, publisher=publisher, speaker=speaker)
        raise typer.Exit(_NOT_ANSWERED)


def _is_given(context: typer.Context, option: str) -> bool:
    """Say whether the user gave the option, even with the value that it has by default."""
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def _abstain(question: str) -> "AnswerOut":
    """Return the answer of an archive that holds nothing."""
    import uuid

    from onrecord.service.answers.answer import Answer
    from onrecord.service.answers.prompts import load_prompts
    from onrecord.service.schemas.answers import AnswerOut

    answer = Answer(question=question, status="abstained", mode="extractive", confidence=0.0, text=load_prompts().empty)
    return AnswerOut.from_answer(answer, id=uuid.uuid4().hex)


def _print_quotation(quotation: "QuotedOut") -> None:
    from onrecord.service.schemas.quotations import QuotationOut

    place = ""
    if isinstance(quotation, QuotationOut):
        place = f"{describe_article(quotation)} · {quotation.article_id} "
    who = quotation.speaker or quotation.speaker_mention or "?"
    role = f" ({quotation.role})" if quotation.role else ""
    reporter = f", as {quotation.reported_by} reported" if quotation.reported_by else ""
    print_wrapped(f"{_say_who(quotation, who + role)}{reporter}: {quotation.text}", indent="    ", first="")
    print_wrapped(f"— {place}{quotation.start}–{quotation.end}", indent="      ", first="    ")


def _say_who(quotation: "QuotedOut", who: str) -> str:
    """Return the clause that says who spoke, with the words of the article that say so before or after the name."""
    if quotation.denied:
        return f"{who} denied"
    cue = " ".join((quotation.cue or "").split())
    # This is the one cue that stands before the name, because it is no verb.
    return f"According to {who}" if cue.lower() == "according to" else f"{who} {cue}".strip()


def _quotations_in(file: Path, encoding: str) -> "list[Quotation]":
    from onrecord.index.articles.files import read_file
    from onrecord.index.articles.news.article_reader import read_article
    from onrecord.index.errors import UnreadableFile
    from onrecord.index.speech.quotations import quotations_of

    if not file.is_file():
        raise UnreadableFile(f"{file}: no such file.")
    return [
        quotation
        for draft in read_file(file, source_name=file.name, encoding=encoding)
        for quotation in quotations_of(draft.text, read_article(draft.text, title=draft.title).blocks)
    ]


def _read(argument: str | None) -> str:
    """Return the argument, or standard input if something is piped in; raise `BadParameter` if there is neither."""
    if argument is not None and argument != "-":
        return argument
    if sys.stdin.isatty():
        raise typer.BadParameter("say what to look for, or pipe it in.")
    return sys.stdin.read()


@contextmanager
def _wrong_usage(option: str | None = None) -> "Iterator[None]":
    """Turn errors of arguments, which are checked before the models are loaded, into errors of usage.

    The message names `option`, if it is given.
    """
    from onrecord.index.errors import InvalidFilter
    from onrecord.service.arguments import InvalidQuestion

    try:
        yield
    except (InvalidFilter, InvalidQuestion) as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
