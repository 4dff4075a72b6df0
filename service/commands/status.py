"""The command that says how an archive is."""

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.printing import print_json


def status(as_json: AsJson = False) -> None:
    """Say what the archive holds, who has it open, and which model it was built with."""
    from dataclasses import asdict

    from onrecord.service.library import read_status
    from onrecord.service.settings import load_settings

    facts = asdict(read_status(load_settings()))
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):<14} {'–' if value is None else value}")
