"""The Gaussian blur of a mask, right to a level at any width."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from ..geometry import Box
from .distance import region

__all__ = ["blur", "on_grid", "softened"]

# Farther than this many standard deviations a mask's blur is below half a level.
_REACH = 3.2

# A blur so many times as wide as a side is long leaves nothing of the slowest wave that is mirrored in it.
_FLAT = 1.5

# Samples that halving leaves at least in a standard deviation: with 1.6 the blur would be half a level off.
_LEAST = 1.8

_BINOMIAL = np.array([1, 2, 1], np.float32)


def blur(mask: Mask, sigma: float) -> Mask:
    """Blur with a Gaussian of `sigma` px, mirrored at the canvas border (``BORDER_REFLECT``)."""
    result = np.zeros(mask.shape, np.uint8)
    box = region(mask, _REACH * sigma)
    if box is not None:
        box = on_grid(box, sigma)
        result[box.slices] = cv2.convertScaleAbs(softened(mask, sigma, box))
    return result


def on_grid(box: Box, sigma: float) -> Box:
    """Let a box begin where samples do, so that the blur does not depend on where it was cut out."""
    step = _step(sigma)
    return Box(box.left - box.left % step, box.top - box.top % step, box.right, box.bottom)


def softened(mask: Mask, sigma: float, box: Box) -> NDArray[np.float32]:
    """Return the blur within `box`, which holds everything non-zero with room for it."""
    part: NDArray[np.uint8 | np.float32] = mask[box.slices]
    shape = part.shape
    for axis in (0, 1):
        if sigma > _FLAT * mask.shape[axis]:
            part = part.mean(axis=axis, keepdims=True, dtype=np.float64).astype(np.float32)
    if part.size == 1:
        return np.full(shape, part[0, 0], np.float32)
    soft = _halved(part, sigma, mirror=(box.right == mask.shape[1], box.bottom == mask.shape[0]))
    return np.broadcast_to(soft, shape)


def _halved(values: NDArray[np.uint8 | np.float32], sigma: float, *, mirror: tuple[bool, bool]) -> NDArray[np.float32]:
    """Blur a half of the samples as often as σ allows; the right and bottom sides are mirrored first, to fit.

    Halving with the weights 1 3 3 1, which are 1 2 1 and the mean of two, spreads by 3/4 in squared finer samples, and
    so does doubling with them, which is linear interpolation. The Gaussian supplies the rest of σ².
    """
    height, width = values.shape
    step = _step(sigma)
    room = math.ceil(_REACH * sigma)
    right, bottom = (
        _filling(side, step, room if mirrored else 0) for side, mirrored in zip((width, height), mirror, strict=True)
    )
    part = cv2.copyMakeBorder(values, 0, bottom, 0, right, cv2.BORDER_REFLECT) if right or bottom else values
    sizes: list[tuple[int, int]] = []
    while 2 ** len(sizes) < step:
        sizes.append((part.shape[1], part.shape[0]))
        # Sixteen times the levels of a mask are whole numbers of 16 bits.
        depth = cv2.CV_16S if part.dtype == np.uint8 else cv2.CV_32F
        sums = cv2.sepFilter2D(part, depth, _BINOMIAL, _BINOMIAL, borderType=cv2.BORDER_REFLECT)
        half = tuple(max(1, side // 2) for side in sizes[-1])
        part = cv2.resize(sums, half, interpolation=cv2.INTER_AREA) * np.float32(1 / 16)
    rest = math.sqrt(sigma**2 - (step**2 - 1) / 2) / step
    soft = cv2.GaussianBlur(part.astype(np.float32), (0, 0), rest, borderType=cv2.BORDER_REFLECT)
    for size in reversed(sizes):
        soft = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)
    return soft[:height, :width].astype(np.float32, copy=False)


def _step(sigma: float) -> int:
    """Return how many px samples are apart."""
    return 1 << max(0, math.floor(math.log2(sigma / _LEAST)))


def _filling(side: int, step: int, room: int) -> int:
    """Return how many px a side lacks of whole steps, after `room` for what is mirrored there, if it lacks any."""
    if side == 1 or side % step == 0:
        return 0
    return room + -(side + room) % step
