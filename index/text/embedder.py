"""Embedders, which turn texts into unit vectors; sentence-transformers is imported when a model is loaded."""

import gc
import os
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import EmbedderError, first_line
from onrecord.index.text.built_in_model import DEFAULT_MODEL, WEIGHTS_SHA256, built_in_model, hash_files
from onrecord.index.values import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentence_transformers import SentenceTransformer

# PyTorch reads this when it is loaded. GNU's OpenMP lets a thread that waits for another one spin for milliseconds, so
# that a forward pass of 20 ms takes 300 ms and more on a busy machine: see docs/decisions/0023.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

Vector = npt.NDArray[np.float32]
"""One unit vector of shape (dimension,)."""
Matrix = npt.NDArray[np.float32]
"""One unit vector a row."""

_CPU_BATCH_TEXTS = 8
"""Texts in one forward pass on a CPU, where more texts take as long for each token and need more padding."""
_CUDA_BATCH_TEXTS = 64
"""Texts in one forward pass on CUDA."""
_PADDING_TOKENS = 16
"""Texts are padded to a multiple of this many tokens, and texts that do not fill a batch are embedded one by one:
oneDNN and PyTorch keep kernels of three megabytes and more for every shape of input, and seldom free them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """An embedder's identity; vectors of embedders with the same identity can be compared, in any number type."""

    name: str
    weights_sha256: str
    dimension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """A text's vector, and one row for each of its parts."""

    vector: Vector
    parts: Matrix


class Embedder(Protocol):
    """A model that turns texts into unit vectors, whose dot product is their cosine similarity."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Name, weights and dimension of the model."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads, its own markers not counted."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, the model's own markers not counted."""
        ...

    def embed(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[Embedding]:
        """Embed each text, and each span of it, in one forward pass."""
        ...

    def embed_question(self, question: str) -> Vector:
        """Embed one question."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model with mean pooling, on the CPU or on CUDA where there is one."""

    def __init__(self, model: "SentenceTransformer", fingerprint: Fingerprint) -> None:
        self._model = model
        self._tokenizer: Any = model.tokenizer
        self._fingerprint = fingerprint
        # Rust tokenizers keep padding and truncation as state, so two threads at once fail with "Already borrowed".
        self._tokenizing = threading.Lock()
        self._cores = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        reads = int(model.max_seq_length or 512)
        self._max_tokens = reads - int(self._tokenizer.num_special_tokens_to_add())
        self._step = _PADDING_TOKENS if reads % _PADDING_TOKENS == 0 else None
        self._batch = _CPU_BATCH_TEXTS if model.device.type == "cpu" else _CUDA_BATCH_TEXTS

    @property
    def fingerprint(self) -> Fingerprint:
        """Name, weights and dimension of the model."""
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads, its own markers not counted."""
        return self._max_tokens

    def share_embeddings(self) -> Any:
        """Return the module that turns tokens into vectors, for another network to use; None if it does not fit.

        It fits networks on the CPU that were trained from the built-in model with this module frozen.
        """
        if self._fingerprint.weights_sha256 != WEIGHTS_SHA256 or self._model.device.type != "cpu":
            return None
        return self._model[0].auto_model.embeddings  # type: ignore[union-attr]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, the model's own markers not counted."""
        if not texts:
            return []
        with self._tokenizing:
            encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[Embedding]:
        """Embed each text, and each span of it, in one forward pass.

        A part's vector is the mean of the pass's token vectors inside the span, so it knows the sentences around it.
        A part without a token that the model read (cut off, or nothing but spaces) gets the text's own vector.
        """
        found: dict[int, Embedding] = {}
        # Texts of similar length share a batch, so that little padding is computed.
        tokens = self.count_tokens(texts)
        order = sorted(range(len(texts)), key=tokens.__getitem__)
        full = len(order) - len(order) % self._batch
        batches = [order[at : at + self._batch] for at in range(0, full, self._batch)]
        batches += [[i] for i in order[full:]]
        for batch in batches:
            embeddings = self._embed_batch([texts[i] for i in batch], [parts[i] for i in batch], threads=self._cores)
            found.update(zip(batch, embeddings, strict=True))
        return [found[i] for i in range(len(texts))]

    def embed_question(self, question: str) -> Vector:
        """Embed one question."""
        # One core is enough for one question. Two cores wait for each other, on a busy machine twenty times as long.
        return self._embed_batch([question], [()], threads=1)[0].vector

    def _embed_batch(self, texts: Sequence[str], parts: Sequence[Sequence[Span]], *, threads: int) -> list[Embedding]:
        import torch

        # The setting applies to the calling thread.
        torch.set_num_threads(threads)
        with self._tokenizing:
            encoded = self._tokenizer(
                list(texts),
                padding=True,
                pad_to_multiple_of=self._step,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = encoded.pop("offset_mapping").numpy()
        with torch.inference_mode():
            output = self._model({name: tensor.to(self._model.device) for name, tensor in encoded.items()})
            vectors = output["sentence_embedding"].float().cpu().numpy()
            tokens = output["token_embeddings"].float().cpu().numpy()
        embeddings = []
        for vector, token_vectors, token_spans, spans in zip(vectors, tokens, offsets, parts, strict=True):
            unit = _unit(vector)
            rows = [_pool(token_vectors, token_spans, span, instead=unit) for span in spans]
            matrix = np.stack(rows) if rows else np.empty((0, len(unit)), dtype=np.float32)
            embeddings.append(Embedding(vector=unit, parts=matrix))
        return embeddings


def load_embedder(name: str = DEFAULT_MODEL, *, bfloat16: bool | None = None) -> SentenceTransformerEmbedder:
    """Load a model: the built-in one from its package or the hub, any other by its hub name or folder.

    `bfloat16`: compute in it; None does so on a CPU that multiplies it.
    Raise `EmbedderError` if it cannot be loaded, or if the built-in model is not the official release.
    """
    with _no_garbage_collection():
        import torch
        from huggingface_hub.utils.tqdm import disable_progress_bars
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    disable_progress_bars()
    if name == DEFAULT_MODEL:
        folder, weights = built_in_model()
    else:
        folder = _find_model(name)
        weights = hash_files(_weight_files(folder))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if bfloat16 is None:
        bfloat16 = device == "cpu" and has_fast_bfloat16()
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    try:
        model = SentenceTransformer(
            str(folder), device=device, local_files_only=True, model_kwargs={"dtype": dtype}
        ).eval()
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise EmbedderError(f"Cannot load the embedding model {name!r} from {folder}: {first_line(error)}") from error
    dimension = int(model.get_embedding_dimension() or 0)
    return SentenceTransformerEmbedder(
        model, Fingerprint(name=_public_name(name), weights_sha256=weights, dimension=dimension)
    )


def _find_model(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name if "/" in name else f"sentence-transformers/{name}"))
    except Exception as error:  # The hub client raises a dozen unrelated types, requests' and httpx' among them.
        raise EmbedderError(
            f"Cannot find the embedding model {name!r}: no such folder, and the hub says: "
            f"{first_line(error).rstrip('.')}. "
            f"Set ONRECORD_EMBEDDER to a folder with a sentence-transformers model, or to {DEFAULT_MODEL!r}."
        ) from error


def _public_name(name: str) -> str:
    """Return a model's name, without its folder's path: the archive must open when the same model has moved."""
    return Path(name).resolve().name if Path(name).is_dir() else name


def _weight_files(folder: Path) -> list[Path]:
    """Return the weight files, in the order of their names; raise `EmbedderError` if there are none."""
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("pytorch_model*.bin"))
    if not files:
        raise EmbedderError(f"The embedding model's folder {folder} holds no *.safetensors or pytorch_model*.bin.")
    return files


def has_fast_bfloat16() -> bool:
    """Say whether the CPU multiplies bfloat16 itself; emulated, it can be a hundred times slower than float32."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _unit(vector: Vector) -> Vector:
    norm = float(np.linalg.norm(vector))
    return (vector / norm if norm else vector).astype(np.float32)


def _pool(tokens: Matrix, offsets: npt.NDArray[np.int64], span: Span, *, instead: Vector) -> Vector:
    # The model's own markers and the padding have the empty span (0, 0).
    inside = (offsets[:, 0] >= span.start) & (offsets[:, 1] <= span.end) & (offsets[:, 1] > offsets[:, 0])
    return _unit(tokens[inside].mean(axis=0)) if inside.any() else instead


@contextmanager
def _no_garbage_collection() -> "Iterator[None]":
    """Stop the garbage collector while a million long-lived objects are imported; it would take a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
