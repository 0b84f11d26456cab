"""Leave out of the work what cannot change."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow, size_of_array
from ..geometry import Box

__all__ = ["around_idle"]

_CELL = 16
# Lines at which bands may begin.
_LINES = 24

# Windows that cost more than this share of the whole are not.
_WORTHWHILE = 0.9

# Room beside a window for what looks a few pixels along the contour.
_ASIDE_PX = 8


def around_idle(
    mask: Mask, reach: float, work: Callable[[Mask], list[Mask]], *, count: int, grid: int = 1, setup: int = 20_000
) -> list[Mask]:
    """Apply `work` in windows along the contour, and leave out what is full, or empty and out of reach.

    `work` draws `count` masks outwards from the 50 % contour, 255 inside of it and nothing farther than `reach` px, so
    that a pixel depends on no other farther away. It may see the whole mask at once, where windows would save little; what
    it sees begins at multiples of `grid` px. To call it costs as much as `setup` pixels.
    """
    if max(mask.shape) <= _CELL:
        return work(mask)
    margin = min(math.ceil(reach), max(mask.shape)) + 4
    full, busy = _cells(mask, margin)
    if _CELL**2 * np.count_nonzero(busy) + setup > _WORTHWHILE * mask.size:
        return work(mask)
    # bands of rows, and bands of columns: those of rows on the mask turned over
    (cost, windows), (turned_cost, turned_windows) = (_windows(cells, margin, setup) for cells in (busy, busy.T))
    if min(cost, turned_cost) > _WORTHWHILE * mask.size:
        return work(mask)
    flip = turned_cost < cost
    windows = turned_windows[:, [1, 0, 3, 2]] if flip else windows
    whole = size_of_array(mask).box
    spread = full.view(np.uint8).repeat(_CELL, axis=0).repeat(_CELL, axis=1)[: whole.bottom, : whole.right]
    results: list[Mask] = [spread * np.uint8(255) for _ in range(count)]
    across, down = (margin, _ASIDE_PX) if flip else (_ASIDE_PX, margin)
    for left, top, right, bottom in (_CELL * windows).tolist():
        part = Box(left, top, right, bottom).intersect(whole)
        seen_left, seen_top = (max(first - first % grid, 0) for first in (left - across, top - down))
        seen = Box(seen_left, seen_top, right + across, bottom + down).intersect(whole)
        kept = part.shift(-seen.left, -seen.top).slices
        for result, drawn in zip(results, work(mask[seen.slices]), strict=True):
            result[part.slices] = drawn[kept]
    return results


def _cells(mask: Mask, margin: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which cells are full, and which others are within reach of anything."""
    height, width = mask.shape
    padded = cv2.copyMakeBorder(mask, 0, -height % _CELL, 0, -width % _CELL, cv2.BORDER_REPLICATE)
    full = _reduced(padded, np.minimum) > 127
    touched = _reduced(padded, np.maximum) > 127
    # Between centres; of two cells the nearest points lie nearer by up to a diagonal.
    away = cv2.distanceTransform((~touched).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = away < margin / _CELL + 1.5
    return full, near & ~full


def _reduced(mask: NDArray[Any], function: np.ufunc) -> Mask:
    """Reduce every cell to one value."""
    lines = function.reduce(mask.reshape(-1, _CELL, mask.shape[1]), axis=1)
    return narrow(function.reduce(lines.reshape(len(lines), -1, _CELL), axis=2))


def _windows(busy: NDArray[np.bool_], margin: int, setup: int) -> tuple[int, NDArray[np.int64]]:
    """Return the boxes that hold all busy cells, in bands: left, top, right, bottom, in cells; and what they cost in pixels.

    They run from where a band is busy to where it is not. Along a band nothing outside of a box is within reach of it,
    or something in between is nearer.
    """
    height, width = busy.shape
    bands = _bands(busy, margin, setup)
    row = np.arange(height)[:, np.newaxis]
    tops = np.minimum.reduceat(np.where(busy, row, height), bands, axis=0)
    bottoms = np.maximum.reduceat(np.where(busy, row, -1), bands, axis=0)
    inside = np.zeros((len(bands), width + 2), np.int8)
    inside[:, 1:-1] = bottoms >= 0
    ends = np.diff(inside, axis=1)
    band, left = np.nonzero(ends > 0)
    right = np.nonzero(ends < 0)[1]
    if not len(left):
        return 0, np.zeros((0, 4), np.int64)
    # What follows a box up to the next one is idle and changes neither.
    starts = band * width + left
    top, bottom = np.minimum.reduceat(tops.ravel(), starts), np.maximum.reduceat(bottoms.ravel(), starts) + 1
    pixels = (_CELL * (right - left) + 2 * _ASIDE_PX) * (_CELL * (bottom - top) + 2 * margin)
    return int(pixels.sum()) + setup * len(left), np.stack([left, top, right, bottom], axis=1)


def _bands(busy: NDArray[np.bool_], margin: int, setup: int) -> list[int]:
    """Return the rows at which the bands begin that cost least."""
    height = len(busy)
    step = -(-height // _LINES)
    lines = np.logical_or.reduceat(busy, np.arange(0, height, step), axis=0)
    count = len(lines)
    # the least cost of all above a line, and where the last of their bands begins
    least, begin = np.full(count + 1, np.inf), np.zeros(count + 1, np.intp)
    least[0] = 0
    for first in range(count):
        held = np.logical_or.accumulate(lines[first:], axis=0)
        boxes = held[:, 0] + np.count_nonzero(held[:, 1:] > held[:, :-1], axis=1)
        across = _CELL * np.count_nonzero(held, axis=1) + 2 * _ASIDE_PX * boxes
        down = _CELL * step * np.arange(1, count - first + 1) + 2 * margin
        cost = least[first] + across * down + setup * boxes
        less = cost < least[first + 1 :]
        least[first + 1 :][less], begin[first + 1 :][less] = cost[less], first
    bands = [int(begin[count])]
    while bands[-1] > 0:
        bands.append(int(begin[bands[-1]]))
    return [step * line for line in reversed(bands)]
