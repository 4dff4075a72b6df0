"""Batches of examples of like length, so that little of a batch is padding."""

import random
from collections.abc import Callable
from typing import TypeVar

BATCHES_SORTED_TOGETHER = 40

Example = TypeVar("Example")


def batches_of(
    examples: list[Example], size: int, chance: random.Random, *, length: Callable[[Example], int]
) -> list[list[Example]]:
    """Shuffle the examples and return them in batches of `size` and of like length, in random order."""
    chance.shuffle(examples)
    made = []
    for at in range(0, len(examples), size * BATCHES_SORTED_TOGETHER):
        block = sorted(examples[at : at + size * BATCHES_SORTED_TOGETHER], key=length)
        made += [block[i : i + size] for i in range(0, len(block), size)]
    chance.shuffle(made)
    return made
