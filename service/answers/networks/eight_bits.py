"""Changes to a network, stored in 8 bits a number."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_SCALE = ".scale"


def apply_scales(stored: Mapping[str, "torch.Tensor"]) -> "dict[str, torch.Tensor]":
    """Turn 8-bit rows and their scales back into float32; other tensors are taken as they are."""
    return {
        name: tensor.float() * stored[name + _SCALE].float()[:, None] if name + _SCALE in stored else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(_SCALE)
    }


def quantise(delta: "Mapping[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """Store matrices in 8 bits with a scale for each row, and everything else in 16."""
    import torch

    stored: dict[str, torch.Tensor] = {}
    for name, tensor in delta.items():
        if tensor.dim() == 2:
            scale = tensor.abs().amax(dim=1).clamp(min=1e-12) / 127
            stored[name] = (tensor / scale[:, None]).round().to(torch.int8)
            stored[name + _SCALE] = scale.to(torch.float32)
        else:
            stored[name] = tensor.to(torch.float16)
    return stored
