"""Lines of about a pixel or less: where a strip with parallel edges runs that leaves the coverage of its pixels."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from .edge_planes import Plane, Planes, area

__all__ = ["find_strips"]

# Wider ones have edges of their own.
_WIDEST_PX = 1.6
# What a strip may leave unexplained of a pixel's coverage.
_LEFT_OVER = 0.12
# How much longer it may be in its direction than along the axis; a strip aslant is 2 ** 0.5.
_STEEPEST = 1.5
# By how much more a first guess may be beyond these two, and how far its coverage may be off.
_SLACK, _FAR_OFF = 1.2, 0.35
# How often its place is mended, and by how much of what is missing: a row's centroid moves 0.8 to 1.6 times as far.
_ROUNDS, _STEP = 3, 0.8
# Pixels worked on at once.
_CHUNK = 1 << 13

_X = np.arange(-2, 3, dtype=np.float32)[:, np.newaxis]
_Y = np.arange(-1, 2, dtype=np.float32)[:, np.newaxis, np.newaxis]


def find_strips(mask: Mask, between: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Planes]:
    """Fit a strip to the rows, or columns, around every in-between pixel; return those where it fits, and the strips."""
    values = np.pad(mask, 2, mode="edge")
    # The width of three rows, or columns, is no more than this on average.
    most = 3 * 255 * _WIDEST_PX * _STEEPEST
    sums = [cv2.boxFilter(mask, cv2.CV_32F, size, normalize=False) for size in ((5, 3), (3, 5))]
    at = np.flatnonzero(between & (np.minimum(*sums) <= most))
    found = []
    for first in range(0, len(at), _CHUNK):
        here = at[first : first + _CHUNK]
        corner = here + here // mask.shape[1] * 4
        around = values.ravel()[corner + _steps(values.shape[1])].astype(np.float32) / np.float32(255)
        upright, flat = _fitted(around), _fitted(around.swapaxes(0, 1))
        flat = flat._replace(across=flat.along, along=flat.across)
        better = upright.error <= flat.error
        both = _Fit(*(np.where(better, one, other) for one, other in zip(upright, flat, strict=True)))
        fits = both.error <= _LEFT_OVER
        found.append((here[fits], *(each[fits] for each in both)))
    where = np.zeros(mask.shape, np.bool_)
    if not found:
        return where, Planes.none()
    chosen, right, down, offset, width, _ = (np.concatenate(parts) for parts in zip(*found, strict=True))
    where.ravel()[chosen] = True
    edges = (np.stack([right, -right]), np.stack([down, -down]), np.stack([offset, width - offset]))
    return where, Planes(*edges, np.ones_like(width))


def _steps(width: int) -> NDArray[np.intp]:
    """Return how far the pixels of a window of five rows lie behind its first, `(5, 5, 1)`."""
    steps: NDArray[np.intp] = (np.arange(5)[:, np.newaxis] * width + np.arange(5))[..., np.newaxis]
    return steps


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
    result = _Fit(*(np.full(around.shape[2], value, np.float32) for value in (1, 0, 0, 0, np.inf)))
    rows = around[1:4]
    sums = rows.sum(axis=1)
    actual = (rows * _X).sum(axis=1) / np.maximum(sums, np.float32(1e-6))
    steep = np.hypot(1, (actual[2] - actual[0]) / 2)
    row_width = sums.mean(axis=0)
    # Most of a texture is out of the question before anything is fitted.
    maybe = (sums.min(axis=0) > 0) & (steep <= _SLACK * _STEEPEST) & (row_width <= _SLACK * _WIDEST_PX * steep)
    rows, actual, row_width = rows[..., maybe], actual[:, maybe], row_width[maybe]
    middle, lean = actual.mean(axis=0), (actual[2] - actual[0]) / 2
    expected = _strip(middle, lean, row_width)
    likely = np.abs(expected - rows)[:, 1:4].max(axis=(0, 1)) <= _FAR_OFF
    maybe[maybe] = likely
    rows, actual, row_width, expected = rows[..., likely], actual[:, likely], row_width[likely], expected[..., likely]
    middle, lean = middle[likely], lean[likely]
    for _ in range(_ROUNDS):
        held = np.maximum(expected.sum(axis=1), np.float32(1e-6))
        missing = np.float32(_STEP) * (actual - (expected * _X).sum(axis=1) / held)
        middle, lean = middle + missing.mean(axis=0), lean + (missing[2] - missing[0]) / 2
        expected = _strip(middle, lean, row_width)
    error = np.abs(expected - rows)[:, 1:4].max(axis=(0, 1))
    total, steep = 1 + np.abs(lean), np.hypot(1, lean)
    thin = (steep <= _STEEPEST) & (row_width / steep <= _WIDEST_PX)
    width = row_width / total
    error = np.where(thin, error, np.float32(np.inf))
    for all_of_them, those in zip(
        result, (1 / total, -lean / total, width / 2 - middle / total, width, error), strict=True
    ):
        all_of_them[maybe] = those
    return result


def _strip(middle: Plane, lean: Plane, row_width: Plane) -> Plane:
    """Return the coverage of three rows of five pixels, `(3, 5, n)`, by ``|x - middle - lean * y| < row_width / 2``."""
    total = 1 + np.abs(lean)
    smaller = np.abs(lean) / total
    smaller = np.minimum(smaller, 1 - smaller)
    beyond = (_X - middle - lean * _Y + row_width / 2) / total + np.float32(0.5)
    return area(beyond, smaller) - area(beyond - row_width / total, smaller)
