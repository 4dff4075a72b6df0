"""The parser that the product loads, once for all tests of a process: it is loaded when a test first parses."""

from onrecord.service.answers.prose.gate.factuality.parser import SpacyParser

PARSER = SpacyParser()
