"""Load the built-in embedder's network with a change that training made, for the reader and the support model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.index.errors import OnRecordError
from onrecord.index.text.built_in_model import built_in_model
from onrecord.index.text.embedder import Embedder, SentenceTransformerEmbedder, has_fast_bfloat16
from onrecord.service.answers.networks.eight_bits import apply_scales

if TYPE_CHECKING:
    import torch


_WAY_OUT = "Install onrecord again, or set ONRECORD_READER=none, which does without the trained networks."


class TrainedError(OnRecordError):
    """An error that says that the file of a change cannot be read, or was not made for the built-in network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A network, its tokenizer, and the float32 tensors of the layers on top of it, by name."""

    model: Any
    tokenizer: Any
    top: "dict[str, torch.Tensor]"


def load_trained(file: Path, *, top: Sequence[str], embedder: Embedder | None, bfloat16: bool | None) -> Trained:
    """Return the network with the change in `file`, and the tensors of `file` that `top` names, which are layers above.

    `embedder`: if it is the built-in one, the network shares the embeddings of its word pieces. `bfloat16`: whether the
    network computes in bfloat16; None where the processor decides.

    Raises:
        TrainedError: if `file` cannot be read, or was made for another network.
    """
    import torch
    from safetensors import SafetensorError, safe_open
    from transformers import AutoModel, AutoTokenizer

    bfloat16 = has_fast_bfloat16() if bfloat16 is None else bfloat16
    folder, sha256 = built_in_model()
    try:
        with safe_open(str(file), framework="pt") as stored:
            made_for = (stored.metadata() or {}).get("base_sha256")
            change = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise TrainedError(f"Cannot read the weights in {file}: {error}. {_WAY_OUT}") from error
    if made_for != sha256:
        raise TrainedError(
            f"The weights in {file} change a model with SHA-256 {made_for}, and the built-in one has {sha256}. "
            f"{_WAY_OUT}"
        )
    taken = {name: change.pop(name).float() for name in top}
    model = AutoModel.from_pretrained(folder, local_files_only=True)
    model.pooler = None
    state = model.state_dict()
    with torch.no_grad():
        for name, delta in apply_scales(change).items():
            state[name] += delta
    model = model.to(torch.bfloat16 if bfloat16 else torch.float32).eval()
    if isinstance(embedder, SentenceTransformerEmbedder) and (shared := embedder.share_embeddings()) is not None:
        model.embeddings = shared
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return Trained(model=model, tokenizer=tokenizer, top=taken)
