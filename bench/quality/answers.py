"""Measure refusals that `onrecord eval` cannot: questions put to an archive that their article was taken out of.

    python -m bench.quality.answers SET.json[.gz] [--topics "Topic,…"] [--strangers OTHER.json.gz] [--sample 400]

SET is a set in SQuAD's form, which becomes one archive: of its long articles, four paragraphs at a time make one of
ours. Every question is also asked with its own four taken out, and with its whole topic taken out, which makes it
unanswerable. `--strangers` adds questions from elsewhere. Refusals of answerable questions count as wrong answers.
`onrecord eval SET.json --together 4` measures the rest, on all topics.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.progress import track

from bench.squad import read_squad
from onrecord.index.values import Draft, Filters
from onrecord.service.answers.answer import Answer, Citation
from onrecord.service.evaluation.scoring.answer_matching import holds, token_f1
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

Question = tuple[str, Sequence[str], Filters | None]
"""Its words, the words of which a right quote holds one, and the articles it is put to."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument(
        "--strangers", type=Path, help="a set in SQuAD's form whose questions the archive cannot answer"
    )
    parser.add_argument("--topics", help="ask only about these of the set's topics, separated by commas")
    parser.add_argument("--sample", type=int, default=1000, help="questions of each kind at most")
    parser.add_argument("--show", action="store_true", help="print each question that went wrong")
    options = parser.parse_args()
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home))) as parts:
        topics = set(options.topics.split(",")) if options.topics else None
        kinds = _squad(parts, options.questions, options.strangers, topics)
        for kind, questions in kinds.items():
            chosen = chance.sample(questions, min(options.sample, len(questions)))
            if chosen:
                _measure(parts, kind, chosen, show=options.show)


def _squad(parts: Parts, file: Path, strangers: Path | None, topics: set[str] | None) -> dict[str, list[Question]]:
    drafts, asked = read_squad(file)
    asked = [one for one in asked if topics is None or one.topic in topics]
    ids = _add(parts, drafts)
    every = set(ids.values())
    topics_of = {one.source_name: one.topic for one in asked}
    of_topic: dict[str, set[str]] = {}
    for name, topic in topics_of.items():
        of_topic.setdefault(topic, set()).add(ids[name])
    without = {name: Filters(article_ids=tuple(sorted(every - {ids[name]}))) for name in topics_of}
    off_topic = {name: Filters(article_ids=tuple(sorted(every - of_topic[t]))) for name, t in topics_of.items()}
    kinds: dict[str, list[Question]] = {
        "answerable": [(one.question, one.answers, None) for one in asked if one.answers],
        "its four paragraphs taken out": [(one.question, (), without[one.source_name]) for one in asked if one.answers],
        "its whole article taken out": [(one.question, (), off_topic[one.source_name]) for one in asked if one.answers],
        "adversarial (SQuAD 2.0's own)": [(one.question, (), None) for one in asked if not one.answers],
    }
    if strangers:
        kinds["from elsewhere"] = [(one.question, (), None) for one in read_squad(strangers)[1]]
    return kinds


def _add(parts: Parts, drafts: Sequence[Draft]) -> dict[str, str]:
    added = track(parts.indexer.add(drafts), total=len(drafts), description="articles")
    return {one.article.source_name or "": one.article.id for one in added}


def _measure(parts: Parts, kind: str, questions: Iterable[Question], *, show: bool) -> None:
    answers = [_ask(parts, question) for question in track(list(questions), description=kind)]
    n = len(answers)
    refused = sum(answer.status == "abstained" for answer, _, _ in answers)
    line = f"{kind}: n {n}, refused {refused} ({refused / n:.3f})"
    if any(gold for _, gold, _ in answers):
        first = sum(_held(answer.citations[:1], gold) for answer, gold, _ in answers)
        some = sum(_held(answer.citations, gold) for answer, gold, _ in answers)
        unthresholded = sum(_held((answer.citations or answer.closest)[:1], gold) for answer, gold, _ in answers)
        line += f", right first {first} ({first / n:.3f}), right in some {some} ({some / n:.3f})"
        line += f", right first if never refusing {unthresholded} ({unthresholded / n:.3f})"
        scores = [_f1(answer.citations[0], gold) for answer, gold, _ in answers if _held(answer.citations[:1], gold)]
        line += f", highlight F1 of those {statistics.mean(scores or [0]):.3f}"
    print(f"{line}, median {statistics.median(ms for _, _, ms in answers):.1f} ms")
    if show:

        def wrong(a: Answer, g: Sequence[str]) -> bool:
            return not _held(a.citations[:1], g) if g else bool(a.citations)

        for answer, gold, _ in answers:
            if wrong(answer, gold):
                best = (answer.citations or answer.closest)[:1]
                print(f"  {answer.status} {answer.confidence:.2f} {answer.question!r} gold {list(gold)}")
                print(f"      {[citation.quote for citation in best]}")


def _ask(parts: Parts, question: Question) -> tuple[Answer, Sequence[str], float]:
    text, gold, filters = question
    started = time.perf_counter()
    answer = parts.answerer.answer(text, limit=5, filters=filters)
    return answer, gold, (time.perf_counter() - started) * 1e3


def _f1(citation: Citation, gold: Sequence[str]) -> float:
    """Return the overlap of the highlighted words with the nearest gold answer, as SQuAD counts it."""
    if citation.highlight is None:
        return 0.0
    start, end = citation.highlight.start - citation.span.start, citation.highlight.end - citation.span.start
    return token_f1(citation.quote[start:end], gold)


def _held(citations: Sequence[Citation], gold: Sequence[str]) -> bool:
    return any(holds(citation.quote, gold) for citation in citations)


if __name__ == "__main__":
    main()
