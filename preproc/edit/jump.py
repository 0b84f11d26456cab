"""Measure the jump across the edge of what was pasted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask
from ..geometry import Box

__all__ = ["Pixels", "seam_jump"]

Places: TypeAlias = NDArray[np.intp]
Pixels: TypeAlias = Callable[[Places, Places], Image]
"""Reads a picture, uint8 `(N, 3)`, at N places: their rows and their columns."""

_STRIP_ROWS = 256


def seam_jump(result: Pixels, original: Pixels, mask: Mask, *, valid: Box, within: Box) -> float:
    """Measure the jump across a mask's edge.

    Parameters
    ----------
    result, original
        Read the two pictures; only what lies at an edge is asked for, and of `original` only inside `valid`.
    mask
        uint8, of the size of `result`; its edge is the border between below 128 and 128 or more.
    valid
        Where the original has pixels.
    within
        The part of the result that is looked at.

    Returns
    -------
    float
        Mean over all pairs of neighbours that cross the edge, and over channels, of the change of
        ``result - original`` between the two, in levels. Where the edge is the original's own border (outpainting),
        there is no original beyond it: then the mean step across the border, less the mean step one pixel inside it,
        of the side where that is most.
    """
    total, count = 0, 0
    for rows, columns, down, right in _crossings(mask, valid.intersect(within)):
        before, after = (
            result(*place).astype(np.int16) - original(*place)
            for place in ((rows, columns), (rows + down, columns + right))
        )
        total += int(np.abs(after - before).sum(dtype=np.int64))
        count += before.size
    return total / count if count else _border_jump(result, valid, within)


def _crossings(mask: Mask, area: Box) -> Iterator[tuple[Places, Places, int, int]]:
    """Yield the pixels at the edge, and how far down and right of each its neighbour beyond the edge lies."""
    for top in range(area.top, area.bottom, _STRIP_ROWS):
        stop = min(top + _STRIP_ROWS, area.bottom)
        inside = mask[top : min(stop + 1, area.bottom), area.left : area.right] >= 128
        own = inside[: stop - top]
        for crossing, down, right in (
            (inside[:-1] != inside[1:], 1, 0),
            (own[:, :-1] != own[:, 1:], 0, 1),
        ):
            rows, columns = np.nonzero(crossing)
            if rows.size:
                yield rows + top, columns + area.left, down, right


def _border_jump(result: Pixels, valid: Box, within: Box) -> float:
    seen = valid.intersect(within)  # `valid` may reach beyond what is measured
    if seen.is_empty:
        return 0.0
    excess = []
    for upright, first, last, low, high in (
        (True, valid.left, valid.right, within.left, within.right),
        (False, valid.top, valid.bottom, within.top, within.bottom),
    ):
        along = np.arange(seen.top, seen.bottom) if upright else np.arange(seen.left, seen.right)
        for places in ((first - 1, first, first + 1), (last, last - 1, last - 2)):
            if low <= min(places) and max(places) < high:
                across = (np.full_like(along, place) for place in places)
                lines = (result(along, other) if upright else result(other, along) for other in across)
                outer, edge, inner = (line.astype(np.int16) for line in lines)
                excess.append(float(np.abs(outer - edge).mean() - np.abs(edge - inner).mean()))
    return max(0.0, *excess) if excess else 0.0
