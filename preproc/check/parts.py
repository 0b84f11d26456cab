"""Holes, thin parts, the border, and how much there is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, size_of_array
from ..mask import bounds
from .islands import SMALL, counted
from .polarity import DECIDES, Intent
from .report import Finding
from .thin import thin_parts

__all__ = ["parts"]


def parts(
    mask: Mask, intent: Intent | None, cell: int | None, polarity: str, *, source: Mask, call: str
) -> list[Finding]:
    """Look at the shape; `source` is the mask without noise and specks, which `call` gives.

    `polarity` is the code of what is known about that.
    """
    cells = (8, 16) if cell is None else (cell,)
    return [
        *_holes(_near(mask, max(cells))),
        *thin_parts(source, _near(source, max(cells)), cells, call),
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
    small = holes[holes <= SMALL * edited]
    # Filled, they add to what the others are small beside.
    while (more := holes[holes <= SMALL * (edited + small.sum())]).size > small.size:
        small = more
    if not small.size:
        return []
    largest = int(small.max())
    words = f"{counted(small.size, 'small hole')} in the mask, {int(small.sum())} px in all, the largest {largest} px"
    fix = f"mask.fill_holes(m, max_area_px={largest})"
    return [Finding("holes", "warning", words, fix, (int(small.size), int(small.sum())))]


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
