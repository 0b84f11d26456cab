"""Whether noise beside the edge of a mask is a JPEG's, or may be soft detail of the mask's own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask

__all__ = ["left_by_jpeg"]

_BLOCK = 8
# A JPEG's noise lies in the blocks that the edge runs through, but for so little.
_WITHIN = 0.98
# Where more of the values between are parts of steep edges, the mask is two-valued but for its noise.
_TWO_VALUED = 0.6
# A step of more than this within three pixels is steep.
_STEEP = 200


def left_by_jpeg(noise: NDArray[np.bool_], tidy: Mask) -> bool:
    """Tell where the noise comes from; `tidy` is the mask without it.

    JPEG works on blocks of 8 x 8 px: one that is all black or white stays so. Of a mask that was scaled or cut since,
    the blocks are not known; that it is two-valued otherwise has to do.
    """
    steep = cv2.morphologyEx(tidy, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _STEEP
    if not steep.any():
        return False
    between = (tidy > 8) & (tidy < 247)
    if np.count_nonzero(between & steep) >= _TWO_VALUED * np.count_nonzero(between):
        return True
    edge = _whole_blocks(((tidy > 0) & (tidy < 255)) | steep)
    return bool(np.count_nonzero(noise & edge) >= _WITHIN * np.count_nonzero(noise))


def _whole_blocks(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return all pixels of the blocks that hold one of these."""
    height, width = chosen.shape
    padded = np.pad(chosen, ((0, -height % _BLOCK), (0, -width % _BLOCK)))
    rows, columns = padded.shape[0] // _BLOCK, padded.shape[1] // _BLOCK
    held = padded.reshape(rows, _BLOCK, columns, _BLOCK).any(axis=(1, 3))
    wide: NDArray[np.bool_] = held.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[:height, :width]
    return wide
