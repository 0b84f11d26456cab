"""A gray picture and its smaller copies, made once for all that is measured on them."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import narrow

__all__ = ["Scales", "percentile_of", "reduced", "scales_of", "without_bars"]

_LARGEST, _SMALLER = 1024, (512, 256, 128, 64, 32)
_CLEAR_AT = 512
_LEAST_PX = 48  # of the shorter side of what bars leave
_BLACK = 8


class Scales(NamedTuple):
    """The picture at short sides of 1024 to 32 px, or as it is where that is smaller."""

    gray: NDArray[np.uint8]
    """As it is."""
    copies: dict[int, NDArray[np.float32]]
    """By their short sides."""
    clear: NDArray[np.float32]
    """255 where nothing is clipped, 0 where all is; at a short side of 512 px at most."""
    counts: NDArray[np.int64]
    """How many pixels of the whole have each level."""

    def percentile(self, share: float) -> float:
        """Return a percentile of the whole picture."""
        return percentile_of(self.counts, share)

    def inverse(self) -> Scales:
        """Return those of the negative."""
        copies = {short: 255 - copy for short, copy in self.copies.items()}
        return Scales(narrow(~self.gray), copies, self.clear, self.counts[::-1])


def scales_of(gray: NDArray[np.uint8]) -> Scales:
    """Reduce a picture, from the largest copy: averages of averages."""
    largest = reduced(gray, _LARGEST)
    copies = {_LARGEST: largest} | {short: reduced(largest, short) for short in _SMALLER}
    clear = reduced(narrow(cv2.inRange(gray, 9, 246)), _CLEAR_AT)
    return Scales(gray, copies, clear, np.bincount(gray.ravel(), minlength=256))


def without_bars(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Leave out black or white bars along the borders, as padding adds them; nothing where little would be left."""
    rows, columns = (_inner_part(gray.min(axis=axis), gray.max(axis=axis)) for axis in (1, 0))
    part = gray[rows, columns]
    return part if min(part.shape) >= _LEAST_PX else gray


def _inner_part(lowest: NDArray[np.uint8], highest: NDArray[np.uint8]) -> slice:
    used = np.flatnonzero((highest > _BLACK) & (lowest < 255 - _BLACK))
    return slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 0)


def reduced(levels: NDArray[np.uint8 | np.float32], short: int) -> NDArray[np.float32]:
    """Return the picture at a short side of `short` pixels, or as it is where that is smaller."""
    plain = levels.astype(np.float32, copy=False)
    factor = short / min(levels.shape)
    if factor >= 1:
        return plain
    size = [max(1, round(side * factor)) for side in levels.shape[::-1]]
    return np.asarray(cv2.resize(plain, size, interpolation=cv2.INTER_AREA), np.float32)


def percentile_of(counts: NDArray[np.int64], share: float) -> float:
    """Return what `np.percentile` does, of 8-bit levels that were counted."""
    place = (int(counts.sum()) - 1) * share / 100
    below, above = np.searchsorted(np.cumsum(counts), [int(place), int(np.ceil(place))], side="right")
    return float(below + (place - int(place)) * (above - below))
