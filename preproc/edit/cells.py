"""Which latent cells of what is sent a mask of the photo touches."""

from __future__ import annotations

from typing import Literal

import numpy as np

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
    rows, columns = support.shape
    for axis, (length, count) in enumerate(((rows, sent.height // cell), (columns, sent.width // cell))):
        support = _any_overlap(support, length, count, axis)
    return support


def _any_overlap(support: Mask, length: int, count: int, axis: int) -> Mask:
    """Reduce one axis to cells; a cell is set when any pixel that it overlaps, however little, is."""
    cells = np.arange(count)
    starts = cells * length // count
    stops = -(-(cells + 1) * length // count)
    ends = np.stack([starts, stops], axis=1).ravel()
    padding = [(0, 0), (0, 0)]
    padding[axis] = (0, 1)  # reduceat needs every index to exist
    reduced = np.maximum.reduceat(np.pad(support, padding), ends, axis=axis)
    return narrow(reduced[::2] if axis == 0 else reduced[:, ::2])
