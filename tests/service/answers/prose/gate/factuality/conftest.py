import pytest

from onrecord.service.answers.prose.gate.factuality.parser import SpacyParser


@pytest.fixture(scope="session")
def parser() -> SpacyParser:
    """The model that the product loads, once for all tests."""
    return SpacyParser()
