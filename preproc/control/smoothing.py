"""Gaussian smoothing that keeps sixteenths of a level and does wide blurs on a smaller picture.

A blur leaves slopes of few levels, which 8 bits turn into terraces, so the blurred picture is kept in sixteenths. A
wide blur leaves nothing that needs every pixel: from a sigma of 3 px on, the picture is reduced by a power of two and
blurred there; what is computed from it is brought back by doublings with linear interpolation (Chaikin's scheme,
which tends to a smooth quadratic spline). Every value on the way is a whole number or a dyadic fraction that float32
holds exactly, so results do not depend on the machine.
"""

from __future__ import annotations

from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow
from ..errors import InputError

__all__ = [
    "BLOCK_PIXELS",
    "STEPS",
    "Sixteenths",
    "blur_reach",
    "blurred",
    "blurred_small",
    "enlarged",
    "reduction",
    "sigma_for",
    "smoothed",
]

Sixteenths: TypeAlias = NDArray[np.int16]
"""Levels times `STEPS`: 0 to 4080 for a picture."""

STEPS = 16  # and 16 * 2040, the greatest gradient, still fits int16
BLOCK_PIXELS = 1 << 20
_SIGMA_LIMIT = 100
_LEAST_SIGMA = 1.5  # of a reduced picture, so that it still holds all that the blur left
_LEAST_SIDE = 64


def reduction(size: tuple[int, int], sigma_px: float) -> int:
    """Return the power of two by which a picture may be reduced before a blur of `sigma_px` at full size."""
    most = min(sigma_px / _LEAST_SIGMA, min(size) / _LEAST_SIDE)
    return 1 << int(np.log2(most)) if most >= 1 else 1


def blurred(image: Image, sigma_px: float) -> Sixteenths:
    """Blur a picture of one or three channels at its own size."""
    steps = image.astype(np.uint16)
    steps *= STEPS
    if sigma_px == 0:
        return steps.view(np.int16)
    side = 2 * blur_reach(sigma_px) + 1
    return cast(
        "NDArray[np.uint16]", cv2.GaussianBlur(steps, (side, side), sigma_px, borderType=cv2.BORDER_REFLECT)
    ).view(np.int16)


def blurred_small(
    image: Image,
    sigma_px: float,
    scale: int,
    *,
    rows: tuple[int, int] | None = None,
    columns: tuple[int, int] | None = None,
) -> Sixteenths:
    """Reduce by `scale` and blur, so that after `enlarged` all steps together blur by `sigma_px`.

    `rows` and `columns`, from one number to another, choose a part of the reduced picture; it comes out the same as in
    the whole.
    """
    # averaging blocks has a variance of (s² - 1) / 12 px², and the doublings one of (s² - 1) / 4 px²
    rest = float(np.sqrt(sigma_px**2 - (scale**2 - 1) / 3)) / scale
    reach = blur_reach(rest)
    height, width = (-(-side // scale) for side in image.shape[:2])
    top, bottom = rows or (0, height)
    left, right = columns or (0, width)
    start = max(0, left - reach - 1)  # one block more, so that the end of the picture is mirrored from what is at hand
    beside = image[:, start * scale : (right + reach) * scale]
    blocks = range(max(0, top - reach), min(_blocks(image.shape[0], scale, reach), bottom + reach))
    means = blurred(_block_means(beside, scale, blocks, margin=reach), rest)
    return means[top - blocks.start : bottom - blocks.start, left - start : right - start]


def enlarged(values: NDArray[np.int16], scale: int) -> NDArray[np.int16]:
    """Enlarge by a power of two."""
    if scale == 1:
        return values
    height, width, *channels = values.shape
    large = np.empty((height * scale, width * scale, *channels), np.int16)
    rows = max(4, BLOCK_PIXELS // (2 * width * scale * scale))  # what fits into the processor's cache
    for top in range(0, height, rows):
        first = max(0, top - 1)
        # in float32 every sum is exact; OpenCV rounds halves of 16-bit integers now up, now down
        part = values[first : top + rows + 1].astype(np.float32)
        for _ in range(scale.bit_length() - 2):
            part = _doubled(part)
            np.rint(part, out=part)
        part = _doubled(part)
        block = large[top * scale : (top + rows) * scale]
        np.rint(part[(top - first) * scale :][: len(block)], out=block, casting="unsafe")
    return large


def _doubled(values: NDArray[np.float32]) -> NDArray[np.float32]:
    size = (2 * values.shape[1], 2 * values.shape[0])
    return cast("NDArray[np.float32]", cv2.resize(values, size, interpolation=cv2.INTER_LINEAR))


def blur_reach(sigma_px: float) -> int:
    """Return how many pixels to each side `blurred` looks."""
    return int(np.ceil(3 * sigma_px))


def _block_means(image: Image, scale: int, rows: range, *, margin: int) -> Image:
    """Average blocks of `scale` x `scale` pixels, for some rows of blocks.

    A side that is no multiple of `scale` is continued by reflection for `margin` blocks, so that the mirror of the
    blur stays at the picture's border.
    """
    if scale == 1:
        return image[rows.start : rows.stop]
    width = _blocks(image.shape[1], scale, margin) * scale
    source_rows = _reflected(rows.stop * scale, image.shape[0])
    small = np.empty((len(rows), width // scale, *image.shape[2:]), np.uint8)
    step = max(1, 4 * BLOCK_PIXELS // width // scale)
    for first in range(rows.start, rows.stop, step):
        last = min(rows.stop, first + step)
        inside = last * scale <= image.shape[0]
        block = image[first * scale : last * scale] if inside else image[source_rows[first * scale : last * scale]]
        if width > image.shape[1]:
            block = narrow(cv2.copyMakeBorder(block, 0, 0, 0, width - image.shape[1], cv2.BORDER_REFLECT))
        part = cv2.resize(block, (small.shape[1], last - first), interpolation=cv2.INTER_AREA)
        small[first - rows.start : last - rows.start] = part
    return small


def _blocks(side: int, scale: int, margin: int) -> int:
    return side // scale if side % scale == 0 else side // scale + 1 + margin


def _reflected(count: int, side: int) -> NDArray[np.intp]:
    """Positions 0 to `count`, mirrored at `side` and at 0."""
    there = np.arange(count) % (2 * side)
    return np.minimum(there, 2 * side - 1 - there)


def smoothed(image: Image, sigma_px: float) -> Sixteenths:
    """Blur a picture by `sigma_px`, on a reduced one where that is wide; full size comes out."""
    height, width = image.shape[:2]
    scale = reduction((width, height), sigma_px)
    return enlarged(blurred_small(image, sigma_px, scale), scale)[:height, :width]


def sigma_for(image: Image, given: float | None, *, at_512: float, least: float = 0.0) -> float:
    """Return the sigma that is given, or one that grows with the picture's short side."""
    if given is None:
        return at_512 * float(min(image.shape[:2])) / 512
    if not least <= given <= _SIGMA_LIMIT:
        raise InputError(f"a sigma of {given:g} px is not within {least:g} to {_SIGMA_LIMIT}")
    return given
