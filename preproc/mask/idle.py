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

# Room beside a window for what looks a few pixels along the contour, and what a window costs besides its pixels.
_ASIDE_PX = 8
_WINDOW_PIXELS = 20_000


def around_idle(mask: Mask, reach: float, work: Callable[[Mask], list[Mask]], *, count: int) -> list[Mask]:
    """Apply `work` in windows along the contour, and leave out what is full, or empty and out of reach.

    `work` draws `count` masks outwards from the 50 % contour, 255 inside of it and nothing farther than `reach` px, so
    that a pixel depends on no other farther away. It may see the whole mask at once, where windows would save little.
    """
    if max(mask.shape) <= _CELL:
        return work(mask)
    margin = min(math.ceil(reach), max(mask.shape)) + 4
    full, busy = _cells(mask, margin)
    # bands of rows, and bands of columns: those of rows on the mask turned over
    cuts = [
        (flip, _windows(busy.T if flip else busy, 1 << step))
        for flip in (False, True)
        for step in range(2, max(busy.shape).bit_length() + 1)
    ]
    costs = [_cost(windows, margin) for _, windows in cuts]
    cheapest = int(np.argmin(costs))
    if costs[cheapest] > 0.9 * mask.size:
        return work(mask)
    flip, windows = cuts[cheapest]
    whole = size_of_array(mask).box
    spread = full.view(np.uint8).repeat(_CELL, axis=0).repeat(_CELL, axis=1)[: whole.bottom, : whole.right]
    results: list[Mask] = [spread * np.uint8(255) for _ in range(count)]
    across, down = (margin, _ASIDE_PX) if flip else (_ASIDE_PX, margin)
    for window in windows:
        left, top, right, bottom = (_CELL * side for side in window)
        if flip:
            left, top, right, bottom = top, left, bottom, right
        part = Box(left, top, right, bottom).intersect(whole)
        seen = Box(left - across, top - down, right + across, bottom + down).intersect(whole)
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
    reach = 2 * math.ceil(margin / _CELL) + 1
    near = cv2.dilate(touched.view(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    return full, near & ~full


def _reduced(mask: NDArray[Any], function: np.ufunc) -> Mask:
    """Reduce every cell to one value."""
    lines = function.reduce(mask.reshape(-1, _CELL, mask.shape[1]), axis=1)
    return narrow(function.reduce(lines.reshape(len(lines), -1, _CELL), axis=2))


def _cost(windows: list[Box], margin: int) -> int:
    """Return what windows cost, in pixels."""
    return sum(
        (_CELL * window.size.width + 2 * _ASIDE_PX) * (_CELL * window.size.height + 2 * margin) + _WINDOW_PIXELS
        for window in windows
    )


def _windows(busy: NDArray[np.bool_], lines: int) -> list[Box]:
    """Return the boxes, in cells, that hold all busy ones: in bands of `lines`, from where they begin to where they end.

    Along a band nothing outside of a box is within reach of it, or something in between is nearer.
    """
    boxes = []
    for top in range(0, len(busy), lines):
        band = busy[top : top + lines]
        ends = np.flatnonzero(np.diff(band.any(axis=0), prepend=False, append=False))
        for left, right in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
            rows = np.flatnonzero(band[:, left:right].any(axis=1))
            boxes.append(Box(left, top + int(rows[0]), right, top + int(rows[-1]) + 1))
    return boxes
