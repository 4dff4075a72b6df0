"""Remove characters that show nothing or change the direction of writing, because they can hide words or part them."""

import re

_SHOW_NOTHING = (
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""The characters that show nothing or change the direction of writing, as a class of a pattern has them."""
_INVISIBLE = re.compile(f"[{_SHOW_NOTHING}]")
# In the scripts from Hebrew to Khmer, U+200C and U+200D part words or change how letters join, so words keep them.
_INVISIBLE_IN_WORDS = re.compile(rf"(?!(?<=[\u0590-\u17ff])[\u200c\u200d](?=[\u0590-\u17ff]))[{_SHOW_NOTHING}]")

VISIBLE = rf"[^\s{_SHOW_NOTHING}]"
"""A pattern for a character that shows something."""


def without_unseen(text: str) -> str:
    """Return the text without invisible characters and marks of direction."""
    return _INVISIBLE.sub("", text)


def as_seen(question: str) -> str:
    """Return a question as its writer sees it: without invisible characters, each run of white space as one space.

    What is copied from a page or a document brings along no-break spaces, soft hyphens and marks of direction, which
    would part its words or join them.
    """
    # White space comes first, because some of it counts as invisible.
    return " ".join(_INVISIBLE_IN_WORDS.sub("", " ".join(question.split())).split())
