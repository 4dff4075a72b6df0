"""Write docs/settings.md and docs/cli.md from the settings class and the commands; with --check, compare them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import typer

from onrecord.service.commands.app import app
from onrecord.service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- `make docs` writes this file; change {} instead. -->"
_ABOUT_COMMANDS = """\
Exit codes: 0 done · 1 an error, in one line on stderr · 2 wrong usage · 3 not answered, or nothing found, and stderr
says what. Lines are wrapped for a terminal, and whole in a pipe.

Where another process serves the archive (`onrecord serve`), `ask`, `search` and `quotations` ask that process over
HTTP: it leaves its address in the archive's folder, in `owner.address`. If it needs a key, set `ONRECORD_API_KEYS` to
one. With `CHROMA_URL` they read the archive beside it instead. `list`, `status`, `verify` and `backup` read the
archive's file, served or not; `add` and `remove` need the archive for themselves."""
_WIDTH = 100
"""Columns of the help texts."""
# Defaults that are the user's own, or nothing.
_DEFAULTS = {"home": "the user's data folder"}


def settings_page() -> str:
    """Return docs/settings.md: a row for each setting, in the order of the settings class."""
    lines = [
        "# Settings",
        "",
        _MADE.format("service/settings.py"),
        "",
        "Each setting is an environment variable, read when a command or the library starts. A value that makes no",
        "sense is an error that names the variable, the value and what it may be. A variable that begins with",
        f"`{Settings.variable('')}` and is no setting is a warning that names the nearest one.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        unset = "none" if field.default in (None, ()) else f"`{field.default}`"
        lines.append(f"| `{Settings.variable(name)}` | {_DEFAULTS.get(name, unset)} | {field.description} |")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """Return docs/cli.md: the help text of the program and of each command."""
    lines = [
        "# Command line",
        "",
        _MADE.format("service/commands/"),
        "",
        _ABOUT_COMMANDS,
    ]
    for title, text in _help_texts():
        lines += ["", f"## {title}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


def _help_texts() -> Iterator[tuple[str, str]]:
    group = typer.main.get_group(app)
    # The width is given, so that the text is the same in every terminal.
    above = click.Context(group, info_name="onrecord", max_content_width=_WIDTH, terminal_width=_WIDTH)
    yield "onrecord", group.get_help(above)
    yield from _help_texts_below(group, above)


def _help_texts_below(group: click.Group, above: click.Context) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        context = click.Context(command, info_name=name, parent=above, max_content_width=_WIDTH, terminal_width=_WIDTH)
        yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            yield from _help_texts_below(command, context)


PAGES = {ROOT / "docs" / "settings.md": settings_page, ROOT / "docs" / "cli.md": cli_page}


def main() -> str | None:
    """Write or compare the pages; return what is wrong, as `sys.exit` takes it."""
    stale = []
    for file, make in PAGES.items():
        text = make()
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file.relative_to(ROOT)))
    return f"{' and '.join(stale)} differ from the code; `make docs` writes them." if stale else None


if __name__ == "__main__":
    sys.exit(main())
