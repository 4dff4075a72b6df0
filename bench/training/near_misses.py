"""Leave a third of each topic's paragraphs out of a set in SQuAD's form, and ask their questions of the rest.

    python -m bench.training.near_misses SET.json[.gz] OUT.json [--share 0.5]

What is left does not answer such a question, and much of it is near to it. `--share` is the share of all questions that
is kept.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

from onrecord.service.evaluation.datasets.json_files import parse, read_text


def leave_out(topic: dict[str, Any], chance: random.Random, *, share: float) -> dict[str, Any]:
    """Return a topic with two thirds of its paragraphs; the first also has the questions of the others, unanswered."""
    paragraphs = topic["paragraphs"]
    out = set(chance.sample(range(len(paragraphs)), len(paragraphs) // 3))
    left = [{"context": one["context"], "qas": []} for at, one in enumerate(paragraphs) if at not in out]
    places = {one["context"]: one for one in left}
    for at, paragraph in enumerate(paragraphs):
        for question in paragraph["qas"]:
            if chance.random() >= share:
                continue
            if at in out:
                left[0]["qas"].append({**question, "answers": [], "is_impossible": True})
            else:
                places[paragraph["context"]]["qas"].append(question)
    return {"title": topic["title"], "paragraphs": left}


def main() -> None:
    """Read, leave out and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5)
    options = parser.parse_args()
    data = parse(read_text(options.set), str(options.set))
    chance = random.Random(4)
    topics = sorted(data["data"], key=lambda topic: topic["title"])
    made = {"data": [leave_out(topic, chance, share=options.share) for topic in topics]}
    options.out.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
