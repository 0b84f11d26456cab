"""Points of a mask's 50 % contour, and the distances of the pixels close to them."""

from __future__ import annotations

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

# Points worked on at once: their temporaries stay in the cache.
_CHUNK = 1 << 14

# Farther away no square of 5 px, in which distances are interpolated, has a corner inside.
_CLOSE_PX = 7


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
    flat, width = plane.ravel(), outside.shape[1]
    reach = range(-_CLOSE_PX, _CLOSE_PX + 1)
    for first in range(0, len(points.at), _CHUNK):
        part = slice(first, first + _CHUNK)
        at, right, down = points.at[part].astype(np.intp), points.right[part], points.down[part]
        there, distance = np.empty_like(at), np.empty(len(at), np.float32)
        across = [(step, np.square((step - right) * np.float32(CLOSE_STEPS))) for step in reach]
        for below in reach:
            along = np.square((below - down) * np.float32(CLOSE_STEPS))
            for step, square in across:
                if step**2 + below**2 > (_CLOSE_PX + 0.5) ** 2:
                    continue
                # Every point reaches another pixel.
                np.add(at, below * width + step, out=there)
                np.add(square, along, out=distance)
                np.sqrt(distance, out=distance)
                distance += np.float32(0.5)
                np.minimum(distance, FAR, out=distance)
                flat[there] = np.minimum(flat.take(there), distance.astype(np.uint8))
