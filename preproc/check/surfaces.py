"""Tell smooth surfaces with clean borders, as depth maps have them, from photos without colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import narrow
from .scales import Scales

__all__ = [
    "block_residuals",
    "blockiness",
    "curvature_of",
    "inside",
    "sharpest_step",
    "slope_of",
    "specks_of",
    "surface_score",
]

# Log-odds by logistic regression, both kinds weighted alike, over 838 gray crops of 15 photos (plain, JPEG, blurred,
# dark, noisy, of low contrast) and 279 depth maps (stereo, smoothed as predicted ones are, rendered, 16-bit, metric,
# with holes, out of JPEG). Photos that were left out score at most 1.6, those fitted 2.0; half of the depth scores above 2.5.
_WEIGHTS = {"contrast": 1.84, "unevenness": -0.88, "least_slope": -0.75, "curved": -1.14, "sloped": 1.57}
_OFFSET = -10.43

_LEAST_INSIDE = 0.05
_EDGE = 16  # twice the levels that count of a jump: edges are no blocks


def surface_score(scales: Scales) -> float:
    """Return the log-odds that a gray picture is a depth map and not a photo.

    Depth lies in smooth pieces between clean steps and uses the whole range of gray; photos have texture or grain in
    nearly all places, at some size. The picture is therefore measured at short sides of 256 and 64 px, against its own
    contrast.
    """
    contrast = scales.percentile(98) - scales.percentile(2)
    full = 255 / max(16.0, contrast)
    medium, small = scales.copies[256], scales.copies[64]
    measured = {
        "contrast": contrast,
        "unevenness": full * float(np.percentile(block_residuals(medium), 25)),
        "least_slope": full * float(np.percentile(slope_of(medium), 10)),
        "curved": full * float(np.percentile(curvature_of(small), 25)),
        "sloped": float(np.percentile(slope_of(small), 25)),
    }
    return _OFFSET + sum(weight * float(np.log(measured[name] + 0.1)) for name, weight in _WEIGHTS.items())


def sharpest_step(scales: Scales) -> float:
    """Return the steepest slope, as a share of the picture's contrast per pixel, at a short side of at most 512 px.

    A step blurred by a Gaussian of sigma px rises by ``0.4 / sigma`` at most. Steepest is what one pixel in a thousand
    exceeds.
    """
    levels = scales.copies[512]
    low, high = np.percentile(levels, (2, 98))
    return float(np.percentile(slope_of(levels), 99.9)) / max(16.0, float(high - low))


def blockiness(gray: NDArray[np.uint8], side: int = 8) -> float:
    """Return how much more the light jumps across the blocks of a JPEG than within them: about 1 for what was never one.

    A jump is what a step differs by from the steps beside it, so that slopes are none. The blocks may begin anywhere,
    as in a picture that was cropped; of rows and columns the less blocky ones count.
    """
    found = []
    for levels in (gray, gray.T):
        steps = np.diff(levels.astype(np.int16), axis=1)
        jumps = np.abs(2 * steps[:, 1:-1] - steps[:, :-2] - steps[:, 2:]).clip(max=_EDGE).mean(axis=0)
        phases = np.sort([float(jumps[start::side].mean()) for start in range(min(side, len(jumps)))])
        found.append((phases[-1] + 0.1) / (phases[len(phases) // 2] + 0.1) if len(phases) else 1.0)
    return float(min(found))


def inside(scales: Scales, of: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what was measured on a reduced copy where that copy shows nothing clipped, within 2 px; all if that is little.

    Skies and holes of depth maps are clipped, and so are the lights and shadows of photos: flat in both of them.

    Parameters
    ----------
    scales
        The picture.
    of
        What was measured on each pixel of one of its copies.
    """
    clear = scales.clear
    if clear.shape != of.shape:
        clear = np.asarray(cv2.resize(clear, of.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    kept = of[narrow(cv2.erode(clear, np.ones((5, 5), np.uint8))) > 254.5]
    return kept if kept.size > _LEAST_INSIDE * of.size else of.ravel()


def block_residuals(gray: NDArray[np.float32], side: int = 8) -> NDArray[np.float32]:
    """Return how far the levels of each block are from the plane that fits them best: a standard deviation."""
    start = side // 2  # across the blocks of a JPEG, which are flat inside and step at their borders
    margins = (max(0, start + side - length) for length in gray.shape)
    whole = np.asarray(cv2.copyMakeBorder(gray, 0, next(margins), 0, next(margins), cv2.BORDER_REPLICATE))[
        start:, start:
    ]
    rows, columns = (length // side for length in whole.shape)
    grid = whole[: rows * side, : columns * side].reshape(rows, side, columns, side).swapaxes(1, 2)
    blocks = grid.reshape(-1, side * side)
    y, x = np.mgrid[0:side, 0:side].reshape(2, -1)
    planes = np.linalg.qr(np.stack([np.ones(side * side), x, y], axis=1))[0].astype(np.float32)
    rest = (blocks - (blocks @ planes) @ planes.T).std(axis=1)
    mean = blocks.mean(axis=1)
    unclipped = (mean > 8) & (mean < 247)  # what is clipped is flat in every picture
    return np.asarray(rest[unclipped] if unclipped.any() else rest, np.float32)


def slope_of(gray: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how steep each pixel is, in levels a pixel."""
    across, down = (cv2.Sobel(gray, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    return np.asarray(np.hypot(narrow(across), narrow(down)), np.float32)


def curvature_of(gray: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much each pixel bends: the size of its Laplacian, in levels."""
    return np.asarray(np.abs(narrow(cv2.Laplacian(gray, cv2.CV_32F))), np.float32)


def specks_of(gray: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each pixel is from the median of 5 x 5 px around it, in levels."""
    return np.asarray(np.abs(gray - narrow(cv2.medianBlur(gray, 5))), np.float32)
