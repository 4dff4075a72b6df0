"""Measure which claims the support model lets through, by kind, beside cosine and word coverage.

    python -m bench.quality.claims.support FILE… [--wiki SET.json[.gz] …] [--most 1500]

FILE: articles that nothing was trained on. `--wiki`: question sets in SQuAD's form, of which only the topics are read
that were kept aside in training and did not fit anything. Thresholds are those at which 85, 90 and 95 % of the claims
pass that the evidence bears out; the table says how many of the others pass with them, and how many of each way to
reword. With `--fixed X`, it says so for the threshold X as well.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open

from bench.quality.claims.claims import KINDS, WIDE, Claim, read_claims
from bench.quality.claims.corruption.rules import corrupt
from bench.quality.claims.corruption.setting import Setting
from bench.quality.claims.stories import Story, read_stories
from bench.training.fitting import area_under_curve
from bench.training.train_support import aside, evidence_of
from onrecord.index.text.embedder import SentenceTransformerEmbedder, load_embedder
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.terms import stems_in
from onrecord.service.answers.prose.gate.support_model import CrossEncoder, load_support, weights_file

_PASSING = (0.85, 0.90, 0.95)
_BATCH = 16

Row = npt.NDArray[np.float64]
Scorer = Callable[[Sequence[Claim]], Row]


def by_model(model: CrossEncoder) -> Scorer:
    """Score with the support model."""

    def score(claims: Sequence[Claim]) -> Row:
        order = sorted(range(len(claims)), key=lambda i: len(claims[i].text) + len(claims[i].evidence))
        found = np.zeros(len(claims))
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            pairs = [(evidence_of(claims[i], title=True), claims[i].text) for i in batch]
            found[batch] = [support.score for support in model.check(pairs)]
        return found

    return score


def by_cosine(embedder: SentenceTransformerEmbedder) -> Scorer:
    """Score with the cosine of the two texts' vectors."""

    def score(claims: Sequence[Claim]) -> Row:
        texts = list(dict.fromkeys(text for claim in claims for text in (claim.evidence, claim.text)))
        vectors = dict(zip(texts, (e.vector for e in embedder.embed(texts, [()] * len(texts))), strict=True))
        return np.array([float(vectors[claim.evidence] @ vectors[claim.text]) for claim in claims])

    return score


def by_words(claims: Sequence[Claim]) -> Row:
    """Score with the share of the claim's words that the evidence has."""
    shares = []
    for claim in claims:
        there = set(stems_in(claim.evidence))
        words = [stem for stem in stems_in(claim.text) if stem not in STOP_WORDS]
        shares.append(sum(word in there for word in words) / max(1, len(words)))
    return np.array(shares)


def report(name: str, claims: Sequence[Claim], scorers: dict[str, Scorer], fixed: float | None) -> None:
    """Print a table of one set."""
    supported = np.array([claim.supported for claim in claims])
    kinds = np.array([claim.kind for claim in claims])
    print(f"\n{name}: {supported.sum()} borne out, {(~supported).sum()} not")
    wrong = sorted(set(kinds[~supported]))
    print(f"{'':34}{'all':>7}" + "".join(f"{kind:>10}" for kind in wrong))
    print(f"{'':34}{(~supported).sum():7}" + "".join(f"{(kinds[~supported] == kind).sum():10}" for kind in wrong))
    scores = {}
    for label, scorer in scorers.items():
        scores[label] = scorer(claims)
        area = area_under_curve(scores[label], supported)
        for passing in _PASSING:
            threshold = float(np.quantile(scores[label][supported], 1 - passing, method="lower"))
            through = scores[label] >= threshold
            cells = "".join(f"{through[~supported & (kinds == kind)].mean():10.3f}" for kind in wrong)
            head = f"{label} {passing:.2f} at {threshold:.2f}, AUC {area:.3f}"
            print(f"{head:34}{through[~supported].mean():7.3f}{cells}")
    if fixed is None:
        return
    through = scores["model"] >= fixed
    cells = "".join(f"{through[~supported & (kinds == kind)].mean():10.3f}" for kind in wrong)
    print(f"{f'model at {fixed:.2f}':34}{through[~supported].mean():7.3f}{cells}")
    ways = sorted(set(kinds[supported]))
    print(f"  borne out and let through: {through[supported].mean():.3f}; " + ", ".join(
        f"{way} {through[supported & (kinds == way)].mean():.3f} of {(kinds[supported] == way).sum()}" for way in ways
    ))  # fmt: skip


def headlines(stories: Sequence[Story], seed: int) -> Iterator[Claim]:
    """Yield each headline with the beginning of its article, which mostly bears it out in words of its own.

    Beside it, the headline as changed, or another article's.
    """
    chance = random.Random(seed)
    for story in stories:
        if len(story.title.split()) < 6 or '"' in story.title:
            continue
        last = 0
        while last + 1 < len(story.sentences) and len(story.words(0, last + 1)) <= WIDE[0]:
            last += 1
        evidence = story.words(0, last)
        text = story.title if story.title.endswith((".", "?", "!")) else story.title + "."
        yield Claim(title="", evidence=evidence, text=text, supported=True, kind="headline")
        other = chance.choice(stories)
        setting = Setting(story=story, evidence=evidence, other=other, elsewhere=story.sentences[last + 1 :])
        if made := corrupt(text, setting, chance, kinds=chance.sample(KINDS, len(KINDS))):
            kind, (words, spans) = made
            yield Claim(title="", evidence=evidence, text=words, supported=False, kind=kind, wrong=spans)
        if other is not story and other.title:
            yield Claim(title="", evidence=evidence, text=f"{other.title}.", supported=False, kind="headline")


def found_words(model: CrossEncoder, claims: Sequence[Claim]) -> float:
    """Return how often the weakest word is one of those that were changed."""
    hits = []
    for claim in claims:
        if claim.supported or not claim.wrong or any(end - start > 40 for start, end in claim.wrong):
            continue
        weakest = model.check([(evidence_of(claim, title=True), claim.text)])[0].weakest
        hits.append(
            weakest is not None and any(weakest.start < end and weakest.end > start for start, end in claim.wrong)
        )
    return float(np.mean(hits))


def latency(model: CrossEncoder, claims: Sequence[Claim], count: int) -> float:
    """Return the median time of `count` pairs at once, in milliseconds."""
    times = []
    long = [claim for claim in claims if len(claim.evidence) > 400] or list(claims)
    for at in range(0, min(len(long), 20 * count) - count, count):
        began = time.perf_counter()
        model.check([(evidence_of(claim, title=True), claim.text) for claim in long[at : at + count]])
        times.append(time.perf_counter() - began)
    return float(np.median(times)) * 1000


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--wiki", nargs="*", type=Path, default=[])
    parser.add_argument("--most", type=int, default=1500, help="claims of each set")
    parser.add_argument("--weights", type=Path, default=weights_file())
    parser.add_argument("--fixed", type=float)
    parser.add_argument("--seed", type=int, default=41)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with safe_open(str(options.weights), framework="np") as stored:
        kept = json.loads(stored.metadata()["kept_aside"])
    embedder = load_embedder()
    model = load_support(embedder, file=options.weights)
    scorers = {"model": by_model(model), "cosine": by_cosine(embedder), "words": by_words}
    sets = {"topics kept aside": list(aside(options.wiki, kept, fitting=False))} if options.wiki else {}
    for file in options.files:
        sets[file.name] = list(read_claims([file], seed=options.seed, each=3))
        if told := list(headlines(read_stories([file]), options.seed)):
            sets[f"{file.name}, headlines"] = told
    for name, claims in sets.items():
        some = random.Random(options.seed).sample(claims, min(options.most, len(claims)))
        report(name, some, scorers, options.fixed)
        print(f"  the weakest word is one that was changed: {found_words(model, some[:300]):.3f}")
        print("  pairs at once, ms: " + ", ".join(f"{n}: {latency(model, some, n):.1f}" for n in (1, 2, 3)))


if __name__ == "__main__":
    main()
