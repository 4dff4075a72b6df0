"""The parser that the product loads, once for all tests of a process: it is loaded when a test first parses."""

from functools import cache

from onrecord.service.answers.prose.gate.factuality.parser import SpacyParser

PARSER = SpacyParser()


@cache
def loaded_parser() -> SpacyParser:
    """Return the parser once its model is loaded, for tests that watch the time."""
    PARSER.parse(["It rains."])
    return PARSER
