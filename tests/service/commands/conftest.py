"""What the tests of the commands share."""

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.evidence.reader import Reader


@pytest.fixture
def loaded_models(monkeypatch: pytest.MonkeyPatch, embedder: Embedder, reader: Reader) -> None:
    """Have commands in this process use the tests' own models, so that these are loaded once."""
    for module in ("onrecord.service.wiring", "onrecord.index.text.embedder"):
        monkeypatch.setattr(f"{module}.load_embedder", lambda name: embedder)
    monkeypatch.setattr("onrecord.service.wiring.load_reader", lambda embedder: reader)
