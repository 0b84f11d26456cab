"""Which latent cells of what is sent a mask of the photo touches."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from ..geometry import Box, Size

__all__ = ["cells_of", "support_in_crop"]


def support_in_crop(blend: Mask, crop: Box, *, beyond: Literal["keep", "edit"]) -> Mask:
    """1 where the result is pasted, within the crop."""
    canvas = Size(blend.shape[1], blend.shape[0]).box
    support = np.full((crop.size.height, crop.size.width), 1 if beyond == "edit" else 0, np.uint8)
    inside = crop.intersect(canvas)
    support[inside.shift(-crop.left, -crop.top).slices] = blend[inside.slices] > 0
    return support


def cells_of(support: Mask, sent: Size, cell: int) -> Mask:
    """Reduce a crop to the cells it is sent in, 1 where any pixel of the support overlaps a cell, however little."""
    height, width = support.shape
    lines = np.empty((sent.height // cell, width), np.uint8)
    for line, (start, stop) in zip(lines, _overlapped(height, len(lines)).tolist(), strict=True):
        np.maximum.reduce(support[start:stop], axis=0, out=line)  # along rows, which is many times as fast as across
    ends = _overlapped(width, sent.width // cell).ravel()
    # reduceat needs every index to exist
    return narrow(np.maximum.reduceat(np.pad(lines, ((0, 0), (0, 1))), ends, axis=1)[:, ::2])


def _overlapped(length: int, count: int) -> NDArray[np.int64]:
    """First pixel and the one behind the last that each of `count` equal parts of `length` overlaps, however little."""
    cells = np.arange(count, dtype=np.int64)
    return np.stack([cells * length // count, -(-(cells + 1) * length // count)], axis=1)
