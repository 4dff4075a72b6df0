"""The command that serves the archive."""

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Serve the archive over HTTP, with a page at /."""
    from onrecord.service.http import server

    server.serve(host=host, port=port)
