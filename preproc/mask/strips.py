"""Lines of about a pixel or less: where a strip with parallel edges runs that leaves the coverage of its pixels."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask

__all__ = ["Lines", "Plane", "Strips", "area", "find_strips"]

Plane = NDArray[np.float32]

# Wider ones have edges of their own.
_WIDEST_PX = 1.6
# What a strip may leave unexplained of a pixel's coverage.
_LEFT_OVER = 0.12
# How much longer it may be in its direction than along the axis; a strip aslant is 2 ** 0.5.
_STEEPEST = 1.5
# How often its place is mended, and by how much of what is missing: a row's centroid moves 0.8 to 1.6 times as far.
_ROUNDS, _STEP = 3, 0.8
# Pixels worked on at once.
_CHUNK = 1 << 13


class Lines(NamedTuple):
    """Inside is ``0 < offset + right * x + down * y < width``: `x` and `y` count from the pixel's centre.

    ``|right| + |down|`` is 1. Without a `width` there is one edge only.
    """

    right: Plane
    down: Plane
    offset: Plane
    width: Plane | None = None


class Strips(NamedTuple):
    """Which pixels a strip runs through, and the strip of each."""

    where: NDArray[np.bool_]
    lines: Lines


def find_strips(mask: Mask, between: NDArray[np.bool_]) -> Strips:
    """Fit a strip to the rows, or columns, around every in-between pixel, and keep those that fit."""
    values = np.pad(mask, 2, mode="edge").astype(np.float32) / np.float32(255)
    # Its width along a row or a column is no more than this.
    most = 255 * _WIDEST_PX * _STEEPEST
    sums = [cv2.boxFilter(mask, cv2.CV_32F, size, normalize=False) for size in ((5, 1), (1, 5))]
    at_row, at_column = np.nonzero(between & (np.minimum(*sums) <= most))
    found = [_Fit(*[np.zeros(0, np.float32)] * 5)]
    for first in range(0, len(at_row), _CHUNK):
        y, x = at_row[first : first + _CHUNK], at_column[first : first + _CHUNK]
        around = np.stack([[values[y + dy, x + dx] for dx in range(5)] for dy in range(5)])
        upright, flat = _fitted(around), _fitted(around.swapaxes(0, 1))
        flat = flat._replace(across=flat.along, along=flat.across)
        better = upright.error <= flat.error
        found.append(_Fit(*(np.where(better, one, other) for one, other in zip(upright, flat, strict=True))))
    right, down, offset, width, error = (np.concatenate(parts) for parts in zip(*found, strict=True))
    fits = error <= _LEFT_OVER
    where = np.zeros(mask.shape, np.bool_)
    where[at_row[fits], at_column[fits]] = True
    return Strips(where, Lines(right[fits], down[fits], offset[fits], width[fits]))


class _Fit(NamedTuple):
    across: Plane
    along: Plane
    offset: Plane
    width: Plane
    error: Plane


def _fitted(around: Plane) -> _Fit:
    """Fit strips that cross rows to `(5, 5, n)` coverages; the error is infinite where none does.

    Of three rows each adds up to the strip's width there, and has its centroid in the middle of the strip: so it is for
    widths of whole pixels. For others the strip is moved until its own coverage has the same centroids.
    """
    rows = around[1:4]
    x = np.arange(-2, 3, dtype=np.float32)[:, np.newaxis]
    sums = rows.sum(axis=1)
    row_width = sums.mean(axis=0)
    actual = (rows * x).sum(axis=1) / np.maximum(sums, np.float32(1e-6))
    middle, lean = actual.mean(axis=0), (actual[2] - actual[0]) / 2
    for _ in range(_ROUNDS):
        expected = _strip(middle, lean, row_width)
        held = np.maximum(expected.sum(axis=1), np.float32(1e-6))
        missing = np.float32(_STEP) * (actual - (expected * x).sum(axis=1) / held)
        middle, lean = middle + missing.mean(axis=0), lean + (missing[2] - missing[0]) / 2
    error = np.abs(_strip(middle, lean, row_width) - rows)[:, 1:4].max(axis=(0, 1))
    total, steep = 1 + np.abs(lean), np.hypot(1, lean)
    thin = (sums.min(axis=0) > 0) & (steep <= _STEEPEST) & (row_width / steep <= _WIDEST_PX)
    width = row_width / total
    return _Fit(1 / total, -lean / total, width / 2 - middle / total, width, np.where(thin, error, np.float32(np.inf)))


def _strip(middle: Plane, lean: Plane, row_width: Plane) -> Plane:
    """Return the coverage of three rows of five pixels, `(3, 5, n)`, by ``|x - middle - lean * y| < row_width / 2``."""
    total = 1 + np.abs(lean)
    smaller = np.abs(lean) / total
    smaller = np.minimum(smaller, 1 - smaller)
    x, y = (
        np.arange(-2, 3, dtype=np.float32)[:, np.newaxis],
        np.arange(-1, 2, dtype=np.float32)[:, np.newaxis, np.newaxis],
    )
    beyond = (x - middle - lean * y + row_width / 2) / total + np.float32(0.5)
    return area(beyond, smaller) - area(beyond - row_width / total, smaller)


def area(reach: Plane, smaller: Plane) -> Plane:
    """Share of the unit square below ``smaller * x + (1 - smaller) * y = reach``."""
    reach = reach.clip(0, 1)
    low = np.minimum(reach, 1 - reach)
    triangle = low * low / (2 * np.maximum(smaller, np.float32(1e-6)) * (1 - smaller))
    share = np.where(low < smaller, triangle, (low - smaller / 2) / (1 - smaller))
    return np.where(reach > 0.5, 1 - share, share).astype(np.float32, copy=False)
