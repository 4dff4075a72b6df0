"""What a command says where there is nothing to show: a wrong ONRECORD_HOME looks like an archive without articles."""

from typing import TYPE_CHECKING

import typer

from onrecord.service.commands.terminal.printing import print_error

if TYPE_CHECKING:
    from onrecord.service.settings import Settings


def describe_empty(settings: "Settings") -> str:
    """Return the sentence that the archive is empty, with the way out."""
    return f"The archive {settings.home} is empty; add articles, or name another with ONRECORD_HOME."


def say_nothing_found(settings: "Settings", *, empty: bool) -> None:
    """Say on stderr that nothing was found, or, if `empty` is true, that the archive is empty."""
    if empty:
        print_error(describe_empty(settings))
    else:
        typer.echo("Nothing found.", err=True)
