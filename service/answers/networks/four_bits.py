"""Store matrices in four bits a number: one of sixteen levels, times a scale that 64 neighbours in a row share."""

import numpy as np
import numpy.typing as npt

GROUP = 64
"""Neighbouring numbers of a row that share a scale; a matrix has a multiple of them as columns."""

_UPPER_LEVELS = (0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733)
"""The levels above zero that leave the least error for normally distributed numbers, in standard deviations (Max, 1960,
"Quantizing for minimum distortion", table I)."""
LEVELS = np.array([*(-level for level in reversed(_UPPER_LEVELS)), *_UPPER_LEVELS], dtype=np.float32)
_BORDERS = (LEVELS[1:] + LEVELS[:-1]) / 2
_FITS = 3
"""Times that a group's scale is fitted to its levels, and its levels to the scale."""
_LEAST_SCALE = np.float32(1e-7)

Matrix = npt.NDArray[np.float32]
"""Shape (rows, columns)."""
Codes = npt.NDArray[np.uint8]
"""Two levels a byte, the first in the lower half; shape (rows, columns / 2)."""
Scales = npt.NDArray[np.float16]
"""Shape (rows, columns / 64)."""


def quantise(matrix: Matrix) -> tuple[Codes, Scales]:
    """Return a matrix's levels and scales.

    Raises:
        ValueError: if its columns are no multiple of `GROUP`.
    """
    rows, columns = matrix.shape
    if columns % GROUP:
        raise ValueError(f"A matrix of {columns} columns cannot be cut into groups of {GROUP}.")
    groups = matrix.reshape(-1, GROUP)
    scales = fit_scales(groups)
    return pack(nearest_levels(groups / scales[:, None]).reshape(rows, columns)), scales.reshape(rows, -1)


def fit_scales(groups: Matrix) -> Scales:
    """Return the scale of each row, shape (rows,), with which its nearest levels leave the least error."""
    scales = np.maximum(np.sqrt(np.mean(groups**2, axis=1, keepdims=True)), _LEAST_SCALE)
    for _ in range(_FITS):
        rounded = LEVELS[nearest_levels(groups / scales)]
        scales = (groups * rounded).sum(1, keepdims=True) / (rounded**2).sum(1, keepdims=True)
        scales = np.maximum(scales, _LEAST_SCALE)
    fitted: Scales = scales[:, 0].astype(np.float16)
    return fitted


def nearest_levels(numbers: Matrix) -> npt.NDArray[np.uint8]:
    """Return for each number, which its scale has divided, the position of the nearest of `LEVELS`."""
    return np.digitize(numbers, _BORDERS).astype(np.uint8)


def pack(positions: npt.NDArray[np.uint8]) -> Codes:
    """Return the positions of levels, two a byte."""
    pairs = positions.reshape(len(positions), -1, 2)
    return (pairs[:, :, 0] | pairs[:, :, 1] << 4).astype(np.uint8)


def restore(codes: Codes, scales: Scales) -> Matrix:
    """Return the matrix that was stored, or some rows of it if only their codes and scales are given."""
    levels = np.stack([LEVELS[codes & 15], LEVELS[codes >> 4]], axis=-1)
    groups = levels.reshape(len(codes), -1, GROUP)
    groups *= scales.astype(np.float32)[:, :, None]
    return groups.reshape(len(codes), -1)
