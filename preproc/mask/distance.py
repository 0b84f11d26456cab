"""Where a mask's edge runs between the pixels, and what lies within a distance of it."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Mask, narrow, size_of_array
from preproc.geometry import Box

__all__ = ["has_ramp", "region", "slope_down"]

_SQUARE = np.ones((3, 3), np.uint8)

# The contour's distance is kept in bytes: 128 on the contour, 80 steps per px, more outside. No pixel whose four
# neighbours are inside is less than 0.7 px inside itself.
_ZERO, _STEPS = 128, 80
_INSIDE = _ZERO - round(0.7 * _STEPS)


def region(mask: Mask, reach: float) -> Box | None:
    """Return the part of the canvas within `reach` px of anything non-zero; None for an empty mask."""
    rows = np.flatnonzero(mask.max(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].max(axis=0))
    box = Box(int(columns[0]), top, int(columns[-1]) + 1, bottom)
    return box.grow(math.ceil(reach)).intersect(size_of_array(mask).box)


def has_ramp(mask: Mask) -> bool:
    """Tell a soft mask from one whose in-between values only anti-alias its edge.

    Anti-aliasing stays within a pixel of the 50 % contour. A mask counts as soft when more than a tenth of its
    in-between pixels lie farther away.
    """
    between = cv2.inRange(mask, 1, 254)
    count = cv2.countNonZero(between)
    if not count:
        return False
    inside = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1]
    contour = cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, _SQUARE)
    return count - cv2.countNonZero(cv2.bitwise_and(between, contour)) > 0.1 * count


def slope_down(
    mask: Mask, start: float, end: float, level: Callable[[NDArray[np.float32]], NDArray[np.float32]], *, search_px: int
) -> Mask:
    """Draw a slope by the distance from the 50 % contour, outwards.

    255 inside and up to `start` px, `level(distance)` from there to `end` px, nothing beyond.

    The distance to the nearest inside pixel is exact (Felzenszwalb and Huttenlocher 2012) but jumps with the pixel
    grid. Half the gradient of its square points at that pixel, where the coverage says how far the contour still is.
    Pixels up to `search_px` to either side along the contour may be nearer for it: the least sum counts.
    """
    padded = narrow(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_REPLICATE))
    outside = narrow(cv2.threshold(padded, 127, 1, cv2.THRESH_BINARY_INV)[1])
    to_pixel = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    full = to_pixel <= max(start, 0.5)
    slope = (to_pixel <= end + 1.0) ^ full
    slope[[0, -1]] = slope[:, [0, -1]] = False
    at = np.flatnonzero(slope)
    stride = padded.shape[1]
    far, offsets = to_pixel.ravel(), _offsets(padded, outside).ravel()
    raw = far[at]
    dx = (far[at + 1] ** 2 - far[at - 1] ** 2) * np.float32(0.25)
    dy = (far[at + stride] ** 2 - far[at - stride] ** 2) * np.float32(0.25)
    distance = raw.copy()
    for side in range(-search_px, search_px + 1):
        x, y = (dx, dy) if side == 0 else (dx - side * dy / raw, dy + side * dx / raw)
        x, y = np.rint(x), np.rint(y)
        there = offsets.take(at - (y * stride + x).astype(np.intp), mode="clip")
        np.minimum(distance, np.sqrt(x * x + y * y) + (there - np.float32(_ZERO)) / _STEPS, out=distance)
    result = full.view(np.uint8) * np.uint8(255)
    result.ravel()[at] = np.clip(np.rint(level(np.maximum(distance, raw - 1))), 0, 255)
    return result[1:-1, 1:-1]


def _offsets(padded: Mask, outside: Mask) -> Mask:
    """Signed distances to the contour, in steps, of the pixels along it.

    All others get a bound: too far outside, or not as deep inside as they are, so that they are not taken as nearest.
    Towards a neighbour on the other side the contour is `here + there - 1/2` away, which is exact for an edge along
    the axes; the two axes together give the distance to the line through both crossings.
    """
    offsets = np.full(padded.shape, 255, np.uint8)
    middle = outside[1:-1, 1:-1]
    offsets[1:-1, 1:-1] = middle * np.uint8(255 - _INSIDE) + np.uint8(_INSIDE)
    along = np.zeros(padded.shape, np.bool_)
    along[1:-1, 1:-1] = outside[1:-1, :-2] != middle
    for neighbour in (outside[1:-1, 2:], outside[:-2, 1:-1], outside[2:, 1:-1]):
        along[1:-1, 1:-1] |= neighbour != middle
    at = np.flatnonzero(along)
    value, side = padded.ravel(), outside.ravel()
    here, own = value[at].astype(np.float32), side[at]
    inverse = np.zeros(len(at), np.float32)
    for step in (1, padded.shape[1]):
        nearest = np.full(len(at), np.inf, np.float32)
        for beside in (at - step, at + step):
            crossing = (here + value[beside]) / 255 - 0.5
            away = np.where(own, 1 - crossing, crossing)
            nearest = np.where(side[beside] != own, np.minimum(nearest, away), nearest)
        inverse += 1 / np.square(np.clip(nearest, 0.02, None))
    offset = np.where(own, _STEPS, -_STEPS) / np.sqrt(inverse)
    offsets.ravel()[at] = np.rint(_ZERO + offset)
    return offsets
