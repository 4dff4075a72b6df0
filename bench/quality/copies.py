"""Measure what is taken for a copy in a news archive, and whether it is one.

    python -m bench.quality.copies ARTICLES.jsonl[.gz] [--planted PLANTED.json]

Articles are archived as always, but not embedded. Each pair is then judged by other means than those that found it: by
the longest run of words that both have, and by the figures that only one of the two has. The planted texts, five to a
question, are edited lightly: an edited text must count as one source with its original, and the five must stay five.
"""

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.archive.tables.copy_table import link_copies
from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.articles.passages import split_passages
from onrecord.index.text.copies import is_correction
from onrecord.index.text.embedder import Embedding
from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.json_files import read_records

_ZERO = np.zeros(1, dtype=np.float32)
_FIGURE = re.compile(r"\d[\d,./]*\d|\d")
_EDITS = (
    "the same",
    "a word changed",
    "a word left out",
    "a sentence added",
    "quotation marks",
    "other headline",
)


def main() -> None:
    """Archive, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="lines with id, title, date and text, as in Reuters-21578")
    parser.add_argument("--planted", type=Path, help="questions with adv_texts, as PoisonedRAG has them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = SqliteArchive(Path(folder) / "archive.sqlite3")
        _fill(archive, _drafts(options.articles))
        _report(archive)
        archive.close()
        if options.planted:
            _plant(Path(folder), json.loads(options.planted.read_text(encoding="utf-8")))


def _drafts(file: Path) -> Iterator[Draft]:
    for _, article in read_records(file):
        yield Draft(
            text=article["text"],
            title=article["title"],
            source_name=article["id"],
            published_at=_instant(article["date"]),
        )


def _instant(date: str) -> str:
    """Return "26-FEB-1987 15:01:01.79" in ISO 8601; without its time if that is no time."""
    day, _, rest = date.partition(" ")
    try:
        return datetime.strptime(f"{day} {rest[:8]}", "%d-%b-%Y %H:%M:%S").isoformat()
    except ValueError:
        return datetime.strptime(day, "%d-%b-%Y").date().isoformat()


def _indexed(draft: Draft) -> IndexedArticle:
    """Return the article, cut into passages by words for word pieces, with empty vectors."""
    reading = read_article(draft.text, title=draft.title)
    passages = split_passages(
        draft.text, reading.blocks, count_tokens=lambda texts: [len(text.split()) for text in texts], max_tokens=130
    )
    nothing = Embedding(vector=_ZERO, parts=np.zeros((0, 1), dtype=np.float32))
    without = [type(passage)(span=passage.span, sentences=()) for passage in passages]
    return IndexedArticle(draft=draft, passages=tuple((passage, nothing) for passage in without))


def _fill(archive: SqliteArchive, drafts: Iterable[Draft]) -> None:
    number = 0
    archive.database.writer.execute("PRAGMA synchronous = OFF")
    for draft in drafts:
        archive.save(_indexed(draft))
        number += 1
    started = time.perf_counter()
    ids = [info.id for info in archive.articles(limit=2_000)[0]]
    with archive.database.write() as db:
        for name in ids:
            link_copies(db, db.execute("SELECT number FROM articles WHERE id = ?", (name,)).fetchone()[0])
    spent = (time.perf_counter() - started) / len(ids)
    size = archive.file.stat().st_size / 1e6
    print(f"{number} articles, {size:.0f} MB; comparing one with all takes {spent * 1e3:.1f} ms")


def _report(archive: SqliteArchive) -> None:
    infos = {info.id: info for info in archive.articles(limit=10**9)[0]}
    texts = {name: archive.article(name).text for name in infos}
    links = archive.copies.of_articles(list(infos))
    own = archive.copies.versions(list(infos))
    pairs = sorted({(min(a, b.article_id), max(a, b.article_id)) for a, others in links.items() for b in others})
    groups = _groups(pairs)
    sizes = Counter(map(len, groups))
    print(f"{len(pairs)} pairs, {len(groups)} groups of {sum(map(len, groups))} articles", end="; ")
    print(f"articles in a group: {dict(sorted(sizes.items()))}")
    corrects = {name for name in infos if is_correction(infos[name].title, texts[name])}
    plain = [pair for pair in pairs if not corrects & set(pair)]
    rows = [_compared(texts[a], texts[b]) for a, b in plain]
    print(f"pairs without a correction: {len(rows)}")
    for name, values in zip(
        ("words of the shorter in the same order", "longest run of words"), zip(*rows, strict=True), strict=False
    ):
        print(f"  {name}: least {min(values):.2f}, median {statistics.median(values):.2f}, the tenth from below "
              f"{sorted(values)[9]:.2f}")  # fmt: skip
    both = sum(1 for row in rows if row[2])
    print(f"  each with a figure that the other has not: {both}")
    days = [abs(_moment(infos[a].published_at) - _moment(infos[b].published_at)) / 86400 for a, b in plain]
    print(f"  days apart: median {statistics.median(days):.2f}, most {max(days):.0f}")
    linked = [name for name in corrects if name in links]
    print(f"corrections: {len(corrects)} say that they are one, {len(linked)} found what they correct")
    groups_with = [group for group in groups if corrects & group]
    first = [max(group, key=lambda name: own[name].precedence) for group in groups_with]
    print(f"  in {len(groups_with)} groups with a correction, a correction is shown in {len(corrects & set(first))}")
    changed = sum(1 for a, b in pairs if corrects & {a, b} and _compared(texts[a], texts[b])[2])
    print(f"  pairs whose figures were corrected: {changed}")
    _near_misses(infos, texts, set(pairs))


def _groups(pairs: Sequence[tuple[str, str]]) -> list[set[str]]:
    groups: dict[str, set[str]] = {}
    for a, b in pairs:
        joined = groups.get(a, {a}) | groups.get(b, {b})
        groups.update(dict.fromkeys(joined, joined))
    return list({id(group): group for group in groups.values()}.values())


def _compared(one: str, other: str) -> tuple[float, float, bool]:
    """Return shares of the shorter text's words, and whether each has a figure that the other lacks."""
    short, long = sorted((one.split(), other.split()), key=len)
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_matching_blocks()
    figures = [{figure.replace(",", "") for figure in _FIGURE.findall(text)} for text in (one, other)]
    run = max(block.size for block in blocks)
    differ = bool(figures[0] - figures[1]) and bool(figures[1] - figures[0])
    return sum(block.size for block in blocks) / len(short), run / len(short), differ


def _moment(published_at: str | None) -> float:
    return datetime.fromisoformat(published_at or "1987-01-01").timestamp()


def _near_misses(infos: Mapping[str, object], texts: dict[str, str], pairs: set[tuple[str, str]]) -> None:
    """Return how many texts are the same to the letter but no copies: forms, and briefs of other days."""
    same: dict[str, list[str]] = defaultdict(list)
    for name, text in texts.items():
        same[" ".join(text.split()).casefold().removesuffix(" reuter")].append(name)
    missed = [
        (a, b) for names in same.values() for place, a in enumerate(names) for b in names[:place]
        if (min(a, b), max(a, b)) not in pairs
    ]  # fmt: skip
    found = sum(len(names) * (len(names) - 1) // 2 for names in same.values()) - len(missed)
    words = [len(texts[a].split()) for a, _ in missed]
    print(f"texts that are the same to the letter: {found} pairs are copies, {len(missed)} are not", end="")
    print(f" (of {min(words)} to {max(words)} words)" if words else "")


# Planted texts


def _plant(folder: Path, questions: dict[str, dict[str, list[str]]]) -> None:
    chance = random.Random(5)
    tried: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    apart, five = 0, 0
    for place, question in enumerate(questions.values()):
        archive = SqliteArchive(folder / f"planted-{place}.sqlite3")
        ids = []
        for number, text in enumerate(question["adv_texts"]):
            draft = Draft(text=text, title=text[:80], source_name=f"{number}")
            ids.append(archive.save(_indexed(draft)).article.id)
            for kind in _EDITS:
                edited = _edited(text, kind, chance)
                title = f"News of the day {number}" if kind == "other headline" else edited[:80]
                saved = archive.save(_indexed(Draft(text=edited, title=title, source_name=f"{number} {kind}")))
                copies = {version.article_id for version in archive.copies.of_articles([ids[-1]]).get(ids[-1], [])}
                tried[kind] += 1
                joined[kind] += saved.article.id in copies
        links = archive.copies.of_articles(ids)
        apart += sum(1 for a in ids for b in ids if a < b and b not in {v.article_id for v in links.get(a, [])})
        five += len(ids) * (len(ids) - 1) // 2
        archive.close()
    for kind in _EDITS:
        print(f"planted, {kind}: {joined[kind]} of {tried[kind]} are one source with their original")
    print(f"planted, five wordings of a question: {apart} of {five} pairs stay apart")


def _edited(text: str, kind: str, chance: random.Random) -> str:
    words = text.split(" ")
    small = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha() and word.islower()]
    match kind:
        case "a word changed" if small:
            words[chance.choice(small)] = "indeed"
        case "a word left out" if small:
            del words[chance.choice(small)]
        case "a sentence added":
            return text + " More is to follow in the course of the day."
        case "quotation marks":
            return text.replace("'", "’").replace('"', "“")
    return " ".join(words)


if __name__ == "__main__":
    main()
