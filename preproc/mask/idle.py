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

_CELL = 32


def around_idle(mask: Mask, reach: float, work: Callable[[Mask], Mask]) -> Mask:
    """Apply `work` to all but a large rectangle that is full, or empty and out of reach.

    `work` draws outwards from the 50 % contour, 255 inside of it and nothing farther than `reach` px, so that a pixel
    depends on no other farther away. The rectangle may be left empty: then everything is worked on at once.
    """
    margin = min(math.ceil(reach), max(mask.shape)) + 4
    whole = size_of_array(mask).box
    idle = _idle_box(mask, margin)
    if idle.size.pixels - 2 * margin * sum(whole.size) < 0.1 * whole.size.pixels:
        return work(mask)
    result = np.empty(mask.shape, np.uint8)
    result[idle.slices] = 255 if mask[idle.top, idle.left] > 127 else 0
    for side in (
        Box(0, 0, whole.right, idle.top),
        Box(0, idle.bottom, whole.right, whole.bottom),
        Box(0, idle.top, idle.left, idle.bottom),
        Box(idle.right, idle.top, whole.right, idle.bottom),
    ):
        if not side.is_empty:
            seen = side.grow(margin).intersect(whole)
            result[side.slices] = work(mask[seen.slices])[side.shift(-seen.left, -seen.top).slices]
    return result


def _idle_box(mask: Mask, margin: int) -> Box:
    """Find a large rectangle of cells without work: the largest square of them, extended as far as it goes."""
    height, width = mask.shape
    padded = cv2.copyMakeBorder(mask, 0, -height % _CELL, 0, -width % _CELL, cv2.BORDER_REPLICATE)
    full = _reduced(padded, np.minimum) > 127
    touched = _reduced(padded, np.maximum) > 127
    reach = 2 * math.ceil(margin / _CELL) + 1
    empty = cv2.dilate(touched.view(np.uint8), np.ones((reach, reach), np.uint8)) == 0
    best = max((_large_box(full), _large_box(empty)), key=lambda box: box.size.pixels)
    return Box(*(_CELL * side for side in best)).intersect(size_of_array(mask).box)


def _reduced(mask: NDArray[Any], function: np.ufunc) -> Mask:
    """Reduce every cell to one value."""
    lines = function.reduce(mask.reshape(-1, _CELL, mask.shape[1]), axis=1)
    return narrow(function.reduce(lines.reshape(len(lines), -1, _CELL), axis=2))


def _large_box(cells: NDArray[np.bool_]) -> Box:
    squares = cv2.distanceTransform(np.pad(cells, 1).view(np.uint8), cv2.DIST_C, 3)[1:-1, 1:-1]
    half = int(squares.max())
    if not half:
        return Box(0, 0, 0, 0)
    row, column = (int(at) for at in np.unravel_index(int(squares.argmax()), squares.shape))
    left, top, right, bottom = column - half + 1, row - half + 1, column + half, row + half
    while left > 0 and cells[top:bottom, left - 1].all():
        left -= 1
    while right < cells.shape[1] and cells[top:bottom, right].all():
        right += 1
    while top > 0 and cells[top - 1, left:right].all():
        top -= 1
    while bottom < cells.shape[0] and cells[bottom, left:right].all():
        bottom += 1
    return Box(left, top, right, bottom)
