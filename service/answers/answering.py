"""Answer a question with quotes, or with prose if a language model writes it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import cache

from onrecord.service.answers.answer import Answer, Done, Event, Proved, Sources
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.prose.generative_answerer import GenerativeAnswerer
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.answers.question.question import read_question
from onrecord.service.answers.quoting.disagreement import DisagreementFinder
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer
from onrecord.service.answers.work_queue import WorkQueue

_NO_MODEL = "No language model is configured, so the answer is made of quotes."


class Answering:
    """An answerer that gives proved prose if a language model may write it, and quotes otherwise."""

    def __init__(
        self, *, extractive: ExtractiveAnswerer, generative: GenerativeAnswerer | None, queue: WorkQueue
    ) -> None:
        """Take the parts; `queue` has the threads in which questions are looked up."""
        self._extractive = extractive
        self._generative = generative
        self._queue = queue

    def writes(self, asked: Asked) -> bool:
        """Say whether a language model writes the answer."""
        return self._generative is not None and asked.mode != "extractive"

    async def answer(self, asked: Asked) -> Answer:
        """Return the whole answer."""
        async with aclosing(self.events(asked)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("An answer ends with Done.")

    async def events(self, asked: Asked) -> AsyncGenerator[Event]:
        """Yield `Sources` as soon as they are found, each sentence as soon as it is proved, and `Done`.

        Closing the iterator stops the language model.
        """
        if self._generative is not None and self.writes(asked):
            async with aclosing(self._generative.events(asked)) as events:
                async for event in events:
                    yield Done(_with_disagreements(event.answer)) if isinstance(event, Done) else event
            return
        answer = await self._quote(asked)
        cited = {citation.number: citation for citation in answer.citations}
        yield Sources(answer.citations or answer.closest)
        for sentence in answer.sentences:
            yield Proved(sentence=sentence, citations=tuple(cited[number] for number in sentence.citations))
        yield Done(answer)

    async def close(self) -> None:
        """Release the language model."""
        if self._generative is not None:
            await self._generative.close()

    async def _quote(self, asked: Asked) -> Answer:
        def work() -> Answer:
            return self._extractive.answer(
                asked.question, limit=asked.limit, filters=asked.filters, history=asked.history
            )

        answer = await self._queue.run(work)
        return answer.degraded(_NO_MODEL) if asked.mode == "generative" else answer


def _with_disagreements(answer: Answer) -> Answer:
    """Return an answer in prose with its disagreements; an answer of quotes has them already."""
    if answer.mode != "generative":
        return answer
    asked = [read_question(text) for text in answer.understood_as or (answer.question,)]
    return replace(answer, disagreements=DisagreementFinder(parse=cache(ParsedText)).find(answer.citations, asked))
