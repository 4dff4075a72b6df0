"""Where the time of adding goes."""

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from unittest.mock import patch

import index.archive
import index.indexer
from service.wiring import Parts


class Watched:
    """Where the time of adding goes."""

    def __init__(self, parts: Parts) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._stack = ExitStack()
        self._places: list[tuple[object, str]] = [
            (parts.embedder, "embed"),
            (parts.embedder, "count_tokens"),
            (parts.archive, "save"),
            (parts.archive, "find"),
            (parts.vector_index, "upsert"),
            (parts.vector_index, "remove"),
            (index.indexer, "read_article"),
            (index.indexer, "split_passages"),
            (index.indexer, "quotations_of"),
            (index.archive, "link"),
        ]

    def __enter__(self) -> "Watched":
        for where, name in self._places:
            self._stack.enter_context(patch.object(where, name, self._timed(getattr(where, name), name)))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _timed(self, call: Callable[..., object], name: str) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            started = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self.spent[name] += time.perf_counter() - started

        return timed
