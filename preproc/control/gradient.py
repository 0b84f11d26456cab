"""The gradient that Canny thresholds: of the picture itself, or of a smoothed one with sub-level precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow
from .smoothing import BLOCK_PIXELS, STEPS, Sixteenths, blurred_small, enlarged, reduction
from .strips import trace_in_strips

__all__ = ["GRADIENT_LIMIT", "GradientField", "edge_map", "gradient_field", "magnitude", "otsu_threshold"]

GRADIENT_LIMIT = 2040
"""Greatest |dx| + |dy| of the 3x3 Sobel operator on 8 bits."""
WHOLE_PIXELS = 64_000_000
"""Larger pictures are traced in strips: bare Canny would take 13 bytes per pixel besides the picture."""
_PART_PIXELS = 1 << 19  # of full size, smoothed at a time
_LEAST_COLUMNS = 1024
_LEAST_ROWS = 12  # of a strip: in lower ones nearly every edge touches a seam

Slope: TypeAlias = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class GradientField:
    """A gradient ready to be thresholded.

    `source` is the picture, or its smoothed form reduced by `scale`; of huge pictures it is always the picture, and
    rows are smoothed when they are asked for.
    """

    source: Image | Sixteenths
    height: int
    width: int
    sigma_px: float
    scale: int
    l2: bool

    @property
    def gain(self) -> int:
        """Units of the derivatives to one level of the full-size picture."""
        return self.scale * (STEPS if self.sigma_px else 1)

    @property
    def rows(self) -> int:
        """Rows of the reduced picture that the derivatives are taken from."""
        return -(-self.height // self.scale)

    @property
    def columns(self) -> int:
        """Columns of the reduced picture."""
        return -(-self.width // self.scale)

    def trace(self, top: int, bottom: int, low: float, high: float) -> Mask:
        """Return Canny of the rows `top` to `bottom`; hysteresis looks no further than these rows."""
        # Sobel and non-maximum suppression look one row each to either side
        first, last = max(0, top - 2), min(self.height, bottom + 2)
        if self.sigma_px == 0:
            edges = cv2.Canny(self.source[first:last], low, high, L2gradient=self.l2)
        else:
            dx, dy = self._full_size_derivatives(first, last)
            edges = cv2.Canny(dx, dy, low * self.gain, high * self.gain, L2gradient=self.l2)
        return narrow(edges)[top - first : bottom - first]

    def derivatives(self, top: int, bottom: int, left: int = 0, right: int | None = None) -> tuple[Slope, Slope]:
        """Return the Sobel derivatives along x and y, a part of the reduced picture: from its row `top` to `bottom`."""
        first, last = max(0, top - 1), min(self.rows, bottom + 1)
        right = self.columns if right is None else right
        start, end = max(0, left - 1), min(self.columns, right + 1)
        if self._smooths_parts:
            part: NDArray[Any] = blurred_small(
                narrow(self.source), self.sigma_px, self.scale, rows=(first, last), columns=(start, end)
            )
        else:
            part = self.source[first:last, start:end]
        kept = (slice(top - first, bottom - first), slice(left - start, right - start))
        return _sobel(part, 1, 0)[kept], _sobel(part, 0, 1)[kept]

    @property
    def _smooths_parts(self) -> bool:
        return self.sigma_px > 0 and self.source.dtype == np.uint8

    def _full_size_derivatives(self, top: int, bottom: int) -> tuple[Slope, Slope]:
        if not self._smooths_parts:
            return self._enlarged_derivatives(top, bottom, 0, self.width)
        dx, dy = (np.empty((bottom - top, *self.source.shape[1:]), np.int16) for _ in range(2))
        step = max(_LEAST_COLUMNS, _PART_PIXELS // (bottom - top))  # rows may be hundreds of thousands of pixels long
        for left in range(0, self.width, step):
            right = min(self.width, left + step)
            dx[:, left:right], dy[:, left:right] = self._enlarged_derivatives(top, bottom, left, right)
        return dx, dy

    def _enlarged_derivatives(self, top: int, bottom: int, left: int, right: int) -> tuple[Slope, Slope]:
        first, start = (max(0, side // self.scale - 2) for side in (top, left))
        last, end = -(-bottom // self.scale) + 2, -(-right // self.scale) + 2
        slopes = self.derivatives(first, min(self.rows, last), start, min(self.columns, end))
        above, before = top - first * self.scale, left - start * self.scale
        kept = (slice(above, above + bottom - top), slice(before, before + right - left))
        dx, dy = (enlarged(slope, self.scale)[kept] for slope in slopes)
        return dx, dy


def gradient_field(image: Image, *, sigma_px: float = 0.0, l2: bool = False) -> GradientField:
    """Prepare the gradient of `image` after a Gaussian of `sigma_px`."""
    height, width = image.shape[:2]
    scale = reduction((width, height), sigma_px)
    source: Image | Sixteenths = image
    if sigma_px > 0 and height * width <= WHOLE_PIXELS:
        source = blurred_small(image, sigma_px, scale)
    return GradientField(source, height, width, sigma_px, scale, l2)


def magnitude(dx: Slope, dy: Slope, *, l2: bool = False) -> NDArray[np.uint16]:
    """Return |dx| + |dy|, or the root of their squares, of the channel where it is greatest."""
    if l2:
        squares = dx.astype(np.int32) ** 2 + dy.astype(np.int32) ** 2
        return np.asarray(np.rint(np.sqrt(squares.max(axis=2))), np.uint16)
    red, green, blue = np.moveaxis(np.abs(dx) + np.abs(dy), 2, 0)
    return np.asarray(np.maximum(np.maximum(red, green), blue)).view(np.uint16)


def otsu_threshold(field: GradientField) -> float:
    """Return Otsu's threshold of the gradient magnitude, in levels of the full-size picture."""
    bins = GRADIENT_LIMIT * field.gain // field.scale + 1
    counts = np.zeros(bins)
    for block in _magnitudes(field):
        counts += cv2.calcHist([block], [0], None, [bins], [0, bins]).ravel()
    flatter = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(bins))
    weight = flatter * (flatter[-1] - flatter)
    spread = (mass[-1] * flatter - mass * flatter[-1]) ** 2 / np.maximum(weight, 1)
    return float(np.argmax(spread)) / field.gain


def edge_map(field: GradientField, low: float, high: float) -> Mask:
    """Return Canny of the whole field, in strips where the picture is huge."""
    if field.height * field.width <= WHOLE_PIXELS:
        return field.trace(0, field.height, low, high)
    rows = max(_LEAST_ROWS, 2 * BLOCK_PIXELS // field.width)
    return trace_in_strips(field.trace, (field.width, field.height), low, high, rows=rows)


def _sobel(levels: NDArray[Any], dx: int, dy: int) -> NDArray[Any]:
    return cv2.Sobel(levels, cv2.CV_16S, dx, dy, borderType=cv2.BORDER_REPLICATE)


def _magnitudes(field: GradientField) -> Iterator[NDArray[np.uint16]]:
    """Yield the gradient magnitude of one block of the source after the other."""
    rows = max(_LEAST_ROWS, BLOCK_PIXELS * field.scale // field.width)
    columns = max(_LEAST_COLUMNS, BLOCK_PIXELS * field.scale // rows)
    for top in range(0, field.rows, rows):
        for left in range(0, field.columns, columns):
            bottom, right = min(field.rows, top + rows), min(field.columns, left + columns)
            yield magnitude(*field.derivatives(top, bottom, left, right), l2=field.l2)
