"""Order the ranker's best sentences anew by a cross-encoder, which reads question and sentence together.

Cross-encoders that were trained on passages for search queries (Nogueira and Cho, 2019) give the log-odds that a text
answers. None ships with the package; `ONRECORD_RERANKER` names one.
"""

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from onrecord.index.errors import OnRecordError
from onrecord.index.fallback import Part
from onrecord.service.answers.evidence.ranking import Ranking
from onrecord.service.answers.networks.named_model import NamedModelError, find_model, load_part, weight_files
from onrecord.service.answers.networks.thread_budget import ThreadBudget

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RERANKER = Part(name="reranker", loss="The reranker failed, so the ranker alone ordered the sentences.")
"""The part that orders the best sentences anew."""

MAX_RERANKED = 16
"""Sentences that are ordered anew for a question."""
_WAY_OUT = "Set ONRECORD_RERANKER to a cross-encoder with one score, by name or folder, or to none."


class RerankerError(OnRecordError):
    """An error that says that a reranker cannot be loaded: it is missing, or it is another kind of model."""


class Reranker(Protocol):
    """A model that orders sentences by how well they answer a question."""

    def rerank(self, asked: str, ranking: Ranking) -> Ranking:
        """Return the ranking with its first candidates ordered anew; the others keep their order behind them."""
        ...


class CrossEncoderReranker:
    """A reranker that is a cross-encoder of sentence-transformers."""

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model
        # Rust tokenizers hold padding and truncation as state: two threads at once fail with "Already borrowed".
        self._predicting = threading.Lock()
        self._thread_budget = ThreadBudget()

    def rerank(self, asked: str, ranking: Ranking) -> Ranking:
        """Return the ranking with its first `MAX_RERANKED` candidates ordered by the cross-encoder's scores."""
        import torch

        first, rest = ranking.candidates[:MAX_RERANKED], ranking.candidates[MAX_RERANKED:]
        if not first:
            return ranking
        pairs = [(asked, f"{one.passage.article.title}. {one.passage.slice(one.span)}") for one in first]
        with self._predicting, self._thread_budget.lend() as threads:
            torch.set_num_threads(threads)  # Holds for the calling thread.
            scores = self._model.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        scored = [replace(one, score=float(score)) for one, score in zip(first, scores, strict=True)]
        scored.sort(key=lambda one: -one.score)
        # The others stay as far behind the last one as the ranker has them behind its own.
        shift = scored[-1].score - first[-1].score
        behind = (replace(one, score=one.score + shift) for one in rest)
        return replace(ranking, candidates=(*scored, *behind))


def reranker_files(name: str) -> list[Path]:
    """Return the files that tell a reranker from another one.

    Raises:
        RerankerError: if there is no such model, or if it is of another kind.
    """
    return weight_files(_find_reranker(name))


def load_reranker(name: str) -> CrossEncoderReranker:
    """Return a cross-encoder, by its name on the hub or by its folder.

    Raises:
        RerankerError: if there is no such model, if it is of another kind, or if it gives several scores.
    """
    from sentence_transformers import CrossEncoder
    from transformers import AutoConfig

    folder = _find_reranker(name)
    try:
        labels = load_part(AutoConfig.from_pretrained, folder).num_labels
        if labels == 1:
            model = load_part(CrossEncoder, folder, device="cpu", model_kwargs={"use_safetensors": True})
            return CrossEncoderReranker(model)
    except NamedModelError as error:
        raise RerankerError(f"Cannot load the reranker {name!r}: {error} {_WAY_OUT}") from error
    raise RerankerError(f"The reranker {name!r} gives {labels} scores for a text. {_WAY_OUT}")


def _find_reranker(name: str) -> Path:
    try:
        return find_model(name, kind="ForSequenceClassification")
    except NamedModelError as error:
        raise RerankerError(f"Cannot load the reranker {name!r}: {error} {_WAY_OUT}") from error
