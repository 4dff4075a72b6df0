import pytest

from onrecord.service.answers.prose.gate.factuality.parser import Parser
from tests.grammar import PARSER


@pytest.fixture(scope="session")
def parser() -> Parser:
    """The model that the product loads."""
    return PARSER
