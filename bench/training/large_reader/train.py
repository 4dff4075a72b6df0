"""Train all-mpnet-base-v2 to read: to point at the words of a window that answer a question, or to say that none do.

    python -m bench.training.large_reader.train --base FOLDER --qa FOLDER --shifts SET.json.gz --out FOLDER --minutes 75

Extractive reading as in BERT (Devlin et al., 2019, section 4.3): a start and an end score for each word piece, and the
first piece's scores for "no answer here". The embeddings and the lowest layers stay as they are.

The rate falls in a straight line to nothing at the end of the time that is given, however fast the machine turns out
to be. `control.json` in the output folder may be edited while it runs: `{"finish_at": SECONDS_SINCE_1970}` moves the
end, and the rate goes on from where it is. Time in which the process is stopped (SIGSTOP) lowers the rate no further.
A batch is cut into parts of like length that two threads take by turns, so that a core which others use delays only
itself; each thread computes alone, which is also quicker than to share each multiplication.
"""

import argparse
import json
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from bench.training.large_reader.lessons import Pair, mixed, streams
from bench.training.word_pieces import WordPieces

_NOTHING = -1e4
_PART = 4
"""Pairs that a thread takes at once."""


@dataclass(slots=True)
class Progress:
    """How far training has come; saved with each checkpoint."""

    step: int = 0
    pairs: int = 0
    share: float = 1.0
    """The rate's, of the highest."""
    seconds: float = 0.0
    """Spent, without those in which the process was stopped."""
    loss: float = 0.0
    answered_loss: float = 0.0
    refused_loss: float = 0.0


class Network(torch.nn.Module):
    """The encoder and a head of two scores on each word piece."""

    def __init__(self, folder: Path, *, frozen: int) -> None:
        super().__init__()
        self.encoder: Any = AutoModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            dtype=torch.float32,
        )
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, 2)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)
        self.encoder.requires_grad_(False)
        for layer in self.encoder.encoder.layer[frozen:]:
            layer.requires_grad_(True)

    def forward(self, encoded: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the scores, shape (windows, pieces, 2)."""
        hidden = self.encoder(**encoded).last_hidden_state
        scores: torch.Tensor = self.head(hidden.float())
        return scores


def encode(tokenizer: Any, pairs: Sequence[Pair]) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor]:
    """Return the network's input, which pieces may be an answer's, and which are: starts and ends.

    Shapes (pairs, pieces) and (pairs, pieces, 2). A pair without an answer points at its first piece.
    """
    pieces = WordPieces(
        tokenizer, [pair.question for pair in pairs], [pair.title for pair in pairs], [pair.text for pair in pairs]
    )
    gold = np.zeros((*pieces.readable.shape, 2), dtype=bool)
    for i, pair in enumerate(pairs):
        for answer in pair.answers:
            if ends := pieces.ends_of(i, answer.start, answer.end):
                gold[i, ends[0], 0] = gold[i, ends[1], 1] = True
        if not pair.answers:
            gold[i, 0] = True
    network = {name: pieces.encoded[name] for name in ("input_ids", "attention_mask")}
    return network, torch.from_numpy(pieces.readable), torch.from_numpy(gold)


def losses(scores: torch.Tensor, readable: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
    """Return each pair's loss: of several right places any one will do. Nothing where the answer was cut off."""
    scores = scores.masked_fill(~readable[:, :, None], _NOTHING)
    every = torch.logsumexp(scores, dim=1)
    right = torch.logsumexp(scores.masked_fill(~gold, _NOTHING), dim=1)
    there: torch.Tensor = gold.any(dim=1).all(dim=1)
    return (every - right).mean(dim=1) * there


class Workers:
    """Threads that take the parts of a batch by turns and add up what they find."""

    def __init__(self, network: Network, tokenizer: Any, parameters: list[torch.nn.Parameter], count: int) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._parameters = parameters
        self._todo: queue.SimpleQueue[tuple[list[Pair], int]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[list[tuple[bool, float]] | BaseException] = queue.SimpleQueue()
        self._lock = threading.Lock()
        for _ in range(count):
            threading.Thread(target=self._work, daemon=True).start()

    def gradients(self, batch: Sequence[Pair]) -> list[tuple[bool, float]]:
        """Leave the batch's mean gradient with the parameters; return whether each pair has an answer, and its loss."""
        ordered = sorted(batch, key=lambda pair: len(pair.question) + len(pair.title) + len(pair.text), reverse=True)
        parts = [ordered[i : i + _PART] for i in range(0, len(ordered), _PART)]
        for parameter in self._parameters:
            parameter.grad = None
        for part in parts:
            self._todo.put((part, len(batch)))
        found: list[tuple[bool, float]] = []
        for _ in parts:
            one = self._done.get()
            if isinstance(one, BaseException):
                raise one
            found += one
        return found

    def _work(self) -> None:
        torch.set_num_threads(1)  # Holds for the calling thread.
        while True:
            part, total = self._todo.get()
            try:
                self._done.put(self._learn(part, total))
            except BaseException as error:
                self._done.put(error)

    def _learn(self, part: list[Pair], total: int) -> list[tuple[bool, float]]:
        with self._lock:  # Rust tokenizers hold padding as state.
            encoded, readable, gold = encode(self._tokenizer, part)
        each = losses(self._network(encoded), readable, gold)
        gradients = torch.autograd.grad(each.sum() / total, self._parameters)
        with self._lock:
            if self._parameters[0].grad is None:
                for parameter, gradient in zip(self._parameters, gradients, strict=True):
                    parameter.grad = gradient
            else:
                torch._foreach_add_([p.grad for p in self._parameters if p.grad is not None], gradients)
        return [(bool(pair.answers), loss) for pair, loss in zip(part, each.tolist(), strict=True)]


def batches(pairs: Iterator[Pair], size: int, chance: random.Random) -> Iterator[list[Pair]]:
    """Yield batches of pairs of like length, in random order."""
    while True:
        block = sorted(
            (next(pairs) for _ in range(size * 8)),
            key=lambda pair: len(pair.question) + len(pair.title) + len(pair.text),
        )
        made = [block[i : i + size] for i in range(0, len(block), size)]
        chance.shuffle(made)
        yield from made


def save(file: Path, data: dict[str, Any]) -> None:
    """Write a checkpoint in one go: what was there before stays whole until it is done."""
    part = file.with_suffix(".part")
    torch.save(data, part)
    part.replace(file)


def main() -> None:
    """Train, and leave `last.pt` and its log in the output folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, type=Path, help="the folder of all-mpnet-base-v2")
    parser.add_argument("--qa", required=True, type=Path, help="the folder of question sets")
    parser.add_argument("--shifts", required=True, type=Path, help="SQuADShifts' new Wikipedia")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--minutes", type=float, default=75.0)
    parser.add_argument("--rate", type=float, default=6e-5, help="the head's is ten times as much")
    parser.add_argument("--warm", type=int, default=20, help="steps in which the rate rises")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frozen", type=int, default=4, help="lowest layers that do not learn")
    parser.add_argument("--every", type=int, default=100, help="steps from one checkpoint to the next")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--resume", action="store_true", help="go on from last.pt")
    parser.add_argument("--again", type=float, help="with --resume: the share of the rate to begin with once more")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    control, last = options.out / "control.json", options.out / "last.pt"
    control.write_text(json.dumps({"finish_at": time.time() + 60 * options.minutes}))
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    network = Network(options.base, frozen=options.frozen).eval()
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    layers = [p for p in network.encoder.parameters() if p.requires_grad]
    head = list(network.head.parameters())
    optimiser = torch.optim.AdamW(
        [{"params": layers, "lr": options.rate}, {"params": head, "lr": 10 * options.rate}],
        weight_decay=0.01,
        betas=(0.9, 0.98),
        fused=True,
    )
    progress = Progress()
    if options.resume:
        saved = torch.load(last, weights_only=True)
        network.load_state_dict(saved["network"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        progress = Progress(**saved["progress"])
        progress.share = options.again or progress.share
    seed = options.seed + progress.step
    made, counts = streams(options.qa, options.shifts, seed=seed)
    print(json.dumps(counts), flush=True)
    taken: Counter[str] = Counter()
    drawn = batches(mixed(made, seed=seed, taken=taken), options.batch, random.Random(seed))
    workers = Workers(network, tokenizer, layers + head, options.threads)
    learnt = {name for name, p in network.named_parameters() if p.requires_grad}
    rates, typical = [options.rate, 10 * options.rate], 0.0
    while True:
        began = time.time()
        remaining = json.loads(control.read_text())["finish_at"] - began
        if remaining <= 0:
            break
        batch = next(drawn)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * progress.share * min(1.0, (progress.step + 1) / options.warm)
        found = workers.gradients(batch)
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        spent = time.time() - began
        typical = spent if not typical else 0.95 * typical + 0.05 * min(spent, 4 * typical)
        spent = min(spent, 4 * typical)
        progress.share *= max(0.0, 1.0 - spent / max(remaining, spent))
        progress.step, progress.pairs, progress.seconds = (
            progress.step + 1,
            progress.pairs + len(batch),
            progress.seconds + spent,
        )
        _average(progress, found)
        if progress.step % 10 == 0:
            print(
                f"step {progress.step}, {progress.seconds:.0f} s, loss {progress.loss:.3f}"
                f" (answered {progress.answered_loss:.3f}, refused {progress.refused_loss:.3f}),"
                f" {len(batch) / typical:.2f} pairs/s, rate x {progress.share:.3f}",
                flush=True,
            )
        if progress.step % options.every == 0 or progress.share == 0.0:
            _checkpoint(last, network, learnt, optimiser, progress, taken)
        if progress.share == 0.0:
            break
    _checkpoint(last, network, learnt, optimiser, progress, taken)
    print("done", json.dumps(asdict(progress)), json.dumps(taken), flush=True)


def _average(progress: Progress, found: Sequence[tuple[bool, float]]) -> None:
    def moved(before: float, values: list[float]) -> float:
        if not values:
            return before
        now = sum(values) / len(values)
        keep = min(0.98, 1 - 1 / progress.step)
        return keep * before + (1 - keep) * now

    progress.loss = moved(progress.loss, [loss for _, loss in found])
    progress.answered_loss = moved(progress.answered_loss, [loss for answered, loss in found if answered])
    progress.refused_loss = moved(progress.refused_loss, [loss for answered, loss in found if not answered])


def _checkpoint(
    file: Path,
    network: Network,
    learnt: set[str],
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    taken: Counter[str],
) -> None:
    state = {name: tensor for name, tensor in network.state_dict().items() if name in learnt}
    save(
        file,
        {"network": state, "optimiser": optimiser.state_dict(), "progress": asdict(progress), "taken": dict(taken)},
    )


if __name__ == "__main__":
    main()
