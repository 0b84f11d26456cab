"""Predict what an endpoint edits that reads the mask once per latent cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from ..errors import InputError
from ..geometry import Box, Size
from .options import as_whole

__all__ = ["GridReport", "sample_on_grid"]


@dataclass(frozen=True, slots=True)
class GridReport:
    """What nearest sampling of a sent mask on a grid does.

    Parameters
    ----------
    cell
        Side of a cell in sent pixels.
    lost_px, lost_ratio
        Pixels that the user's mask marks (128 or more) and the endpoint would not edit; share of the marked.
    spilled_px, spilled_ratio
        Pixels inside the crop that it would edit and the user did not mark; share of the marked.
    """

    cell: int
    lost_px: int
    lost_ratio: float
    spilled_px: int
    spilled_ratio: float


def sample_on_grid(mask: Mask, sent_mask: Mask, *, crop: Box, cell: int) -> GridReport:
    """Sample `sent_mask` at one pixel per cell, threshold at half, and compare with `mask` in canvas pixels.

    Parameters
    ----------
    mask
        uint8, canvas size.
    sent_mask
        uint8, sent size.
    crop
        The box of the canvas that was sent.
    cell
        Side of a cell in sent pixels.
    """
    height, width = sent_mask.shape
    cell = as_whole("cell", cell, at_least=1)
    if height < cell or width < cell:
        raise InputError(f"a cell is between 1 and {min(height, width)} px here, got {cell}")
    # the sampled pixel of a cell is its first one, as nearest interpolation to size / cell takes it
    cells = sent_mask[: height // cell * cell : cell, : width // cell * cell : cell] >= 128
    rows = np.minimum(_centres(crop.size.height, height) // cell, cells.shape[0] - 1)
    columns = np.minimum(_centres(crop.size.width, width) // cell, cells.shape[1] - 1)
    inside = crop.intersect(Size(mask.shape[1], mask.shape[0]).box)
    here = inside.shift(-crop.left, -crop.top)
    edited = cells[rows[here.slices[0]]][:, columns[here.slices[1]]]
    marked = mask[inside.slices] >= 128
    total = max(1, int(np.count_nonzero(mask >= 128)))
    lost = int(np.count_nonzero(mask >= 128)) - int(np.count_nonzero(marked & edited))
    spilled = int(np.count_nonzero(edited & ~marked))
    return GridReport(cell, lost, lost / total, spilled, spilled / total)


def _centres(count: int, sent: int) -> NDArray[np.int64]:
    """Sent pixel under the centre of each canvas pixel."""
    return (2 * np.arange(count, dtype=np.int64) + 1) * sent // (2 * count)
