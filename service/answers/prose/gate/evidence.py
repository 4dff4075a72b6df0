"""The evidence in the passages for a sentence that a language model wrote."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.place_finder import Place, PlaceFinder

_MAX_LEAD = 400
"""Code points before a place that are read for the person whom a pronoun means."""
_POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|his|her|their|its|him|them|this|that|these|those|the (?:company|bank|group|minister|"
    r"president|court|country|government|party|firm|agency|team|ministry|leader|man|woman))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The passages that a claim may rest on, with the places in them, which are found when a check first needs them."""

    claim: Claim
    given: Mapping[str, Source]
    """Every passage that the language model was given, by its key."""
    finder: PlaceFinder
    parse: Parse

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The passages that the claim names; all of them if it names none."""
        return tuple(self.given[key] for key in self.claim.keys or self.given)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places that together may bear the claim out, the nearest first."""
        return self.finder.find(self.claim, [source.passage.id for source in self.sources])

    @cached_property
    def text(self) -> ParsedText:
        """The places' words, one place a line."""
        return self.parse("\n".join(place.text for place in self.places))

    @cached_property
    def parts(self) -> tuple[ParsedText, ...]:
        """Each place as a whole, and each of its sentences where it has several."""
        parts = [(self.parse(place.text), *place.sentences) for place in self.places]
        return tuple(dict.fromkeys(part for of_place in parts for part in of_place))

    @cached_property
    def around(self) -> tuple[ParsedText, ...]:
        """For each place the text that may name the person meant there: headline, speakers, and the words before it."""
        return tuple(self.parse(_around(place)) for place in self.places)

    @cached_property
    def as_read(self) -> ParsedText:
        """The places' words in one text, each behind the words before it if it points back to them."""
        return self.parse(" ".join(" ".join((_lead(place), place.text)).strip() for place in self.places))

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates of the places' articles, as far as they are known."""
        return tuple(place.article.published_at for place in self.places if place.article.published_at)


def _around(place: Place) -> str:
    article, said = place.article, place.quotations
    known = [article.title, article.publisher, article.author, *(q.speaker for q in said), *(q.role for q in said)]
    return "\n".join([*filter(None, known), _lead(place)])


def _lead(place: Place) -> str:
    """Return the words before a place if it points back to them, else ""."""
    return place.before[-_MAX_LEAD:] if _POINTS_BACK.search(place.text) else ""
