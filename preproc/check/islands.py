"""Small parts beside the mask, and the mask without them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..arrays import Mask
from ..mask import drop_islands
from ..mask.distance import region
from .report import Finding

__all__ = ["SMALL", "counted", "islands"]

SMALL = 0.01
"""What is smaller than this share of the mask's largest part is taken for an accident."""


def islands(mask: Mask, tidy: Mask, cleaned: str) -> tuple[list[Finding], str, Mask]:
    """Look for parts of their own, as `mask.drop_islands` sees them: peaks of one soft part are none.

    Return also the call, and what it gives, that takes them out together with the noise of a mask: `tidy` is the mask
    without that, which the call `cleaned` gives where there is any.
    """
    whole = mask if cleaned == "m" else tidy
    box = region(tidy, 0)
    if box is None:
        return [], cleaned, whole
    mask, tidy = mask[box.slices], tidy[box.slices]
    count, labels = cv2.connectedComponents((tidy > 0).view(np.uint8), connectivity=8)
    areas = np.bincount(labels[mask > 127], minlength=count)[1:]
    small = (areas > 0) & (areas <= SMALL * areas.max(initial=0))
    if not small.any():
        return [], cleaned, whole
    weights = np.bincount(labels.ravel(), weights=tidy.ravel(), minlength=count)[1:] / 255
    enough, largest = math.floor(weights[small].max()) + 1, int(areas[small].max())
    crumbs_join = drop_islands(mask, min_area_px=enough)[np.append(False, small)[labels] & (mask > 127)].any()
    small = areas[small]
    words = (
        f"{counted(small.size, 'small island')} beside the mask, {int(small.sum())} px in all, the largest {largest} px"
    )
    source = "m" if not crumbs_join else "mask.clean(m)" if cleaned == "m" else cleaned
    fix = f"mask.drop_islands({source}, min_area_px={enough})"
    found = Finding("islands", "warning", words, fix, (int(small.size), int(small.sum())))
    call = f"mask.drop_islands({cleaned}, min_area_px={enough})"
    return [found], call, drop_islands(whole, min_area_px=enough)


def counted(number: int, noun: str) -> str:
    """Say a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
