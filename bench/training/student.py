"""The built-in embedder's network as the reader and the support model train it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from onrecord.index.text.built_in_model import built_in_model
from onrecord.service.answers.networks.eight_bits import quantise


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A network whose layers learn, a head of two scores on each word piece, and what the network was before."""

    model: Any
    head: torch.nn.Linear
    tokenizer: Any
    before: dict[str, torch.Tensor]

    @property
    def layers(self) -> list[torch.nn.Parameter]:
        """The network's parameters that learn; the word pieces' embeddings are shared with the embedder."""
        return [p for p in self.model.parameters() if p.requires_grad]

    def optimiser(self, rate: float) -> torch.optim.AdamW:
        """Return one that changes the layers at this rate, and the head at ten times as much."""
        return torch.optim.AdamW(
            [{"params": self.layers, "lr": rate}, {"params": self.head.parameters(), "lr": 10 * rate}],
            weight_decay=0.01,
            betas=(0.9, 0.98),
            fused=True,
        )

    def save(self, file: Path) -> None:
        """Save a checkpoint."""
        torch.save({"model": self.model.state_dict(), "head": self.head.state_dict()}, file)

    def load(self, file: Path) -> None:
        """Go on from a checkpoint."""
        saved = torch.load(file, weights_only=True)
        self.model.load_state_dict(saved["model"], strict=False)
        self.head.load_state_dict(saved["head"])

    def change(self) -> dict[str, torch.Tensor]:
        """Return what changed in the network, in 8 bits, and the head."""
        after = self.model.state_dict()
        named = [name for name, p in self.model.named_parameters() if p.requires_grad]
        change = quantise({name: after[name] - self.before[name] for name in named})
        head = {f"head.{name}": tensor.detach().contiguous() for name, tensor in self.head.state_dict().items()}
        return {**change, **head}


def new_student(seed: int) -> Student:
    """Return the built-in network with a new head."""
    folder, _ = built_in_model()
    torch.manual_seed(seed)
    # Eager attention is the quicker one here for training in bfloat16.
    model = AutoModel.from_pretrained(
        folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    model.pooler = None
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.embeddings.requires_grad_(False)
    head = torch.nn.Linear(model.config.hidden_size, 2)
    torch.nn.init.normal_(head.weight, std=0.02)
    torch.nn.init.zeros_(head.bias)
    return Student(model=model, head=head, tokenizer=AutoTokenizer.from_pretrained(folder), before=before)
