"""Tell depth maps from photos without colour by how they slope, bend and are speckled at several sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import narrow
from .scales import Scales, percentile_of, reduced
from .surfaces import block_residuals, curvature_of, slope_of, specks_of

__all__ = ["depth_score", "measured"]

# Log-odds by logistic regression, both kinds weighted alike, over 2760 gray pictures cut from 230 photos (plain, JPEG of
# quality 20 to 90, blurred by 1.5 to 14 px, dark, noisy, enlarged, reduced, smoothed, of low contrast, of other gamma)
# and 1054 depth maps (rendered scenes, of stereo cameras, sensors and networks; inverted, JPEG of quality 50 to 95,
# noisy, of few levels, narrow, with holes, resized). Features were added one by one while that helped what was left out.
_WEIGHTS = {
    "contrast": 2.25,
    "slope_512": -2.92,
    "slope_256": -2.27,
    "spread_32": -2.09,
    "bend_256": 0.63,
    "bend_64": 0.79,
    "bend_32": 2.67,
    "bend_of_slope_128": 2.58,
    "least_specks_512": -1.65,
    "specks_512": 2.87,
    "specks_128": -1.17,
    "specks_64": -1.94,
    "specks_of_slope_32": -3.5,
    "unevenness_512": -0.92,
}
_OFFSET = -21.37

_SIDES = (512, 256, 128, 64, 32)
_LEAST_CLEAR = 0.05


class _Copy(NamedTuple):
    levels: NDArray[np.float32]
    """The picture at a smaller size, filled where it is clipped."""
    clear: NDArray[np.bool_]
    """Where it is not: the rest of `levels` is made up, and not counted."""


def depth_score(scales: Scales) -> float:
    """Return the log-odds that a gray picture is a depth map and not a photo.

    Depth lies in smooth pieces between clean steps, and keeps to this at any size; photos have texture and lettering,
    and where these are out of focus, no steps either.
    """
    found = measured(scales)
    return _OFFSET + sum(weight * found[name] for name, weight in _WEIGHTS.items())


def measured(scales: Scales) -> dict[str, float]:
    """Measure a picture at short sides of 512 to 32 px, against its own contrast; all as logarithms.

    What is clipped does not count: skies and holes of depth maps are, and lights and shadows of photos, flat in both.
    """
    clear = _clear(scales.gray)
    counts = np.bincount(scales.gray[clear], minlength=256)
    unit = max(16.0, percentile_of(counts, 98) - percentile_of(counts, 2)) / 255

    def log(levels: float) -> float:
        return float(np.log(levels / unit + 0.1))

    at = dict(zip(_SIDES, _copies(scales.gray, clear), strict=True))
    slopes, bends, specks = (
        {side: found[copy.clear] for side, copy in at.items() for found in [measure(copy.levels)]}
        for measure in (slope_of, curvature_of, specks_of)
    )

    def percentile(of: dict[int, NDArray[np.float32]], side: int, share: float) -> float:
        return log(float(np.percentile(of[side], share)))

    def mean(of: dict[int, NDArray[np.float32]], side: int) -> float:
        return log(float(of[side].mean()))

    return {
        "contrast": float(np.log(max(8.0, scales.percentile(98) - scales.percentile(2)))),
        "slope_512": mean(slopes, 512),
        "slope_256": percentile(slopes, 256, 90),
        "spread_32": percentile(slopes, 32, 98) - percentile(slopes, 32, 50),
        "bend_256": percentile(bends, 256, 50),
        "bend_64": percentile(bends, 64, 98),
        "bend_32": percentile(bends, 32, 98),
        "bend_of_slope_128": mean(bends, 128) - mean(slopes, 128),
        "least_specks_512": percentile(specks, 512, 10),
        "specks_512": percentile(specks, 512, 25),
        "specks_128": percentile(specks, 128, 50),
        "specks_64": percentile(specks, 64, 50),
        "specks_of_slope_32": mean(specks, 32) - mean(slopes, 32),
        "unevenness_512": log(float(np.percentile(block_residuals(at[512].levels), 25))),
    }


def _clear(gray: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell what is not clipped, nor beside it, where JPEG leaves its traces; everything if that is little."""
    clear = narrow(cv2.erode(cv2.inRange(gray, 9, 246), np.ones((7, 7), np.uint8))) > 0
    return clear if clear.mean() > _LEAST_CLEAR else np.ones(gray.shape, bool)


def _copies(gray: NDArray[np.uint8], clear: NDArray[np.bool_]) -> Iterator[_Copy]:
    """Yield smaller and smaller copies, of what is clear."""
    levels, weight = gray.astype(np.float32), clear.astype(np.float32)
    for side in _SIDES:
        if side < min(levels.shape):
            light, weight = reduced(levels * weight, side), reduced(weight, side)
            levels = np.asarray(light / np.maximum(weight, 1e-6), np.float32)
        yield _filled(levels, weight > min(0.3, float(weight.max()) / 2))


def _filled(levels: NDArray[np.float32], known: NDArray[np.bool_]) -> _Copy:
    """Fill what is not known with the mean of what is known around, nearest first."""
    filled, left, reach = np.where(known, levels, 0).astype(np.float32), ~known, 3
    while left.any():
        there = (~left).astype(np.float32)
        share = narrow(cv2.blur(there, (reach, reach)))
        light = narrow(cv2.blur(filled * there, (reach, reach)))
        reached = left & (share > 1e-6)
        filled[reached] = light[reached] / share[reached]
        left, reach = left & ~reached, 2 * reach + 1
    return _Copy(filled, known)
