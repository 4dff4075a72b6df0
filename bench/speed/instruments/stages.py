"""Where the time of a call goes, by the parts that it passes through."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import onrecord.index.archive.archive
import onrecord.index.articles.indexer
import onrecord.service.answers.evidence.evidence_finder
import onrecord.service.answers.evidence.judge
from onrecord.service.answers.quoting.citing import CitationMaker
from onrecord.service.answers.quoting.disagreement import DisagreementFinder
from onrecord.service.wiring import Parts

Place = tuple[object, str, str]
"""What holds a function, the function's name, and the stage that it is."""


class Stages:
    """While it is entered, counts each stage's own seconds: without those of the stages within it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._places = places
        self._stack = ExitStack()
        self._inner = threading.local()
        self._counting = threading.Lock()

    def __enter__(self) -> "Stages":
        for where, name, stage in self._places:
            self._stack.enter_context(patch.object(where, name, self._timed(getattr(where, name), stage)))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _timed(self, call: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def timed(*arguments: object, **named: object) -> Any:
            within = self._inner.__dict__.setdefault("seconds", [0.0])
            within.append(0.0)
            started = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                spent = time.perf_counter() - started
                own = spent - within.pop()
                within[-1] += spent
                with self._counting:
                    self.spent[stage] += own

        return timed


def adding(parts: Parts) -> list[Place]:
    """Return the stages of adding an article."""
    return [
        (onrecord.index.articles.indexer, "read_article", "read as news"),
        (onrecord.index.articles.indexer, "split_passages", "cut into sentences and passages"),
        (parts.embedder, "count_tokens", "count word pieces"),
        (parts.embedder, "embed", "encode"),
        (onrecord.index.articles.indexer, "quotations_of", "find quotations and speakers"),
        (parts.archive, "find", "look whether it is there"),
        (parts.archive, "save", "write to SQLite, with FTS5"),
        (onrecord.index.archive.archive, "link_copies", "look for copies"),
        (parts.vector_index, "upsert", "write to Chroma"),
        (parts.vector_index, "remove", "write to Chroma"),
    ]


def asking(parts: Parts) -> list[Place]:
    """Return the stages of answering a question, encoding and search by vector beside search by word."""
    evidence = parts.evidence
    reader = evidence._judge._reader if evidence._judge else None
    read: list[Place] = []
    if reader is not None:
        read = [
            (onrecord.service.answers.evidence.judge, "read", "read: word pieces, best words"),
            (reader, "_pointer", "read: the network"),
        ]
    return [
        (parts.archive.words, "match", "search by word (FTS5)"),
        (parts.embedder, "embed_question", "encode the question"),
        (parts.vector_index, "search", "search by vector (Chroma)"),
        (parts.retriever, "retrieve", "fuse, collapse copies"),
        (parts.archive.words, "counts", "count words"),
        (parts.archive.passages, "vectors", "fetch vectors"),
        (parts.archive.passages, "found", "fetch passages"),
        (evidence, "find", "fetch sentences and quotations"),
        (parts.retriever, "mend", "mend spelling"),
        (onrecord.service.answers.evidence.evidence_finder, "collect", "rank: evidence"),
        (evidence, "rank", "rank and judge"),
        *read,
        (CitationMaker, "cite", "frame quotes"),
        (evidence, "carried", "look who carries a quote"),
        (DisagreementFinder, "find", "look for disagreements"),
        (parts.answerer, "look", "the rest"),
    ]
