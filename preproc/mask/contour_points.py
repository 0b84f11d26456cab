"""Points of a mask's 50 % contour, and the distances of the pixels close to them."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow

__all__ = ["CLOSE_STEPS", "FAR", "ROOM_PX", "ContourPoints", "contour_points", "fill_close_distances"]

CLOSE_STEPS = 33
"""Close distances are kept in bytes: so many steps per px."""
FAR = 255
"""The byte of what is farther than they go."""
ROOM_PX = 8
"""How far from the edges of the plane a point is, so that all pixels close to it are on the plane."""

# Farther away no square of 5 px, in which distances are interpolated, has a corner inside.
_CLOSE_PX = 7

# Where an outline runs straight on, what is nearest to a point of it lies within an angle to either side of straight
# ahead. The way ahead is told from the pixels that far around: their sum falls short where the outline bends by more
# than 30 to 60 degrees.
_HEADINGS, _TO_EITHER_SIDE, _ASIDE_PX = 32, math.tan(math.radians(40)), 1.0
_AROUND = [(x, y) for y in range(-3, 4) for x in range(-3, 4) if 8 <= x**2 + y**2 <= 13]
_STRAIGHT = 22.7

# Distances worked on at once: their temporaries stay in the cache.
_CHUNK = 1 << 15


class ContourPoints(NamedTuple):
    """For every outside pixel that touches the inside the nearest point of the contour."""

    at: NDArray[np.int32]
    """The pixel's flat index."""
    right: NDArray[np.float32]
    """How far from the pixel's centre the point lies, in px."""
    down: NDArray[np.float32]


def contour_points(mask: Mask, outside: Mask, *, scratch: Mask) -> ContourPoints:
    """Find the points; `outside` is 1 where the mask is up to 127, else 0, and `scratch` is written over.

    Towards a neighbour inside the contour is `3/2 - here - there` away, which is exact for an edge along the axes; with
    neighbours along both axes the point is the nearest of the line through both crossings.
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    cv2.erode(outside, cross, dst=scratch)
    beside = narrow(cv2.bitwise_xor(scratch, outside, dst=scratch))
    for edge in (beside[: ROOM_PX - 1], beside[1 - ROOM_PX :], beside[:, : ROOM_PX - 1], beside[:, 1 - ROOM_PX :]):
        edge[:] = 0
    at = np.flatnonzero(beside.view(np.bool_)).astype(np.int32)
    value, width = mask.ravel(), mask.shape[1]
    here = value[at].astype(np.float32)
    inverse = []
    for step in (1, width):
        ahead, behind = (
            np.where(there > 127, 1 / np.clip(np.float32(1.5) - (here + there) / np.float32(255), 0.02, None), 0)
            for there in (value[at + step], value[at - step])
        )
        inverse.append(np.where(ahead >= behind, ahead, -behind))
    squared = inverse[0] ** 2 + inverse[1] ** 2
    return ContourPoints(at, inverse[0] / squared, inverse[1] / squared)


def fill_close_distances(plane: Mask, outside: Mask, points: ContourPoints) -> None:
    """Fill in the distances to the points, in steps: `FAR` beyond 7 px, 0 inside."""
    np.multiply(outside, FAR, out=plane, dtype=np.uint8)
    heading = _headings(outside, points.at)
    straight, bent = np.flatnonzero(heading >= 0), np.flatnonzero(heading < 0)
    ahead, around = _reached()
    _fill(plane, points, straight, ahead, heading[straight])
    _fill(plane, points, bent, around, np.zeros_like(bent))


def _fill(
    plane: Mask, points: ContourPoints, chosen: NDArray[np.intp], reached: NDArray[np.int8], row: NDArray[np.intp]
) -> None:
    """Fill in the distances to some points, of the pixels in one row of `reached` each, `(x or y, row, pixel)`."""
    flat, (x, y) = plane.ravel(), reached.astype(np.float32) * np.float32(CLOSE_STEPS)
    steps = reached[1].astype(np.intp) * plane.shape[1] + reached[0]
    together = _CHUNK // steps.shape[1]
    for first in range(0, len(chosen), together):
        part, here = chosen[first : first + together, np.newaxis], row[first : first + together]
        square, along = x.take(here, axis=0), y.take(here, axis=0)
        square -= points.right[part] * np.float32(CLOSE_STEPS)
        along -= points.down[part] * np.float32(CLOSE_STEPS)
        square *= square
        along *= along
        square += along
        distance = np.sqrt(square, out=square)
        distance += np.float32(0.5)
        np.minimum(distance, FAR, out=distance)
        there = steps.take(here, axis=0)
        there += points.at[part].astype(np.intp)
        np.minimum.at(flat, there.ravel(), distance.astype(np.uint8).ravel())


def _headings(outside: Mask, at: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return which of the directions the outline faces at some pixels; -1 where it bends."""
    flat, here = outside.ravel().view(np.int8), at.astype(np.intp)
    right, down = np.zeros(len(at), np.int8), np.zeros(len(at), np.int8)
    for x, y in _AROUND:
        value = flat.take(here + (y * outside.shape[1] + x))
        right += value * np.int8(x)
        down += value * np.int8(y)
    turned = np.arctan2(down.astype(np.float32), right.astype(np.float32))
    heading = np.rint(turned * np.float32(_HEADINGS / math.tau)).astype(np.intp) % _HEADINGS
    return np.where(np.hypot(right, down, dtype=np.float32) < _STRAIGHT, -1, heading)


def _reached() -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the pixels that are close to a point ahead of which they lie, for every heading, and those close to any."""
    y, x = np.mgrid[-_CLOSE_PX : _CLOSE_PX + 1, -_CLOSE_PX : _CLOSE_PX + 1].reshape(2, -1)
    around = np.stack([x, y])[:, x**2 + y**2 <= (_CLOSE_PX + 0.5) ** 2]
    angle = np.arange(_HEADINGS)[:, np.newaxis] * (math.tau / _HEADINGS)
    along = around[0] * np.cos(angle) + around[1] * np.sin(angle)
    aside = abs(around[1] * np.cos(angle) - around[0] * np.sin(angle))
    ahead = (along > -_ASIDE_PX) & (aside <= _ASIDE_PX + np.maximum(along, 0) * _TO_EITHER_SIDE)
    # Rows of one length: those of a heading come first.
    order = np.argsort(~ahead, axis=1, kind="stable")[:, : ahead.sum(axis=1).max()]
    return around[:, order].astype(np.int8), around[:, np.newaxis].astype(np.int8)
