"""Load the large reader, the twelve layers of all-mpnet-base-v2 changed by training, which ships whole.

Its folder has three files, which `bench/training/large_reader/pack.py` makes. `weights.safetensors` holds the matrices
in four bits a number. `graph.onnx` is the network without them; it multiplies in eight bits, which takes half of the
time of PyTorch's multiplication in float32, and a byte a weight instead of four. `tokenizer.json` cuts word pieces.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from onrecord.index.errors import first_line
from onrecord.service.answers.evidence.readers.reader import MAX_PIECES, ReaderError, SpanReader
from onrecord.service.answers.evidence.weights import shipped_file
from onrecord.service.answers.networks.four_bits import Codes, Matrix, Scales, restore

if TYPE_CHECKING:
    import torch

EMBEDDINGS = "word_embeddings"
"""The name of the word pieces' embeddings, which the graph is given for each input."""
CODES, SCALES = ".codes", ".scales"
"""The ends of the names under which a matrix is stored."""
EIGHT_BIT_CODES, EIGHT_BIT_SCALES = "_quantized", "_scale"
"""The ends of the names under which the graph takes a matrix and the scales of its columns."""
MAX_CODE = 63
"""The greatest code of the eight bits. Processors without VNNI add two products in 16 bits, which overflow beyond."""
_WAY_OUT = "Install onrecord again, or set ONRECORD_READER=small, which does without it."


class PackedPointer:
    """The large reader's network, computed by ONNX Runtime."""

    def __init__(self, session: Any, codes: Codes, scales: Scales) -> None:
        """Take a session on the graph, and the stored embeddings of the word pieces."""
        self._session = session
        self._codes = codes
        self._scales = scales

    def __call__(self, encoded: Mapping[str, "torch.Tensor"]) -> "torch.Tensor":
        """Return the start and end scores."""
        import torch

        pieces = encoded["input_ids"].numpy()
        # The table stays in four bits: only the rows of these word pieces are restored.
        embedded = restore(self._codes[pieces.ravel()], self._scales[pieces.ravel()]).reshape(*pieces.shape, -1)
        (scores,) = self._session.run(None, {"embedded": embedded, "attention_mask": encoded["attention_mask"].numpy()})
        return torch.from_numpy(scores)


def large_reader_folder() -> Path:
    """Return the folder of the shipped files."""
    return shipped_file("large_reader")


def load_large_reader(folder: Path | None = None) -> SpanReader:
    """Return the large reader in `folder`, or the shipped one.

    Raises:
        ReaderError: if a file is missing or broken, or if the graph and the weights do not fit each other.
    """
    from safetensors.numpy import load_file
    from transformers import PreTrainedTokenizerFast

    folder = folder or large_reader_folder()
    try:
        stored = load_file(folder / "weights.safetensors")
        embeddings = stored.pop(EMBEDDINGS + CODES), stored.pop(EMBEDDINGS + SCALES)
        session = _session((folder / "graph.onnx").read_bytes(), dict(_in_eight_bits(stored)))
        tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=str(folder / "tokenizer.json"),
            cls_token="<s>",
            sep_token="</s>",
            pad_token="<pad>",
            unk_token="[UNK]",
            model_max_length=MAX_PIECES,
            model_input_names=["input_ids", "attention_mask"],
        )
    except Exception as error:  # ONNX Runtime and the tokenizers raise types of their own, and bare ones.
        raise ReaderError(f"Cannot load the large reader in {folder}: {first_line(error)}. {_WAY_OUT}") from error
    return SpanReader(PackedPointer(session, *embeddings), tokenizer)


def eight_bits(matrix: Matrix) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return a matrix in eight bits, and the scale of each of its columns."""
    scales = np.maximum(np.abs(matrix).max(axis=0), np.float32(1e-12)) / np.float32(MAX_CODE)
    return np.rint(matrix / scales).astype(np.int8), scales


def _in_eight_bits(stored: Mapping[str, npt.NDArray[Any]]) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    """Yield the name and the value of each constant that the graph lacks; matrices are stored by rows of outputs."""
    for name in (key.removesuffix(CODES) for key in stored if key.endswith(CODES)):
        codes, scales = eight_bits(restore(stored[name + CODES], stored[name + SCALES]).T)
        yield name + EIGHT_BIT_CODES, np.ascontiguousarray(codes)
        yield name + EIGHT_BIT_SCALES, scales


def _session(graph: bytes, constants: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Return a session of ONNX Runtime on the graph, with the constants that the graph lacks."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that spin while they wait take the cores from PyTorch's.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in constants.values()]
    options.add_external_initializers(list(constants), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
