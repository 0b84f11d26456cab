"""The gradient that Canny thresholds: of the picture, of a blurred one, or interpolated from a smaller one.

A wide blur leaves nothing that needs every pixel, and in 8 bits its slopes drown in steps. From a sigma of 4 px on,
the picture is therefore reduced by a power of two, blurred and differentiated there, and the derivatives are brought
back by doublings with linear interpolation (Chaikin's scheme, which tends to a smooth quadratic spline). Every value
on the way is a dyadic fraction that float32 holds exactly, so the map does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Image, Mask, narrow

from .strips import trace_in_strips

__all__ = ["GRADIENT_LIMIT", "GradientField", "edge_map", "gradient_field", "otsu_threshold"]

GRADIENT_LIMIT = 2040
"""Greatest |dx| + |dy| of the 3x3 Sobel operator on 8 bits."""
WHOLE_PIXELS = 64_000_000
"""Larger pictures are traced in strips: bare Canny would take 13 bytes per pixel besides the picture."""
_BLOCK_PIXELS = 1 << 20
_GAIN = 16  # sub-level steps of interpolated derivatives; 16 * 2040 still fits int16


@dataclass(frozen=True, slots=True)
class GradientField:
    """A gradient ready to be thresholded; `source` is the picture, or its reduced and blurred form where `scale` > 1."""

    source: Image
    height: int
    width: int
    sigma_px: float
    scale: int
    l2: bool

    def trace(self, top: int, bottom: int, low: float, high: float) -> Mask:
        """Return Canny of the rows `top` to `bottom` as it is there in the whole picture, but for hysteresis from afar."""
        # Sobel and non-maximum suppression look one row each to either side
        first, last = max(0, top - 2), min(self.height, bottom + 2)
        if self.scale == 1:
            edges = cv2.Canny(self.blurred(first, last), low, high, L2gradient=self.l2)
        else:
            gain = _GAIN * self.scale
            dx, dy = self._interpolated(first, last)
            edges = cv2.Canny(dx, dy, low * gain, high * gain, L2gradient=self.l2)
        return narrow(edges)[top - first : bottom - first]

    def blurred(self, top: int, bottom: int) -> Image:
        """Return rows of the picture after the blur, at full size."""
        if self.sigma_px == 0:
            return self.source[top:bottom]
        reach = int(3 * self.sigma_px) + 2
        first = max(0, top - reach)
        return _blur(self.source[first : bottom + reach], self.sigma_px)[top - first : bottom - first]

    def _interpolated(self, top: int, bottom: int) -> list[NDArray[np.int16]]:
        first = max(0, top // self.scale - 2)
        last = min(len(self.source), -(-bottom // self.scale) + 2)
        start = top - first * self.scale
        slopes = _derivatives(self.source, first, last, gain=_GAIN)
        for _ in range(self.scale.bit_length() - 1):
            slopes = [_doubled(slope) for slope in slopes]
        return [slope[start : start + bottom - top, : self.width] for slope in slopes]


def gradient_field(image: Image, *, sigma_px: float = 0.0, l2: bool = False) -> GradientField:
    """Prepare the gradient of `image` after a Gaussian of `sigma_px`."""
    height, width = image.shape[:2]
    steps = int(np.log2(min(max(sigma_px, 2) / 2, max(min(height, width), 64) / 64)))
    scale = 1 << steps
    if scale == 1:
        return GradientField(image, height, width, sigma_px, 1, l2)
    # reducing blurs too, by a variance of (s² - 1) / 12 px², and doubling back by (s² - 1) / 4 px²
    rest = float(np.sqrt(sigma_px**2 - (scale**2 - 1) / 3)) / scale
    return GradientField(_blur(_reduced(image, scale), rest), height, width, sigma_px, scale, l2)


def otsu_threshold(field: GradientField) -> float:
    """Return Otsu's threshold of the gradient magnitude, in levels per pixel of the full-size picture (times 8)."""
    bins = GRADIENT_LIMIT + 1
    counts = np.zeros(bins)
    for magnitude in _magnitudes(field):
        counts += cv2.calcHist([magnitude], [0], None, [bins], [0, bins]).ravel()
    flatter = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(bins))
    weight = flatter * (flatter[-1] - flatter)
    spread = (mass[-1] * flatter - mass * flatter[-1]) ** 2 / np.maximum(weight, 1)
    return float(np.argmax(spread)) / field.scale


def edge_map(field: GradientField, low: float, high: float) -> Mask:
    """Return Canny of the whole field, in strips where the picture is huge."""
    if field.height * field.width <= WHOLE_PIXELS:
        return field.trace(0, field.height, low, high)
    rows = max(1, 4 * _BLOCK_PIXELS // field.width)
    return trace_in_strips(field.trace, (field.width, field.height), low, high, rows=rows)


def _blur(image: Image, sigma_px: float) -> Image:
    return narrow(cv2.GaussianBlur(image, (0, 0), sigma_px))


def _reduced(image: Image, scale: int) -> Image:
    """Average blocks of `scale` x `scale` pixels; the last row and column of blocks may be filled up by reflection."""
    height, width = image.shape[:2]
    small = np.empty((-(-height // scale), -(-width // scale), 3), np.uint8)
    rows = max(1, 4 * _BLOCK_PIXELS // width // scale)
    for first in range(0, len(small), rows):
        block = image[first * scale : (first + rows) * scale]
        below, right = -len(block) % scale, -width % scale
        if below or right:
            block = narrow(cv2.copyMakeBorder(block, 0, below, 0, right, cv2.BORDER_REFLECT))
        size = (small.shape[1], len(block) // scale)
        small[first : first + rows] = cv2.resize(block, size, interpolation=cv2.INTER_AREA)
    return small


def _derivatives(image: Image, top: int, bottom: int, *, gain: int = 1) -> list[NDArray[np.int16]]:
    """Sobel derivatives of the rows `top` to `bottom` along x and y."""
    first = max(0, top - 1)
    rows = image[first : bottom + 1]
    kept = slice(top - first, bottom - first)
    return [_sobel(rows, 1, 0, gain)[kept], _sobel(rows, 0, 1, gain)[kept]]


def _sobel(image: Image, dx: int, dy: int, gain: int) -> NDArray[Any]:
    return cv2.Sobel(image, cv2.CV_16S, dx, dy, scale=gain, borderType=cv2.BORDER_REPLICATE)


def _doubled(slope: NDArray[np.int16]) -> NDArray[np.int16]:
    height, width = slope.shape[:2]
    twice = cv2.resize(slope, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    return twice.astype(np.int16, copy=False)


def _magnitudes(field: GradientField) -> Iterator[NDArray[np.uint16]]:
    """Yield the gradient magnitude, greatest over the channels, of one block of rows after the other."""
    height, width = field.source.shape[:2] if field.scale > 1 else (field.height, field.width)
    rows = max(1, _BLOCK_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        if field.scale > 1:
            dx, dy = _derivatives(field.source, top, bottom)
        else:
            first = max(0, top - 1)
            block = field.blurred(first, min(height, bottom + 1))
            dx, dy = _derivatives(block, top - first, bottom - first)
        if field.l2:
            squares = dx.astype(np.int32) ** 2 + dy.astype(np.int32) ** 2
            yield np.rint(np.sqrt(squares.max(axis=2))).astype(np.uint16)
        else:
            sums = np.abs(dx) + np.abs(dy)
            yield np.maximum(np.maximum(sums[:, :, 0], sums[:, :, 1]), sums[:, :, 2]).view(np.uint16)
