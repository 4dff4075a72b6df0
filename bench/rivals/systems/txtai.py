# mypy: disable-error-code="import-not-found"
"""Txtai: an embeddings database with content and hybrid search.

After neuml.github.io/txtai, "Embeddings", "Configuration: hybrid", "Segmentation", and the notebook "Benefits of hybrid
search". `Segmentation(paragraphs=True)` cuts, for its `sections` need page breaks that these articles do not have; the
results' weights are the default ones.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.rivals.protocol import Article, Quote, Reply, serve


class Txtai:
    """One `Embeddings`."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder, self._model = folder / "index", str(model)

    def open(self) -> None:
        """Load the database, or make one with the model loaded."""
        from txtai import Embeddings

        self._embeddings: Any = Embeddings(path=self._model, content=True, hybrid=True)
        if self._folder.exists():
            self._embeddings.load(str(self._folder))

    def index(self, articles: Sequence[Article]) -> int:
        """Cut into paragraphs, index and save."""
        from txtai.pipeline import Segmentation

        segment = Segmentation(paragraphs=True)
        rows = [(f"{one.id}#{number}", text) for one in articles for number, text in enumerate(segment(one.text))]
        self._embeddings.index(rows)
        self._embeddings.save(str(self._folder))
        return len(rows)

    def ask(self, question: str) -> Reply:
        """Return the five paragraphs that its search puts first."""
        found = self._embeddings.search(question, 5)
        quotes = tuple(Quote(article_id=one["id"].rpartition("#")[0], text=one["text"]) for one in found)
        return Reply(quotes=quotes, score=found[0]["score"] if found else None)

    def retrieve(self, question: str) -> None:
        """Its quotes are what it finds."""

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return its extractive answers, and its answers in prose, as its notebooks set them up."""

        def extractor() -> object:
            from txtai.pipeline import Extractor

            return Extractor(self._embeddings, "distilbert-base-cased-distilled-squad")

        def rag() -> object:
            from txtai import RAG

            return RAG(self._embeddings, "Qwen/Qwen3-0.6B", output="flatten")

        return {"Extractor (distilbert-base-cased-distilled-squad)": extractor, "RAG (Qwen/Qwen3-0.6B)": rag}

    def close(self) -> None:
        """Close the database."""
        self._embeddings.close()


if __name__ == "__main__":
    serve(Txtai)
