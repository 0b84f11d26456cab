"""Fit a result's colours to the photo's.

A gain and an offset per channel are fitted, robustly, on the pixels around the edit that the endpoint was told to keep:
there photo and result show the same scene.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow

__all__ = ["LEAST_GAIN", "MOST_GAIN", "ColorFit", "fit_color", "is_swapped", "lasting_difference", "ring_of"]

LEAST_GAIN, MOST_GAIN = 0.8, 1.25

_LEAST_PIXELS, _ENOUGH_PIXELS = 64, 10_000
_SAME_SCENE_LEVELS = 12.0  # median difference above which photo and result do not show the same scene
_SWAPPED_LEVELS = 2.0  # less than that is no sign of channels in another order
_CELL_PX = 16  # over so many, grain, compression and fine detail level out


@dataclass(frozen=True, slots=True)
class ColorFit:
    """How the result's colours differ from the photo's: ``photo = gain * result + offset``.

    Parameters
    ----------
    gain, offset
        One per channel, R, G, B; offset in levels of 0 to 255.
    before, after
        Median absolute difference of the kept pixels before and after the fit, in levels.
    pixels
        How many pixels were fitted.
    """

    gain: tuple[float, float, float]
    offset: tuple[float, float, float]
    before: float
    after: float
    pixels: int

    @property
    def is_other_scene(self) -> bool:
        """The kept pixels do not show the photo's scene, so nothing can be fitted."""
        return self.after > _SAME_SCENE_LEVELS

    @property
    def is_at_limit(self) -> bool:
        """A gain of at least one channel is as far from 1 as is allowed: more difference than that is left."""
        return any(gain in {LEAST_GAIN, MOST_GAIN} for gain in self.gain)

    def apply(self, picture: Image) -> NDArray[np.float32]:
        """Correct a picture, uint8 RGB; not rounded, not clipped."""
        line = np.column_stack([np.diag(self.gain), self.offset])
        return np.asarray(cv2.transform(picture.astype(np.float32), line), np.float32)

    def apply_rounded(self, picture: Image) -> Image:
        """Correct a picture, uint8 RGB, to uint8."""
        levels = narrow(np.repeat(np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2))
        table = np.clip(np.rint(self.apply(levels)), 0, 255).astype(np.uint8)
        return narrow(cv2.LUT(picture, table))


def fit_color(photo: Image, result: Image, kept: Mask) -> ColorFit | None:
    """Fit gain and offset on kept pixels by least squares, dropping outliers in rounds.

    Parameters
    ----------
    photo, result
        uint8 RGB of one size.
    kept
        Non-zero where both should show the same.

    Returns
    -------
    ColorFit or None
        None when fewer than 64 pixels are shared. Gains stay within 0.8 to 1.25.
    """
    shared = cv2.countNonZero(kept)
    if shared < _LEAST_PIXELS:
        return None
    # every few rows and columns are enough of many pixels
    step = int(math.sqrt(shared / _ENOUGH_PIXELS)) or 1
    if cv2.countNonZero(np.ascontiguousarray(kept[::step, ::step])) < _LEAST_PIXELS:
        step = 1
    some = kept[::step, ::step] > 0
    target, source = (picture[::step, ::step][some].astype(np.float64) for picture in (photo, result))
    fits = [_fit_channel(source[:, channel], target[:, channel]) for channel in range(3)]
    gain, offset = (np.array(values) for values in zip(*fits, strict=True))
    before = float(np.median(np.abs(target - source)))
    if before == 0 and np.array_equal(target, source):
        gain, offset = np.ones(3), np.zeros(3)
    after = float(np.median(np.abs(target - (source * gain + offset))))
    return ColorFit(
        (float(gain[0]), float(gain[1]), float(gain[2])),
        (float(offset[0]), float(offset[1]), float(offset[2])),
        before,
        after,
        shared,
    )


def is_swapped(photo: Image, result: Image, kept: Mask, fit: ColorFit) -> bool:
    """Tell whether the result fits the photo much better with red and blue exchanged."""
    if fit.after < _SWAPPED_LEVELS:
        return False
    other = fit_color(photo, narrow(result[:, :, ::-1]), kept)
    return other is not None and other.after < 0.5 * fit.after


def _fit_channel(source: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[float, float]:
    keep = np.ones(source.shape, bool)
    gain, offset = 1.0, 0.0
    for _ in range(6):
        x, y = source[keep], target[keep]
        spread = x.var()
        # a flat rim cannot tell gain from offset
        gain = (
            float(np.clip(np.mean((x - x.mean()) * (y - y.mean())) / spread, LEAST_GAIN, MOST_GAIN))
            if spread > 16
            else 1.0
        )
        offset = float(y.mean() - gain * x.mean())
        residual = np.abs(target - (gain * source + offset))
        narrower = residual <= max(3 * float(np.median(residual[keep])), 1.0)
        if np.array_equal(narrower, keep) or narrower.sum() < _LEAST_PIXELS:
            break
        keep = narrower
    return gain, offset


def lasting_difference(photo: Image, result: Image, kept: Mask) -> float:
    """Return by how many levels kept pixels differ where the difference lasts over 16 px: the median of such cells."""
    height, width = kept.shape
    cells = (max(1, width // _CELL_PX), max(1, height // _CELL_PX))
    share = np.minimum(kept, 1).astype(np.float32)
    difference = cv2.subtract(photo, result, dtype=cv2.CV_32F) * share[:, :, np.newaxis]
    total = cv2.resize(np.asarray(difference), cells, interpolation=cv2.INTER_AREA).reshape(cells[1], cells[0], 3)
    shares = np.asarray(cv2.resize(share, cells, interpolation=cv2.INTER_AREA)).reshape(cells[1], cells[0])
    known = shares >= 0.5
    return float(np.median(np.abs(total[known] / shares[known, np.newaxis]).mean(axis=1))) if known.any() else 0.0


def ring_of(kept: Mask, sent: Mask) -> Mask:
    """Kept pixels near the edit: as far out as a third of its diagonal, at least 32 px."""
    x, y, width, height = cv2.boundingRect(sent)
    reach = int(max(32, 0.33 * np.hypot(width, height)))
    near = np.zeros_like(kept)
    near[max(0, y - reach) : y + height + reach, max(0, x - reach) : x + width + reach] = 1
    return narrow(cv2.bitwise_and(kept, kept, mask=near))
