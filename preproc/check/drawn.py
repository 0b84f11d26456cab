"""Tell lines on black from dark photos and from dithered ones."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import narrow
from .scales import Scales
from .surfaces import slope_of

__all__ = ["dithering", "drawn_score"]

# Log-odds by logistic regression, both kinds weighted alike, over what shares, tones and thinness leave undecided: 856
# photos of 52 sources (most of them darkened to a quarter or of high gamma) and 737 maps (own soft edges and line art
# at several widths, maps as networks draw them, out of JPEG, resized). One photo in fifty scores above 1.8, one map in
# two hundred below -3.8.
_WEIGHTS = {"thin": 10.35, "thin_medium": 4.09, "steepest": -3.14, "floor": 1.56, "hard": -3.55, "valleys": -5.79}
_OFFSET = 7.0

# Of 2000 canny maps (JPEG of quality 90 too) two are above either, of dithers nine in ten.
_ALONE, _CROWDED = 0.05, 0.35


def drawn_score(scales: Scales, *, hard: float) -> float:
    """Return the log-odds that light on black is drawn, not the light of a dark photo.

    Between drawn lines, however soft and dense, the picture falls back to black; in photos broad pieces stay lit.

    Parameters
    ----------
    scales
        The picture, light on black.
    hard
        `Tones.hard` of it.
    """
    medium, small = scales.copies[128], scales.copies[64]
    contrast = max(16.0, scales.percentile(98) - scales.percentile(2))
    steepest = float(np.percentile(slope_of(medium), 98)) * 255 / contrast
    valleys, thin = _valleys(small)
    measured = {
        "thin": thin,
        "thin_medium": _valleys(medium)[1],
        "steepest": float(np.log(steepest + 0.1)),
        "floor": float(np.log(scales.percentile(1) + 1)),
        "hard": hard,
        "valleys": valleys,
    }
    return _OFFSET + sum(weight * measured[name] for name, weight in _WEIGHTS.items())


def dithering(gray: NDArray[np.uint8], side: int = 7) -> float:
    """Return how many neighbours differ in black and white, against as many as would were each pixel drawn by chance.

    Dithers scatter black and white as evenly as they can, so more differ than by chance; along a line fewer do. The
    chance of white is that of the pixels around. 0 where what is rarer, black or white, lies along lines as edges
    do, neither alone nor crowded.
    """
    white = (gray >= 128).astype(np.float32)
    share = float(white.mean())
    if not 0 < share < 1:
        return 0.0
    rarer = white if share <= 0.5 else 1 - white
    beside = _beside(rarer)
    if np.mean(beside == 0) <= _ALONE and np.mean(beside >= 4) <= _CROWDED:
        return 0.0
    around = narrow(cv2.blur(white, (side, side)))
    differ = sum(float(np.abs(np.diff(white, axis=axis)).sum()) for axis in (0, 1)) / 2
    return differ / max(1.0, float((2 * around * (1 - around)).sum()))


def _beside(chosen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how many of the eight around each chosen pixel are chosen too."""
    sums = narrow(cv2.boxFilter(chosen, cv2.CV_32F, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT))
    return np.rint(sums[chosen > 0] - 1)


def _valleys(levels: NDArray[np.float32]) -> tuple[float, float]:
    """Return how lit the darkest place within 4 px is on average, and the share of light in what is narrower than 9 px."""
    square = np.ones((9, 9), np.uint8)
    darkest = narrow(cv2.erode(levels, square))
    broad = narrow(cv2.dilate(darkest, square))
    light = float(levels.sum()) + 1
    return float(darkest.mean()) / (float(np.percentile(levels, 99)) + 1), 1 - float(broad.sum()) / light
