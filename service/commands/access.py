"""The commands for who may do what, and who did what: keys and audit."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.printing import print_json

_NOTHING_FOUND = 3

keys = typer.Typer(
    name="keys",
    help="Make, list and remove the keys in ONRECORD_KEYS_FILE; a running service takes the change over at once.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def make_key(
    name: Annotated[str, typer.Argument(help="The name that the audit log will have.")],
    rights: Annotated[
        list[str],
        typer.Option(
            "--right",
            metavar="RIGHT",
            help="What the key allows: `ask`, `add` or `administer`, which includes the others; give it several times.",
        ),
    ] = ["ask"],  # noqa: B006 (typer copies it)
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: the file keeps only its hash."""
    from onrecord.service.access.caller import read_rights
    from onrecord.service.access.keys import Key, hash_key, make_secret
    from onrecord.service.access.keys_file import add_key

    secret = make_secret()
    try:
        given = read_rights(rights)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--right'") from None
    add_key(_file(), Key(name=name, sha256=hash_key(secret.encode()), rights=given))
    if as_json:
        print_json({"name": name, "rights": sorted(given), "key": secret})
    else:
        typer.echo(secret)
        typer.echo(
            f"The key {name!r} has the right to {' and to '.join(sorted(given))}. It is not shown again.",
            err=True,
        )


def list_keys(as_json: AsJson = False) -> None:
    """List the names and rights of the keys, and the first digits of their hashes."""
    from onrecord.service.access.keys_file import read_keys

    found = read_keys(_file())
    if as_json:
        print_json({"keys": [{"name": key.name, "rights": sorted(key.rights), "sha256": key.sha256} for key in found]})
        return
    for key in found:
        typer.echo(f"{key.sha256[:12]}  {key.name}: {', '.join(sorted(key.rights))}")


def remove_key(
    name: Annotated[str, typer.Argument(help="The name that `onrecord keys list` shows.")], as_json: AsJson = False
) -> None:
    """Remove a key: it opens nothing from now on."""
    from onrecord.service.access import keys_file

    keys_file.remove_key(_file(), name)
    if as_json:
        print_json({"removed": name})
    else:
        typer.echo(f"Removed the key {name!r}.")


def audit(
    who: Annotated[str | None, typer.Option(help="Changes by this name: of a key, or of a user of the system.")] = None,
    article: Annotated[str | None, typer.Option(metavar="ID", help="Changes of this article.")] = None,
    sha256: Annotated[str | None, typer.Option(help="Changes of the text with this hash.")] = None,
    action: Annotated[str | None, typer.Option(help="created, updated, removed or restored (a back-up).")] = None,
    way: Annotated[str | None, typer.Option(help="http, command line or library.")] = None,
    after: Annotated[str | None, typer.Option(help="Changes at or after this ISO 8601 date or instant.")] = None,
    before: Annotated[str | None, typer.Option(help="Changes before this ISO 8601 date or instant.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each change.")] = False,
) -> None:
    """Print who added, changed and removed which article; exit code 3 if there is no such change."""
    import json
    from dataclasses import asdict
    from typing import get_args

    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.archive.tables.audit_table import Action, AuditFilter
    from onrecord.index.errors import ArchiveError
    from onrecord.index.text.timestamps import to_utc
    from onrecord.index.values import Way
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    for value, known, option in ((action, get_args(Action), "--action"), (way, get_args(Way), "--way")):
        if value is not None and value not in known:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}.", param_hint=option)
    try:
        since, until = (to_utc(instant) if instant else None for instant in (after, before))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    file = archive_file(load_settings().home)
    if not file.exists():
        raise ArchiveError(f"There is no archive {file}; choose its folder with ONRECORD_HOME.")
    wanted = AuditFilter(
        who=who, way=way, action=action, article_id=article, content_sha256=sha256, after=since, before=until
    )
    found = False
    # The file is opened alone, which needs no model and can be done beside the archive's owner.
    with closing(SqliteArchive(file)) as archive:
        for entry in archive.audit.entries(wanted):
            found = True
            if as_json:
                typer.echo(json.dumps(asdict(entry), ensure_ascii=False))
            else:
                # The library takes any name, and one with a line break would look like an entry of its own.
                name = entry.who if entry.who.isprintable() else repr(entry.who)
                what = f"  {entry.article_id}  sha256:{entry.content_sha256}" if entry.article_id else ""
                typer.echo(f"{entry.at}  {entry.action}{what}  by {name} ({entry.way})")
    if not found:
        typer.echo("Nothing found.", err=True)
        raise typer.Exit(_NOTHING_FOUND)


def _file() -> Path:
    from onrecord.index.errors import OnRecordError
    from onrecord.service.settings import load_settings

    file = load_settings().keys_file
    if file is None:
        raise OnRecordError("ONRECORD_KEYS_FILE is not set; give it the path of the file that keeps the keys.")
    return file
