"""Make claims about real articles, each with its evidence: what the evidence bears out, and what it does not.

    python -m bench.quality.claims.claims FILE… [--most 200] [--seed 1] > CLAIMS.jsonl

FILE: articles as JSON lines (title, text), a text, or a question set in SQuAD's form. Of a sentence in a window of its
article comes what says the same (`bench/quality/claims/rewording.py`), and of each such claim one that does not
(`bench/quality/claims/corruption/`), changed as little as possible; a question set's answers make statements too
(`bench/quality/claims/statements.py`). The seed decides everything.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.quality.claims.corruption.rules import RULES, corrupt
from bench.quality.claims.corruption.setting import Setting
from bench.quality.claims.rewording import Place, reword
from bench.quality.claims.statements import statements
from bench.quality.claims.stories import Story, read_stories

KINDS = tuple(RULES)
"""Of what is wrong in a claim."""
WIDE = (480,)
"""Code points of the evidence: what the service reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Words, and the evidence that bears them out or does not.

    `kind` is the way it was reworded, or what was changed; `wrong` is where, as (start, end) in `text`.
    """

    title: str
    evidence: str
    text: str
    supported: bool
    kind: str
    wrong: tuple[tuple[int, int], ...] = ()


def make_claims(stories: Sequence[Story], *, seed: int, each: int = 6, sizes: Sequence[int] = WIDE) -> Iterator[Claim]:
    """Draw up to `each` sentences of every article; yield a claim as reworded and as changed for each."""
    chance = random.Random(seed)
    for story in stories:
        usable = [i for i, text in enumerate(story.sentences) if _usable(text)]
        for position in chance.sample(usable, min(each, len(usable))):
            yield from _claims(story, position, chance.choice(stories), chance, sizes)


def _usable(text: str) -> bool:
    return (
        7 <= len(text.split()) <= 50
        and len(text) <= 330
        and text.endswith((".", "”", '"'))
        and text[0] in '"“'
        or (7 <= len(text.split()) <= 50 and len(text) <= 330 and text.endswith(".") and text[0].isalnum())
    )


def _claims(story: Story, position: int, other: Story, chance: random.Random, sizes: Sequence[int]) -> Iterator[Claim]:
    first, last = story.window(position, size=chance.choice(sizes), chance=chance)
    evidence = story.words(first, last)
    place = Place(story=story, position=position, first=first, last=last)
    elsewhere = tuple(t for i, t in enumerate(story.sentences) if not first <= i <= last)
    if other is story:
        other = Story(
            title="", sentences=("",), paragraphs=(0,), lower=frozenset(), surnames=frozenset(), inside=frozenset()
        )
    setting = Setting(story=story, evidence=evidence, other=other, elsewhere=elsewhere)
    drawn = chance.random()
    sentence = story.sentences[position]
    made = reword(sentence, place, chance, times=1 if drawn < 0.45 else 3) if drawn < 0.9 else None
    text, kind = made or (sentence, "verbatim")
    yield Claim(title=story.title, evidence=evidence, text=text, supported=True, kind=kind)
    kinds = chance.sample(KINDS, len(KINDS))
    # Negations and opposites can be made of nearly any sentence: rarer kinds first, by turns.
    if chance.random() < 0.4:
        kinds.sort(key=lambda one: one not in ("number", "date"))
    if change := corrupt(text, setting, chance, kinds=kinds):
        wrong, (words, spans) = change
        yield Claim(title=story.title, evidence=evidence, text=words, supported=False, kind=wrong, wrong=spans)


def read_claims(
    files: Sequence[Path],
    *,
    seed: int,
    each: int = 6,
    sizes: Sequence[int] = WIDE,
    only: set[str] | None = None,
    without: set[str] | None = None,
) -> Iterator[Claim]:
    """Yield the claims of these files' articles, and of their questions where they have any."""
    for file in files:
        stories = read_stories([file], only=only, without=without)
        yield from make_claims(stories, seed=seed, each=each, sizes=sizes)
        if file.name.removesuffix(".gz").endswith(".json"):
            for text, evidence, title, spans in statements(file, stories, seed=seed, sizes=sizes):
                kind = "statement" if not spans else "answer"
                yield Claim(title=title, evidence=evidence, text=text, supported=not spans, kind=kind, wrong=spans)


def main() -> None:
    """Write claims as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=6, help="sentences of each article")
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = list(read_claims(options.files, seed=options.seed, each=options.each))
    for claim in random.Random(options.seed).sample(made, min(options.most, len(made))):
        print(json.dumps(asdict(claim), ensure_ascii=False))


if __name__ == "__main__":
    main()
