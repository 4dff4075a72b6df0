"""Write the files of the large reader that ship: its graph, its weights in four bits, and its tokenizer.

    pip install onnx onnxscript
    python -m bench.training.large_reader.pack last.pt --base FOLDER --source "names, licences"

A checkpoint is that of `bench.training.large_reader.train`, and the base is the folder of all-mpnet-base-v2. What the
files are, `service/answers/evidence/readers/large_reader.py` says.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors.numpy import save_file

from bench.training.large_reader.lessons import KEPT_TOPICS
from bench.training.large_reader.train import Network
from onrecord.service.answers.evidence.readers.large_reader import (
    CODES,
    EIGHT_BIT_CODES,
    EIGHT_BIT_SCALES,
    EMBEDDINGS,
    SCALES,
    eight_bits,
    large_reader_folder,
)
from onrecord.service.answers.evidence.readers.reader import MAX_PIECES
from onrecord.service.answers.networks.four_bits import Codes, Scales, quantise, restore

_EXTERNAL = "weights.safetensors"


class RowScaled(torch.nn.Module):
    """A linear layer whose inputs are divided by the greatest of their row, and its outputs multiplied by it.

    The inputs are rounded to eight bits with one step for all rows. A few rows are a hundred times as large as others,
    and would leave these nothing.
    """

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return what the layer returns, up to rounding."""
        greatest = inputs.abs().amax(dim=-1, keepdim=True).clamp(min=1e-9)
        return torch.nn.functional.linear(inputs / greatest, self.linear.weight) * greatest + self.linear.bias


class Graph(torch.nn.Module):
    """The network from the word pieces' embeddings on."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        for layer in network.encoder.encoder.layer:
            for name, part in list(layer.named_modules()):
                if isinstance(part, torch.nn.Linear):
                    layer.set_submodule(name, RowScaled(part))

    def forward(self, embedded: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (windows, pieces, 2)."""
        hidden = self.network.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        scores: torch.Tensor = self.network.head(hidden)
        return scores


def export(network: Network, folder: Path) -> tuple[Path, Path]:
    """Return the files of the graph in float32, and of the same graph with matrices in eight bits."""
    plain, eight = folder / "plain.onnx", folder / "eight.onnx"
    size = network.encoder.config.hidden_size
    windows, pieces = torch.export.Dim("windows", min=1, max=64), torch.export.Dim("pieces", min=8, max=MAX_PIECES)
    torch.onnx.export(
        Graph(network),
        (torch.randn(2, 64, size), torch.ones(2, 64, dtype=torch.long)),
        folder / "exported.onnx",
        input_names=["embedded", "attention_mask"],
        output_names=["scores"],
        dynamic_shapes={"embedded": {0: windows, 1: pieces}, "attention_mask": {0: windows, 1: pieces}},
        dynamo=True,
        external_data=False,
    )
    quant_pre_process(str(folder / "exported.onnx"), str(plain), skip_symbolic_shape=True)
    graph = onnx.load(plain).graph
    head = {one.name for one in graph.initializer if tuple(one.dims) == (size, 2)}
    quantize_dynamic(
        plain,
        eight,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[node.name for node in graph.node if head & set(node.input)],
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    return plain, eight


def round_layers(network: Network) -> list[tuple[Codes, Scales]]:
    """Round the matrices of all layers to four bits in place, and return them."""
    rounded = []
    for part in network.encoder.encoder.modules():
        if isinstance(part, torch.nn.Linear):
            rounded.append(quantise(part.weight.numpy()))
            part.weight.data = torch.from_numpy(restore(*rounded[-1]))
    return rounded


def pack(
    network: Network, rounded: Sequence[tuple[Codes, Scales]], folder: Path
) -> tuple[bytes, dict[str, npt.NDArray[Any]]]:
    """Return the graph without its matrices, and these in four bits."""
    by_value = {restore(codes, scales).T.tobytes(): (codes, scales) for codes, scales in rounded}
    table = quantise(network.encoder.embeddings.word_embeddings.weight.detach().numpy())
    stored: dict[str, npt.NDArray[Any]] = {EMBEDDINGS + CODES: table[0], EMBEDDINGS + SCALES: table[1]}
    plain, eight = (onnx.load(file) for file in export(network, folder))
    values = {one.name: one for one in plain.graph.initializer}
    for tensor in eight.graph.initializer:
        name = tensor.name.removesuffix(EIGHT_BIT_CODES)
        if name == tensor.name or name not in values:
            continue
        # The exporter gives the matrices names of its own.
        stored[name + CODES], stored[name + SCALES] = by_value[numpy_helper.to_array(values[name]).tobytes()]
        codes, scales = eight_bits(restore(stored[name + CODES], stored[name + SCALES]).T)
        for end, value in ((EIGHT_BIT_CODES, codes), (EIGHT_BIT_SCALES, scales)):
            _leave_out(next(one for one in eight.graph.initializer if one.name == name + end), value)
    for node in eight.graph.node:
        # The exporter leaves its source lines there.
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    del eight.graph.value_info[:]
    return eight.SerializeToString(), stored


def _leave_out(tensor: Any, value: npt.NDArray[Any]) -> None:
    """Say in the graph that a constant of this shape comes from outside; raise `ValueError` if it has another shape."""
    if tuple(tensor.dims) != value.shape:
        raise ValueError(f"{tensor.name} has the shape {tuple(tensor.dims)} in the graph, and here {value.shape}.")
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, stands in (("location", _EXTERNAL), ("offset", "0"), ("length", str(value.nbytes))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, stands


def main() -> None:
    """Write the three files, and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--base", required=True, type=Path, help="the folder of all-mpnet-base-v2")
    parser.add_argument("--source", required=True, help="the data that it learnt from, with the licences")
    parser.add_argument("--out", type=Path, default=large_reader_folder())
    options = parser.parse_args()
    network = Network(options.base, frozen=0).eval().requires_grad_(False)
    saved = torch.load(options.checkpoint, weights_only=True, mmap=True)
    network.load_state_dict(saved["network"], strict=False)
    rounded = round_layers(network)
    # The first two positions are for padding.
    positions = network.encoder.embeddings.position_embeddings
    positions.weight.data = positions.weight[: MAX_PIECES + 2].clone()
    with tempfile.TemporaryDirectory() as folder:
        graph, stored = pack(network, rounded, Path(folder))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "graph.onnx").write_bytes(graph)
    about = {
        "base": "all-mpnet-base-v2, Apache 2.0",
        "base_sha256": hashlib.sha256((options.base / "model.safetensors").read_bytes()).hexdigest(),
        "graph_sha256": hashlib.sha256(graph).hexdigest(),
        "source": options.source,
        "trained": json.dumps(saved["progress"]),
        "kept_aside": json.dumps(sorted(KEPT_TOPICS)),
    }
    save_file(stored, options.out / _EXTERNAL, metadata=about)
    shutil.copyfile(options.base / "tokenizer.json", options.out / "tokenizer.json")
    for file in sorted(options.out.iterdir()):
        print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
