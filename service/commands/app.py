"""The command line: each command by its name, and what its errors become.

Exit codes: 0 done · 1 an error, said in one line on stderr · 2 wrong usage · 3 not answered, nothing found. Heavy
imports stand inside the commands, so that `--help` is there at once.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib.util import find_spec
from typing import Annotated, ParamSpec

import typer

from onrecord.service import __version__
from onrecord.service.commands import access, articles, questions, upkeep
from onrecord.service.commands.calibrate import calibrate
from onrecord.service.commands.evaluate import evaluate
from onrecord.service.commands.serve import serve
from onrecord.service.commands.status import status
from onrecord.service.commands.terminal.printing import print_error

_INTERRUPTED = 130
"""Exit code of a command that was interrupted, as shells have it."""

Params = ParamSpec("Params")

app = typer.Typer(
    name="onrecord",
    help="Answers questions about a news archive and proves every sentence with a verbatim quote.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line; files that it makes are its user's alone."""
    os.umask(0o077)
    app(prog_name="onrecord")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def _reports_errors(command: Callable[Params, None]) -> Callable[Params, None]:
    """Return the command with each error that a user can mend as one line on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> None:
        from onrecord.index.errors import OnRecordError

        try:
            command(*args, **kwargs)
        except OnRecordError as error:
            print_error(str(error))
            raise typer.Exit(1) from None
        except KeyboardInterrupt as error:
            print_error(str(error) or "Interrupted; what was reported as added is kept.")
            raise typer.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of a pipe has enough, as `head` does; nothing more can be written, not even by the exit.
            sys.stdout = None
            raise typer.Exit(0) from None

    return run


def _needs_extra(command: Callable[Params, None]) -> Callable[Params, None]:
    """Return the command with a check before it that the extra `eval` is installed."""

    @wraps(command)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> None:
        from onrecord.index.errors import OnRecordError

        missing = [name for name in ("ir_measures", "scipy") if find_spec(name) is None]
        if missing:
            raise OnRecordError(
                f"This command needs {' and '.join(missing)}, which is not installed; pip install 'onrecord[eval]'."
            )
        command(*args, **kwargs)

    return run


_COMMANDS: Mapping[str, Callable[..., None]] = {
    "serve": serve,
    "add": articles.add,
    "ask": questions.ask,
    "search": questions.search,
    "quotations": questions.quotations,
    "list": articles.list_articles,
    "remove": articles.remove,
    "status": status,
    "reindex": upkeep.reindex,
    "verify": upkeep.verify,
    "backup": upkeep.backup,
    "restore": upkeep.restore,
    "audit": access.audit,
    "calibrate": calibrate,
    "eval": evaluate,
}
_MEASURING = {"calibrate", "eval"}
"""Commands that need the extra `eval`."""

for _name, _command in _COMMANDS.items():
    app.command(_name)(_reports_errors(_needs_extra(_command) if _name in _MEASURING else _command))

_KEY_COMMANDS: Mapping[str, Callable[..., None]] = {
    "make": access.make_key,
    "list": access.list_keys,
    "remove": access.remove_key,
}
for _name, _command in _KEY_COMMANDS.items():
    access.keys.command(_name)(_reports_errors(_command))
app.add_typer(access.keys)
