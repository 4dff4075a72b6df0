"""A language model's answers, one after the other, for whoever measures them."""

import asyncio

from onrecord.service.answers.answer import Answer
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.question.conversation import Asked


class Prose:
    """Answers as the service does with a language model; to be closed, with its connections."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._runner = asyncio.Runner()

    def answer(self, text: str, /, *, limit: int) -> Answer:
        """Return the proved sentences, or the quotes where there are none."""
        return self._runner.run(self._answering.answer(Asked(question=text, limit=limit)))

    def close(self) -> None:
        """Let go of the language model."""
        self._runner.run(self._answering.close())
        self._runner.close()
