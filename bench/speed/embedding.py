"""Measure the embedder: passages a second and milliseconds a question, in float32 and in bfloat16.

    python -m bench.speed.embedding [--passages 128]

The two take turns over three rounds; medians are printed, and the cosine between the two types' vectors.
"""

import argparse
import statistics
import time

import numpy as np

from onrecord.index.text.embedder import has_fast_bfloat16, load_embedder

_TEXT = "The minister said on Monday that the harbour of {} would open in May, {} weeks later than planned. " * 7
_QUESTION = "What did the minister say about the harbour of {}?"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=128)
    texts = [_TEXT.format(*[n, n + 1] * 7) for n in range(parser.parse_args().passages)]
    embedders = {name: load_embedder(bfloat16=name == "bfloat16") for name in ("float32", "bfloat16")}
    rates: dict[str, list[float]] = {name: [] for name in embedders}
    waits: dict[str, list[float]] = {name: [] for name in embedders}
    vectors = {}
    for _ in range(3):
        for name, embedder in embedders.items():
            started = time.perf_counter()
            vectors[name] = np.stack([e.vector for e in embedder.embed(texts, [()] * len(texts))])
            rates[name].append(len(texts) / (time.perf_counter() - started))
            for n in range(30):
                started = time.perf_counter()
                embedder.embed_question(_QUESTION.format(n))
                waits[name].append((time.perf_counter() - started) * 1e3)
    tokens = statistics.mean(embedders["float32"].count_tokens(texts))
    for name in embedders:
        rate, wait = statistics.median(rates[name]), statistics.median(waits[name])
        print(f"{name:<9} {rate:6.1f} passages/s of {tokens:.0f} word pieces, {wait:5.1f} ms a question")
    cosine = (vectors["float32"] * vectors["bfloat16"]).sum(axis=1).mean()
    print(f"mean cosine between the two {cosine:.5f}; this CPU multiplies bfloat16: {has_fast_bfloat16()}")


if __name__ == "__main__":
    main()
