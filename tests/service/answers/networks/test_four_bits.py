"""A matrix takes four bits a number and comes back nearly as it was."""

import numpy as np
import pytest

from onrecord.service.answers.networks.four_bits import GROUP, quantise, restore


def test_four_bits_keep_nine_tenths_of_a_matrix():
    """Whatever the size of a group's numbers is, a tenth of them is lost, as the method's author computed."""
    sizes = np.logspace(-4, 1, 6)[:, None]
    matrix = (np.random.default_rng(1).normal(size=(6, 8 * GROUP)) * sizes).astype(np.float32)
    codes, scales = quantise(matrix)
    assert codes.nbytes == matrix.size / 2
    lost = np.linalg.norm(restore(codes, scales) - matrix, axis=1) / np.linalg.norm(matrix, axis=1)
    assert (lost < 0.11).all()


def test_rows_come_back_alone_as_they_do_together():
    """A table of embeddings stays in four bits, and only the rows that are looked up are restored."""
    matrix = np.random.default_rng(2).normal(size=(50, GROUP)).astype(np.float32)
    codes, scales = quantise(matrix)
    rows = np.array([3, 3, 49, 0])
    assert (restore(codes[rows], scales[rows]) == restore(codes, scales)[rows]).all()


def test_a_row_of_zeros_is_no_error():
    """Its group has the least scale."""
    codes, scales = quantise(np.zeros((2, GROUP), dtype=np.float32))
    assert np.abs(restore(codes, scales)).max() < 1e-6


def test_columns_that_make_no_whole_groups_are_refused():
    """The error says how many there are."""
    with pytest.raises(ValueError, match="130 columns"):
        quantise(np.zeros((2, 130), dtype=np.float32))
