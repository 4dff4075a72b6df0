"""Measure who is said to have said what, against annotated articles.

    python -m bench.quality.quotations FILE.jsonl[.gz] [--json]

A line of the file is an article: `text` and `attributions`, each with `source_spans`, `cue`,
`content_spans` and `quoted_strings`, as in PolNeAR. A gold content is found when one claim covers at least half of its
code points; the claim that fits it most tightly is the one judged for its speaker.
"""

import argparse
import json
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.speech.quotations import Quotation, find_quotations
from onrecord.index.text.english.sayings import CUES, VERBS_OF_SAYING
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import BlockKind, Draft, Span
from onrecord.service.evaluation.datasets.json_files import read_records
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts

TO_REACH = {
    "quoted: content recall": "≥ .90",
    "quoted: speaker precision": "≥ .90",
    "quoted: speaker recall": "≥ .75",
    "reported: F1": "≥ .60",
    "spurious claims": "≤ .15",
}
SAYING = frozenset(spelling for spelling, cue in CUES.items() if cue.lemma in VERBS_OF_SAYING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """One annotated attribution."""

    sources: tuple[Span, ...]
    contents: tuple[Span, ...]
    cue: str
    quoted: bool

    @property
    def saying(self) -> bool:
        """Say whether the cue has a verb of saying among its words."""
        return any(word in SAYING for word in re.findall(r"\w+", self.cue.lower()))


@dataclass(slots=True)
class Tally:
    """Counts over all articles."""

    articles: int = 0
    characters: int = 0
    seconds: float = 0.0
    quoted: int = 0
    quoted_found: int = 0
    quoted_joined: int = 0
    quoted_named: int = 0
    quoted_right: int = 0
    reported: int = 0
    reported_right: int = 0
    reported_claims: int = 0
    reported_claims_right: int = 0
    claims: int = 0
    spurious: int = 0

    def figures(self) -> dict[str, float | int]:
        """Return the rows of the table."""
        precision = _ratio(self.reported_claims_right, self.reported_claims)
        recall = _ratio(self.reported_right, self.reported)
        return {
            "articles": self.articles,
            "claims": self.claims,
            "quoted: content recall": _ratio(self.quoted_found, self.quoted),
            "quoted: content recall, split quotes joined": _ratio(self.quoted_joined, self.quoted),
            "quoted: speaker precision": _ratio(self.quoted_right, self.quoted_named),
            "quoted: speaker recall": _ratio(self.quoted_right, self.quoted),
            "reported: precision": precision,
            "reported: recall": recall,
            "reported: F1": _ratio(2 * precision * recall, precision + recall),
            "spurious claims": _ratio(self.spurious, self.claims),
            "ms per 1,000 characters": _ratio(1e6 * self.seconds, self.characters),
        }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def gold_of(row: Mapping[str, Any]) -> list[Gold]:
    """Return the annotated attributions that have a content."""
    return [
        Gold(
            sources=tuple(Span(*s) for s in a["source_spans"]),
            contents=tuple(Span(*s) for s in a["content_spans"]),
            cue=a["cue"] or "",
            quoted=bool(a["quoted_strings"]),
        )
        for a in row["attributions"]
        if a["content_spans"]
    ]


def claims_of(text: str) -> list[Quotation]:
    """Find the quotations of a text as at ingest."""
    blocks = read_article(text).blocks
    sentences = [
        sentence
        for block in blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADLINE)
        for sentence in split_sentences(text, block.span)
    ]
    return find_quotations(text, blocks, sentences)


def shared(spans: Sequence[Span], others: Sequence[Span]) -> int:
    """Count the code points that two lists of disjoint spans share."""
    return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in spans for b in others)


def matching(gold: Gold, claims: Sequence[Quotation]) -> tuple[Quotation | None, bool]:
    """Return the claim that fits a gold content most tightly among those that cover half of it.

    And whether the claims with one cue cover half of it together.
    """
    size = sum(len(s) for s in gold.contents)
    best: Quotation | None = None
    best_fit = 0.0
    joined: dict[Span | None, int] = {}
    for claim in claims:
        common = shared(gold.contents, [claim.span])
        if not common:
            continue
        joined[claim.cue_span] = joined.get(claim.cue_span, 0) + common
        fit = common / (size + len(claim.span) - common)
        if 2 * common >= size and fit > best_fit:
            best, best_fit = claim, fit
    return best, any(2 * common >= size for common in joined.values())


def named_right(gold: Gold, claim: Quotation) -> bool:
    """Say whether the claim's speaker mention overlaps the gold source."""
    return claim.speaker_span is not None and any(claim.speaker_span.overlaps(s) for s in gold.sources)


def judge(golds: Sequence[Gold], claims: Sequence[Quotation], tally: Tally) -> None:
    """Count one article."""
    tally.articles += 1
    tally.claims += len(claims)
    for gold in golds:
        best, joined = matching(gold, claims)
        right = best is not None and named_right(gold, best)
        if gold.quoted:
            tally.quoted += 1
            tally.quoted_found += best is not None
            tally.quoted_joined += joined
            tally.quoted_named += best is not None and best.speaker_span is not None
            tally.quoted_right += right
        elif gold.saying:
            tally.reported += 1
            tally.reported_right += right
    for claim in claims:
        touching = [gold for gold in golds if shared(gold.contents, [claim.span])]
        tally.spurious += not touching
        words = re.findall(r"\w+", (claim.cue or "").lower())
        if claim.kind == "reported" and any(word in SAYING for word in words):
            tally.reported_claims += 1
            tally.reported_claims_right += any(
                2 * shared(gold.contents, [claim.span]) >= sum(len(s) for s in gold.contents)
                and named_right(gold, claim)
                for gold in touching
            )


def _share_of_ingest(file: Path, seconds: float) -> float:
    """Archive the articles and return what finding quotations adds to the rest, as a share of the rest."""
    drafts = [Draft(text=row["text"], source_name=str(n)) for n, (_, row) in enumerate(read_records(file))]
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home))) as parts:
        begun = time.perf_counter()
        for _ in parts.indexer.add(drafts):
            pass
        return seconds / (time.perf_counter() - begun - seconds)


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--ingest", action="store_true", help="also archive the articles, and print what it adds to that"
    )
    parser.add_argument("--part", help="K/N: only every N-th article, from the K-th", default="0/1")
    parser.add_argument("--not-part", help="K/N: all but those", default=None)
    options = parser.parse_args()
    tally = Tally()
    keep, every = map(int, (options.not_part or options.part).split("/"))
    for number, (_, row) in enumerate(read_records(options.file)):
        if (number % every == keep) == (options.not_part is not None):
            continue
        begun = time.perf_counter()
        claims = claims_of(row["text"])
        tally.seconds += time.perf_counter() - begun
        tally.characters += len(row["text"])
        judge(gold_of(row), claims, tally)
    figures = tally.figures()
    if options.ingest:
        figures["share of ingest without it"] = _share_of_ingest(options.file, tally.seconds)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        print(f"{name:<46}{shown:>9}  {TO_REACH.get(name, '')}".rstrip())


if __name__ == "__main__":
    main()
