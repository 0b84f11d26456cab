"""Undo an enlargement: of all smaller pictures, find the one whose enlargement comes nearest to what is there.

Enlarging a row by Lanczos kernels is a matrix of eight bands, and its inverse by least squares falls off as quickly, so
it is found block by block, with some pixels around each, and applied by multiplying with it along rows and columns.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ..arrays import narrow
from ..geometry import Size

__all__ = ["undo_enlarging"]

_BLOCK, _REACH, _TAPS = 16, 24, 8
_PRODUCT = 1 << 18  # above that OpenBLAS wakes other threads, for which a busy machine waits longer than they save
_COMB = 2 * _TAPS  # impulses so far apart do not meet when they are enlarged
_LEAST = 0.01  # of what hardly survives enlarging no more than five times as much is asked for


def undo_enlarging(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the picture of `size` whose Lanczos enlargement is nearest to `picture`, `(H, W, C)` and larger."""
    rows = _along(picture, size.height)
    columns = _along(np.ascontiguousarray(rows.transpose(1, 0, 2)), size.width).transpose(1, 0, 2)
    return narrow(np.clip(np.rint(columns), 0, 255).astype(np.uint8, order="C"))


class _Block(NamedTuple):
    """A part of a smaller row, the part of the larger one that tells it, and how."""

    start: int
    end: int
    first: int
    last: int
    weights: NDArray[np.float32]


def _along(picture: NDArray[np.uint8] | NDArray[np.float32], side: int) -> NDArray[np.float32]:
    lines = picture.reshape(len(picture), -1)
    length = lines.shape[1]
    smaller = np.empty((side, length), np.float32)
    for start, end, first, last, weights in _inverse(side, len(picture)):
        given = lines[first:last].astype(np.float32, copy=False)
        width = max(1, _PRODUCT // weights.size)
        even = length - length % width
        np.matmul(weights, _columns(given[:, :even], width), out=_columns(smaller[start:end, :even], width))
        np.matmul(weights, given[:, even:], out=smaller[start:end, even:])
    return smaller.reshape(side, *picture.shape[1:])


def _columns(lines: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """View lines as a stack of columns."""
    shape = (lines.shape[1] // width, len(lines), width)
    return as_strided(lines, shape, (width * lines.strides[1], *lines.strides))


@lru_cache(maxsize=16)
def _inverse(side: int, larger: int) -> tuple[_Block, ...]:
    """Invert the enlargement of a row from `side` to `larger` pixels."""
    comb = (np.arange(side) % _COMB == np.arange(_COMB)[:, np.newaxis]).astype(np.float32)
    answers = np.asarray(cv2.resize(comb, (larger, _COMB), interpolation=cv2.INTER_LANCZOS4), np.float64)
    ratio = larger / side
    leftmost = np.floor((np.arange(larger) + 0.5) / ratio - 0.5) - _TAPS // 2
    blocks = []
    for start in range(0, side, _BLOCK):
        end = min(side, start + _BLOCK)
        low, high = max(0, start - _REACH), min(side, end + _REACH)
        # of the larger row what depends on these pixels alone
        first = 0 if low == 0 else int(np.ceil((low + _TAPS // 2 + 0.5) * ratio - 0.5))
        last = larger if high == side else int((high - _TAPS // 2 - 0.5) * ratio - 0.5)
        columns = np.arange(low, high)
        near = np.abs(columns - leftmost[first:last, np.newaxis] - _TAPS / 2) <= _TAPS / 2 + 1
        enlarging = np.where(near, answers[columns % _COMB, first:last].T, 0)
        inverse = np.linalg.solve(enlarging.T @ enlarging + _LEAST * np.eye(high - low), enlarging.T)
        weights = inverse[start - low : end - low]
        weights /= weights.sum(axis=1, keepdims=True)
        blocks.append(_Block(start, end, first, last, weights.astype(np.float32)))
    return tuple(blocks)
