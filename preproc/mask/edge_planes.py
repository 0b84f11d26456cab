"""Edges as half-planes, and how much of a pixel lies within them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Plane", "Planes", "area", "misses", "row_planes"]

Plane = NDArray[np.float32]


class Planes(NamedTuple):
    """Half-planes ``0 < offset + right * x + down * y``, all `(count, n)`; x and y count from the pixel's centre.

    ``|right| + |down|`` is 1. Covered is the sum of what each of them covers, less `base`, `(n,)`, held within 0 to 1:
    a strip is two that face each other, less 1.
    """

    right: Plane
    down: Plane
    offset: Plane
    base: Plane

    @classmethod
    def none(cls) -> Planes:
        """Return no planes for no pixel."""
        nothing = np.zeros((1, 0), np.float32)
        return cls(nothing, nothing, nothing, nothing[0])

    @classmethod
    def joined(cls, parts: list[Planes]) -> Planes:
        """Return the planes of several sets of pixels, one after the other."""
        return cls(*(np.concatenate(each, axis=-1) for each in zip(*parts, strict=True)))

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.integer]) -> Planes:
        """Return those of some pixels."""
        return Planes(*(each[..., which] for each in self))

    def replaced(self, other: Planes, where: NDArray[np.bool_]) -> Planes:
        """Return these, or where it is said the other ones."""
        count = max(len(self.right), len(other.right))
        pairs = zip(self.filled(count), other.filled(count), strict=True)
        return Planes(*(np.where(where, theirs, own) for own, theirs in pairs))

    def filled(self, count: int) -> Planes:
        """Add planes that nothing lies in, up to a count."""
        missing = ((0, count - len(self.right)), (0, 0))
        right, down = np.pad(self.right, missing, constant_values=1), np.pad(self.down, missing)
        return Planes(right, down, np.pad(self.offset, missing, constant_values=-1e6), self.base)

    def turned(self) -> Planes:
        """Swap x and y."""
        return self._replace(right=self.down, down=self.right)

    def moved(self, x: float, y: float) -> Planes:
        """Move the planes to the right and down."""
        return self._replace(offset=self.offset - self.right * np.float32(x) - self.down * np.float32(y))

    def complement(self) -> Planes:
        """Return what covers the rest."""
        return Planes(-self.right, -self.down, -self.offset, len(self.right) - 1 - self.base)

    def coverage(self, x: Plane, y: Plane, width: float = 1, height: float = 1) -> Plane:
        """Return the share of a rectangle around `(x, y)` that is covered; x and y have the shape `(..., n)`."""
        total: Plane = -np.broadcast_to(self.base, np.broadcast_shapes(x.shape, y.shape, self.base.shape))
        for right, down, offset in zip(self.right, self.down, self.offset, strict=True):
            across, along = np.abs(right) * np.float32(width), np.abs(down) * np.float32(height)
            whole = across + along
            reach = (offset + right * x + down * y) / whole + np.float32(0.5)
            total = total + area(reach, np.minimum(across, along) / whole)
        return total.clip(0, 1)


def row_planes(at: Plane, lean: Plane, *, base: int) -> Planes:
    """Return half-planes that lie by turns right and left of edges ``x = at + lean * y``."""
    side = np.where(np.arange(len(at)) % 2, np.float32(-1), np.float32(1))[:, np.newaxis] / (1 + np.abs(lean))
    return Planes(side, -side * lean, -side * at, np.full(at.shape[1], base, np.float32))


def misses(planes: Planes, around: Plane) -> Plane:
    """Return how far the coverage of a window, `(side, side, n)`, is from what the planes say, at the worst pixel.

    Beyond the nine pixels in the middle it counts half.
    """
    half = len(around) // 2
    x = np.arange(-half, half + 1, dtype=np.float32)[:, np.newaxis]
    weight = np.where(np.abs(x) > 1, np.float32(0.5), np.float32(1))
    error = np.abs(planes.coverage(x, x[:, np.newaxis]) - around) * np.minimum(weight, weight[:, np.newaxis])
    worst: Plane = error.max(axis=(0, 1))
    return worst


def area(reach: Plane, smaller: Plane) -> Plane:
    """Share of the unit square below ``smaller * x + (1 - smaller) * y = reach``."""
    reach = reach.clip(0, 1)
    low = np.minimum(reach, 1 - reach)
    triangle = low * low / (2 * np.maximum(smaller, np.float32(1e-6)) * (1 - smaller))
    share = np.where(low < smaller, triangle, (low - smaller / 2) / (1 - smaller))
    return np.where(reach > 0.5, 1 - share, share).astype(np.float32, copy=False)
