"""What a claim is changed among, and what a change is."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bench.quality.claims.stories import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a claim is changed among: its evidence, its article, and another article."""

    story: Story
    evidence: str
    other: Story
    elsewhere: tuple[str, ...]
    """Sentences of the article that are not in the evidence."""


Change = tuple[str, tuple[tuple[int, int], ...]]
"""The claim, and the (start, end) of what is wrong in it."""
Rule = Callable[[str, Setting, random.Random], Change | None]


def put(claim: str, start: int, end: int, text: str) -> Change:
    """Return the claim with `text` in the place from `start` to `end`."""
    return claim[:start] + text + claim[end:], ((start, start + len(text)),)


def like(old: str, new: str) -> str:
    """Return `new` with a capital where `old` has one."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
