# mypy: disable-error-code="import-not-found"
"""Verbatim-rag: what it retrieves, for none of its extractors runs without weights or a language model.

After its "Full RAG System" and API (`api/dependencies.py`): `VerbatimIndex` on `LocalMilvusStore` with dense vectors of
`SentenceTransformersProvider`. `MarkdownChunkerProvider` is its default; text without headings would be one piece an
article, of which the embedding model reads the beginning, so its `max_chunk_size` splits at paragraphs.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.rivals.protocol import Article, Quote, Reply, serve

_TOP = 5
_SIZE = 1_000
"""Characters, about 230 word pieces; a longer paragraph stays whole."""


class VerbatimRag:
    """Its index, and the extractors that it would hand the passages to."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._file, self._model = folder / "index.db", str(model)

    def open(self) -> None:
        """Load the model and the store."""
        from verbatim_rag import VerbatimIndex
        from verbatim_rag.chunker_providers import MarkdownChunkerProvider
        from verbatim_rag.embedding_providers import SentenceTransformersProvider
        from verbatim_rag.vector_stores import LocalMilvusStore

        dense = SentenceTransformersProvider(model_name=self._model)
        store = LocalMilvusStore(db_path=str(self._file), enable_sparse=False, dense_dim=dense.get_dimension())
        chunker = MarkdownChunkerProvider(max_chunk_size=_SIZE)
        self._index = VerbatimIndex(vector_store=store, dense_provider=dense, chunker_provider=chunker)

    def index(self, articles: Sequence[Article]) -> int:
        """Add them all at once."""
        from verbatim_rag.schema import DocumentSchema

        given = [DocumentSchema(source=one.id, title=one.title, content=one.text) for one in articles]
        self._index.add_documents_bulk(given)
        return sum(len(self._index.chunker_provider.chunk(one.text)) for one in articles)

    def ask(self, question: str) -> Reply:
        """Return the five passages that an extractor would be given."""
        found = self._index.query(question, k=_TOP)
        quotes = tuple(Quote(article_id=one.metadata["source"], text=one.text) for one in found)
        return Reply(quotes=quotes, score=found[0].score if found else None)

    def retrieve(self, question: str) -> None:
        """Its quotes are what it finds."""

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return its extractors, and the sparse vectors of its first example."""

        def trained() -> object:
            from verbatim_rag.extractors import ModelSpanExtractor

            return ModelSpanExtractor()

        def highlights() -> object:
            from verbatim_rag.extractors import SemanticHighlightExtractor

            return SemanticHighlightExtractor()

        def prompted() -> object:
            from verbatim_rag import VerbatimRAG

            # A query would hide the error and answer with nothing.
            return VerbatimRAG(self._index).llm_client.complete("When did the Normans come?")

        def sparse() -> object:
            from verbatim_rag.embedding_providers import SpladeProvider

            return SpladeProvider(model_name="opensearch-project/opensearch-neural-sparse-encoding-doc-v2-distill")

        return {
            "ModelSpanExtractor (KRLabsOrg/verbatim-rag-modern-bert-v2)": trained,
            "SemanticHighlightExtractor (zilliz/semantic-highlight-bilingual-v1)": highlights,
            "LLMSpanExtractor (gpt-4o-mini)": prompted,
            "SpladeProvider (opensearch-neural-sparse-encoding-doc-v2-distill)": sparse,
        }

    def close(self) -> None:
        """Milvus Lite keeps itself."""


if __name__ == "__main__":
    serve(VerbatimRag)
