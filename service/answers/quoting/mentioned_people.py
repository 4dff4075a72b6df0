"""Whether a sentence is on somebody who was asked after, and whether it reports that they speak."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.english.sayings import introduces_words
from onrecord.index.text.terms import content_terms, stems_in, terms_of

_FURTHER = re.compile(r"\s(?:who|with|of|for|from|in|at|on|to|near|close|familiar|briefed|involved)\b")
"""What begins a further description of somebody who is described."""
_BEFORE, _AFTER = 10, 7
"""Words between a speaker and "said": "Ana Reis, the mayor of Lisbon, said", "said the mayor of Lisbon, Ana Reis"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody as a question names or describes them."""

    stems: frozenset[str]
    """What a sentence on them has."""
    names: frozenset[str]
    """Who they may be, as the archive names its speakers."""
    reported: bool
    """Whether the sentence must report that they speak."""

    @classmethod
    def as_asked(cls, who: str, names: frozenset[str], *, reported: bool) -> "Mentioned":
        """Read a name or a description.

        Of "a source familiar with the Ukrainian side's thinking" a sentence has "source" and "Ukrainian": what stands
        behind the noun is put in many ways, but for its names.
        """
        terms = content_terms(who)
        noun = len(_FURTHER.split(who, maxsplit=1)[0])
        if who != who.lower():
            terms = [term for term in terms if term.span.end <= noun or who[term.span.start].isupper()]
        return cls(stems=frozenset(term.stem for term in terms), names=names, reported=reported)

    def is_in(self, sentence: str, said: Sequence[Quotation]) -> bool:
        """Say whether a sentence names them and is not somebody else's words; `said`: the quotations in it."""
        if said and not any(map(self._says, said)):
            return False
        return self.stems <= set(stems_in(sentence)) and (not self.reported or self._speak_in(sentence))

    def _says(self, quotation: Quotation) -> bool:
        # Whose words they are may be unknown; then the mention must name who was asked after.
        return quotation.speaker in self.names or self.stems <= set(stems_in(quotation.speaker_mention or ""))

    def _speak_in(self, sentence: str) -> bool:
        """Say whether one of their words stands close to one that introduces what somebody said."""
        terms = terms_of(sentence)
        cues = [at for at, term in enumerate(terms) if introduces_words(term.folded) or term.folded == "according"]
        return any(term.stem in self.stems for at in cues for term in terms[max(0, at - _BEFORE) : at + _AFTER])
