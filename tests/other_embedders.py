"""Embedders that are not the built-in one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from onrecord.index.text.built_in_model import built_in_model
from onrecord.index.text.embedder import Embedder, Embedding, Fingerprint, Matrix, Vector
from onrecord.index.values import Span


class Halved:
    """Half of the numbers of another embedder's vectors: another model that takes no second load."""

    def __init__(self, whole: Embedder) -> None:
        self._whole = whole
        dimension = whole.fingerprint.dimension // 2
        self.fingerprint = Fingerprint(name="halved", weights_sha256="2" * 64, dimension=dimension)
        self.max_tokens = whole.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._whole.count_tokens(texts)

    def embed(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[Embedding]:
        whole = self._whole.embed(texts, parts)
        return [Embedding(vector=self._half(one.vector), parts=self._half(one.parts)) for one in whole]

    def embed_question(self, question: str) -> Vector:
        return self._half(self._whole.embed_question(question))

    def _half(self, rows: Matrix) -> Matrix:
        half = rows[..., : self.fingerprint.dimension]
        return half / np.linalg.norm(half, axis=-1, keepdims=True)


class Hashing:
    """Vectors that know nothing but whether two texts are equal; needs no model, so a process has it at once."""

    def __init__(self, name: str, dimension: int) -> None:
        self.fingerprint = Fingerprint(name=name, weights_sha256="3" * 64, dimension=dimension)
        self.max_tokens = 200

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[Embedding]:
        none = np.empty((0, self.fingerprint.dimension), dtype=np.float32)
        return [
            Embedding(
                vector=self.embed_question(text),
                parts=np.stack([self.embed_question(span.of(text)) for span in spans]) if spans else none,
            )
            for text, spans in zip(texts, parts, strict=True)
        ]

    def embed_question(self, question: str) -> Vector:
        seed = int.from_bytes(hashlib.sha256(question.encode()).digest()[:8], "big")
        row = np.random.default_rng(seed).normal(size=self.fingerprint.dimension).astype(np.float32)
        return row / np.linalg.norm(row)


def save_cut_model(folder: Path) -> Path:
    """Save the built-in model with three of its six layers and half of its reach, as a model of its own."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(built_in_model()[0]), device="cpu")
    bert = model[0].auto_model
    bert.encoder.layer = bert.encoder.layer[:3]
    bert.config.num_hidden_layers = 3
    model.max_seq_length = 128
    model.save(str(folder))
    return folder
