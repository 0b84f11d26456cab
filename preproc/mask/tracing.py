"""From pixels back to outlines."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import takes_mask
from ..arrays import Mask, size_of_array
from ..errors import InputError
from .arguments import FARTHEST_PX, Ring, as_amount, as_number
from .drawing import Drawing
from .saddles import bends, joined
from .vectors import Polygon

__all__ = ["contours", "crossings_by_area", "trace"]

Values: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]

Positions: TypeAlias = Callable[[NDArray[np.int64], Values, float], Ring]

TOP, RIGHT, BOTTOM, LEFT = range(4)
# Corners inside, as bits (top left 1, top right 2, bottom right 4, bottom left 8): where outlines enter and leave.
SEGMENTS = {
    1: [(LEFT, TOP)],
    2: [(TOP, RIGHT)],
    3: [(LEFT, RIGHT)],
    4: [(RIGHT, BOTTOM)],
    5: [(LEFT, TOP), (RIGHT, BOTTOM)],
    6: [(TOP, BOTTOM)],
    7: [(LEFT, BOTTOM)],
    8: [(BOTTOM, LEFT)],
    9: [(BOTTOM, TOP)],
    10: [(TOP, RIGHT), (BOTTOM, LEFT)],
    11: [(BOTTOM, RIGHT)],
    12: [(RIGHT, LEFT)],
    13: [(RIGHT, TOP)],
    14: [(TOP, LEFT)],
    16 + 5: [(LEFT, BOTTOM), (RIGHT, TOP)],  # both corners joined through the middle
    16 + 10: [(TOP, LEFT), (BOTTOM, RIGHT)],
}
_DECIMALS = 6
_FINEST_PX, _LESS = 1e-6, 0.9


@takes_mask
def trace(mask: Mask, *, level: float = 0.5, tolerance_px: float = 0.05) -> Drawing:
    """Trace the outline of a mask, finer than its pixels, holes kept.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit, hard or soft; any other form of a mask.
    level
        The share of coverage the outline follows, above 0 and below 1.
    tolerance_px
        How far the outline may be simplified; 0 keeps a point for every pixel side it crosses. Beyond the object's own
        size it is a triangle or nearly one.

    Returns
    -------
    Drawing
        One polygon of all rings, filled by the non-zero rule; no shape where the mask stays below `level`. At the
        picture's border the outline closes along the border.

    Raises
    ------
    InputError
        If the level is not between 0 and 1.

    Notes
    -----
    Coordinates are rounded to a millionth of a pixel, so that files stay short.
    Marching squares, which is marching cubes [1]_ in two dimensions, between pixel centres with linear interpolation.
    Where only two diagonal corners of four are inside, bilinear interpolation decides whether they join [2]_, and the
    outline bends towards the point where it could be either, so that both readings lie within 0.55 px. It bends too
    where the interpolation's contour is far from straight.

    References
    ----------
    .. [1] W. E. Lorensen and H. E. Cline, "Marching cubes: a high resolution 3D surface construction algorithm",
       Computer Graphics (SIGGRAPH) 21(4), 1987.
    .. [2] G. M. Nielson and B. Hamann, "The asymptotic decider: resolving the ambiguity in marching cubes",
       Visualization, 1991.

    Examples
    --------
    >>> from preproc import mask
    >>> drawing = mask.trace(mask.rectangle((8, 6), (2, 1, 6, 4)))
    >>> [len(ring) for ring in drawing.shapes[0].rings]
    [8]
    """
    if not 0 < as_number(level, "level") < 1:
        raise InputError(f"level lies between 0 and 1, got {level}", fix="0.5 is the middle of the edge")
    tolerance = min(as_amount(tolerance_px, "tolerance_px"), FARTHEST_PX)
    rings = [_simplified(ring, tolerance).round(_DECIMALS) for ring in contours(mask, 255 * level)]
    return Drawing(size_of_array(mask), (Polygon(rings),) if rings else ())


def contours(mask: Values, threshold: float, *, positions: Positions | None = None) -> list[Ring]:
    """Return all closed outlines at a value, inside always on the same hand.

    `positions` says where between two pixels the outline passes; the default interpolates linearly.
    """
    left, top, width, height = cv2.boundingRect((mask > threshold).view(np.uint8))
    if not width:
        return []
    # One row and column more on each side, from the picture where it has them, else outside.
    nodes = np.zeros((height + 2, width + 2), mask.dtype)
    rows = slice(max(top - 1, 0), top + height + 1)
    columns = slice(max(left - 1, 0), left + width + 1)
    part = mask[rows, columns]
    y, x = rows.start - top + 1, columns.start - left + 1
    nodes[y : y + part.shape[0], x : x + part.shape[1]] = part
    begin, end, cell, twice = _segments(nodes, threshold)
    crossings, index = np.unique(begin, return_inverse=True)
    after = np.searchsorted(crossings, end)
    points = (positions or _positions)(crossings, nodes, threshold)
    following = np.empty(crossings.size, np.int64)
    following[index] = after
    if positions is None:
        corner = np.stack(np.divmod(cell, nodes.shape[1])[::-1], axis=1)
        turns, needed = bends(
            _above(nodes, cell, threshold), points[index] - corner, points[after] - corner, twice=twice
        )
        bent = np.flatnonzero(needed)
        following[index[bent]] = crossings.size + np.arange(bent.size)
        following = np.concatenate([following, after[bent]])
        points = np.concatenate([points, (turns + corner)[bent]])
    points += np.array([left - 0.5, top - 0.5])
    return [points[ring] for ring in _cycles(following)]


class Segments(NamedTuple):
    """From which to which grid line side the outline runs, in which cell, and whether it passes that twice."""

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    cell: NDArray[np.int64]
    twice: NDArray[np.bool_]


def _segments(nodes: Values, threshold: float) -> Segments:
    """Return the way of the outline through every cell it passes."""
    inside = (nodes > threshold).view(np.uint8)
    code = inside[:-1, :-1] | inside[:-1, 1:] << 1 | inside[1:, 1:] << 2 | inside[1:, :-1] << 3
    stride = nodes.shape[1]
    row, column = np.nonzero((code != 0) & (code != 15))
    kind = code[row, column].astype(np.int64)
    place = row * stride + column
    diagonal = np.flatnonzero((kind == 5) | (kind == 10))
    kind[diagonal] += 16 * joined(_above(nodes, place[diagonal], threshold))
    vertical = nodes.size
    sides = np.stack([place, vertical + place + 1, place + stride, vertical + place])
    ways = [
        (sides[one, chosen], sides[other, chosen], place[chosen], np.full(chosen.size, len(pairs) == 2))
        for which, pairs in SEGMENTS.items()
        if (chosen := np.flatnonzero(kind == which)).size
        for one, other in pairs
    ]
    begin, end, cell, twice = (np.concatenate(part) for part in zip(*ways, strict=True))
    return Segments(begin, end, cell, twice)


def _above(nodes: Values, place: NDArray[np.int64], threshold: float) -> NDArray[np.float64]:
    """Return how far the four corners of cells lie above the threshold, clockwise from the top left."""
    stride = nodes.shape[1]
    corners = place[np.newaxis] + np.array([0, 1, stride + 1, stride])[:, np.newaxis]
    above: NDArray[np.float64] = nodes.reshape(-1)[corners].astype(np.float64) - threshold
    return above


def _positions(crossings: NDArray[np.int64], nodes: Values, threshold: float) -> Ring:
    """Return where the value is met on each side: between a node and its right or lower neighbour."""
    one, other = _ends(crossings, nodes)
    return _placed(crossings, nodes, (threshold - one) / (other - one))


def crossings_by_area(crossings: NDArray[np.int64], nodes: Values, threshold: float) -> Ring:
    """Return where on each side an edge is that covers as much of both pixels: exact where it is straight."""
    one, other = _ends(crossings, nodes)
    share = np.clip((one + other) / 255 - 0.5, 0, 1)
    return _placed(crossings, nodes, np.where(one > threshold, share, 1 - share))


def _ends(crossings: NDArray[np.int64], nodes: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values on both ends of each side."""
    is_vertical = crossings >= nodes.size
    place = crossings - is_vertical * nodes.size
    flat = nodes.reshape(-1).astype(np.float64)
    return flat[place], flat[place + np.where(is_vertical, nodes.shape[1], 1)]


def _placed(crossings: NDArray[np.int64], nodes: Values, share: NDArray[np.float64]) -> Ring:
    is_vertical = crossings >= nodes.size
    row, column = np.divmod(crossings - is_vertical * nodes.size, nodes.shape[1])
    return np.stack([column + np.where(is_vertical, 0, share), row + np.where(is_vertical, share, 0)], axis=1)


def _cycles(following: NDArray[np.int64]) -> list[list[int]]:
    """Follow every crossing to the next until all rings are closed."""
    after = following.tolist()
    rings = []
    for first, step in enumerate(after):
        if step < 0:
            continue
        ring = []
        current = first
        while after[current] >= 0:
            ring.append(current)
            after[current], current = -1, after[current]
        rings.append(ring)
    return rings


def _simplified(ring: Ring, tolerance: float) -> Ring:
    if tolerance == 0:
        return ring
    corner = np.floor(ring.min(axis=0))  # near 0, where OpenCV's float32 is fine enough
    near = (ring - corner).astype(np.float32)
    tolerance = min(tolerance, float(np.hypot(*near.max(axis=0))))
    while tolerance > _FINEST_PX:
        kept = cv2.approxPolyDP(near, tolerance, closed=True).reshape(-1, 2)
        if len(kept) > 2:
            simpler: Ring = kept.astype(np.float64) + corner
            return simpler
        tolerance *= _LESS  # a line is no outline: a little less leaves the fewest points that are
    return ring
