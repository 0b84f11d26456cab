"""Edges of rings, cut at the borders of the pixels they pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..geometry import Size

__all__ = ["Floats", "Ints", "Pieces", "cut_into_pieces"]

GRID_PX = 2.0**-24
"""Corners are moved to this grid, which keeps all slopes finite; 10 million pixels still have room above it."""

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


class Pieces(NamedTuple):
    """Straight lines from (x0, y0) to (x1, y1), each within one pixel, and the number of the ring each belongs to."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    ring: Ints

    def take(self, chosen: Ints | NDArray[np.bool_]) -> Pieces:
        """Return some of them."""
        return Pieces(self.x0[chosen], self.y0[chosen], self.x1[chosen], self.y1[chosen], self.ring[chosen])


def cut_into_pieces(size: Size, rings: Sequence[Floats]) -> Pieces:
    """Cut all edges at the pixel borders, in the order of the rings.

    What lies above or below the canvas is dropped; what lies beside it is pushed onto its left or right border, where
    it winds around the same pixels.
    """
    points = np.rint(np.concatenate([np.empty((0, 2)), *rings]) / GRID_PX) * GRID_PX
    lengths = np.array([len(ring) for ring in rings], np.int64)
    ends = np.cumsum(lengths)
    following = np.arange(1, len(points) + 1)
    following[ends - 1] = ends - lengths
    x0, y0 = points[:, 0].copy(), points[:, 1].copy()
    edges = Pieces(x0, y0, x0[following], y0[following], np.repeat(np.arange(len(rings)), lengths))

    edges = edges.take((np.minimum(y0, edges.y1) < size.height) & (np.maximum(y0, edges.y1) > 0))
    y0, x0, y1, x1, ring = _cut(edges.y0, edges.x0, edges.y1, edges.x1, edges.ring, limit=size.height)
    middle = (y0 + y1) / 2
    edges = Pieces(x0, y0, x1, y1, ring).take((middle >= 0) & (middle < size.height))
    x0, y0, x1, y1, ring = _cut(*edges, limit=size.width)
    return Pieces(np.clip(x0, 0, size.width), y0, np.clip(x1, 0, size.width), y1, ring)


def _cut(
    a: Floats, c: Floats, b: Floats, d: Floats, ring: Ints, *, limit: int
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Cut edges from (a, c) to (b, d) where they cross the whole numbers 0 to `limit` of the first coordinate."""
    lowest = np.maximum(np.floor(np.minimum(a, b)) + 1, 0)
    highest = np.minimum(np.ceil(np.maximum(a, b)) - 1, limit)
    cuts = np.maximum(highest - lowest + 1, 0).astype(np.int64)
    last = np.cumsum(cuts + 1) - 1
    way = np.where(b > a, 1.0, -1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(cuts > 0, (d - c) / (b - a), 0.0)

    edge = np.repeat(np.arange(a.size), cuts + 1)
    end = (np.where(b > a, lowest, highest) - way * (last - cuts))[edge] + way[edge] * np.arange(edge.size)
    side = c[edge] + (end - a[edge]) * slope[edge]
    end[last], side[last] = b, d
    start, start_side = np.empty_like(end), np.empty_like(side)
    start[1:], start_side[1:] = end[:-1], side[:-1]
    start[last - cuts], start_side[last - cuts] = a, c
    return start, start_side, end, side, ring[edge]
