"""Tell depth maps from photos without colour by their floor of noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .scales import Scales
from .surfaces import block_residuals, curvature_of, slope_of

__all__ = ["noise_score"]

# Log-odds by logistic regression, both kinds weighted alike, over 2264 gray crops of 52 photos (plain, JPEG, blurred,
# dark, noisy, enlarged, reduced, smoothed, of high gamma) and 360 depth maps (stereo, smoothed as predicted ones are,
# drawn scenes, inverted, out of JPEG, resized). Of photos that were left out one in two hundred scores above 1.8, of
# depth maps one in fifty below -0.3; fitted, one in a hundred and one in a hundred.
_WEIGHTS = {
    "contrast": 12.61,
    "unevenness": -2.21,
    "noise": -4.76,
    "least_slope": -3.73,
    "steepness": -0.91,
    "curved_medium": -2.63,
    "curved": -0.46,
    "sloped": 8.37,
}
_OFFSET = -81.03


def noise_score(scales: Scales) -> float:
    """Return the log-odds that a gray picture is a depth map and not a photo.

    Depth lies in smooth pieces between clean steps and uses the whole range of gray; photos have texture or grain in
    nearly all places, at some size. The picture is therefore measured at short sides of 256, 128 and 64 px, and for
    its floor of noise at its own, against its own contrast.
    """
    contrast = scales.percentile(98) - scales.percentile(2)
    full = 255 / max(16.0, contrast)
    medium, half, small = (scales.copies[short] for short in (256, 128, 64))
    slope = slope_of(medium)
    measured = {
        "contrast": contrast + 0.9,  # and 0.1 below: never the logarithm of 0
        "unevenness": full * float(np.percentile(block_residuals(medium), 25)),
        "noise": full * float(np.percentile(block_residuals(_bands(scales.gray)), 10)),
        "least_slope": full * float(np.percentile(slope, 10)),
        "steepness": full * float(np.percentile(slope, 75)),
        "curved_medium": full * float(np.percentile(curvature_of(half), 25)),
        "curved": full * float(np.percentile(curvature_of(small), 25)),
        "sloped": full * float(np.percentile(slope_of(small), 25)),
    }
    return _OFFSET + sum(weight * float(np.log(measured[name] + 0.1)) for name, weight in _WEIGHTS.items())


def _bands(gray: NDArray[np.uint8], pixels: int = 1 << 20, rows: int = 64) -> NDArray[np.float32]:
    """Return bands of rows that are spread over a large picture."""
    height, width = gray.shape
    count = max(1, pixels // (rows * width))
    if height <= count * rows:
        return gray.astype(np.float32)
    starts = np.linspace(0, height - rows, count).astype(int)
    return np.concatenate([gray[start : start + rows] for start in starts]).astype(np.float32)
