"""Measure retrieval: how often the passage with the answer is found, by word, by meaning, and by both.

python -m bench.retrieval SET.json[.gz] [--sample 1500]      a set in SQuAD's form, as one archive
"""

import argparse
import random
import tempfile
from pathlib import Path

from rich.progress import track

from bench.squad import read_squad
from index.retriever import Retriever
from service.settings import Settings
from service.wiring import open_parts

_DEPTHS = (1, 5, 10)
_WEIGHTS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)


def main() -> None:
    """Measure and print recall for several weights of the word side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--sample", type=int, default=1500)
    options = parser.parse_args()
    drafts, asked = read_squad(options.set)
    asked = [one for one in asked if one.spans]
    asked = random.Random(7).sample(asked, min(options.sample, len(asked)))
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home))) as parts:
        list(track(parts.indexer.add(drafts), total=len(drafts), description="articles"))
        print(f"{parts.archive.counts()}, {len(asked)} questions")
        for weight in _WEIGHTS:
            retriever = Retriever(
                archive=parts.archive, vector_index=parts.vector_index, embedder=parts.embedder, words_weight=weight
            )
            ranks = []
            for one in track(asked, description=f"words {weight}"):
                found = retriever.retrieve(one.question, limit=max(_DEPTHS)).passages
                right = (
                    rank
                    for rank, passage in enumerate(found)
                    if passage.article.source_name == one.source_name
                    and any(passage.span.contains(span) for span in one.spans)
                )
                ranks.append(next(right, max(_DEPTHS)))
            recall = {depth: sum(rank < depth for rank in ranks) / len(ranks) for depth in _DEPTHS}
            print(f"words {weight:.1f}  " + "  ".join(f"recall@{d} {r:.3f}" for d, r in recall.items()))


if __name__ == "__main__":
    main()
