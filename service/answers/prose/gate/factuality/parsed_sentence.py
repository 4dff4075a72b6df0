"""A sentence with its grammar: which word depends on which, in ClearNLP's labels, as spaCy's models have them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a sentence with its place in the tree."""

    at: int
    """Its position in the sentence."""
    text: str
    lemma: str
    """The dictionary form, in lower case."""
    root: str
    """The root of its text, by which words are compared: a noun and its verb have one root if they have one stem."""
    tag: str
    """Its part of speech in the Penn Treebank's tags."""
    relation: str
    """Its relation to its head, as nsubj or dobj; "ROOT" for the word that has none."""
    head: int
    """The position of the word that it depends on; its own if it has none."""
    entity: str
    """The kind of name or figure that it is a part of, as PERSON or DATE; empty if it is a part of none."""

    @property
    def folded(self) -> str:
        """Its text, case-folded."""
        return self.text.casefold()

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun, common or proper."""
        return self.tag.startswith("NN")

    @property
    def is_name(self) -> bool:
        """Whether it is a proper noun."""
        return self.tag.startswith("NNP")

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb other than a modal."""
        return self.tag.startswith("VB")


@dataclass(frozen=True)
class ParsedSentence:
    """The words of a sentence in order."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def folded(self) -> frozenset[str]:
        """The case-folded texts of the words."""
        return frozenset(word.folded for word in self.words)

    @cached_property
    def _children(self) -> tuple[tuple[Word, ...], ...]:
        found: list[list[Word]] = [[] for _ in self.words]
        for word in self.words:
            if word.head != word.at:
                found[word.head].append(word)
        return tuple(map(tuple, found))

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of the words, by which sentences are compared."""
        return frozenset(word.root for word in self.words)

    @cached_property
    def content_roots(self) -> frozenset[str]:
        """The roots of the nouns, verbs, adjectives and figures, without "be"."""
        return frozenset(
            word.root for word in self.words if word.tag[:2] in {"NN", "VB", "JJ", "CD"} and word.lemma != "be"
        )

    def children(self, word: Word, *relations: str) -> tuple[Word, ...]:
        """Return the words that depend on a word, of these relations if any are given, in order."""
        there = self._children[word.at]
        return tuple(one for one in there if one.relation in relations) if relations else there

    def head(self, word: Word) -> Word | None:
        """Return the word that a word depends on; None if it depends on none."""
        return None if word.head == word.at else self.words[word.head]

    def subtree(self, word: Word) -> Iterator[Word]:
        """Yield a word and all that depends on it, in no order."""
        waiting = [word]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(self._children[one.at])

    def phrase(self, noun: Word) -> Iterator[Word]:
        """Yield a noun and its names, titles, adjectives and conjuncts, without clauses and phrases of place."""
        yield noun
        for child in self.children(noun, "compound", "amod", "appos", "nmod", "poss", "nummod", "flat", "conj"):
            yield from self.phrase(child)
