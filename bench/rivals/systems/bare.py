# mypy: disable-error-code="import-not-found"
"""All-MiniLM-L6-v2 and Chroma, as anybody would write it: a vector for each paragraph, the five nearest are the answer.

After sbert.net, "Semantic Search", and docs.trychroma.com, "Getting Started": an index in a folder, its default
distance, the model's own `encode`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.rivals.protocol import Article, Quote, Reply, serve


class Bare:
    """About the least that can be written."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder, self._path = folder, model

    def open(self) -> None:
        """Load the model and the collection."""
        import chromadb
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(self._path))
        self._collection = chromadb.PersistentClient(path=str(self._folder)).get_or_create_collection("articles")

    def index(self, articles: Sequence[Article]) -> int:
        """Add every paragraph of every article in one call."""
        paragraphs = [(article.id, text) for article in articles for text in article.text.split("\n\n") if text.strip()]
        texts = [text for _, text in paragraphs]
        self._collection.add(
            ids=[str(number) for number in range(len(texts))],
            embeddings=self._model.encode(texts),
            documents=texts,
            metadatas=[{"article": article} for article, _ in paragraphs],
        )
        return len(texts)

    def ask(self, question: str) -> Reply:
        """Return the five nearest paragraphs; a distance is the surer the smaller it is."""
        found: Any = self._collection.query(query_embeddings=self._model.encode([question]), n_results=5)
        quotes = tuple(
            Quote(article_id=metadata["article"], text=text)
            for metadata, text in zip(found["metadatas"][0], found["documents"][0], strict=True)
        )
        return Reply(quotes=quotes, score=-found["distances"][0][0])

    def retrieve(self, question: str) -> None:
        """Return nothing, because its quotes are what it finds."""

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return nothing, because all that it offers is measured."""
        return {}

    def close(self) -> None:
        """Do nothing, because Chroma keeps its files itself."""


if __name__ == "__main__":
    serve(Bare)
