"""From shapes to closed rings of points, fine enough that the corners do not show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .arguments import Ring

__all__ = [
    "TOLERANCE_PX",
    "curved_ring",
    "ellipse_ring",
    "rectangle_ring",
    "stroke_rings",
    "swept_ring",
]

TOLERANCE_PX = 1 / 1024
"""How far a flattened curve may lie from the true one."""
FINEST_ARC = math.tau / 320  # keeps the area of the smallest circle within 0.01 %


def arc_step(radius: float, tolerance: float) -> float:
    """Return the angle between the corners of a flattened arc."""
    return min(FINEST_ARC, math.sqrt(8 * tolerance / radius)) if radius > 0 else FINEST_ARC


def ellipse_ring(box: tuple[float, float, float, float], tolerance: float) -> Ring:
    """Flatten the ellipse that fills a box."""
    left, top, right, bottom = box
    rx, ry = (right - left) / 2, (bottom - top) / 2
    count = math.ceil(math.tau / arc_step(max(rx, ry), tolerance))
    angle = np.arange(count) * (math.tau / count)
    same_area = math.sqrt(angle[1] / math.sin(angle[1]))
    rx, ry = rx * same_area, ry * same_area
    return np.stack([(left + right) / 2 + rx * np.cos(angle), (top + bottom) / 2 + ry * np.sin(angle)], axis=1)


def rectangle_ring(box: tuple[float, float, float, float], radius: float, tolerance: float) -> Ring:
    """Return a rectangle, its corners rounded as far as its sides allow."""
    left, top, right, bottom = box
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    if radius == 0:
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    steps = math.ceil(math.pi / 2 / arc_step(radius, tolerance))
    angle = math.pi + (np.arange(4)[:, np.newaxis] + np.arange(steps + 1) / steps) * (math.pi / 2)
    x = np.array([left + radius, right - radius, right - radius, left + radius])[:, np.newaxis] + radius * np.cos(angle)
    y = np.array([top + radius, top + radius, bottom - radius, bottom - radius])[:, np.newaxis] + radius * np.sin(angle)
    return np.stack([x.reshape(-1), y.reshape(-1)], axis=1)


def curved_ring(nodes: Sequence[Sequence[float]], tolerance: float) -> Ring:
    """Flatten a ring of corners `(x, y)` and cubic curves `(x1, y1, x2, y2, x, y)` from the node before."""
    ends = np.array([node[-2:] for node in nodes])
    begins = np.roll(ends, 1, axis=0)
    curved = np.array([len(node) == 6 for node in nodes])
    middle = np.array([node[:4] if len(node) == 6 else (0.0,) * 4 for node in nodes]).reshape(-1, 2, 2)
    control = np.stack([begins, middle[:, 0], middle[:, 1], ends])  # (4, nodes, 2)
    bend = np.hypot(*np.moveaxis(control[:-2] - 2 * control[1:-1] + control[2:], 2, 0)).max(axis=0)
    steps = np.where(curved, np.ceil(np.sqrt(0.75 * bend / tolerance)), 1).astype(np.int64).clip(1)
    node = np.repeat(np.arange(len(nodes)), steps)
    t = ((np.arange(node.size) - (np.cumsum(steps) - steps)[node] + 1) / steps[node])[:, np.newaxis]
    a, b, c, d = control[:, node]
    ring: Ring = np.where(t == 1, d, (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
    return ring


def stroke_rings(points: Ring, width: float, tolerance: float, *, closed: bool) -> Sequence[Ring]:
    """Outline what a round brush sweeps; to be filled by the non-zero rule."""
    points = points[np.any(points != np.roll(points, 1, axis=0), axis=1) | (np.arange(len(points)) == 0)]
    if closed and len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    radius = width / 2
    if not len(points) or radius == 0:
        return []
    if len(points) == 1:
        ((x, y),) = points
        return [ellipse_ring((x - radius, y - radius, x + radius, y + radius), tolerance)]
    if closed and len(points) > 2:
        return [_one_side(points, radius, tolerance, 0), _one_side(points[::-1], radius, tolerance, -1)]
    return [_one_side(np.concatenate([points, points[-2:0:-1]]), radius, tolerance, 0)]


def swept_ring(ring: Ring, radius: float, tolerance: float) -> Ring:
    """Outline a ring, of positive area, and all within a radius of it; to be filled by the non-zero rule."""
    apart = np.any(ring != np.roll(ring, 1, axis=0), axis=1)
    return _one_side(ring[apart], radius, tolerance, 0)


def _one_side(path: Ring, radius: float, tolerance: float, spared: int) -> Ring:
    """Follow a closed path at a distance on one side.

    Outer bends are arcs. Inner bends would go through the path's own point; the winding number then counts all straight
    parts and sectors that overlap, none is lost. They turn round as early as both straight parts still overlap: that
    takes one from a number that is two or more there, and leaves short edges inside the stroke instead of long ones.
    In a loop one bend, `spared`, stays whole, or a spot under all straight parts would lose as many as it has.
    """
    along = np.roll(path, -1, axis=0) - path
    heading = np.arctan2(along[:, 1], along[:, 0])
    before = np.roll(heading, 1)
    turn = np.mod(heading - before + math.pi, math.tau) - math.pi
    turn[turn <= 1e-12 - math.pi] = math.pi  # straight back: always around the outside
    length = np.hypot(along[:, 0], along[:, 1])
    overlap = np.minimum(length, np.roll(length, 1)) / np.maximum(np.abs(np.sin(turn)), 1e-12)
    overlap[np.abs(turn) > math.pi / 2] = 0
    overlap[spared] = 0

    outer = turn >= 0
    corners = np.where(outer, np.ceil(turn / arc_step(radius, tolerance)), 3).astype(np.int64) + 1
    corner = np.repeat(np.arange(len(path)), corners)
    number = np.arange(corner.size) - (np.cumsum(corners) - corners)[corner]
    share = np.where(outer[corner], number / np.maximum(corners - 1, 1)[corner], number > 1)
    angle = before[corner] + turn[corner] * share - math.pi / 2
    inner = ~outer[corner] & ((number == 1) | (number == 2))
    reach = np.where(inner, np.minimum(overlap, radius)[corner], radius)
    ring: Ring = path[corner] + reach[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return ring
