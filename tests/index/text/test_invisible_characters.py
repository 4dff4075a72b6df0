import pytest

from onrecord.index.text.invisible_characters import as_seen


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Who\u00a0is\u202fAna\u3000Reis?", "Who is Ana Reis?"),
        ("Ober\u00adholt\u200b", "Oberholt"),
        ("a \u200b b", "a b"),
        ("\ufeff a\x00b\u2028c\x85d ", "ab c d"),
        ("❤\ufe0f", "❤"),
        ("\u200b \u2060", ""),
    ],
)
def test_a_question_is_read_as_it_is_seen(typed: str, seen: str) -> None:
    """What shows nothing is left out, and white space of any kind and length is one space."""
    assert as_seen(typed) == seen


@pytest.mark.parametrize("word", ["می\u200cخواهم", "क\u094d\u200dष", "শ\u09cd\u200cর"])
def test_words_keep_the_joiners_that_their_script_writes_with(word: str) -> None:
    """In Persian, Hindi and Bengali a joiner inside a word is part of its spelling."""
    assert as_seen(f" {word}\u200c ") == word
