"""Decide whether a sentence of a language model may be shown."""

from dataclasses import dataclass
from functools import cache

from onrecord.index.fallback import STRICT, Fallback
from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.prose.gate.checks.sequence import checks_with
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence
from onrecord.service.answers.prose.gate.factuality.parser import Parser
from onrecord.service.answers.prose.gate.place_finder import Place, PlaceFinder
from onrecord.service.answers.prose.gate.remarks import Remark, find_remark
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.support_model import SupportModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A sentence that may be shown, with the places that bear it out."""

    parsed: ParsedText
    places: tuple[Place, ...]
    """The places, the nearest first."""
    score: float
    """The share of its content words that stand in the places, 0..1."""

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.parsed.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A sentence that may not be shown, with the reason, a clause about "it" or "the passage"."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A sentence that claims nothing and is left out."""

    says_no_answer: bool
    """Whether they say that the passages do not answer."""


Verdict = Passed | Withheld | Dropped


class SentenceGate:
    """A gate that checks sentences against the passages of one question."""

    def __init__(
        self,
        *,
        question: str,
        sources: dict[str, Source],
        embedder: Embedder,
        support_model: SupportModel | None,
        parser: Parser,
        fallback: Fallback = STRICT,
    ) -> None:
        """Take the passages by the keys of the prompt; without `support_model`, the other checks decide alone.

        `fallback` goes on without the support model if it fails.
        """
        self._parse = cache(ParsedText)
        self._question = self._parse(question).stem_set
        self._sources = sources
        self._finder = PlaceFinder(tuple(sources.values()), parse=self._parse)
        self._embedder = embedder
        self._checks = checks_with(support_model, parser, fallback)

    def check(self, written: Written) -> Verdict:
        """Return whether the sentence may be shown: the first check that finds something wrong withholds it."""
        parsed = self._parse(written.text)
        if remark := find_remark(parsed, self._question):
            return Dropped(says_no_answer=remark is Remark.NO_ANSWER)
        claim = Claim(parsed=parsed, keys=written.keys, is_whole=written.whole, embedder=self._embedder)
        evidence = Evidence(claim=claim, given=self._sources, finder=self._finder, parse=self._parse)
        for check in self._checks:
            if reason := check(claim, evidence):
                return Withheld(text=written.text, reason=reason)
        return Passed(parsed=parsed, places=evidence.places, score=parsed.share_in(evidence.text))
