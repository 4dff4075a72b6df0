"""A network's change takes 8 bits a number and comes back nearly as it was."""

import torch

from onrecord.service.answers.networks.eight_bits import apply_scales, quantise


def test_eight_bits_are_enough():
    """A row's change comes back within half a step of its own scale."""
    delta = {"weight": torch.randn(8, 16) * torch.logspace(-4, 0, 8)[:, None], "bias": torch.randn(8)}
    stored = quantise(delta)
    back = apply_scales(stored)
    assert stored["weight"].dtype == torch.int8
    assert set(back) == set(delta)
    steps = stored["weight.scale"][:, None]
    assert ((back["weight"] - delta["weight"]).abs() <= 0.51 * steps).all()
