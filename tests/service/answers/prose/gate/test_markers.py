import time

import pytest

from onrecord.service.answers.prose.gate.markers import open_marker, read_markers


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("He said so [0a1b2c3d].", ("0a1b2c3d",)),
        ("He said so 【0A1B2C3D†source】", ("0a1b2c3d",)),
        ("So (0a1b2c3d, deadbeef) it is", ("0a1b2c3d", "deadbeef")),
        ("So [0a1b2c3d][deadbeef; 0a1b2c3d]", ("0a1b2c3d", "deadbeef")),
        ("So [passage 0a1b2c3d] and [Source: deadbeef]", ("0a1b2c3d", "deadbeef")),
        ("So [`0a1b2c3d`] and 〔deadbeef〕 and ⟦cafe0000⟧", ("0a1b2c3d", "deadbeef", "cafe0000")),
        # What was meant as a key and is none.
        ("So [1] and [2, 3]", ("1", "2", "3")),
        ("So [^4] and [doc5] and [zz9x8]", ("4", "doc5", "zz9x8")),
    ],
)
def test_keys_are_read_in_every_style_of_brackets(text: str, keys: tuple[str, ...]) -> None:
    """Whatever brackets a language model puts around keys, and however many into one, they are keys."""
    marked = read_markers(text)
    assert marked.keys == keys
    assert len(marked.text) == len(text)
    assert not any(key in marked.text.casefold() for key in keys)


@pytest.mark.parametrize(
    "text", ["the [sic] deal", "the deal (2014)", "the [peace] deal", "in [Kyiv and Lviv]", "a [ b"]
)
def test_brackets_with_words_in_them_are_text(text: str) -> None:
    """An editor's insertion, a year in brackets or a bracket that never closes is no marker."""
    assert read_markers(text).text == text
    assert read_markers(text).keys == ()


def test_a_marker_that_is_not_whole_yet_is_known() -> None:
    """Half a marker is held back; a closed one, and a bracket open for too long, are not."""
    assert open_marker("He said so [0a1b") == 11
    assert open_marker("He said so [0a1b2c3d]") is None
    assert open_marker("He said so [" + "x" * 200) is None


def test_a_hundred_thousand_brackets_take_no_time() -> None:
    """No text makes the reading take longer than its length."""
    started = time.perf_counter()
    for text in ("[" * 100_000, "[a " * 50_000, "(" * 50_000 + "]" * 50_000, "[0a1b2c3d" * 20_000):
        read_markers(text)
        open_marker(text)
    assert time.perf_counter() - started < 2.0
