"""Bring the generated pixels to the photo's level, without touching a preserved pixel.

Two steps. A gain and an offset per channel are fitted, robustly, on the pixels around the edit that the endpoint was
told to keep: there photo and result show the same scene. What difference remains at the rim is continued smoothly
into the edit, as the solution of Laplace's equation (the offset form of Poisson image editing: Pérez, Gangnet and
Blake, SIGGRAPH 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow
from .membrane import membrane

__all__ = ["ColorFit", "fit_color", "lasting_difference", "repair_color", "repair_seam", "ring_of"]

_LEAST_PIXELS = 64
_SAME_SCENE_LEVELS = 12.0  # median difference above which photo and result do not show the same scene
_AGREE_LEVELS = 6.0
_MOST_BLUR_PX = 4.0
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
    def is_same(self) -> bool:
        """The kept pixels are equal already: the endpoint pasted back by itself, or sent nothing new."""
        return self.before == 0

    @property
    def is_other_scene(self) -> bool:
        """The kept pixels do not show the photo's scene, so nothing can be fitted."""
        return self.after > _SAME_SCENE_LEVELS


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
    at = np.flatnonzero(kept)
    if at.size < _LEAST_PIXELS:
        return None
    some = at[:: max(1, at.size // 10_000)]
    target, source = (picture.reshape(-1, 3)[some].astype(np.float64) for picture in (photo, result))
    fits = [_fit_channel(source[:, channel], target[:, channel]) for channel in range(3)]
    gain, offset = (np.array(values) for values in zip(*fits, strict=True))
    before = float(np.median(np.abs(target - source)))
    if before == 0 and np.array_equal(target, source):
        gain, offset = np.ones(3), np.zeros(3)
    after = float(np.median(np.abs(target - (source * gain + offset))))
    return ColorFit(
        (float(gain[0]), float(gain[1]), float(gain[2])),
        (float(offset[0]), float(offset[1]), float(offset[2])),
        before if before or not np.array_equal(target, source) else 0.0,
        after,
        int(at.size),
    )


def _fit_channel(source: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[float, float]:
    keep = np.ones(source.shape, bool)
    gain, offset = 1.0, 0.0
    for _ in range(6):
        x, y = source[keep], target[keep]
        spread = x.var()
        # a flat rim cannot tell gain from offset
        gain = float(np.clip(np.mean((x - x.mean()) * (y - y.mean())) / spread, 0.8, 1.25)) if spread > 16 else 1.0
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


def repair_color(result: Image, fit: ColorFit) -> NDArray[np.float32]:
    """Apply gain and offset; not rounded, not clipped."""
    line = np.column_stack([np.diag(fit.gain), fit.offset])
    return np.asarray(cv2.transform(result.astype(np.float32), line), np.float32)


def repair_seam(photo: Image, corrected: NDArray[np.float32], *, blend: Mask, kept: Mask) -> NDArray[np.float32]:
    """Continue what difference is left at the rim into the edit.

    Parameters
    ----------
    photo
        uint8 RGB of the crop.
    corrected
        float32 RGB of the same size, from `repair_color`.
    blend
        Where the result will be pasted.
    kept
        Non-zero where the endpoint was told to keep the photo.

    Returns
    -------
    ndarray of float32
        `corrected` plus the membrane; equal to it where nothing is pasted.

    Notes
    -----
    Pixels between the pasted area and the kept ones belong to the margin that was sent for repainting. Where they
    agree with the photo they hold the membrane close to the edge; where they do not, they are new content and the
    membrane passes over them.
    """
    x, y, width, height = cv2.boundingRect(blend)
    reach = 8
    while True:  # far enough out to meet kept pixels on every side that has any
        top, left = max(0, y - reach), max(0, x - reach)
        area = (slice(top, y + height + reach), slice(left, x + width + reach))
        if kept[area].any() or reach > max(blend.shape):
            break
        reach *= 2
    difference = photo[area].astype(np.float32) - corrected[area]
    distance = np.maximum.reduce(cv2.split(np.abs(difference)))  # along a short last axis numpy is slow
    pasted = blend[area] > 0
    usual = float(np.median(distance[kept[area] > 0])) if kept[area].any() else 0.0
    known = ~pasted & (distance <= max(_AGREE_LEVELS, 4 * usual))
    if not known.any():
        return corrected
    calm = _smooth_known(difference, known)
    repaired = corrected.copy()
    repaired[area] += np.where(pasted[:, :, np.newaxis], membrane(calm, known), np.float32(0))
    return repaired


def _smooth_known(difference: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Blur over known pixels only, the more the grainier they are: grain must not be drawn into the edit."""
    grain = float(np.median(np.abs(difference - cv2.GaussianBlur(difference, (0, 0), 1.5))[known]))
    sigma = 0.7 + min(_MOST_BLUR_PX, max(0.0, 2 * grain - 0.7))
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma)
    total = cv2.GaussianBlur(np.where(known[:, :, np.newaxis], difference, np.float32(0)), (0, 0), sigma)
    smoothed = total / np.maximum(weight, np.float32(1e-6))[:, :, np.newaxis]
    return np.asarray(smoothed, np.float32)


def ring_of(kept: Mask, sent: Mask) -> Mask:
    """Kept pixels near the edit: as far out as a third of its diagonal, at least 32 px."""
    x, y, width, height = cv2.boundingRect(sent)
    reach = int(max(32, 0.33 * np.hypot(width, height)))
    near = np.zeros_like(kept)
    near[max(0, y - reach) : y + height + reach, max(0, x - reach) : x + width + reach] = 1
    return narrow(cv2.bitwise_and(kept, kept, mask=near))
