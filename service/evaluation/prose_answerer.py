"""A language model's answers, one after the other, so that they can be measured."""

import asyncio

from onrecord.service.answers.answer import Answer
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.question.conversation import Asked


class ProseAnswerer:
    """An answerer that has a language model write, as the service does; close it to close the model's connections."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._runner = asyncio.Runner()

    def answer(self, text: str, /, *, limit: int) -> Answer:
        """Return the proved sentences, or the quotes where no sentence is proved."""
        return self._runner.run(self._answering.answer(Asked(question=text, limit=limit)))

    def close(self) -> None:
        """Close the language model's connections."""
        self._runner.run(self._answering.close())
        self._runner.close()
