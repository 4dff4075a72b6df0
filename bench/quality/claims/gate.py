"""Measure the sentence gate: which claims about real articles it lets through.

    python -m bench.quality.claims.gate FILE… [--most 600] [--seed 1] [--show KIND]

FILE holds articles as `bench.quality.claims.claims` reads them. For each sentence drawn there is a claim that its
evidence bears out, and one that it does not, changed as little as possible. Both are put to the gate with the evidence
as the only passage. The goal is that .85 of the first pass, and .05 of the second. `--without-reading` leaves the
support model out.
"""

import argparse
import random
import time
from collections import Counter
from pathlib import Path

import torch
from rich.progress import track

from bench.quality.claims.claims import Claim, read_claims
from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.speech.quotations import find_quotations
from onrecord.index.text.embedder import Embedder, load_embedder
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import ArticleInfo, Block, BlockKind, FoundPassage, Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.prose.gate.factuality.parser import SpacyParser
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.sentence_gate import Passed, SentenceGate, Withheld
from onrecord.service.answers.prose.gate.support_model import load_support

_KEY = "0a1b2c3d"


def source_of(claim: Claim, embedder: Embedder) -> Source:
    """Make the evidence a passage, as the archive would have it."""
    text = claim.evidence
    whole = Span(0, len(text))
    sentences = split_sentences(text, whole)
    (embedded,) = embedder.embed([f"{claim.title}\n{text}"], [_behind(sentences, len(claim.title) + 1)])
    info = ArticleInfo(
        id="article",
        title=claim.title,
        publisher=None,
        author=None,
        published_at=None,
        url=None,
        source_name=None,
        content_sha256="",
        added_at="",
    )
    return Source(
        passage=FoundPassage(id=1, article=info, span=whole, text=text, score=1.0, similarity=1.0),
        sentences=StoredSentences(spans=tuple(sentences), vectors=embedded.parts),
        quotations=tuple(find_quotations(text, (Block(span=whole, kind=BlockKind.PARAGRAPH),), sentences)),
    )


def _behind(sentences: list[Span], offset: int) -> list[Span]:
    return [Span(span.start + offset, span.end + offset) for span in sentences]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=600, help="claims that are put to the gate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="append", default=[], help="print what went wrong with claims of this kind")
    parser.add_argument("--without-reading", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder()
    torch.set_num_threads(1)
    support = None if options.without_reading else load_support(embedder)
    grammar = SpacyParser()
    claims = list(read_claims(options.files, seed=options.seed, each=2))
    claims = random.Random(options.seed).sample(claims, min(options.most, len(claims)))
    right: dict[tuple[bool, str], list[bool]] = {}
    reasons: Counter[str] = Counter()
    spent = []
    for claim in track(claims, description="claims"):
        source = source_of(claim, embedder)
        started = time.perf_counter()
        gate = SentenceGate(
            question="", sources={_KEY: source}, embedder=embedder, support_model=support, parser=grammar
        )
        verdict = gate.check(Written(claim.text, (_KEY,)))
        spent.append(time.perf_counter() - started)
        passed = isinstance(verdict, Passed)
        right.setdefault((claim.supported, claim.kind), []).append(passed)
        reason = verdict.reason if isinstance(verdict, Withheld) else ""
        if claim.supported and not passed:
            reasons[reason.split("“")[0]] += 1
        if passed != claim.supported and (claim.kind in options.show or "all" in options.show):
            print(f"\n{claim.kind}: {claim.text}\n   EVIDENCE {claim.evidence}\n   {reason or 'passed'}")
    for supported in (True, False):
        every = [passed for (borne, _), passes in right.items() if borne == supported for passed in passes]
        print(
            f"\n{'borne out' if supported else 'not borne out'}: {sum(every)} of {len(every)} pass, "
            f"{sum(every) / max(1, len(every)):.3f}"
        )
        for (borne, kind), passes in sorted(right.items(), key=lambda item: item[0][1]):
            if borne == supported:
                print(f"   {kind:<28} {sum(passes):>5} of {len(passes):<5} {sum(passes) / len(passes):.3f}")
    print("\nwithheld though borne out:", dict(reasons.most_common()))
    print(f"median {sorted(spent)[len(spent) // 2] * 1e3:.1f} ms a sentence")


if __name__ == "__main__":
    main()
