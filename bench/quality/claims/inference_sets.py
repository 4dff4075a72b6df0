"""Claims with evidence out of sets that others made: natural-language inference, and sentences split in two."""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.quality.claims.claims import KINDS, Claim
from bench.quality.claims.corruption.rules import corrupt
from bench.quality.claims.corruption.setting import Setting
from bench.quality.claims.stories import Story, tell
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.terms import stems_in
from onrecord.index.values import Draft

_FIGURE = re.compile(r"\d[\d.,]*\d|\d")


def read_inference(sets: Sequence[str]) -> Iterator[Claim]:
    """Yield a claim for each line of "PREMISES,HYPOTHESES,LABELS": three files, one line a pair in each."""
    for files in sets:
        premises, hypotheses, labels = (Path(f).read_text(encoding="utf-8").splitlines() for f in files.split(","))
        for premise, hypothesis, label in zip(premises, hypotheses, labels, strict=True):
            supported = label.strip() == "entailment"
            text, evidence = tidy(hypothesis), tidy(premise)
            if text and evidence:
                kind = "entailed" if supported else label.strip()
                yield Claim(title="", evidence=evidence, text=text, supported=supported, kind=kind)


def read_splits(files: Sequence[Path], *, seed: int) -> Iterator[Claim]:
    """Yield claims out of lines with a sentence, a tab, and two that say the same, parted by "<::::>".

    Either may be the claim. People added things where they split: a claim with three words or a number that the other
    side has not is taken for one that is not borne out, and what lies between is left out.
    """
    chance = random.Random(seed)
    before: Story | None = None
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            whole, _, parts = line.partition("\t")
            one, _, other = parts.partition("<::::>")
            whole, one, other = tidy(whole), tidy(one), tidy(other)
            if not (whole and one and other):
                continue
            for evidence, text in ((whole, one), (whole, other), (f"{one} {other}", whole)):
                if len(text.split()) < 5 or chance.random() < 0.4:
                    continue
                new, figures = _new(text, evidence)
                if new == 0 and not figures:
                    yield Claim(title="", evidence=evidence, text=text, supported=True, kind="split")
                    story = tell(Draft(text=f"{evidence}\n\n{before.words(0, 9) if before else ''}"))
                    if story and before and chance.random() < 0.8:
                        setting = Setting(story=story, evidence=evidence, other=before, elsewhere=before.sentences)
                        made = corrupt(text, setting, chance, kinds=chance.sample(KINDS, len(KINDS)))
                        if made:
                            kind, (words, spans) = made
                            yield Claim(
                                title="", evidence=evidence, text=words, supported=False, kind=kind, wrong=spans
                            )
                elif new >= 4 or (figures and new >= 1):
                    yield Claim(title="", evidence=evidence, text=text, supported=False, kind="nowhere")
            before = tell(Draft(text=f"{whole} {one}")) or before


def _new(text: str, evidence: str) -> tuple[int, bool]:
    there = set(stems_in(evidence))
    words = [s for s in stems_in(text) if s not in there and s not in STOP_WORDS]
    return len(words), bool(set(_FIGURE.findall(text)) - set(_FIGURE.findall(evidence)))


def tidy(text: str) -> str:
    """Put a tokenised line together again."""
    text = re.sub(r" ?'' ?(.*?) ?'' ?", r' "\1" ', text)
    text = re.sub(r" ?(``|'')", '"', text)
    text = re.sub(r" ([,.;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$£]) ", r"\1", text)
    text = re.sub(r" (['’](?:s|re|ve|ll|d|m|t)\b|n['’]t\b)", r"\1", text)
    text = " ".join(text.split())
    return text if not text or text[-1] in '.!?"' else text + "."
