import logging
from pathlib import Path

import pytest

from onrecord.service.answers.prose.backends.backend import BackendError
from onrecord.service.answers.prose.backends.open_backend import open_backend
from onrecord.service.settings import Settings
from tests.service.answers.prose.backends.scripted import Protocol, falls_silent, says, scripted


def test_no_model_is_chosen_by_default():
    assert open_backend(Settings()) is None


@pytest.mark.parametrize("protocol", ["openai", "ollama", "anthropic"])
def test_the_settings_lead_to_the_server(ask, protocol: Protocol) -> None:
    with scripted(protocol, says("Yes.")) as server:
        settings = Settings(
            llm=f"{protocol}:m:7b",
            openai_base_url=server.url,
            anthropic_base_url=server.url,
            anthropic_api_key="sk-ant-secret",
            ollama_host=server.url.removeprefix("http://"),
        )
        backend = open_backend(settings)
        assert backend is not None
        assert backend.name == f"{protocol}:m:7b"
        assert ask(backend) == ["Yes."]
    assert server.requests[0].json["model"] == "m:7b"


def test_the_settings_say_how_long_is_waited(ask):
    with scripted("openai", falls_silent()) as server:
        backend = open_backend(Settings(llm="openai:m", openai_base_url=server.url, llm_read_timeout=0.2))
        assert backend is not None
        with pytest.raises(BackendError, match="did not answer in time"):
            ask(backend)
        with pytest.raises(BackendError, match="failed a moment ago"):
            ask(backend)


def test_the_fake_one_is_said_to_be_one(ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        backend = open_backend(Settings(llm="echo"))
    assert backend is not None
    assert ask(backend)
    assert "ONRECORD_LLM=echo is a fake: no language model answers" in caplog.text


def test_weights_that_are_not_there_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="Cannot load the language model"):
        open_backend(Settings(llm=f"transformers:{tmp_path}/nothing"))
