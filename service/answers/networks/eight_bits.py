"""Read and write the change to a network as 8-bit integers, with a scale for each row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_SCALE_SUFFIX = ".scale"
"""The end of the name under which the scales of a matrix are stored."""


def apply_scales(stored: Mapping[str, "torch.Tensor"]) -> "dict[str, torch.Tensor]":
    """Return every tensor in float32: a stored matrix times the scales of its rows, any other as it is."""
    return {
        name: tensor.float() * stored[name + _SCALE_SUFFIX].float()[:, None]
        if name + _SCALE_SUFFIX in stored
        else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(_SCALE_SUFFIX)
    }


def quantise(delta: "Mapping[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """Return matrices in int8 with a float32 scale for each row, and every other tensor in float16."""
    import torch

    stored: dict[str, torch.Tensor] = {}
    for name, tensor in delta.items():
        if tensor.dim() == 2:
            scale = tensor.abs().amax(dim=1).clamp(min=1e-12) / 127
            stored[name] = (tensor / scale[:, None]).round().to(torch.int8)
            stored[name + _SCALE_SUFFIX] = scale.to(torch.float32)
        else:
            stored[name] = tensor.to(torch.float16)
    return stored
