"""Answers that a language model writes and the archive proves, sentence by sentence."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from anyio import CapacityLimiter, move_on_after, to_thread

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Span
from onrecord.service.answers.answer import Answer, AnswerSentence, Citation, Done, Event, Proved, Rejected, Sources
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.prose.backends.backend import Backend, BackendError
from onrecord.service.answers.prose.gate.place_finder import Place
from onrecord.service.answers.prose.gate.sentence_cutter import SentenceCutter, Written
from onrecord.service.answers.prose.gate.sentence_gate import Dropped, Passed, SentenceGate, Verdict, Withheld
from onrecord.service.answers.prose.gate.support_model import SupportModel
from onrecord.service.answers.prose.model_prompt import Prompt, read_follow_up, write_follow_up, write_prompt
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer, Looked
from onrecord.service.answers.quoting.quotes import frame

_log = logging.getLogger(__name__)

_MOST_SENTENCES = 12
"""Sentences in an answer; a language model that goes on is stopped."""
_MOST_WITHHELD = 20
"""Sentences withheld until a language model is stopped: it has lost its way."""
_MOST_WRITTEN = 20_000
"""Code points that are read of what a language model writes."""
_LONGEST_REJECTED = 300
_FOLLOW_UP = 8.0
"""Seconds that a language model has to make a follow-up whole; then the rules do it."""
_PIECES = 2_000
"""Code points that are read of a follow-up made whole."""
_NO_ANSWER = "The language model found no answer in the passages, so the answer is made of quotes."
_NOTHING_PROVED = "Nothing that the language model wrote could be proved, so the answer is made of quotes."
_NOTHING_WRITTEN = "The language model wrote nothing, so the answer is made of quotes."
_IN_A_ROW = 6
"""Words in a row that are taken from somewhere and not the same by chance."""
_OWN_WORDS = "(words of the service's own instructions)"


class GenerativeAnswerer:
    """Lets a language model write from what was found, and shows what the passages bear out."""

    def __init__(
        self,
        *,
        extractive: ExtractiveAnswerer,
        evidence: EvidenceFinder,
        backend: Backend,
        embedder: Embedder,
        support: SupportModel | None,
        prompts: Prompts,
        budget: int,
        turns: CapacityLimiter,
    ) -> None:
        """`budget`: tokens of passages that the language model is given. `turns`: how many threads may work."""
        self._extractive = extractive
        self._evidence = evidence
        self._backend = backend
        self._embedder = embedder
        self._support = support
        self._prompts = prompts
        self._budget = budget
        self._turns = turns

    async def events(self, asked: Asked) -> AsyncGenerator[Event]:
        """Yield `Sources`, each sentence once it is proved, and `Done`; whatever goes wrong, quotes are the answer.

        Closing the iterator stops the language model.
        """
        started = time.perf_counter()
        question = await self._whole(asked)

        def look() -> Looked:
            return self._extractive.look(
                question,
                limit=asked.limit,
                filters=asked.filters,
                # What the language model could not make whole, the rules do.
                history=asked.history if question == asked.question else (),
            )

        looked = await to_thread.run_sync(look, limiter=self._turns)
        answer = looked.answer
        if question != asked.question:
            answer = replace(answer, question=asked.question, understood_as=answer.understood_as or (question,))
        yield Sources(answer.citations or answer.closest)
        if not looked.sources:
            yield Done(answer)
            return
        understood = " ".join(answer.understood_as) or asked.question
        prompt = write_prompt(understood, looked.sources, self._prompts, budget=self._budget)
        gate = SentenceGate(question=understood, sources=prompt.sources, embedder=self._embedder, support=self._support)
        progress = _Progress(instructions=ParsedText(prompt.messages[0].content), fence=prompt.fence)
        begun = time.perf_counter()
        async with aclosing(self._proved(prompt, gate, progress)) as proved:
            async for event in proved:
                yield event
        ended = time.perf_counter()
        timings = replace(answer.timings, generate=(ended - begun) * 1e3, total=(ended - started) * 1e3)
        yield Done(self._whole_answer(replace(answer, timings=timings), progress))

    async def close(self) -> None:
        """Let go of the language model's connections."""
        await self._backend.close()

    async def _proved(self, prompt: Prompt, gate: SentenceGate, progress: "_Progress") -> AsyncGenerator[Proved]:
        """Yield what is proved while it is written; what went wrong stands in `progress`."""
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
                    if written > _MOST_WRITTEN:
                        return
            for sentence in cutter.end():
                if proved := await self._check(sentence, gate, progress):
                    yield proved
        except BackendError as error:
            _log.warning("%s", error)
            progress.failure = str(error)

    async def _check(self, sentence: Written, gate: SentenceGate, progress: "_Progress") -> Proved | None:
        def check() -> Proved | None:
            try:
                verdict: Verdict = gate.check(sentence)
            except Exception:
                # A sentence that breaks a check must not break the answer; it is not shown.
                _log.exception("A sentence could not be checked.")
                verdict = Withheld(text=sentence.text, reason="it could not be checked")
            return self._take(verdict, progress)

        if progress.is_full:
            return None
        return await to_thread.run_sync(check, limiter=self._turns)

    async def _whole(self, asked: Asked) -> str:
        """Return the question as it reads without the conversation; as it is, if the language model cannot tell."""
        if not asked.history:
            return asked.question
        written = ""
        try:
            with move_on_after(_FOLLOW_UP):
                messages = write_follow_up(asked.question, asked.history, self._prompts)
                async with aclosing(self._backend.stream(messages)) as pieces:
                    async for piece in pieces:
                        written += piece
                        if len(written) > _PIECES:
                            return asked.question
                return read_follow_up(written, asked.question) or asked.question
        except BackendError as error:
            _log.warning("A follow-up was left to the rules: %s", error)
        return asked.question

    def _whole_answer(self, answer: Answer, progress: "_Progress") -> Answer:
        """Return the prose, or the quotes where there is none."""
        answer = replace(
            answer,
            rejected=tuple(progress.rejected),
            model=self._backend.name,
            prompts=self._prompts.version,
            degraded_reason=progress.failure,
        )
        if not progress.sentences:
            reason = progress.failure or (
                _NOTHING_PROVED if progress.rejected else _NO_ANSWER if progress.says_no_answer else _NOTHING_WRITTEN
            )
            return replace(answer, degraded_reason=reason)
        return replace(
            answer,
            mode="generative",
            text=" ".join(s.text + " " + "".join(f"[{number}]" for number in s.citations) for s in progress.sentences),
            sentences=tuple(progress.sentences),
            citations=tuple(progress.citations),
        )

    def _take(self, verdict: Verdict, progress: "_Progress") -> Proved | None:
        """Note what became of a sentence; return it if it is to be shown."""
        if isinstance(verdict, Dropped):
            progress.says_no_answer |= verdict.says_no_answer
            return None
        if isinstance(verdict, Withheld):
            shown = _OWN_WORDS if progress.repeats_instructions(verdict.text) else verdict.text[:_LONGEST_REJECTED]
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
            copies=self._evidence.carried(passage.article.id, quote),
        )


@dataclass(slots=True, kw_only=True)
class _Progress:
    """What became of what was written so far."""

    instructions: ParsedText
    fence: str
    sentences: list[AnswerSentence] = field(default_factory=list)
    shown: list[ParsedText] = field(default_factory=list)
    """What the sentences say, parsed."""
    citations: list[Citation] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    says_no_answer: bool = False
    failure: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is wanted."""
        return len(self.sentences) >= _MOST_SENTENCES or len(self.rejected) >= _MOST_WITHHELD

    def repeats_instructions(self, text: str) -> bool:
        """Say whether a text is a part of what the language model was told, or has a few words in a row of it."""
        words, told = ParsedText(text).stems, " ".join(self.instructions.stems)
        row = min(_IN_A_ROW, len(words))
        return self.fence in text or any(" ".join(words[at : at + row]) in told for at in range(len(words) - row + 1))


def _quotable(place: Place, sentence: ParsedText) -> Span:
    """Return what to quote of a place: with the sentence before it if it points back, and never too long."""
    if place.rows[1] - place.rows[0] > 1:
        return place.span
    spans = place.source.sentences.spans
    return frame(place.passage_sentences, spans, place.rows[0], wanted=sentence.content_stems)


def _is_same(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and one.span == other.span
