"""Options that several commands have."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="The most quotes or passages.")]
After = Annotated[
    str | None,
    typer.Option("--after", help="Published at or after this date; leaves out articles without a date."),
]
Before = Annotated[
    str | None,
    typer.Option("--before", help="Published before this date; leaves out articles without a date."),
]
Publisher = Annotated[str | None, typer.Option(help="The publisher of the articles.")]
Speaker = Annotated[str | None, typer.Option(help="The person whose words are meant: a name in any form, or a role.")]
