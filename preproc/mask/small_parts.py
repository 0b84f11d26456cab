"""Parts of a few pixels: their outline as a ring, finer than a distance between pixels can tell it."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, size_of_array
from ..geometry import Box
from .arguments import Ring
from .coverage import Layer, cover
from .distance import has_ramp
from .outline import TOLERANCE_PX, ellipse_ring, swept_ring
from .tracing import contours, crossings_by_area

__all__ = ["SmallPart", "draw_grown", "small_parts", "without"]

# Sides up to which a part is small: beyond, its distances are right to a hundredth of the area.
_SIDE_PX = 20
# Sides up to which a part shows no straight edge.
_TINY_PX = 4
# Sides up to which it shows no shape at all: a dot.
_DOT_PX = 2
# The least level of a dot of 1 px across, where it lies on four pixels; noise stays below.
_DOT_LEVEL = 48
# What is thinner cannot be told from it.
_THINNEST_PX = 0.25
# How far a corner may be moved to hold the area.
_FARTHEST_PX = 0.7
# So many of them are worth the time.
_MOST = 128


class SmallPart(NamedTuple):
    """A connected part with an anti-aliased edge."""

    box: Box
    pixels: NDArray[np.bool_]
    """Which pixels of the box are its own."""
    ring: Ring
    """Its outline, clockwise."""


def small_parts(mask: Mask) -> list[SmallPart]:
    """Find the small parts with an anti-aliased edge; none where there are very many.

    What touches the canvas border is left out, as is what has no clear edge.
    """
    outlines, tree = cv2.findContours((mask > 0).view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    inner = size_of_array(mask).box.grow(-1)
    starts: list[tuple[Box, tuple[int, int]]] = []
    for outline, (*_, parent) in zip(outlines, [] if tree is None else tree[0], strict=True):
        if parent >= 0:  # a hole
            continue
        left, top, width, height = cv2.boundingRect(outline)
        box = Box(left, top, left + width, top + height)
        if max(width, height) > _SIDE_PX or box.intersect(inner) != box:
            continue
        window = mask[box.slices]
        least = _DOT_LEVEL if max(width, height) <= _DOT_PX else 128
        if window.max() >= least and ((window > 0) & (window < 255)).any():
            starts.append((box, (int(outline[0, 0, 1]) - top, int(outline[0, 0, 0]) - left)))
            if len(starts) > _MOST:
                return []
    parts = (_measured(mask, box, start) for box, start in starts)
    return [part for part in parts if part is not None]


def without(mask: Mask, parts: list[SmallPart]) -> Mask:
    """Return the mask with these parts taken out."""
    rest = mask.copy()
    for part in parts:
        rest[part.box.slices][part.pixels] = 0
    return rest


def draw_grown(mask: Mask, parts: list[SmallPart], px: float) -> None:
    """Draw into the mask what lies within `px` of the parts, with exact coverage."""
    canvas = size_of_array(mask).box
    for part in parts:
        seen = part.box.grow(math.ceil(px) + 2).intersect(canvas)
        ring = swept_ring(part.ring - (seen.left, seen.top), px, TOLERANCE_PX)
        drawn = cover(seen.size, [Layer([ring])])
        np.maximum(mask[seen.slices], drawn, out=mask[seen.slices])


def _measured(mask: Mask, box: Box, start: tuple[int, int]) -> SmallPart | None:
    """Measure the part of the box that holds the pixel `start`; None if its edge is not clear."""
    window = mask[box.slices]
    labels = cv2.connectedComponents((window > 0).view(np.uint8), connectivity=8)[1]
    pixels = labels == labels[start]
    own = np.where(pixels, window, 0).astype(np.uint8)
    if not ((own > 0) & (own < 255)).any():
        return None
    # Less than half of every pixel, but as much as half of one in two by two, is a dot.
    if max(own.shape) <= _DOT_PX and own.sum(dtype=np.int64) >= 128:
        return SmallPart(box, pixels, _clockwise(_ellipse(own, box)))
    padded = np.pad(own, 1)
    rings = contours(padded, 127, positions=crossings_by_area)
    if len(rings) != 1 or has_ramp(padded):
        return None
    if max(own.shape) <= _TINY_PX:
        return SmallPart(box, pixels, _clockwise(_ellipse(own, box)))
    area = own.sum(dtype=np.int64) / 255
    ring = _bulged(_rounder(_bulged(rings[0], area)), area)
    # Where the outline does not tell the area, it is not known well enough.
    if not abs(_area(ring) - area) < 0.01 * area:
        return None
    return SmallPart(box, pixels, ring + np.array([box.left - 1, box.top - 1]))


def _ellipse(own: Mask, box: Box) -> Ring:
    """Return the ellipse with the same area, centroid and second moments as the coverage."""
    weight = own / own.sum(dtype=np.float64)
    x, y = box.left + np.arange(own.shape[1]) + 0.5, box.top + np.arange(own.shape[0]) + 0.5
    middle = np.array([weight.sum(axis=0) @ x, weight.sum(axis=1) @ y])
    x, y = x - middle[0], y - middle[1]
    # A pixel's own second moment is 1/12.
    xx, yy = weight.sum(axis=0) @ x**2 - 1 / 12, weight.sum(axis=1) @ y**2 - 1 / 12
    xy = y @ weight @ x
    axes, turned = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
    if max(own.shape) <= _DOT_PX:
        axes[:] = 1
    across, along = np.sqrt(np.maximum(axes, _THINNEST_PX**2 / 4))
    radius = math.sqrt(own.sum(dtype=np.int64) / 255 / math.pi)
    across, along = radius * math.sqrt(across / along), radius * math.sqrt(along / across)
    circle = ellipse_ring((-1, -1, 1, 1), TOLERANCE_PX / 8)
    ring: Ring = circle * (across, along) @ turned.T + middle
    return ring


def _area(ring: Ring, other: Ring | None = None) -> float:
    """Return the signed area; of two rings, the mixed one."""
    following = np.roll(ring if other is None else other, -1, axis=0)
    return float(np.sum(ring[:, 0] * following[:, 1] - ring[:, 1] * following[:, 0])) / 2


def _clockwise(ring: Ring) -> Ring:
    """Turn a ring as pictures count, downwards: its area is positive."""
    return ring[::-1] if _area(ring) < 0 else ring


def _summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum up every value and its two neighbours."""
    total: NDArray[np.float64] = np.roll(values, 1) + values + np.roll(values, -1)
    return total


def _rounder(ring: Ring) -> Ring:
    """Cut every corner in two (Chaikin); straight sides stay."""
    following = np.roll(ring, -1, axis=0)
    cut: Ring = np.stack([0.75 * ring + 0.25 * following, 0.25 * ring + 0.75 * following], axis=1).reshape(-1, 2)
    return cut


def _bulged(ring: Ring, area: float) -> Ring:
    """Move a ring's corners outwards, as far as they bend, until it holds an area.

    Chords cut bends off, and the mean over a pixel's width lies inside of them: both as much as they bend. Straight
    sides stay where they are.
    """
    ring = _clockwise(ring)
    along = np.roll(ring, -1, axis=0) - ring
    heading = np.arctan2(along[:, 1], along[:, 0])
    turn = np.mod(heading - np.roll(heading, 1) + math.pi, math.tau) - math.pi
    length = np.hypot(along[:, 0], along[:, 1])
    # The curvature over three corners: alone they scatter.
    curved = _summed(turn) / _summed((length + np.roll(length, 1)) / 2)
    bend = curved[:, np.newaxis] * np.stack([np.sin(heading - turn / 2), -np.cos(heading - turn / 2)], axis=1)
    # area(ring + step * bend) is quadratic in the step.
    first, second = _area(ring, bend) + _area(bend, ring), _area(bend)
    missing, step = area - _area(ring), 0.0
    for _ in range(4):
        slope = first + second * step
        step = missing / slope if slope else 0.0
    most = _FARTHEST_PX / max(float(np.abs(curved).max()), 1e-9)
    moved: Ring = ring + max(-most, min(step, most)) * bend
    return moved
