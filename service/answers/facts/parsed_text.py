"""Parse a text once for all comparisons: its words, figures, names and quotations."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from onrecord.index.text.terms import Term, content_among, place_words, stem_of, words_in
from onrecord.service.answers.facts.figures import Figure, find_figures, is_year
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.facts.names import NameWord, name_words
from onrecord.service.answers.facts.quoted import quoted_in


@dataclass(frozen=True)
class ParsedText:
    """A text that finds its words, figures, names and quotations when they are first needed, and keeps them."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in order, as they are written."""
        return tuple(words_in(self.text))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of its words, in order."""
        return tuple(map(stem_of, self.words))

    @cached_property
    def stem_set(self) -> frozenset[str]:
        """Its stems, each once."""
        return frozenset(self.stems)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Its words in order, each with its place."""
        return tuple(place_words(self.text, self.words))

    @cached_property
    def content(self) -> tuple[Term, ...]:
        """The terms that say what the text is about; all terms if none does."""
        return tuple(content_among(self.terms, self.text))

    @cached_property
    def content_stems(self) -> frozenset[str]:
        """The stems of the content terms."""
        return frozenset(term.stem for term in self.content)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of its words: stems, with a strong verb's forms as one."""
        return frozenset(root(term.folded) for term in self.terms)

    @cached_property
    def content_roots(self) -> frozenset[str]:
        """The roots of the content terms."""
        return frozenset(root(term.folded) for term in self.content)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Its numbers and dates, in order."""
        return tuple(find_figures(self.text))

    @cached_property
    def years(self) -> frozenset[str]:
        """Its numbers that may be years, in digits."""
        return frozenset(figure.value for figure in self.figures if is_year(figure.value))

    @cached_property
    def names(self) -> tuple[NameWord, ...]:
        """Its words that are written as names, in order."""
        return self.names_among(frozenset())

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """The texts between quotation marks, in order."""
        return tuple(quoted_in(self.text))

    def names_among(self, known: frozenset[str]) -> tuple[NameWord, ...]:
        """Return its words that are written as names; a sentence's first word is one if it is among the `known`."""
        return tuple(name_words(self.text, self.figures, known=known))

    def share_in(self, other: "ParsedText") -> float:
        """Return the share of its content words, each once, that the other text has: 0..1."""
        return len(self.content_roots & other.roots) / max(1, len(self.content_roots))


Parse = Callable[[str], ParsedText]
"""`ParsedText` itself, or `functools.cache(ParsedText)` if the same text comes several times."""
