"""Words that several reasons for withholding a sentence share."""

NOT_BORNE_OUT = "the passage does not bear out what it says"
_MAX_SHOWN = 80
"""Code points of a text that a reason repeats, with the mark of omission."""


def shorten(text: str) -> str:
    """Return the text, cut where it is too long to stand in a reason."""
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
