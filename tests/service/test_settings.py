from pathlib import Path

import pytest

from onrecord.service.settings import OPENAI_URL, InvalidSetting, Settings, load_settings
from tests.paths import ROOT

SETTINGS = ROOT / "docs" / "settings.md"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each setting is read from its variable; keys are separated by commas."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path))
    monkeypatch.setenv("ONRECORD_API_KEYS", "one, two,")
    settings = load_settings()
    assert settings.home == tmp_path
    assert [key.get_secret_value() for key in settings.api_keys] == ["one", "two"]


def test_weights_are_pairs_of_a_name_and_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may hold spaces and signs of equality, as the name of a key may."""
    monkeypatch.setenv("ONRECORD_TRUST", "wire=1, ONRECORD_API_KEYS 2 = .25,a=b=0.5, *=0,")
    assert dict(load_settings().trust) == {"wire": 1.0, "ONRECORD_API_KEYS 2": 0.25, "a=b": 0.5, "*": 0.0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_MAX_LIMIT", "many"),
        ("ONRECORD_LOG_LEVEL", "loud"),
        ("ONRECORD_MAX_QUESTION", "0"),
        ("ONRECORD_WIDGET_ORIGINS", "https://news.example/page"),
        ("ONRECORD_WIDGET_ORIGINS", "news.example"),
        ("ONRECORD_WIDGET_KEY", 'not "safe"'),
        ("ONRECORD_HOSTS", "https://archive.example"),
        ("ONRECORD_HOSTS", "archive.example:8000"),
        ("ONRECORD_HOSTS", "archive example"),
        ("ONRECORD_PUBLIC_URL", "news.example"),
        ("ONRECORD_PUBLIC_URL", "https://news.example/../x"),
        ("ONRECORD_PUBLIC_URL", "https://news.example/#x"),
        ("ONRECORD_PUBLIC_URL", "https://zeit\u00fcng.example"),
        ("ONRECORD_TRUST", "wire"),
        ("ONRECORD_TRUST", "wire=2"),
        ("ONRECORD_TRUST", "wire=-.1"),
        ("ONRECORD_TRUST", "wire=nan"),
        ("ONRECORD_TRUST", "=1"),
        ("ONRECORD_TRUST", "wire=1, wire=.5"),
        ("ONRECORD_LLM", "gpt-4o"),
        ("ONRECORD_LLM", "openai:"),
        ("ONRECORD_LLM", "echo:loud"),
        ("ONRECORD_LLM_TIMEOUT", "0"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that makes no sense is an error that names the variable and the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting, match=f"{name}='{value}'"):
        load_settings()


def test_a_variable_that_is_no_setting_is_logged_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A typing error in a variable's name is told, each in one warning; settings and other programs' are not."""
    for name in ("ONRECORD_HOEM", "ONRECORD_LLM_TIME_OUT", "ONRECORDS", "CHROMA_URI"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("ONRECORD_LOG_LEVEL", "debug")
    load_settings()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "ONRECORD_HOEM is no setting and has no effect; the nearest is ONRECORD_HOME."),
        ("WARNING", "ONRECORD_LLM_TIME_OUT is no setting and has no effect; the nearest is ONRECORD_LLM_TIMEOUT."),
    ]


def test_a_full_key_cannot_become_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The widget's key stands in pages, so it may not be one that adds and removes."""
    monkeypatch.setenv("ONRECORD_API_KEYS", "full-key,other-key")
    monkeypatch.setenv("ONRECORD_WIDGET_KEY", "full-key")
    with pytest.raises(InvalidSetting, match="ONRECORD_WIDGET_KEY='full-key': .* would be public"):
        load_settings()


def test_keys_are_never_shown() -> None:
    """Printing the settings, as a log might, does not print the keys."""
    settings = Settings(api_keys="secret", openai_api_key="secret", anthropic_api_key="secret")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_variable_is_none(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    """Compose files hand over what nobody set as an empty value."""
    for name in ("ONRECORD_LLM", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OLLAMA_HOST"):
        monkeypatch.setenv(name, blank)
    settings = load_settings()
    assert (settings.llm, settings.openai_api_key, settings.openai_base_url) == ("none", None, OPENAI_URL)
    assert settings.ollama_host == "http://127.0.0.1:11434"


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's own address and Anthropic need one, another server may not."""
    monkeypatch.setenv("ONRECORD_LLM", "openai:gpt-4o")
    with pytest.raises(InvalidSetting, match="OPENAI_API_KEY is not set: .*gpt-4o needs a key, or OPENAI_BASE_URL"):
        load_settings()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1/")
    assert load_settings().openai_base_url == "http://127.0.0.1:8080/v1"
    monkeypatch.setenv("ONRECORD_LLM", "anthropic:claude-opus-4-1")
    with pytest.raises(InvalidSetting, match="ANTHROPIC_API_KEY is not set"):
        load_settings()
    monkeypatch.setenv("ANTHROPIC_API_KEY", " sk-ant-secret\n")
    key = load_settings().anthropic_api_key
    assert key is not None
    assert key.get_secret_value() == "sk-ant-secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_API_KEY", "sk-sécret"), ("OPENAI_API_KEY", "sk secret"), ("OPENAI_BASE_URL", "http://me:secret@host/v1")],
)
def test_a_wrong_key_or_password_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Errors get into logs."""
    monkeypatch.setenv("ONRECORD_LLM", "openai:gpt-4o")
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting, match=f"{name}=…") as caught:
        load_settings()
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://host/v1", "http://", "http://host:99999", "http://host?a=b"])
def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ONRECORD_LLM", "openai:gpt-4o")
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(InvalidSetting, match="OPENAI_BASE_URL='.*': it is no http or https address"):
        load_settings()


def test_what_was_set_for_others_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """These variables are other programs' too."""
    monkeypatch.setenv("OPENAI_BASE_URL", "nonsense")
    monkeypatch.setenv("OPENAI_API_KEY", "non sense")
    assert load_settings().llm == "none"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu-box:8080", "http://gpu-box:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://gpu-box", "http://gpu-box"),
        ("https://gpu-box/ollama/", "https://gpu-box/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("[::]:8080", "http://[::1]:8080"),
        ("gpu-box/ollama", "http://gpu-box:11434/ollama"),
    ],
)
def test_ollamas_host_is_read_as_ollama_reads_it(monkeypatch: pytest.MonkeyPatch, host: str, url: str) -> None:
    """Scheme and port may be left out; what a server listens on is called at this machine."""
    monkeypatch.setenv("ONRECORD_LLM", "ollama:llama3.2")
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert load_settings().ollama_host == url


def test_the_pages_made_from_the_code_are_as_the_code_is() -> None:
    """docs/settings.md and docs/cli.md are what `make docs` writes, with a row for each setting and each command."""
    from scripts.reference import PAGES

    for file, make in PAGES.items():
        assert file.read_text(encoding="utf-8") == make()
    assert all(f"`{Settings.variable(name)}`" in PAGES[SETTINGS]() for name in Settings.model_fields)


def test_the_values_that_mean_nothing_are_said_in_words() -> None:
    """A setting without a value has the default "none" in the table, and no Python value."""
    from scripts.reference import PAGES

    rows = [line for line in PAGES[SETTINGS]().splitlines() if line.startswith("| `")]
    assert [row for row in rows if "`None`" in row or "`()`" in row or "PydanticUndefined" in row] == []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://News.Example:443/archive/", "https://news.example/archive"),
        ("http://news.example:80", "http://news.example"),
        ("https://news.example:80/a/b", "https://news.example:80/a/b"),
        (" ", None),
    ],
)
def test_the_public_address_is_read_as_browsers_send_it(given: str, read: str | None) -> None:
    """In lower case, without the usual port and without a slash at its end."""
    assert Settings(public_url=given).public_url == read
