"""Answers questions about a news archive and proves every sentence with a verbatim quote."""

from onrecord.service import __version__

__all__ = ["__version__"]
