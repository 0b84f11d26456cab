"""Holes, islands, thin parts, the border, and how much there is."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, size_of_array
from ..mask import binarize, bounds, drop_islands, snap
from ..mask.distance import region
from .polarity import DECIDES, Intent
from .report import Finding

__all__ = ["parts"]

# What is smaller than this share of the mask's largest part is taken for an accident.
_SMALL = 0.01
# What is fainter may be noise, and is where it holds so many times more cells than the rest.
_FAINT, _FAINT_SPREAD = 32, 1.5
# A mask of more than this share leaves nothing to go by.
_FULL = 0.9


def parts(
    mask: Mask, tidy: Mask, intent: Intent | None, cell: int | None, polarity: str, *, cleaned: str = "m"
) -> list[Finding]:
    """Look at the shape; `tidy` is the mask without noise, which the call `cleaned` gives where there is any.

    `polarity` is the code of what is known about that.
    """
    cells = (8, 16) if cell is None else (cell,)
    near = _near(mask, max(cells))
    return [
        *_holes(near),
        *_islands(mask, tidy, cleaned),
        *_thin(near, cells, cleaned, tidy if cleaned != "m" else mask),
        *_border(mask),
        *_coverage(mask, intent, polarity),
    ]


def _near(mask: Mask, cell: int) -> Mask:
    """Return what holds everything edited, with more than a cell around it, from where a cell begins."""
    box = bounds(mask, threshold=128).grow(cell + 1).intersect(size_of_array(mask).box)
    return mask[box.top // cell * cell : box.bottom, box.left // cell * cell : box.right]


def _areas(chosen: NDArray[np.bool_], connectivity: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Area of every connected part, and whether it touches the canvas border."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(chosen.view(np.uint8), connectivity=connectivity)
    border = np.zeros(count, np.bool_)
    border[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    return stats[1:, cv2.CC_STAT_AREA].astype(np.intp), border[1:]


def _holes(mask: Mask) -> list[Finding]:
    areas, border = _areas(mask < 128, 4)
    holes = areas[~border]
    if not border.any() and holes.size:
        holes = np.delete(holes, holes.argmax())
    edited = np.count_nonzero(mask > 127)
    small = holes[holes <= _SMALL * edited]
    # Filled, they add to what the others are small beside.
    while (more := holes[holes <= _SMALL * (edited + small.sum())]).size > small.size:
        small = more
    if not small.size:
        return []
    largest = int(small.max())
    words = f"{_count(small.size, 'small hole')} in the mask, {int(small.sum())} px in all, the largest {largest} px"
    fix = f"mask.fill_holes(m, max_area_px={largest})"
    return [Finding("holes", "warning", words, fix, (int(small.size), int(small.sum())))]


def _islands(mask: Mask, tidy: Mask, cleaned: str) -> list[Finding]:
    """Look for parts of their own, as `mask.drop_islands` sees them: peaks of one soft part are none."""
    box = region(tidy, 0)
    if box is None:
        return []
    mask, tidy = mask[box.slices], tidy[box.slices]
    count, labels = cv2.connectedComponents((tidy > 0).view(np.uint8), connectivity=8)
    areas = np.bincount(labels[mask > 127], minlength=count)[1:]
    small = (areas > 0) & (areas <= _SMALL * areas.max(initial=0))
    if not small.any():
        return []
    weights = np.bincount(labels.ravel(), weights=tidy.ravel(), minlength=count)[1:] / 255
    enough, largest = math.floor(weights[small].max()) + 1, int(areas[small].max())
    crumbs_join = drop_islands(mask, min_area_px=enough)[np.append(False, small)[labels] & (mask > 127)].any()
    small = areas[small]
    words = (
        f"{_count(small.size, 'small island')} beside the mask, {int(small.sum())} px in all, the largest {largest} px"
    )
    source = "m" if not crumbs_join else "mask.clean(m)" if cleaned == "m" else cleaned
    fix = f"mask.drop_islands({source}, min_area_px={enough})"
    return [Finding("islands", "warning", words, fix, (int(small.size), int(small.sum())))]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
    # Corners of the body are no part of their own.
    near = cv2.dilate(body, np.ones((cell + 1, cell + 1), np.uint8)).view(np.bool_)
    thin = edited & ~near
    count = np.count_nonzero(thin)
    share = np.count_nonzero(lost & thin) / count if count else 0.0
    return _GridLoss(float(np.count_nonzero(lost) / total), float(count / total), float(share))


def _thin(mask: Mask, cells: tuple[int, ...], cleaned: str, source: Mask) -> list[Finding]:
    """Look for parts that sampling loses; `source` is what the call `cleaned` gives."""
    losses = {cell: _grid_loss(mask, cell) for cell in cells}
    if all(loss.thin < 0.002 or loss.thin_lost < 0.2 for loss in losses.values()):
        return []
    shares = " and ".join(f"{loss.thin_lost:.0%} on a {cell} px grid" for cell, loss in losses.items() if loss.thin)
    words = f"parts are thinner than the cells that endpoints sample a mask in, and lose of their pixels {shares}"
    value = tuple(loss.lost for loss in losses.values())
    return [Finding("thin-parts", "warning", words, _snapped(source, max(cells), cleaned), value)]


def _snapped(source: Mask, cell: int, cleaned: str) -> str:
    """Return the call that makes parts as wide as cells, and does not spread what is faint all over the mask."""
    calls = [cleaned, f"mask.binarize({cleaned}, {_FAINT})", f"mask.binarize({cleaned})"]
    masks = [snap(each, cell) for each in (source, binarize(source, _FAINT), binarize(source))]
    if np.count_nonzero(masks[0]) > _FAINT_SPREAD * np.count_nonzero(masks[1]):
        calls, masks = calls[1:], masks[1:]
    for call, snapped in zip(calls, masks, strict=True):
        if np.count_nonzero(snapped) <= _FULL * snapped.size:
            return f"mask.snap({call}, {cell})"
    return "crop.around(image, m)  # enlarged, the parts are wider than cells"


def _border(mask: Mask) -> list[Finding]:
    sides = {"left": mask[:, 0], "top": mask[0], "right": mask[:, -1], "bottom": mask[-1]}
    touched = tuple(name for name, side in sides.items() if (side > 127).any())
    if not touched:
        return []
    words = f"the mask touches the canvas border ({', '.join(touched)}): nothing of the image is known beyond it"
    return [Finding("touches-border", "info", words, value=touched)]


def _coverage(mask: Mask, intent: Intent | None, polarity: str) -> list[Finding]:
    share = cv2.sumElems(mask)[0] / 255 / mask.size
    if share < 0.0005:
        words = f"only {share:.3%} of the image is edited"
        return [Finding("coverage-low", "warning", words, "crop.around(image, m)", share)]
    most = 0.8 if intent == "object" else 0.9
    if share > most:
        meant = " of an object" if intent == "object" else ""
        words = f"{share:.1%} of the image is edited, unusually much for an edit{meant}: little is left to go by"
        if polarity == "polarity-confirmed":
            inside = cv2.distanceTransform((mask > 127).view(np.uint8), cv2.DIST_L2, 5)
            fix = f"mask.shrink(m, {2 + int(np.ceil(np.quantile(inside, most)))})"
        else:
            words += "; an inverted mask looks like that"
            fix = "mask.invert(m)" if polarity == "inverted" else DECIDES
        return [Finding("coverage-high", "warning", words, fix, share)]
    return []
