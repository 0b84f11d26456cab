"""Small separate parts that are discs or ellipses."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from .edge_planes import Plane, area

__all__ = ["Ellipses", "find_round"]

# Sides up to which parts are looked at. What is larger has edges that are nearly straight within a pixel.
_SIDE_PX = 13
# Sides up to which a part shows no shape at all: a disc.
_DOT_PX = 2
# The thinnest that can be told from a line of one pixel, across.
_THINNEST_PX = 0.25
# What an ellipse may leave unexplained of the coverage of a pixel.
_LEFT_OVER = 0.06
# So many are worth the time: a mask that has more is noise.
_MOST = 1 << 12
_CHUNK = 1 << 8
# Samples across a pixel, by which the ellipse is compared with the coverage.
_SAMPLES = 4
_ROUNDS = 5


class Ellipses(NamedTuple):
    """Inside is ``|(xx * x + xy * y, xy * x + yy * y)| < 1``: x and y count from the centre `(right, down)`."""

    right: Plane
    down: Plane
    xx: Plane
    xy: Plane
    yy: Plane
    inside: Plane
    """1, or 0 where it is what lies around the ellipse that counts."""

    def complement(self) -> Ellipses:
        """Return what covers the rest."""
        return self._replace(inside=1 - self.inside)

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.integer]) -> Ellipses:
        """Return those of some pixels."""
        return Ellipses(*(each[which] for each in self))

    def coverage(self, x: Plane, y: Plane, width: float = 1, height: float = 1) -> Plane:
        """Return the share of a small rectangle around `(x, y)` that lies inside: of the tangent close by."""
        x, y = x - self.right, y - self.down
        across, along = self.xx * x + self.xy * y, self.xy * x + self.yy * y
        radius = np.maximum(np.hypot(across, along), np.float32(1e-6))
        # The gradient of the radius.
        right, down = (self.xx * across + self.xy * along) / radius, (self.xy * across + self.yy * along) / radius
        right, down = np.abs(right) * np.float32(width), np.abs(down) * np.float32(height)
        whole = np.maximum(right + down, np.float32(1e-6))
        reach = ((1 - radius) / whole).astype(np.float32) + np.float32(0.5)
        share = area(reach, (np.minimum(right, down) / whole).astype(np.float32))
        return np.where(self.inside > 0, share, 1 - share)


def find_round(mask: Mask, between: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Ellipses]:
    """Return the in-between pixels of small parts that are ellipses, and the ellipse of each."""
    nothing = np.zeros(0, np.float32)
    where = np.zeros(mask.shape, np.bool_)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask > 0).view(np.uint8), connectivity=8)
    left, top, width, height = stats[:, :4].T
    small = (width <= _SIDE_PX) & (height <= _SIDE_PX)
    small &= (left > 0) & (top > 0) & (left + width < mask.shape[1]) & (top + height < mask.shape[0])
    numbers = 1 + np.flatnonzero(small[1:])
    if not 0 < len(numbers) <= _MOST:
        return where, Ellipses(*[nothing] * 6)
    half = _SIDE_PX // 2 + 1
    values, own = np.pad(mask, half).astype(np.float32) / np.float32(255), np.pad(labels, half)
    middle_x, middle_y = left + width // 2, top + height // 2
    number_of = np.full(count, -1, np.int32)
    parts: list[Ellipses] = []
    step = np.arange(2 * half + 1)
    for first in range(0, len(numbers), _CHUNK):
        chosen = numbers[first : first + _CHUNK]
        rows = middle_y[chosen] + step[:, np.newaxis, np.newaxis]
        columns = middle_x[chosen] + step[:, np.newaxis]
        window = np.where(own[rows, columns] == chosen, values[rows, columns], 0)
        found = _fitted(window, np.maximum(width, height)[chosen] <= _DOT_PX)
        fits = np.abs(_drawn(found, len(window)) - window).max(axis=(0, 1)) <= _LEFT_OVER
        number_of[chosen[fits]] = np.arange(np.count_nonzero(fits)) + sum(len(part.right) for part in parts)
        chosen, found = chosen[fits], found.chosen(fits)
        parts.append(found._replace(right=found.right + middle_x[chosen], down=found.down + middle_y[chosen]))
    ellipses = Ellipses(*(np.concatenate(each).astype(np.float32) for each in zip(*parts, strict=True)))
    where = between & (number_of >= 0)[labels]
    y, x = np.nonzero(where)
    each = ellipses.chosen(number_of[labels[where]])
    return where, each._replace(right=(each.right - x).astype(np.float32), down=(each.down - y).astype(np.float32))


def _fitted(window: Plane, dot: NDArray[np.bool_]) -> Ellipses:
    """Return the ellipse with the area, the centroid and the second moments of each `(side, side, n)` coverage.

    Moments of pixels are not those of what they show, so the ellipse is changed until its own pixels have them.
    """
    wanted = _moments(window)
    # A pixel's own second moment is 1/12.
    tried = wanted - np.array([0, 0, 0, 1 / 12, 0, 1 / 12], np.float32)[:, np.newaxis]
    for _ in range(_ROUNDS):
        found = _ellipses(tried, wanted[0], dot)
        tried = tried + wanted - _moments(_drawn(found, len(window)))
    return found


def _moments(window: Plane) -> Plane:
    """Return area, centroid (x, y) and second moments (xx, xy, yy)."""
    x = np.arange(len(window), dtype=np.float32)[:, np.newaxis] - len(window) // 2
    y = x[:, np.newaxis]
    total = np.maximum(window.sum(axis=(0, 1)), np.float32(1e-3))
    right, down = (window * x).sum(axis=(0, 1)) / total, (window * y).sum(axis=(0, 1)) / total
    x, y = x - right, y - down
    seconds = [(window * each).sum(axis=(0, 1)) / total for each in (x * x, x * y, y * y)]
    return np.stack([total, right, down, *seconds])


def _ellipses(moments: Plane, total: Plane, dot: NDArray[np.bool_]) -> Ellipses:
    _, right, down, xx, xy, yy = moments
    xx, yy, xy = np.where(dot, 1, xx), np.where(dot, 1, yy), np.where(dot, 0, xy)
    spread, turned = np.linalg.eigh(np.stack([xx, xy, xy, yy], axis=-1).reshape(-1, 2, 2))
    axes = np.sqrt(np.maximum(spread, _THINNEST_PX**2 / 4))
    axes *= np.sqrt(total / np.pi / axes.prod(axis=1))[:, np.newaxis]
    inverse = np.einsum("nij,nj,nkj->nik", turned, 1 / axes, turned)
    xx, xy, _, yy = inverse.reshape(-1, 4).T.astype(np.float32)
    return Ellipses(right, down, xx, xy, yy, np.ones_like(xx))


def _drawn(ellipses: Ellipses, side: int) -> Plane:
    fine = ((np.arange(side * _SAMPLES) + 0.5) / _SAMPLES - side // 2 - 0.5).astype(np.float32)[:, np.newaxis]
    drawn = ellipses.coverage(fine, fine[:, np.newaxis], 1 / _SAMPLES, 1 / _SAMPLES)
    covered: Plane = drawn.reshape(side, _SAMPLES, side, _SAMPLES, -1).mean(axis=(1, 3))
    return covered
