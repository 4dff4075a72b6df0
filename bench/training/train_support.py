"""Train the support model and write service/answers/prose/gate/support.safetensors.

    python -m bench.training.train_support SET.json[.gz] … --keep "Topic,Topic,…" --source "names, licences"
        [--splits WIKISPLIT.tsv …] [--inference PREMISES,HYPOTHESES,LABELS …]

Claims are made anew for each epoch from the question sets' articles (`bench/quality/claims/claims.py`). WikiSplit
(Botha et al., 2018) gives sentences that say in two what another says in one, with what people added on the way. Sets
of natural-language inference, with premises, hypotheses and labels in three files of one line a pair, give claims in
words of their own. The topics in `--keep` are left out: half of them fit how the score of the whole claim and that of
its worst word go together, and the other half are for `bench.quality.claims.support`. Everything is seeded.
"""

import argparse
import json
import math
import pickle
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import distributed
from torch.multiprocessing.spawn import spawn
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoTokenizer

from bench.quality.claims.claims import Claim, read_claims
from bench.quality.claims.inference_sets import read_inference, read_splits
from bench.training.batches import batches_of
from bench.training.fitting import ABOVE, BELOW, FREE, fit_chance
from bench.training.student import new_student
from onrecord.index.text.built_in_model import built_in_model
from onrecord.index.text.terms import stems_in
from onrecord.service.answers.evidence.readers.small_reader import weights_file as reader_file
from onrecord.service.answers.networks.eight_bits import apply_scales
from onrecord.service.answers.prose.gate.support_model import CrossEncoder, encode, weights_file

_STATEMENTS = 0.55
"""The share of statements made of questions that is used: they are the roughest."""
_SIZES = (100, 160, 240, 240, 480)
"""Code points of the evidence; the widest is what the service reads, and takes the most time."""
_UNKNOWN = -1.0
_MAX_TITLE = 100


def evidence_of(claim: Claim, *, title: bool) -> str:
    """Return the evidence as the model reads it, under its title or alone."""
    return f"{claim.title[:_MAX_TITLE]}. {claim.evidence}" if title and claim.title else claim.evidence


def lessons(options: argparse.Namespace, kept: set[str]) -> list[Claim]:
    """Return claims of articles on topics that are not kept, made anew for each epoch, and of the other sets."""
    inference = list(read_inference(options.inference))
    splits = list(read_splits(options.splits, seed=options.seed))
    claims: list[Claim] = []
    for epoch in range(max(1, math.ceil(options.epochs))):
        seed = options.seed * 100 + epoch
        chance = random.Random(seed)
        made = [
            claim
            for claim in read_claims(options.sets, seed=seed, each=99, sizes=_SIZES, without=kept)
            if claim.kind not in ("statement", "answer") or chance.random() < _STATEMENTS
        ]
        for pool, share in ((inference, options.inferred), (splits, options.split)):
            made += chance.sample(pool, int(share * len(pool)))
        chance.shuffle(made)
        claims += made
    return claims[: int(len(claims) * options.epochs / max(1, math.ceil(options.epochs)))]


def labels_of(claims: Sequence[Claim], encoded: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which claims are borne out, and for each word piece 1 if it is not, 0 if it is, -1 if nobody knows."""
    offsets = encoded["offset_mapping"].numpy()
    own = (encoded["token_type_ids"].numpy() == 0) & (offsets[:, :, 1] > offsets[:, :, 0])
    pieces = np.full(own.shape, _UNKNOWN, dtype=np.float32)
    for i, claim in enumerate(claims):
        if claim.supported:
            pieces[i, own[i]] = 0.0
        elif claim.wrong:
            pieces[i, own[i]] = 0.0
            heard = set(stems_in(claim.evidence)) if len(claim.wrong) == 1 else set()
            for start, end in claim.wrong:
                inside = own[i] & (offsets[i, :, 0] < end) & (offsets[i, :, 1] > start)
                pieces[i, inside] = 1.0
                if end - start > 40:
                    # In what comes from nowhere only the words that the evidence does not have are wrong for sure.
                    for at in np.flatnonzero(inside):
                        word = claim.text[offsets[i, at, 0] : offsets[i, at, 1]]
                        if not word.isalnum() or set(stems_in(word)) & heard:
                            pieces[i, at] = _UNKNOWN
    return torch.tensor([float(claim.supported) for claim in claims]), torch.from_numpy(pieces)


def start_from(file: Path, model: Any) -> None:
    """Add the reader's change to the network: it has learnt to look things up in another text."""
    with safe_open(str(file), framework="pt") as stored:
        change = {name: stored.get_tensor(name) for name in stored.keys() if not name.startswith("head.")}  # noqa: SIM118
    state = model.state_dict()
    with torch.no_grad():
        for name, delta in apply_scales(change).items():
            state[name] += delta


def train(rank: int, options: argparse.Namespace, folder: Path) -> None:
    """Train beside the other workers, one thread each; the first one writes the weights.

    Two threads of one network wait for each other at every layer, two workers once a step.
    """
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=options.workers
    )
    claims: list[Claim] = pickle.loads((folder / "claims").read_bytes())
    kept = {topic.strip() for topic in options.keep.split(",")}
    _, sha256 = built_in_model()
    student = new_student(options.seed)
    model, head, tokenizer, layers = student.model, student.head, student.tokenizer, student.layers
    if not options.plain:
        start_from(reader_file(), model)
    if options.start:
        student.load(options.start)
    optimiser = student.optimiser(options.rate)
    chance = random.Random(options.seed)
    rates = [group["lr"] for group in optimiser.param_groups]
    every = batches_of(claims, options.batch, chance, length=lambda claim: len(claim.text) + len(claim.evidence))
    done, mean, right, started = 0.0, 0.7, 0.5, time.monotonic()
    if rank == 0:
        print(f"{len(claims)} claims, {sum(c.supported for c in claims)} borne out, {len(every)} steps", flush=True)
    for step, both in enumerate(every, 1):
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(step / (options.warm * len(every) + 1), 1 - done)
        titled = [chance.random() < 0.5 for _ in both]
        batch = both[rank :: options.workers]
        titles = titled[rank :: options.workers]
        encoded = encode(
            tokenizer, [(evidence_of(c, title=title), c.text) for c, title in zip(batch, titles, strict=True)]
        )
        whole, pieces = labels_of(batch, encoded)
        del encoded["offset_mapping"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model(**encoded).last_hidden_state
        scores = head(hidden.float())
        known = pieces >= 0
        loss = binary_cross_entropy_with_logits(scores[:, 0, 0], whole)
        if known.any():
            weight = torch.where(pieces[known] > 0, 3.0, 1.0)
            loss = loss + options.words * binary_cross_entropy_with_logits(
                scores[:, :, 1][known], pieces[known], weight=weight
            )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        spent = (time.monotonic() - started) / 60 / options.minutes if options.minutes else 0.0
        done = max(step / len(every), _average([*layers, *head.parameters()], spent))
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        mean = 0.98 * mean + 0.02 * loss.item()
        right = 0.98 * right + 0.02 * float(((scores[:, 0, 0] > 0) == (whole > 0.5)).float().mean())
        last = done >= 1 or step == len(every)
        if rank == 0 and (step % 50 == 0 or last):
            speed = step * options.batch / (time.monotonic() - started)
            print(f"step {step}, {done:.2f}, loss {mean:.3f}, right {right:.3f}, {speed:.1f} pairs/s", flush=True)
        if rank == 0 and options.checkpoint and (step % 100 == 0 or last):
            student.save(options.checkpoint)
        if last:
            break
    distributed.destroy_process_group()
    if rank > 0:
        return
    stored = student.change()
    stored["mix"] = torch.tensor(fit_mix(model, head, list(aside(options.sets, sorted(kept), fitting=True))))
    print("mix", stored["mix"].tolist())
    about = {"base_sha256": sha256, "kept_aside": json.dumps(sorted(kept)), "source": options.source}
    save_file(stored, str(options.out), metadata=about)


def _average(parameters: Sequence[torch.nn.Parameter], spent: float) -> float:
    """Make each gradient, and `spent`, the mean of all workers'; return `spent`."""
    slopes = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    flat = torch.cat([*(slope.reshape(-1) for slope in slopes), torch.tensor([spent])])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for parameter, part in zip(parameters, flat[:-1].split([p.numel() for p in parameters]), strict=True):
        parameter.grad = part.view_as(parameter)
    return float(flat[-1])


def aside(sets: Sequence[Path], kept: Sequence[str], *, fitting: bool) -> Iterator[Claim]:
    """Yield claims on the topics kept aside: every second topic fits, the others report."""
    topics = set(sorted(kept)[0 if fitting else 1 :: 2])
    yield from read_claims(sets, seed=7, each=8, only=topics)


def fit_mix(model: Any, head: torch.nn.Linear, claims: Sequence[Claim]) -> list[float]:
    """Fit how the score of the whole claim and that of its worst word go together."""
    tokenizer = AutoTokenizer.from_pretrained(built_in_model()[0])
    pairs = [(evidence_of(claim, title=False), claim.text) for claim in claims]
    rows = []
    for part in ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)):
        encoder = CrossEncoder(model.eval(), head.weight.detach(), head.bias.detach(), part, tokenizer)
        rows.append([s.score for i in range(0, len(pairs), 32) for s in encoder.check(pairs[i : i + 32])])
    labels = np.array([claim.supported for claim in claims])
    table = np.column_stack([*rows, np.ones(len(labels))])
    whole, words, constant = fit_chance(table, labels, (ABOVE, BELOW, FREE))
    return [float(constant), float(whole), float(words)]


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", required=True, help="topics left out, separated by commas")
    parser.add_argument("--source", required=True, help="the sets' names and licences, recorded in the weights")
    parser.add_argument("--splits", nargs="*", type=Path, default=[])
    parser.add_argument("--inference", nargs="*", default=[])
    parser.add_argument("--split", type=float, default=0.5, help="the share of WikiSplit's claims in an epoch")
    parser.add_argument("--inferred", type=float, default=0.4, help="the share of the inference sets in an epoch")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--warm", type=float, default=0.06, help="the share of the steps in which the rate rises")
    parser.add_argument("--words", type=float, default=0.7, help="the weight of the single words' loss")
    parser.add_argument("--workers", type=int, default=2, help="processes that train together, one thread each")
    parser.add_argument("--plain", action="store_true", help="start from the embedder and not from the reader")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--checkpoint", type=Path, help="a file to save to every 200 steps")
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, with a schedule of its own")
    parser.add_argument("--minutes", type=float, help="let the rate fall with the clock, and stop after so many")
    parser.add_argument("--out", type=Path, default=weights_file())
    options = parser.parse_args()
    kept = {topic.strip() for topic in options.keep.split(",")}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "claims").write_bytes(pickle.dumps(lessons(options, kept)))
        spawn(train, (options, Path(folder)), nprocs=options.workers)


if __name__ == "__main__":
    main()
