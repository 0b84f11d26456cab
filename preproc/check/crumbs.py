"""Whether noise beside the edge of a mask is what a file left in it, or may be soft detail of the mask's own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask

__all__ = ["are_crumbs"]

# Noise all over a mask is on more than this share of its black and white.
_ALL_OVER = 0.03
# Beside an edge without a ramp a JPEG leaves about as many pixels of noise as there are values between; soft detail is
# little of a matte. Where most values between are parts of steep edges, fewer do.
_CROWDED, _CROWDED_STEEP, _TWO_VALUED = 0.4, 0.1, 0.6
# A step of more than this within three pixels is steep.
_STEEP = 200


def are_crumbs(noise: NDArray[np.bool_], tidy: Mask) -> bool:
    """Tell where the noise comes from by how much there is; `tidy` is the mask without it."""
    count = np.count_nonzero(noise)
    if count > _ALL_OVER * np.count_nonzero((tidy == 0) | (tidy == 255)):
        return True
    steep = cv2.morphologyEx(tidy, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _STEEP
    if not steep.any():
        return False
    between = (tidy > 8) & (tidy < 247)
    two_valued = np.count_nonzero(between & steep) >= _TWO_VALUED * np.count_nonzero(between)
    return bool(count >= (_CROWDED_STEEP if two_valued else _CROWDED) * np.count_nonzero(between))
