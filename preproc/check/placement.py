"""Whether a map of another shape shows its photo cut or padded, as it should, or stretched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow, size_of_array
from ..control.sizing import FitMode, placed, scaled
from ..geometry import Size

__all__ = ["ROUNDING_PX", "looks_stretched"]

ROUNDING_PX = 32
"""How far a side may be from the photo's shape where sizes are multiples of 64."""

_MODES: tuple[FitMode, ...] = ("crop", "pad", "stretch")
_LONGEST = 192
_DECIDES, _AGREES = 0.03, 0.15  # correlations


def looks_stretched(pixels: Image, photo: Image) -> bool | None:
    """Compare where outlines lie in the map and in the photo, fitted in each way; None where that does not decide."""
    size = size_of_array(pixels)
    factor = min(1.0, _LONGEST / max(size))
    small = Size(max(8, round(size.width * factor)), max(8, round(size.height * factor)))
    drawn = _outlines(scaled(pixels, small))
    agreement = {
        mode: _correlation(drawn, _outlines(placed(photo, small, mode=mode, scale=scaled, background=None)))
        for mode in _MODES
    }
    kept, stretched = max(agreement["crop"], agreement["pad"]), agreement["stretch"]
    if max(kept, stretched) < _AGREES or abs(kept - stretched) < _DECIDES:
        return None
    return stretched > kept


def _outlines(picture: Image) -> NDArray[np.float32]:
    gray = narrow(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)).astype(np.float32)
    steepness = np.hypot(*(np.asarray(cv2.Sobel(gray, cv2.CV_32F, dx, 1 - dx)) for dx in (0, 1)))
    return np.asarray(cv2.GaussianBlur(steepness, (0, 0), 1.5), np.float32)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    first, second = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / spread if spread else 0.0
