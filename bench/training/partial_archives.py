"""Parts of an archive that a question is put to in training: with its answer, and without."""

import random
from collections.abc import Iterator

from bench.squad import Asked


def archives_for(
    one: Asked, *, own: str, topic: set[str], every: set[str], chance: random.Random
) -> Iterator[tuple[set[str], bool]]:
    """Yield the ids of the articles that a question is put to, and whether they answer it.

    These are all articles; a part of them, with the question's own article, because archives are small as well as
    large; and each of these without its own article, or without its topic.
    """
    some = set(chance.sample(sorted(every), chance.choice([4, 8, 20, 60])))
    near = set(chance.sample(sorted(topic), min(len(topic), chance.choice([1, 3, 6]))))
    if one.spans:
        yield every, True
        yield some | near | {own}, True
    yield every - {own}, False
    yield (some | near) - {own}, False
    yield some - topic, False
