"""Answers that a language model writes and the archive proves, sentence by sentence."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from anyio import move_on_after

from onrecord.index.fallback import STRICT, Fallback, Part, watch
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Span
from onrecord.service.answers.answer import Answer, AnswerSentence, Citation, Done, Event, Proved, Rejected, Sources
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.prose.backends.backend import Backend, BackendError
from onrecord.service.answers.prose.gate.factuality.parser import Parser
from onrecord.service.answers.prose.gate.place_finder import Place
from onrecord.service.answers.prose.gate.sentence_cutter import SentenceCutter, Written
from onrecord.service.answers.prose.gate.sentence_gate import Dropped, Passed, SentenceGate, Verdict, Withheld
from onrecord.service.answers.prose.gate.support_model import SupportModel
from onrecord.service.answers.prose.model_prompt import Prompt, read_follow_up, write_follow_up, write_prompt
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer, QuotedAnswer
from onrecord.service.answers.quoting.quotes import frame
from onrecord.service.answers.work_queue import WorkQueue

_log = logging.getLogger(__name__)

_MAX_SENTENCES = 12
"""Sentences in an answer; after them the language model is stopped."""
_MAX_WITHHELD = 20
"""Withheld sentences after which the language model is stopped, because it has lost its way."""
_MAX_WRITTEN = 20_000
"""Code points of an answer of a language model that are read."""
_MAX_REJECTED = 300
"""Code points of a withheld sentence that the answer repeats."""
_FOLLOW_UP_SECONDS = 8.0
"""Seconds that a language model has to rewrite a follow-up; after them the rules do it."""
_MAX_FOLLOW_UP = 2_000
"""Code points of a rewritten follow-up that are read."""
_NO_ANSWER = "The language model found no answer in the passages, so the answer is made of quotes."
_NOTHING_PROVED = "Nothing that the language model wrote could be proved, so the answer is made of quotes."
_NOTHING_WRITTEN = "The language model wrote nothing, so the answer is made of quotes."
_MIN_COPIED_WORDS = 6
"""Words in a row that two texts do not share by chance."""
_OWN_WORDS = "(words of the service's own instructions)"


class GenerativeAnswerer:
    """An answerer that lets a language model write from the passages, and shows the sentences that they bear out."""

    def __init__(
        self,
        *,
        extractive: ExtractiveAnswerer,
        evidence: EvidenceFinder,
        backend: Backend,
        embedder: Embedder,
        support_model: SupportModel | None,
        parser: Parser,
        prompts: Prompts,
        budget: int,
        queue: WorkQueue,
        fallback: Fallback = STRICT,
    ) -> None:
        """Take the parts; `budget` is the tokens of passages in a prompt, `queue` has the threads that work.

        `fallback` goes on without the support model if it fails.
        """
        self._extractive = extractive
        self._evidence = evidence
        self._backend = backend
        self._embedder = embedder
        self._support_model = support_model
        self._parser = parser
        self._prompts = prompts
        self._budget = budget
        self._queue = queue
        self._fallback = fallback

    async def events(self, asked: Asked) -> AsyncGenerator[Event]:
        """Yield `Sources`, each sentence as soon as it is proved, and `Done`; after an error the answer is quotes.

        Closing the iterator stops the language model.
        """
        started = time.perf_counter()
        question = await self._rewrite_follow_up(asked)

        def look() -> QuotedAnswer:
            return self._extractive.look(
                question,
                limit=asked.limit,
                filters=asked.filters,
                # The rules complete the follow-up if the language model could not.
                history=asked.history if question == asked.question else (),
            )

        looked = await self._queue.run(look)
        answer = looked.answer
        if question != asked.question:
            answer = replace(answer, question=asked.question, understood_as=answer.understood_as or (question,))
        yield Sources(answer.citations or answer.closest)
        if not looked.sources:
            yield Done(answer)
            return
        understood = " ".join(answer.understood_as) or asked.question
        prompt = write_prompt(understood, looked.sources, self._prompts, budget=self._budget)
        gate = SentenceGate(
            question=understood,
            sources=prompt.sources,
            embedder=self._embedder,
            support_model=self._support_model,
            parser=self._parser,
            fallback=self._fallback,
        )
        progress = _Progress(instructions=ParsedText(prompt.messages[0].content), fence=prompt.fence)
        begun = time.perf_counter()
        async with aclosing(self._prove(prompt, gate, progress)) as proved:
            async for event in proved:
                yield event
        ended = time.perf_counter()
        timings = replace(answer.timings, generate=(ended - begun) * 1e3, total=(ended - started) * 1e3)
        yield Done(self._finish(replace(answer, timings=timings), progress))

    async def close(self) -> None:
        """Release the connections of the language model."""
        await self._backend.close()

    async def _prove(self, prompt: Prompt, gate: SentenceGate, progress: "_Progress") -> AsyncGenerator[Proved]:
        """Yield each sentence as soon as it is proved, and note in `progress` what becomes of all of them."""
        cutter = SentenceCutter()
        written = 0
        try:
            async with aclosing(self._backend.stream(prompt.messages)) as pieces:
                async for piece in pieces:
                    written += len(piece)
                    for sentence in cutter.feed(piece):
                        if proved := await self._check(sentence, gate, progress):
                            yield proved
                        if progress.is_full:
                            return
                    if written > _MAX_WRITTEN:
                        return
            for sentence in cutter.end():
                if proved := await self._check(sentence, gate, progress):
                    yield proved
        except BackendError as error:
            _log.warning("%s", error)
            progress.failure = str(error)

    async def _check(self, sentence: Written, gate: SentenceGate, progress: "_Progress") -> Proved | None:
        def check() -> Proved | None:
            with watch() as failed:
                try:
                    verdict: Verdict = gate.check(sentence)
                except Exception:
                    # An error in a check withholds the sentence, and must not end the answer.
                    _log.exception("A sentence could not be checked.")
                    verdict = Withheld(text=sentence.text, reason="it could not be checked")
                proved = self._take(verdict, progress)
            progress.failed |= failed
            return proved

        if progress.is_full:
            return None
        return await self._queue.run(check)

    async def _rewrite_follow_up(self, asked: Asked) -> str:
        """Return the question rewritten to stand alone, or as it is without a history or if the model fails."""
        if not asked.history:
            return asked.question
        written = ""
        try:
            with move_on_after(_FOLLOW_UP_SECONDS):
                messages = write_follow_up(asked.question, asked.history, self._prompts)
                async with aclosing(self._backend.stream(messages)) as pieces:
                    async for piece in pieces:
                        written += piece
                        if len(written) > _MAX_FOLLOW_UP:
                            return asked.question
                return read_follow_up(written, asked.question) or asked.question
        except BackendError as error:
            _log.warning("A follow-up was left to the rules: %s", error)
        return asked.question

    def _finish(self, answer: Answer, progress: "_Progress") -> Answer:
        """Return the answer in prose, or the quotes with the reason why no sentence is shown."""
        answer = replace(
            answer,
            rejected=tuple(progress.rejected),
            model=self._backend.name,
            prompts=self._prompts.version,
        ).degraded(*(part.loss for part in progress.failed))
        if not progress.sentences:
            reason = progress.failure or (
                _NOTHING_PROVED if progress.rejected else _NO_ANSWER if progress.says_no_answer else _NOTHING_WRITTEN
            )
            return answer.degraded(reason)
        return replace(
            answer.degraded(progress.failure),
            mode="generative",
            text=" ".join(s.text + " " + "".join(f"[{number}]" for number in s.citations) for s in progress.sentences),
            sentences=tuple(progress.sentences),
            citations=tuple(progress.citations),
        )

    def _take(self, verdict: Verdict, progress: "_Progress") -> Proved | None:
        """Note the verdict on a sentence, and return the sentence if it is shown."""
        if isinstance(verdict, Dropped):
            progress.says_no_answer |= verdict.says_no_answer
            return None
        if isinstance(verdict, Withheld):
            shown = _OWN_WORDS if progress.repeats_instructions(verdict.text) else verdict.text[:_MAX_REJECTED]
            progress.rejected.append(Rejected(text=shown, reason=verdict.reason))
            return None
        if any(verdict.parsed.stems == earlier.stems for earlier in progress.shown):
            return None
        new: list[Citation] = []
        numbers: list[int] = []
        for place in verdict.places:
            citation = self._cite(place, verdict)
            known = next((c for c in progress.citations + new if _is_same(c, citation)), None)
            if known is None:
                known = replace(citation, number=len(progress.citations) + len(new) + 1)
                new.append(known)
            numbers.append(known.number)
        sentence = AnswerSentence(text=verdict.text, citations=tuple(dict.fromkeys(numbers)))
        progress.sentences.append(sentence)
        progress.shown.append(verdict.parsed)
        progress.citations += new
        return Proved(sentence=sentence, citations=tuple(new))

    def _cite(self, place: Place, verdict: Passed) -> Citation:
        passage = place.source.passage
        span = _quotable(place, verdict.parsed)
        quote = passage.slice(span)
        speakers = {quotation.speaker for quotation in place.quotations if quotation.speaker}
        return Citation(
            number=0,
            article=passage.article,
            span=span,
            quote=quote,
            speaker=speakers.pop() if len(speakers) == 1 else None,
            score=verdict.score,
            copies=replace(self._evidence.carried(passage.article.id, quote), alike=passage.copies.alike),
        )


@dataclass(slots=True, kw_only=True)
class _Progress:
    """A record of the sentences that were written so far."""

    instructions: ParsedText
    fence: str
    sentences: list[AnswerSentence] = field(default_factory=list)
    shown: list[ParsedText] = field(default_factory=list)
    """The shown sentences, parsed."""
    citations: list[Citation] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    says_no_answer: bool = False
    failure: str | None = None
    failed: dict[Part, None] = field(default_factory=dict)
    """The parts that failed while sentences were checked."""

    @property
    def is_full(self) -> bool:
        """Whether the language model must be stopped."""
        return len(self.sentences) >= _MAX_SENTENCES or len(self.rejected) >= _MAX_WITHHELD

    def repeats_instructions(self, text: str) -> bool:
        """Say whether a text shares the fence or several words in a row with the instructions of the language model."""
        words, told = ParsedText(text).stems, " ".join(self.instructions.stems)
        row = min(_MIN_COPIED_WORDS, len(words))
        return self.fence in text or any(" ".join(words[at : at + row]) in told for at in range(len(words) - row + 1))


def _quotable(place: Place, sentence: ParsedText) -> Span:
    """Return the span to quote for a place: its sentences, or one with the sentence that it points back to."""
    if place.rows[1] - place.rows[0] > 1:
        return place.span
    spans = place.source.sentences.spans
    return frame(place.passage_sentences, spans, place.rows[0], wanted=sentence.content_stems)


def _is_same(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and one.span == other.span
