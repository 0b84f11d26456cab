"""Parts that are thinner than the cells in which endpoints sample a mask."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from ..mask import binarize, grow, snap
from ..mask.distance import has_ramp
from .report import Finding

__all__ = ["thin_parts"]

# A thin part of a larger one is so many cells long at least; a ragged edge has shorter ones.
_LONG = 4
# Parts of less than this share of the mask, or that lose less than that of their own pixels, are not worth a word.
_LEAST, _LOST = 0.002, 0.2
# What is fainter may be noise, and is where it holds so many times more cells than the rest.
_FAINT, _FAINT_SPREAD = 32, 1.5
# A mask of more than this share leaves nothing to go by.
_FULL = 0.9
# Grown by so many cells, the thinnest line holds a cell in any direction.
_WIDER = 0.75


class _GridLoss(NamedTuple):
    """What sampling a mask once per cell, at its first pixel, leaves out."""

    lost: float
    """Share of the edited pixels."""
    thin: float
    """Share of the edited pixels in parts that no whole cell fits into."""
    thin_lost: float
    """Share of those that is lost."""


def _grid_loss(mask: Mask, cell: int) -> _GridLoss:
    """Sample the mask as endpoints do: nearest neighbour on the latent grid."""
    edited = mask > 127
    total = np.count_nonzero(edited)
    if not total:
        return _GridLoss(0, 0, 0)
    height, width = mask.shape
    kept = np.repeat(np.repeat(edited[::cell, ::cell], cell, axis=0), cell, axis=1)[:height, :width]
    lost = edited & ~kept
    body = cv2.morphologyEx(edited.view(np.uint8), cv2.MORPH_OPEN, np.ones((cell, cell), np.uint8))
    # Corners of the body are no part of their own, nor are the bumps of a ragged edge.
    near = cv2.dilate(body, np.ones((cell + 1, cell + 1), np.uint8)).view(np.bool_)
    thin = _long(edited & ~near, _LONG * cell) | _without_body(edited, body.view(np.bool_))
    count = np.count_nonzero(thin)
    share = np.count_nonzero(lost & thin) / count if count else 0.0
    return _GridLoss(float(np.count_nonzero(lost) / total), float(count / total), float(share))


def _long(chosen: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Return the connected parts that are at least so long."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(chosen.view(np.uint8), connectivity=8)
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= side
    long[0] = False
    found: NDArray[np.bool_] = long[labels]
    return found


def _without_body(edited: NDArray[np.bool_], body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the connected parts that no whole cell fits into anywhere."""
    count, labels = cv2.connectedComponents(edited.view(np.uint8), connectivity=8)
    thin = np.ones(count, np.bool_)
    thin[labels[body]] = False
    thin[0] = False
    found: NDArray[np.bool_] = thin[labels]
    return found


def thin_parts(source: Mask, mask: Mask, cells: tuple[int, ...], call: str) -> list[Finding]:
    """Look for parts that sampling loses in `mask`, the part of `source` around what is edited.

    `source` is what `call` gives.
    """
    losses = {cell: _grid_loss(mask, cell) for cell in cells}
    if all(loss.thin < _LEAST or loss.thin_lost < _LOST for loss in losses.values()):
        return []
    shares = " and ".join(f"{loss.thin_lost:.0%} on a {cell} px grid" for cell, loss in losses.items() if loss.thin)
    thin = max(loss.thin for loss in losses.values())
    whole = " and ".join(f"{loss.lost:.1%}" for loss in losses.values())
    words = (
        f"{thin:.1%} of the mask are parts thinner than the cells that endpoints sample it in, which lose of their pixels "
        f"{shares}; the mask as a whole loses {whole}"
    )
    value = tuple(loss.lost for loss in losses.values())
    return [Finding("thin-parts", "warning", words, _widened(source, max(cells), call), value)]


def _widened(source: Mask, cell: int, cleaned: str) -> str:
    """Return the call that makes parts as wide as cells, and does not spread what is faint all over the mask.

    A soft mask is grown: snapped, it would be hard again.
    """
    if has_ramp(np.where(source > _FAINT, source, np.uint8(0))):
        grown = grow(source, _WIDER * cell)
        if np.count_nonzero(grown > 127) <= _FULL * grown.size:
            return f"mask.grow({cleaned}, {_WIDER * cell:g})"
    calls = [cleaned, f"mask.binarize({cleaned}, {_FAINT})", f"mask.binarize({cleaned})"]
    masks = [snap(each, cell) for each in (source, binarize(source, _FAINT), binarize(source))]
    if np.count_nonzero(masks[0]) > _FAINT_SPREAD * np.count_nonzero(masks[1]):
        calls, masks = calls[1:], masks[1:]
    for call, snapped in zip(calls, masks, strict=True):
        if np.count_nonzero(snapped) <= _FULL * snapped.size:
            return f"mask.snap({call}, {cell})"
    return "crop.around(image, m)  # enlarged, the parts are wider than cells"
