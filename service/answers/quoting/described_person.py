"""Somebody as a question names or describes them, and whether a sentence is on them or reports their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.english.sayings import introduces_words
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText

_FURTHER = re.compile(r"\s(?:who|with|of|for|from|in|at|on|to|near|close|familiar|briefed|involved)\b")
"""What begins a further description of somebody who is described."""
_WORDS_BEFORE, _WORDS_AFTER = 10, 7
"""Words between a speaker and "said": "Ana Reis, the mayor of Lisbon, said", "said the mayor of Lisbon, Ana Reis"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPerson:
    """Somebody as a question names or describes them."""

    stems: frozenset[str]
    """The stems that a sentence on them has."""
    names: frozenset[str]
    """Who they may be, as the archive names its speakers."""
    parse: Parse

    @classmethod
    def from_question(cls, who: str, names: frozenset[str], parse: Parse) -> "DescribedPerson":
        """Read a name or a description.

        Of "a source familiar with the Ukrainian side's thinking" a sentence has "source" and "Ukrainian": what stands
        behind the noun is put in many ways, but for its names.
        """
        terms = parse(who).content
        noun = len(_FURTHER.split(who, maxsplit=1)[0])
        if who != who.lower():
            terms = tuple(term for term in terms if term.span.end <= noun or who[term.span.start].isupper())
        return cls(stems=frozenset(term.stem for term in terms), names=names, parse=parse)

    def is_in(self, sentence: ParsedText, said: Sequence[Quotation]) -> bool:
        """Say whether a sentence names them and is not somebody else's words; `said`: the quotations in it."""
        return self.stems <= sentence.stem_set and (not said or any(map(self._says, said)))

    def is_reported_in(self, sentence: ParsedText, said: Sequence[Quotation]) -> bool:
        """Say whether such a sentence also has one of their words close to one that introduces what somebody said."""
        if not self.is_in(sentence, said):
            return False
        terms = sentence.terms
        cues = [at for at, term in enumerate(terms) if introduces_words(term.folded) or term.folded == "according"]
        around = (terms[max(0, at - _WORDS_BEFORE) : at + _WORDS_AFTER] for at in cues)
        return any(term.stem in self.stems for near in around for term in near)

    def _says(self, quotation: Quotation) -> bool:
        # Whose words they are may be unknown; then the mention must name who was asked after.
        if quotation.speaker in self.names:
            return True
        return self.stems <= self.parse(quotation.speaker_mention or "").stem_set
