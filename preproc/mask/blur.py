"""The Gaussian blur of a mask, right to a level at any width."""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from ..geometry import Box
from .distance import region

__all__ = ["blur", "softened"]

# Farther than this many standard deviations a mask's blur is below half a level.
_REACH = 3.2


def blur(mask: Mask, sigma: float) -> Mask:
    """Blur with a Gaussian of `sigma` px, mirrored at the canvas border (``BORDER_REFLECT``)."""
    result = np.zeros(mask.shape, np.uint8)
    box = region(mask, _REACH * sigma)
    if box is not None:
        result[box.slices] = cv2.convertScaleAbs(softened(mask, sigma, box))
    return result


def softened(mask: Mask, sigma: float, box: Box) -> NDArray[np.float32]:
    """Return the blur within `box`, which holds everything non-zero with room for it.

    Wide blurs work on area averages of `s` px: those are a box blur of variance (s² - 1) / 12 already, the linear
    interpolation back adds s² / 6 + 1 / 12 on average, and the Gaussian supplies the rest of σ².
    """
    part = mask[box.slices]
    if sigma > 1.2 * max(mask.shape):
        # The slowest wave that is mirrored in the canvas keeps less than a thousandth.
        return np.full(part.shape, mask.mean(), np.float32)
    step = max(1, int(sigma / 6))
    if step > 1:
        return _coarsely(part, sigma, step, mirror=(box.right == mask.shape[1], box.bottom == mask.shape[0]))
    soft = cv2.GaussianBlur(part.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return cast("NDArray[np.float32]", soft)


def _coarsely(mask: Mask, sigma: float, step: int, *, mirror: tuple[bool, bool]) -> NDArray[np.float32]:
    """Blur area averages; mirrored right and bottom sides first, where the averages may not end on the border."""
    height, width = mask.shape
    reach = math.ceil(_REACH * sigma)
    right, bottom = (reach if mirrored else 0 for mirrored in mirror)
    right, bottom = right + -(width + right) % step, bottom + -(height + bottom) % step
    padded = cv2.copyMakeBorder(mask, 0, bottom, 0, right, cv2.BORDER_REFLECT)
    size = (padded.shape[1], padded.shape[0])
    # In whole levels the averages of a few pixels would be rounded upwards more often than not.
    values = padded.astype(np.float32)
    averages = cv2.resize(values, (size[0] // step, size[1] // step), interpolation=cv2.INTER_AREA)
    rest = math.sqrt(sigma**2 - step**2 / 4) / step
    small = cv2.GaussianBlur(averages, (0, 0), rest, borderType=cv2.BORDER_REFLECT)
    soft = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    return cast("NDArray[np.float32]", soft)
