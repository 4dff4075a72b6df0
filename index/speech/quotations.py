"""Quotations of an article: words that it attributes, with their cue and their speaker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from onrecord.index.speech.claims.attribution import attribute
from onrecord.index.speech.claims.statements import Claim
from onrecord.index.speech.claims.turns import find_turns
from onrecord.index.speech.grammar.quote_marks import find_quoted
from onrecord.index.speech.grammar.tokens import cut_clauses
from onrecord.index.speech.grammar.word_names import mark_word_names
from onrecord.index.speech.people.cast import Cast, Person
from onrecord.index.speech.people.resolution import Resolver, Speaker
from onrecord.index.text.plain_text import PlainText, read_plainly
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Block, BlockKind, Span


class QuotationKind(StrEnum):
    """A way in which an article renders words that somebody said."""

    DIRECT = "direct"
    """Nothing but words inside quotation marks; the marks belong to the span."""
    MIXED = "mixed"
    """A clause in the article's own words that holds a quote; the span is the whole clause."""
    REPORTED = "reported"
    """A clause without quotation marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A stretch of an article that it attributes to somebody; every span is a slice of the article.

    `speaker` is the fullest form of the name in the article, None if it is not certain who speaks; `speaker_mention` is
    the form in the sentence itself. `cue` and `cue_span` are None for a quote that stands alone. `denied` is true if
    the speaker says that it is not so. `reported_by` names the source that quotes the speaker, if it is not the article
    itself. A quote that its attribution splits is two quotations with one cue, and words that two people share are one
    quotation for each.
    """

    text: str
    span: Span
    kind: QuotationKind
    cue: str | None
    cue_span: Span | None
    speaker_mention: str | None
    speaker_span: Span | None
    speaker: str | None
    role: str | None
    denied: bool
    reported_by: str | None


def quotations_of(text: str, blocks: Sequence[Block]) -> list[Quotation]:
    """Return the quotations of an article, given its blocks.

    They are sought in the text as it reads, so that neither a soft hyphen nor a decomposed letter cuts a name. Speakers
    and roles are named as the text reads, and every span is a place in the text as it is written.
    """
    plain = read_plainly(text)
    placed = [replace(block, span=plain.span_of(block.span)) for block in blocks]
    read = (BlockKind.HEADLINE, BlockKind.PARAGRAPH)
    sentences = [span for block in placed if block.kind in read for span in split_sentences(plain.text, block.span)]
    return [_as_written(quotation, text, plain) for quotation in find_quotations(plain.text, placed, sentences)]


def _as_written(quotation: Quotation, text: str, plain: PlainText) -> Quotation:
    if not plain.read:
        return quotation
    span = plain.written_span(quotation.span)
    cue = quotation.cue_span and plain.written_span(quotation.cue_span)
    mention = quotation.speaker_span and plain.written_span(quotation.speaker_span)
    return replace(
        quotation,
        text=span.of(text),
        span=span,
        cue=cue.of(text) if cue else None,
        cue_span=cue,
        speaker_mention=mention.of(text) if mention else None,
        speaker_span=mention,
    )


def find_quotations(text: str, blocks: Sequence[Block], sentences: Sequence[Span]) -> list[Quotation]:
    """Return the quotations in the headline and the paragraphs, in order, in time linear in the text's length."""
    clauses = mark_word_names(cut_clauses(text, blocks, sentences, find_quoted(text, blocks)))
    claims = attribute(text, clauses, find_turns(text, blocks))
    cast = Cast(text, clauses, [claim.mention for claim in claims if claim.mention is not None])
    resolver = Resolver(text, clauses, cast, claims)
    found = {_key(q): q for claim in claims for q in _quotations(text, claim, resolver)}
    return sorted(found.values(), key=lambda q: (q.span, q.cue_span or q.span, q.speaker or ""))


def _key(quotation: Quotation) -> tuple[Span, str | None, Span | None]:
    return quotation.span, quotation.speaker, quotation.speaker_span


def _quotations(text: str, claim: Claim, resolver: Resolver) -> Iterator[Quotation]:
    kind = QuotationKind.REPORTED
    if claim.quotes:
        kind = QuotationKind.DIRECT if claim.direct else QuotationKind.MIXED
    speakers: list[Speaker | None] = [*resolver.speakers(claim)]
    for speaker in speakers or [None]:
        yield Quotation(
            text=claim.span.of(text),
            span=claim.span,
            kind=kind,
            cue=claim.cue.of(text) if claim.cue else None,
            cue_span=claim.cue or None,
            speaker_mention=claim.mention.of(text) if claim.mention else None,
            speaker_span=claim.mention,
            speaker=speaker.name if isinstance(speaker, Person) else speaker,
            role=speaker.role if isinstance(speaker, Person) else None,
            denied=claim.denied,
            reported_by=resolver.reporter(claim),
        )
