"""Fit a result's colours to the photo's.

A gain and an offset per channel are fitted, robustly, on the pixels around the edit that the endpoint was told to keep:
there photo and result show the same scene.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow

__all__ = [
    "LEAST_GAIN",
    "MOST_GAIN",
    "ColorFit",
    "fit_color",
    "is_blurred",
    "is_flat",
    "is_swapped",
    "lasting_difference",
    "ring_of",
]

LEAST_GAIN, MOST_GAIN = 0.8, 1.25

_LEAST_PIXELS, _ENOUGH_PIXELS = 64, 10_000
_SAME_SCENE_LEVELS = 12.0  # median difference above which photo and result do not show the same scene
_LEAST_CELLS, _LEAST_TINT_LEVELS = 8, 0.5  # of grays nobody can tell the order of their channels
_FLAT_LEVELS, _FLAT_FAR_LEVELS = 1.5, 8.0
_DETAIL_PX, _LEAST_DETAIL_LEVELS, _LEAST_DETAIL_RATIO = 5, 1.5, 0.25
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


def is_swapped(photo: Image, result: Image, kept: Mask) -> bool:
    """Tell whether red less blue is in the result what blue less red is in the photo, cell by cell."""
    before, after = (
        _cell_means(cv2.subtract(one[:, :, 0], one[:, :, 2], dtype=cv2.CV_32F), kept) for one in (photo, result)
    )
    tinted = float(np.abs(before).sum())
    if before.size < _LEAST_CELLS or tinted < _LEAST_TINT_LEVELS * before.size:
        return False
    spread = before.std() * after.std()
    runs_against = spread > 0 and float(((before - before.mean()) * (after - after.mean())).mean()) < -0.7 * spread
    return bool(runs_against) and float(np.abs(before + after).sum()) < 0.4 * tinted


def is_flat(result: Image, fit: ColorFit | None) -> bool:
    """Tell whether a result is one colour all over, and not the photo's."""
    _, spread = cv2.meanStdDev(result)
    return float(spread.max()) < _FLAT_LEVELS and fit is not None and fit.before > _FLAT_FAR_LEVELS


def is_blurred(photo: Image, result: Image, kept: Mask) -> bool:
    """Tell whether the result lacks most of the photo's detail on kept pixels; at half the size grain does not count."""
    half = (max(1, kept.shape[1] // 2), max(1, kept.shape[0] // 2))
    around = np.ones((_DETAIL_PX, _DETAIL_PX), np.uint8)  # nothing painted takes part
    some = cv2.erode(cv2.resize(cv2.inRange(kept, 1, 255), half, interpolation=cv2.INTER_AREA), around) == 255
    if not some.any():
        return False
    before, after = (_detail(cv2.resize(one, half, interpolation=cv2.INTER_AREA))[some] for one in (photo, result))
    levels = float(before.mean())
    return levels >= _LEAST_DETAIL_LEVELS and float(after.mean()) < _LEAST_DETAIL_RATIO * levels


def _detail(picture: NDArray[Any]) -> NDArray[np.float32]:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(np.abs(gray - cv2.blur(gray, (_DETAIL_PX, _DETAIL_PX))), np.float32)


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
    means = _cell_means(cv2.subtract(photo, result, dtype=cv2.CV_32F), kept)
    return float(np.median(np.abs(means).mean(axis=1))) if means.size else 0.0


def _cell_means(plane: NDArray[Any], kept: Mask) -> NDArray[np.float32]:
    """Return the means over cells of 16 px, of kept pixels; of those cells of which half is kept, `(N, C)`."""
    height, width = kept.shape
    cells = (max(1, width // _CELL_PX), max(1, height // _CELL_PX))
    share = np.minimum(kept, 1).astype(np.float32)
    shared = np.atleast_3d(plane) * share[:, :, np.newaxis]
    total = cv2.resize(shared, cells, interpolation=cv2.INTER_AREA).reshape(cells[1], cells[0], -1)
    shares = np.asarray(cv2.resize(share, cells, interpolation=cv2.INTER_AREA)).reshape(cells[1], cells[0])
    known = shares >= 0.5
    return np.asarray(total[known] / shares[known, np.newaxis], np.float32)


def ring_of(kept: Mask, sent: Mask) -> Mask:
    """Kept pixels near the edit: as far out as a third of its diagonal, at least 32 px."""
    x, y, width, height = cv2.boundingRect(sent)
    reach = int(max(32, 0.33 * np.hypot(width, height)))
    near = np.zeros_like(kept)
    near[max(0, y - reach) : y + height + reach, max(0, x - reach) : x + width + reach] = 1
    return narrow(cv2.bitwise_and(kept, kept, mask=near))
