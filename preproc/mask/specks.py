"""Near-black specks and smears apart from what is edited: what counts as the mask, and what is noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow

__all__ = ["specks", "without_specks"]

_SQUARE = np.ones((3, 3), np.uint8)

# A separate part that never rises above it is noise. A feather does, as it leads up to what it belongs to.
_SPECK_LEVEL = 20


def specks(mask: Mask) -> NDArray[np.bool_] | None:
    """Find the pixels of separate parts that never rise above 20; None where there are none.

    Parts are separate where only 0 lies between them, diagonally too. A mask that stays below as a whole has none.
    """
    if mask.max() <= _SPECK_LEVEL:
        return None
    touched = cv2.threshold(mask, 0, 1, cv2.THRESH_BINARY)[1]
    outlines, _ = cv2.findContours(narrow(touched), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) < 2:
        return None
    bright = mask > _SPECK_LEVEL
    beside = cv2.dilate(bright.view(np.uint8), _SQUARE).view(np.bool_)
    dim = touched.view(np.bool_) & ~bright
    if not (dim & ~beside).any():  # along an anti-aliased edge every dim pixel lies beside a bright one
        return None
    count, labels = cv2.connectedComponents(dim.view(np.uint8), connectivity=8)
    low = np.ones(count, np.bool_)
    low[0] = False
    low[labels[dim & beside]] = False
    if not low.any():
        return None
    found: NDArray[np.bool_] = low[labels]
    return found


def without_specks(mask: Mask) -> Mask:
    """Return the mask with its specks at 0; itself where it has none."""
    found = specks(mask)
    return mask if found is None else np.where(found, np.uint8(0), mask)
