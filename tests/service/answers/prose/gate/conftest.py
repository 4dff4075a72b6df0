from collections.abc import Callable

import pytest

from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.speech.quotations import find_quotations
from onrecord.index.text.embedder import Embedder
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Block, BlockKind, FoundPassage, Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.sentence_gate import SentenceGate, Verdict
from tests.article_infos import article_info
from tests.grammar import PARSER

Check = Callable[..., Verdict]


def source_of(text: str, embedder: Embedder, *, number: int = 1, title: str = "", day: str | None = None) -> Source:
    """Make a text a passage, as an archive would have it."""
    whole = Span(0, len(text))
    sentences = split_sentences(text, whole)
    (embedded,) = embedder.embed([text], [sentences])
    info = article_info(f"article {number}", title=title, published_at=day)
    return Source(
        passage=FoundPassage(id=number, article=info, span=whole, text=text, score=1.0, similarity=1.0),
        sentences=StoredSentences(spans=tuple(sentences), vectors=embedded.parts),
        quotations=tuple(find_quotations(text, (Block(span=whole, kind=BlockKind.PARAGRAPH),), sentences)),
    )


@pytest.fixture
def check(embedder: Embedder) -> Check:
    """Put a sentence to the gate, with texts as passages whose keys are "aaaaaaa1", "aaaaaaa2", …."""

    def check(
        sentence: str, *texts: str, keys: tuple[str, ...] = ("aaaaaaa1",), title: str = "", day: str | None = None
    ) -> Verdict:
        sources = {
            f"aaaaaaa{n}": source_of(text, embedder, number=n, title=title, day=day) for n, text in enumerate(texts, 1)
        }
        gate = SentenceGate(
            question="What did Putin say about legality?",
            sources=sources,
            embedder=embedder,
            support_model=None,
            parser=PARSER,
        )
        return gate.check(Written(sentence, keys))

    return check
