# mypy: disable-error-code="import-not-found"
"""LlamaIndex: Chroma and BM25 fused by `QueryFusionRetriever`, with nodes as quotes.

After developers.llamaindex.ai, "Chroma Vector Store", "BM25 Retriever" (its part "Hybrid Retriever with BM25 + Chroma")
and "Reciprocal Rerank Fusion Retriever". Its pack for this, `HybridFusionRetrieverPack`, has nodes of 256 tokens, as
many as this embedding model reads. They overlap by a tenth: by the default 200 tokens, each would repeat the last one.
`num_queries=1` asks no language model for further questions. `CitationQueryEngine` needs one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.rivals.protocol import Article, Quote, Reply, serve

_TOP = 5
_NODE, _OVERLAP = 256, 25
"""Tokens."""


class LlamaIndex:
    """A vector index in Chroma and a BM25 index, both in one folder."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._chroma, self._bm25, self._model = folder / "chroma", folder / "bm25", str(model)
        self._retriever: Any = None
        self._nearest: Any = None

    def open(self) -> None:
        """Load the model and, if they are there, the indexes."""
        import chromadb
        from llama_index.core import StorageContext
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._embedding = HuggingFaceEmbedding(model_name=self._model)
        collection = chromadb.PersistentClient(path=str(self._chroma)).get_or_create_collection("articles")
        self._vectors = ChromaVectorStore(chroma_collection=collection)
        self._storage = StorageContext.from_defaults(vector_store=self._vectors)
        if self._bm25.exists():
            from llama_index.core import VectorStoreIndex
            from llama_index.retrievers.bm25 import BM25Retriever

            index = VectorStoreIndex.from_vector_store(self._vectors, embed_model=self._embedding)
            self._fuse(index, BM25Retriever.from_persist_dir(str(self._bm25)))

    def index(self, articles: Sequence[Article]) -> int:
        """Split into nodes, and put them into both indexes."""
        import Stemmer
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.retrievers.bm25 import BM25Retriever

        given = [Document(text=one.text, id_=one.id, metadata={"title": one.title}) for one in articles]
        nodes = SentenceSplitter(chunk_size=_NODE, chunk_overlap=_OVERLAP).get_nodes_from_documents(given)
        index = VectorStoreIndex(nodes, storage_context=self._storage, embed_model=self._embedding)
        bm25 = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=_TOP, stemmer=Stemmer.Stemmer("english"), language="english"
        )
        bm25.persist(str(self._bm25))
        self._fuse(index, bm25)
        return len(nodes)

    def ask(self, question: str) -> Reply:
        """Return the fused nodes."""
        found = self._retriever.retrieve(question)
        quotes = tuple(
            Quote(
                article_id=one.node.ref_doc_id,
                text=one.node.get_content(),
                start=one.node.start_char_idx,
                end=one.node.end_char_idx,
            )
            for one in found
        )
        return Reply(quotes=quotes, score=found[0].score if found else None)

    def retrieve(self, question: str) -> Reply:
        """Return what is quoted; how near the nearest node is tells more than fused ranks do."""
        nearest = self._nearest.retrieve(question)
        return Reply(quotes=self.ask(question).quotes, score=nearest[0].score if nearest else None)

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return its cited answers, in the set-up of their own page, with the default language model."""

        def cited() -> object:
            from llama_index.core import VectorStoreIndex
            from llama_index.core.query_engine import CitationQueryEngine

            index = VectorStoreIndex.from_vector_store(self._vectors, embed_model=self._embedding)
            return CitationQueryEngine.from_args(index, similarity_top_k=3, citation_chunk_size=512)

        return {"CitationQueryEngine (default language model)": cited}

    def close(self) -> None:
        """Chroma keeps itself."""

    def _fuse(self, index: Any, bm25: Any) -> None:
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever

        self._nearest = index.as_retriever(similarity_top_k=_TOP)
        self._retriever = QueryFusionRetriever(
            [self._nearest, bm25],
            similarity_top_k=_TOP,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
            # Named because the constructor looks for one; with one query it is never asked.
            llm=MockLLM(),
        )


if __name__ == "__main__":
    serve(LlamaIndex)
