"""Questions as people type them in a hurry, and questions in which a name was traded for another one."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable

from onrecord.index.text.english.function_words import STOP_WORDS

_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*|\d{3,4}\b)")
_MIN_SLIP_LETTERS = 5
"""Letters of a word in which somebody slips."""


class TradedNames:
    """The names and numbers in questions, by topic, that may take each other's places."""

    def __init__(self, questions: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a topic and a question on it."""
        names: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for topic, question in questions:
            for name in _NAME.findall(question):
                names[topic, name[0].isdigit()].add(name)
        self._names = {key: sorted(held) for key, held in names.items()}

    def trade(self, topic: str, question: str, chance: random.Random, *, unless_in: str = "") -> str | None:
        """Return the question with another name or number of its topic in the place of one; None if there is none.

        `unless_in`: a text that must not hold the other name.
        """
        found = list(_NAME.finditer(question))
        if not found:
            return None
        match = chance.choice(found)
        others = [
            name
            for name in self._names.get((topic, match.group()[0].isdigit()), ())
            if name.lower() != match.group().lower() and name not in question and name not in unless_in
        ]
        if not others:
            return None
        return question[: match.start()] + chance.choice(others) + question[match.end() :]


def as_keywords(question: str) -> str:
    """Return the words of the question that carry meaning, or the question if it has fewer than two."""
    keywords = [word for word in question.rstrip("? ").split() if word.lower() not in STOP_WORDS]
    return " ".join(keywords) if len(keywords) > 1 else question


def with_a_slip(question: str, chance: random.Random) -> str:
    """Return the question with a letter of a word left out, doubled or exchanged for the next one."""
    words = question.rstrip("? ").split()
    long = [i for i, word in enumerate(words) if len(word) >= _MIN_SLIP_LETTERS]
    if not long:
        return question
    i = chance.choice(long)
    word, j = words[i], chance.randrange(1, len(words[i]) - 1)
    slips = (
        word[:j] + word[j + 1 :],
        word[:j] + word[j + 1] + word[j] + word[j + 2 :],
        word[:j] + word[j] + word[j:],
    )
    words[i] = chance.choice(slips)
    return " ".join(words)
