"""The claim that the checks examine: a sentence that a language model wrote."""

from dataclasses import dataclass
from functools import cached_property

from onrecord.index.speech.quotations import Quotation, find_quotations
from onrecord.index.text.embedder import Embedder, Vector
from onrecord.index.values import Block, BlockKind, Span
from onrecord.service.answers.facts.parsed_text import ParsedText


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A sentence of prose, parsed once for all checks."""

    parsed: ParsedText
    keys: tuple[str, ...]
    """The keys of the passages that it names, in order."""
    is_whole: bool
    """Whether it is a whole sentence, and not a part of a text that was too long for one."""
    embedder: Embedder

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.parsed.text

    @cached_property
    def vector(self) -> Vector:
        """The unit vector of its meaning."""
        return self.embedder.embed_question(self.text)

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """The quotations in the sentence, with their speakers."""
        span = Span(0, len(self.text))
        return tuple(find_quotations(self.text, (Block(span=span, kind=BlockKind.PARAGRAPH),), (span,)))
