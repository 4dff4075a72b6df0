"""Ours: the parts that `onrecord serve` puts together, asked as the service asks them, without HTTP.

As served: as many questions are looked up at once as there are cores, and the shipped threshold says what is refused.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rivals.protocol import Article, Quote, Reply, serve

if TYPE_CHECKING:
    from onrecord.service.answers.answer import Citation

_LIMIT = 5


class Onrecord:
    """The archive and its answers."""

    def __init__(self, folder: Path, model: Path) -> None:
        # The model is not taken from its folder: the installation brings the same one.
        self._folder, self._stack = folder, ExitStack()

    def open(self) -> None:
        """Put the parts together, and start the event loop that gives out the turns."""
        from anyio.from_thread import start_blocking_portal

        from onrecord.service.settings import Settings
        from onrecord.service.wiring import open_parts

        self._parts = self._stack.enter_context(open_parts(Settings(home=self._folder)))
        self._portal = self._stack.enter_context(start_blocking_portal())

    def index(self, articles: Sequence[Article]) -> int:
        """Add them as `onrecord add` does."""
        from onrecord.index.values import Draft

        drafts = [Draft(text=one.text, title=one.title, source_name=one.id) for one in articles]
        for _ in self._parts.indexer.add(drafts):
            pass
        return self._parts.archive.counts().passages

    def ask(self, question: str) -> Reply:
        """Answer as `POST /ask` does, with quotes."""
        from onrecord.service.answers.question.conversation import Asked

        asked = Asked(question=question, limit=_LIMIT)
        answer = self._portal.call(self._parts.answering.answer, asked)
        quotes = tuple(map(self._quote, answer.citations or answer.closest))
        return Reply(quotes=quotes, refused=answer.status == "abstained", score=answer.confidence)

    def retrieve(self, question: str) -> Reply:
        """Return what `onrecord search` finds."""
        found = self._parts.retriever.retrieve(question, limit=_LIMIT).passages
        return Reply(
            quotes=tuple(
                Quote(article_id=one.article.source_name or "", text=one.text, start=one.span.start, end=one.span.end)
                for one in found
            )
        )

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return nothing, because all of it runs without a network and is measured."""
        return {}

    def close(self) -> None:
        """Close the archive."""
        self._stack.close()

    def _quote(self, citation: "Citation") -> Quote:
        name = citation.article.source_name or ""
        return Quote(article_id=name, text=citation.quote, start=citation.span.start, end=citation.span.end)


if __name__ == "__main__":
    serve(Onrecord)
