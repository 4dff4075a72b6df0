# mypy: disable-error-code="import-not-found"
"""Haystack: BM25 and embeddings, joined by reciprocal rank.

After docs.haystack.deepset.ai, "DocumentJoiner" (join_mode reciprocal_rank_fusion over `InMemoryBM25Retriever` and
`InMemoryEmbeddingRetriever`), and its tutorial 33, "Creating a Hybrid Retrieval Pipeline". `DocumentSplitter` has its
defaults, 200 words: the tutorial asks for a length that the embedding model can read, and these fit. Titles are
embedded too, as in tutorial 39, "Embedding Metadata for Improved Retrieval". The store of these
documents that ranks by BM25 is the one in memory; it is saved and loaded with its own `save_to_disk`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.rivals.protocol import Article, Quote, Reply, serve

_TOP = 5


class Haystack:
    """Two pipelines on one store."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._file, self._model = folder / "store.json", str(model)

    def open(self) -> None:
        """Load the store and the embedder, and connect the pipeline of the questions."""
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

        there = self._file.exists()
        self._store = InMemoryDocumentStore.load_from_disk(str(self._file)) if there else InMemoryDocumentStore()
        pipeline = Pipeline()
        pipeline.add_component("text_embedder", SentenceTransformersTextEmbedder(model=self._model, progress_bar=False))
        pipeline.add_component("embedding_retriever", InMemoryEmbeddingRetriever(self._store))
        pipeline.add_component("bm25_retriever", InMemoryBM25Retriever(self._store))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=_TOP))
        pipeline.connect("text_embedder.embedding", "embedding_retriever.query_embedding")
        pipeline.connect("bm25_retriever", "joiner")
        pipeline.connect("embedding_retriever", "joiner")
        pipeline.warm_up()
        self._pipeline = pipeline

    def index(self, articles: Sequence[Article]) -> int:
        """Split, embed and write, and save the store."""
        from haystack import Document, Pipeline
        from haystack.components.preprocessors import DocumentSplitter
        from haystack.components.writers import DocumentWriter
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        pipeline = Pipeline()
        pipeline.add_component("splitter", DocumentSplitter())
        pipeline.add_component(
            "embedder",
            SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False, meta_fields_to_embed=["title"]),
        )
        pipeline.add_component("writer", DocumentWriter(self._store))
        pipeline.connect("splitter", "embedder")
        pipeline.connect("embedder", "writer")
        given = [Document(content=one.text, meta={"article": one.id, "title": one.title}) for one in articles]
        written = pipeline.run({"splitter": {"documents": given}})
        self._store.save_to_disk(str(self._file))
        return int(written["writer"]["documents_written"])

    def ask(self, question: str) -> Reply:
        """Return the joined passages."""
        found = self._pipeline.run({"text_embedder": {"text": question}, "bm25_retriever": {"query": question}})
        best = found["joiner"]["documents"]
        return Reply(quotes=tuple(map(_quote, best)), score=best[0].score if best else None)

    def retrieve(self, question: str) -> Reply:
        """Return what is quoted; how near the nearest passage is tells more than joined ranks do."""
        found = self._pipeline.run(
            {"text_embedder": {"text": question}, "bm25_retriever": {"query": question}},
            include_outputs_from={"embedding_retriever"},
        )
        quotes = tuple(map(_quote, found["joiner"]["documents"]))
        return Reply(quotes=quotes, score=found["embedding_retriever"]["documents"][0].score)

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return its reader of answers, and the ranker of its tutorial."""

        def reader() -> object:
            from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

            return TransformersExtractiveReader().warm_up()

        def ranker() -> object:
            from haystack_integrations.components.rankers.sentence_transformers import (
                SentenceTransformersSimilarityRanker,
            )

            return SentenceTransformersSimilarityRanker(model="BAAI/bge-reranker-base").warm_up()

        return {
            "TransformersExtractiveReader (deepset/roberta-base-squad2-distilled)": reader,
            "SentenceTransformersSimilarityRanker (BAAI/bge-reranker-base)": ranker,
        }

    def close(self) -> None:
        """Do nothing: the store has been saved."""


def _quote(found: Any) -> Quote:
    start = found.meta["split_idx_start"]
    return Quote(article_id=found.meta["article"], text=found.content, start=start, end=start + len(found.content))


if __name__ == "__main__":
    serve(Haystack)
