"""The nearest point of a contour for every node of a coarse grid."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from .contour_points import ContourPoints

__all__ = ["APART_PX", "Nodes", "find_nearest"]

APART_PX = 5
"""Pixels between nodes, which lie in the middle of squares of so many."""

# Points are looked up in cells of so many pixels.
_CELL = 2
# Up to so many squares from the contour all nodes look for points, farther away a quarter of them.
_ALL = 5
# Nodes inside of the contour count as far as these squares, where others ask them.
_INSIDE = 2
# Where there may be nearer points than that of the nearest square: along the contour as shares of the farthest that they
# can be, and in px along it and towards the node: the root of the distance, and these.
_ASIDE = (0.6, -0.6)
_CLOSE_PX = (3.5, 2.0)
# The point found is one beside the nearest: so much farther on average, at any distance.
_BESIDE_PX = np.float32(0.05)
# How far, in squares, the nearest square may be wrong.
_LOST = 1.5
# Nodes that one asks, in turn.
_ASKED = (9, 3, 1)
_NOWHERE = np.float32(1e6)

# Nodes worked on at once: their temporaries stay in the cache.
_CHUNK = 1 << 12
_MIDDLE = np.float32((APART_PX - 1) / 2)
_APART = np.float32(APART_PX)

Plane = NDArray[np.float32]


class Nodes(NamedTuple):
    """The distance of every node to a point of the contour, and that point."""

    distance: Plane
    x: Plane
    y: Plane


def find_nearest(outside: Mask, points: ContourPoints, farthest: float) -> Nodes:
    """Find the nearest points of what is `outside`, up to the farthest distance that counts.

    The distance to the nearest square that has points is exact (Felzenszwalb and Huttenlocher 2012), and half the
    gradient of its square points there. The nearest point is not always in the nearest square but along the contour, so
    nodes look to its sides, and then at what the nodes around them have found, as jump flooding does (Rong and Tan 2006).
    """
    shape = outside.shape
    row, column = np.divmod(points.at, np.int32(shape[1]))
    empty = np.ones((shape[0] // APART_PX, shape[1] // APART_PX), np.uint8)
    empty[row // APART_PX, column // APART_PX] = 0
    raw = cv2.distanceTransform(empty, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float32, copy=False)
    square = np.square(raw)
    np.rint(square, out=square)  # OpenCV's last bits depend on its threads

    everywhere = square < _ALL**2
    wanted = square < (farthest / APART_PX + 1) ** 2
    wanted &= outside[APART_PX // 2 :: APART_PX, APART_PX // 2 :: APART_PX].view(np.bool_) | (square < _INSIDE**2)
    chosen = everywhere.copy()
    chosen[::2, ::2] = True
    chosen &= wanted
    nodes = _looked(square, np.flatnonzero(chosen), _Lookup.of(shape, points))
    _fill(nodes, everywhere)
    _ask(nodes, wanted)
    np.sqrt(nodes.distance, out=nodes.distance)
    np.subtract(nodes.distance, _BESIDE_PX, out=nodes.distance)
    np.minimum(nodes.distance, np.float32(farthest), out=nodes.distance)
    return nodes


class _Lookup(NamedTuple):
    """Points by the cells where they are."""

    cells: NDArray[np.int32]
    width: int
    x: Plane
    y: Plane

    @classmethod
    def of(cls, shape: tuple[int, ...], points: ContourPoints) -> _Lookup:
        """Give cells the number of one of their points, and empty ones that of a cell beside them."""
        row, column = np.divmod(points.at, np.int32(shape[1]))
        height, width = (side // _CELL + 2 for side in shape)
        cells = np.zeros(height * width, np.int32)
        here = (row // _CELL + 1) * width + column // _CELL + 1
        for down in (-width, width, 0):
            for step in (-1, 1, 0):
                cells[here + (down + step)] = np.arange(len(here), dtype=np.int32)
        return cls(cells, width, column + points.right, row + points.down)


class _Best(NamedTuple):
    """The nearest points so far, of nodes at x and y."""

    x: Plane
    y: Plane
    square: Plane
    number: NDArray[np.int32]

    def look(self, lookup: _Lookup, x: Plane, y: Plane) -> None:
        """Take what is nearer at other places, one for every node."""
        cell = (y * np.float32(1 / _CELL)).astype(np.int32)
        cell += 1
        cell *= lookup.width
        cell += (x * np.float32(1 / _CELL)).astype(np.int32)
        cell += 1
        number = lookup.cells.take(cell, mode="clip")
        square, other = lookup.x.take(number), lookup.y.take(number)
        square -= self.x
        other -= self.y
        square *= square
        other *= other
        square += other
        nearer = square < self.square
        np.copyto(self.square, square, where=nearer)
        np.copyto(self.number, number, where=nearer)


def _looked(raw: Plane, chosen: NDArray[np.intp], lookup: _Lookup) -> Nodes:
    """Let the chosen nodes look for points; of distances the squares are returned."""
    nodes = Nodes(*(np.full(raw.shape, value, np.float32) for value in (np.inf, _NOWHERE, _NOWHERE)))
    distance, found_x, found_y = (plane.ravel() for plane in nodes)
    raw = cv2.copyMakeBorder(raw, 1, 1, 1, 1, cv2.BORDER_REPLICATE).astype(np.float32, copy=False)
    for first in range(0, len(chosen), _CHUNK):
        at = chosen[first : first + _CHUNK]
        best, limit = _searched(raw, at, lookup)
        # Where slopes meet the gradient points nowhere; those nodes are left to what others found.
        clear = best.square < limit
        at, number = at[clear], best.number[clear]
        distance[at], found_x[at], found_y[at] = best.square[clear], lookup.x[number], lookup.y[number]
    return nodes


def _searched(raw: Plane, at: NDArray[np.intp], lookup: _Lookup) -> tuple[_Best, Plane]:
    """Search points for some nodes; return them, and squares of distances beyond which they cannot be the nearest."""
    width = raw.shape[1]
    row, column = np.divmod(at.astype(np.int32), np.int32(width - 2))
    inner, flat = (row + 1) * np.int32(width) + column + 1, raw.ravel()
    dx = (flat.take(inner - 1) - flat.take(inner + 1)) * (_APART / 4)
    dy = (flat.take(inner - width) - flat.take(inner + width)) * (_APART / 4)
    x, y = column * _APART + _MIDDLE, row * _APART + _MIDDLE
    best = _Best(x, y, np.full(len(at), np.inf, np.float32), np.zeros(len(at), np.int32))
    x, y = x + dx, y + dy
    best.look(lookup, x, y)
    # Half a square's diagonal nearer, across the direction: the root of so much times the distance.
    away = np.sqrt(flat.take(inner)) * _APART
    aside = np.sqrt(np.float32(2 * 0.7) * _APART / np.maximum(away, 1))
    dx *= aside
    dy *= aside
    for step in _ASIDE:
        best.look(lookup, x - dy * np.float32(step), y + dx * np.float32(step))
    far = np.sqrt(away)
    for along in (far, *np.array(_CLOSE_PX, np.float32)):
        x, y = lookup.x.take(best.number), lookup.y.take(best.number)
        scale = along / np.maximum(np.sqrt(best.square), 1)
        dx, dy = (x - best.x) * scale, (y - best.y) * scale
        for right, down in ((-dy, dx), (dy, -dx), (-dx, -dy)):
            best.look(lookup, x + right, y + down)
    return best, np.square(away + _LOST * _APART)


def _fill(nodes: Nodes, everywhere: NDArray[np.bool_]) -> None:
    """Give nodes that have not looked the point of the one of four that has."""
    height, width = everywhere.shape
    for plane in (nodes.x, nodes.y):
        few = plane[::2, ::2].repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
        np.copyto(plane, few, where=~everywhere)


def _ask(nodes: Nodes, wanted: NDArray[np.bool_]) -> None:
    """Let nodes take the points of nodes around it, where they are nearer.

    Rows follow each other: beyond an end of one the next is asked, whose points are as good as any.
    """
    distance, x, y = (plane.ravel() for plane in nodes)
    width = wanted.shape[1]
    at = np.flatnonzero(wanted)
    row, column = np.divmod(at.astype(np.int32), np.int32(width))
    own = _points(column * _APART + _MIDDLE, row * _APART + _MIDDLE)
    points = _points(x, y)
    for step in (0, *(sign * step * by for step in _ASKED for by in (width, 1) for sign in (-1, 1))):
        for first in range(0, len(at), _CHUNK):
            here = at[first : first + _CHUNK]
            there = points.take(here + step, mode="clip")
            away = there - own[first : first + _CHUNK]
            square = away.real * away.real
            square += away.imag * away.imag
            if step == 0:
                distance[here] = square
                continue
            nearer = np.flatnonzero(square < distance.take(here))
            here = here[nearer]
            distance[here], points[here] = square[nearer], there[nearer]
    x[:], y[:] = points.real, points.imag


def _points(x: Plane, y: Plane) -> NDArray[np.complex64]:
    """Keep points together, so that both numbers are fetched at once."""
    points = np.empty(x.shape, np.complex64)
    points.real, points.imag = x, y
    return points
