"""Measure the sentence gate on claims written by hand: which are shown, by class.

    python -m bench.quality.claims.written [--show CLASS]

The articles and their claims are invented. They were written before the rules that they measure, by the same author,
and were divided by article into two halves. `--show CLASS` (or `--show all`) prints what went wrong in the open half,
and never anything of the kept one. README.md beside this file says what the classes are. `--without-reading` leaves
the support model out.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence

import torch
from rich.progress import track

from bench.quality.claims.written.articles import BORNE_OUT, WrittenArticle, read_written, sources_of
from onrecord.index.text.embedder import Embedder, load_embedder
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.prose.gate.factuality.parser import Parser, SpacyParser
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.sentence_gate import Passed, SentenceGate, Withheld
from onrecord.service.answers.prose.gate.support_model import SupportModel, load_support

HALVES = ("open", "kept")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="append", default=[], help="print what went wrong with this class, open half")
    parser.add_argument("--without-reading", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder()
    torch.set_num_threads(1)
    support = None if options.without_reading else load_support(embedder)
    grammar = SpacyParser()
    articles = read_written()
    sources = sources_of(articles, embedder)
    shown: dict[tuple[str, str], list[bool]] = {}
    for article in track(articles, description="articles"):
        for kind, claim, reason in judge(article, sources[article.id], embedder, support, grammar):
            shown.setdefault((kind, article.half), []).append(reason is None)
            wrong = (reason is None) != (kind in BORNE_OUT)
            if wrong and article.half == "open" and {kind, "all"} & set(options.show):
                print(f"{kind}: {claim}\n   {reason or 'shown'}")
    for line in table(shown):
        print(line)


def judge(
    article: WrittenArticle,
    sources: dict[str, Source],
    embedder: Embedder,
    support: SupportModel | None,
    grammar: Parser,
) -> list[tuple[str, str, str | None]]:
    """Return each claim with its class, and the reason for which the gate withholds it; None if it is shown."""
    gate = SentenceGate(question="", sources=sources, embedder=embedder, support_model=support, parser=grammar)
    found = []
    for kind, claims in article.claims.items():
        for claim in claims:
            verdict = gate.check(Written(claim, tuple(sources)))
            reason = verdict.reason if isinstance(verdict, Withheld) else "it claims nothing"
            found.append((kind, claim, None if isinstance(verdict, Passed) else reason))
    return found


def table(shown: Mapping[tuple[str, str], Sequence[bool]]) -> Iterator[str]:
    """Yield the lines of a table: how many claims of each class are shown in each half."""
    kinds = sorted({kind for kind, _ in shown}, key=lambda kind: (kind not in BORNE_OUT, kind))
    yield f"{'class':<14}" + "".join(f"{half + ' half':>18}" for half in HALVES)
    for kind in kinds:
        yield f"{kind:<14}" + "".join(_cell(shown.get((kind, half), [])) for half in HALVES)
    for name, wanted in (("borne out", BORNE_OUT), ("false", frozenset(kinds) - BORNE_OUT)):
        totals = [[one for kind in kinds if kind in wanted for one in shown.get((kind, half), [])] for half in HALVES]
        yield f"{name:<14}" + "".join(map(_cell, totals))


def _cell(shown: Sequence[bool]) -> str:
    return f"{sum(shown):>5} of {len(shown):>3} {sum(shown) / max(1, len(shown)):.3f}"


if __name__ == "__main__":
    main()
