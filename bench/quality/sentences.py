"""Measure the sentence splitter against labelled sentence ends, beside the libraries installed here.

    python -m bench.quality.sentences ARTICLES.jsonl.gz LABELS.jsonl [--text-key text] [--id-key id]

A line of ARTICLES is a JSON object with an id and a text. A line of LABELS has the id, the part ("tuned" or "aside"),
and "paragraphs": [start, end, [the ends of all its sentences but the last]]. Each splitter gets one paragraph at a
time, with spaces for its newlines, so that only the sentences are compared. The speed is measured on the same
paragraphs.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module, metadata
from pathlib import Path

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.evaluation.datasets.json_files import read_records

Splitter = Callable[[str], Iterable[int]]
"""A function from a paragraph to the ends of its sentences."""


def ours(text: str) -> Iterable[int]:
    """Split with the project's own splitter."""
    return (span.end for span in split_sentences(text, Span(0, len(text))))


def found_in_order(text: str, sentences: Iterable[str]) -> Iterator[int]:
    """Find the ends of sentences that a library gives without offsets."""
    position = 0
    for sentence in sentences:
        start = text.find(sentence.strip(), position)
        if start >= 0:
            position = start + len(sentence.strip())
            yield position


def pysbd() -> Splitter:
    """Load pySBD."""
    segmenter = import_module("pysbd").Segmenter(language="en", clean=False, char_span=True)
    return lambda text: [span.end for span in segmenter.segment(text)]


def syntok() -> Splitter:
    """Load syntok."""
    process = import_module("syntok.segmenter").process
    return lambda text: [s[-1].offset + len(s[-1].value) for p in process(text) for s in p]


def blingfire() -> Splitter:
    """Load BlingFire."""
    split = import_module("blingfire").text_to_sentences_and_offsets
    return lambda text: [end for _, end in split(text)[1]]


def sentencex() -> Splitter:
    """Load sentencex."""
    segment = import_module("sentencex").segment
    return lambda text: found_in_order(text, segment("en", text))


def segtok() -> Splitter:
    """Load segtok."""
    split = import_module("segtok.segmenter").split_single
    return lambda text: found_in_order(text, split(text))


def nltk() -> Splitter:
    """Load NLTK's Punkt without its trained data, which is not on the package index."""
    punkt = import_module("nltk.tokenize.punkt")
    tokenizer = punkt.PunktSentenceTokenizer(punkt.PunktParameters())
    return lambda text: [end for _, end in tokenizer.span_tokenize(text)]


def spacy() -> Splitter:
    """Load spaCy's rule-based sentencizer."""
    language = import_module("spacy").blank("en")
    language.add_pipe("sentencizer")
    return lambda text: [sentence.end_char for sentence in language(text).sents]


LIBRARIES = (blingfire, nltk, pysbd, segtok, sentencex, spacy, syntok)


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Yield ours, then each library that is installed."""
    yield "ours", ours
    for load in LIBRARIES:
        try:
            yield f"{load.__name__} {metadata.version(load.__name__)}", load()
        except ImportError:
            continue


def main() -> None:
    """Print precision, recall and F1 of sentence ends inside paragraphs, and the speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--id-key", default="id")
    parser.add_argument("--text-key", default="text")
    options = parser.parse_args()

    labels = {row["id"]: row for _, row in read_records(options.labels)}
    paragraphs: dict[str, list[tuple[str, set[int]]]] = defaultdict(list)
    for _, row in read_records(options.articles):
        label = labels.get(row[options.id_key])
        if label is None:
            continue
        for start, end, ends in label["paragraphs"]:
            text = row[options.text_key][start:end].translate({10: " ", 13: " "})
            paragraphs[label["part"]].append((text, {position - start for position in ends}))

    for name, split in splitters():
        for part, pairs in sorted(paragraphs.items()):
            hits = claimed = wanted = size = 0
            began = time.perf_counter()
            answers = [list(split(text)) for text, _ in pairs]
            seconds = time.perf_counter() - began
            for (text, ends), answer in zip(pairs, answers, strict=True):
                given = {len(text[:end].rstrip()) for end in answer} - {len(text)}
                hits, claimed, wanted = hits + len(given & ends), claimed + len(given), wanted + len(ends)
                size += len(text.encode())
            precision, recall = hits / max(claimed, 1), hits / max(wanted, 1)
            f1 = 2 * hits / max(claimed + wanted, 1)
            print(
                f"{name:20} {part:6} {wanted:5} ends  P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  "
                f"{claimed - hits:4} too many {wanted - hits:4} missed  {size / seconds / 1e6:6.2f} MB/s"
            )


if __name__ == "__main__":
    main()
