from pathlib import Path

import pytest

from service.settings import InvalidSetting, Settings, load_settings

README = Path(__file__).parents[2] / "README.md"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each setting is read from its variable; keys are separated by commas."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path))
    monkeypatch.setenv("ONRECORD_API_KEYS", "one, two,")
    settings = load_settings()
    assert settings.home == tmp_path
    assert [key.get_secret_value() for key in settings.api_keys] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_MAX_LIMIT", "many"),
        ("ONRECORD_LOG_LEVEL", "loud"),
        ("ONRECORD_MAX_QUESTION", "0"),
        ("ONRECORD_WIDGET_ORIGINS", "https://news.example/page"),
        ("ONRECORD_WIDGET_ORIGINS", "news.example"),
        ("ONRECORD_WIDGET_KEY", 'not "safe"'),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that makes no sense is an error that names the variable and the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting, match=f"{name}='{value}'"):
        load_settings()


def test_a_full_key_cannot_become_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The widget's key stands in pages, so it may not be one that adds and removes."""
    monkeypatch.setenv("ONRECORD_API_KEYS", "full-key,other-key")
    monkeypatch.setenv("ONRECORD_WIDGET_KEY", "full-key")
    with pytest.raises(InvalidSetting, match="ONRECORD_WIDGET_KEY='full-key': .* would be public"):
        load_settings()


def test_keys_are_never_shown() -> None:
    """Printing the settings, as a log might, does not print the keys."""
    assert "secret" not in repr(Settings(api_keys="secret"))


def test_the_readme_lists_every_setting() -> None:
    """The README's table of settings is the one made from the class."""
    from scripts.settings_table import table

    assert table() in README.read_text(encoding="utf-8")
