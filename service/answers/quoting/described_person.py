"""Decide whether a sentence is about a person whom a question names or describes, or reports their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.english.function_words import BE
from onrecord.index.text.english.sayings import AFTER_QUESTION, introduces_words
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText

_DESCRIPTION = re.compile(r"\s(?:who|with|of|for|from|in|at|on|to|near|close|familiar|briefed|involved)\b")
"""Words that begin a description behind the noun for a person."""
_MAX_WORDS_BEFORE, _MAX_WORDS_AFTER = 10, 7
"""Words before "said", and from it on, among which the speaker stands: "Ana Reis, the mayor of Lisbon, said"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPerson:
    """A person as a question names or describes them."""

    stems: frozenset[str]
    """The stems that a sentence about them must have."""
    names: frozenset[str]
    """The speakers in the archive who may be this person."""
    parse: Parse

    @classmethod
    def from_question(cls, who: str, names: frozenset[str], parse: Parse) -> "DescribedPerson":
        """Return the person whom the question calls `who`, and the archive one of `names`.

        For "a source familiar with the Ukrainian side's thinking" a sentence must have "source" and "Ukrainian". The
        rest is left out, because articles word the description behind the noun in many ways, except for its names.
        """
        terms = parse(who).content
        noun = len(_DESCRIPTION.split(who, maxsplit=1)[0])
        if who != who.lower():
            terms = tuple(term for term in terms if term.span.end <= noun or who[term.span.start].isupper())
        return cls(stems=frozenset(term.stem for term in terms), names=names, parse=parse)

    def is_in(self, sentence: ParsedText, said: Sequence[Quotation]) -> bool:
        """Say whether a sentence names them and is not the words of others; `said` are the quotations in it."""
        return self.stems <= sentence.stem_set and (not said or any(map(self._says, said)))

    def is_reported_in(self, sentence: ParsedText, said: Sequence[Quotation]) -> bool:
        """Say whether a sentence about them has a word of their name near one such as "said"."""
        if not self.is_in(sentence, said):
            return False
        terms = sentence.terms
        for at, term in enumerate(terms):
            if not (introduces_words(term.folded) or term.folded == "according"):
                continue
            before, after = terms[max(0, at - _MAX_WORDS_BEFORE) : at], terms[at + 1 : at + _MAX_WORDS_AFTER]
            # A person who "was asked" or "told to leave" says nothing, and one whom somebody "told" follows the verb.
            passive = bool(before) and before[-1].folded in BE
            inverted = term.folded in AFTER_QUESTION or term.folded == "according"
            others = [other for other in before if sentence.text[other.span.start].isupper()]
            near = [*(() if passive else before), *(after if inverted and not (passive or others) else ())]
            if any(other.stem in self.stems for other in near):
                return True
        return False

    def _says(self, quotation: Quotation) -> bool:
        # If the speaker of a quotation is unknown, its mention of a speaker must name this person.
        if quotation.speaker in self.names:
            return True
        return self.stems <= self.parse(quotation.speaker_mention or "").stem_set
