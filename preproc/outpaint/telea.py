"""Inpaint outwards from a picture, by fast marching."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, size_of_array
from ..geometry import Box
from .blur import blur_outwards

__all__ = ["inpaint_outwards"]

Doubles = NDArray[np.float64]

_LONG_SIDE_PX = 1024
_RADIUS_PX = 3
_UNITS_PER_LEVEL = 2**16
_UNITS_PER_WEIGHT = 2**12
_JOIN_PX = 8
_STEPS_PER_LEVEL = 16
_STEPS_PER_PX = 32  # those of `cv2.remap`


def inpaint_outwards(canvas: Image, inside: Box) -> None:
    """Fill all that lies outside `inside`, in place; at up to 1024 px.

    Each pixel becomes the weighted mean of those up to 3 px away that lie further in, with the weights of [1]_: for
    direction, distance and level. The term of the gradient is left out, so that nothing leaves the range of the border
    over hundreds of pixels. The march goes by rings, a pixel wide, that only read the rings before, and all sums are of
    whole numbers: a turned or mirrored picture gets the turned or mirrored result, to the bit.

    References
    ----------
    .. [1] A. Telea, "An image inpainting technique based on the fast marching method", Journal of Graphics Tools 9(1),
       2004.
    """
    blur_outwards(canvas, inside)
    size = size_of_array(canvas)
    scale = min(1.0, _LONG_SIDE_PX / max(size))
    across = _Axis.of(inside.left, inside.right, size.width, scale)
    down = _Axis.of(inside.top, inside.bottom, size.height, scale)
    painted = _marched(_framed(canvas[inside.slices], across, down), across, down)
    steps = (np.rint(painted * (_STEPS_PER_LEVEL / _UNITS_PER_LEVEL)) / _STEPS_PER_LEVEL).astype(np.float32)
    x, y = across.places(), down.places()
    for part in (
        Box(0, 0, size.width, inside.top),
        Box(0, inside.bottom, size.width, size.height),
        Box(0, inside.top, inside.left, inside.bottom),
        Box(inside.right, inside.top, size.width, inside.bottom),
    ):
        if not part.is_empty:
            there = np.meshgrid(x[part.left : part.right], y[part.top : part.bottom])
            enlarged = cv2.remap(steps, *there, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            near = canvas[part.slices]
            share = np.clip((_distance(inside, part) - 1) * np.float32(scale / _JOIN_PX), 0, 1)[:, :, np.newaxis]
            near[...] = np.rint(near + (enlarged - near) * share)  # nothing of it beside the picture, all further out


class _Axis(NamedTuple):
    """One axis: the canvas's `size` and the picture's place on it; `scale`; and the same of the reduced canvas."""

    size: int
    first: int
    length: int
    scale: float
    reduced_size: int
    reduced_first: int
    reduced_length: int

    @classmethod
    def of(cls, first: int, stop: int, size: int, scale: float) -> _Axis:
        """Reduce both margins and the picture each by itself: so it does not matter which end is the first."""
        before, length, after = math.ceil(first * scale), max(1, round((stop - first) * scale)), size - stop
        return cls(size, first, stop - first, scale, before + length + math.ceil(after * scale), before, length)

    def places(self) -> NDArray[np.float32]:
        """Where each pixel lies when reduced; measured from the picture's middle, so that both ways are alike."""
        place = np.arange(self.size) + 0.5 - (self.first + self.length / 2)
        beyond = np.abs(place) - self.length / 2
        within = np.abs(place) * (self.reduced_length / self.length)
        reduced = np.where(beyond < 0, within, self.reduced_length / 2 + beyond * self.scale)
        steps = np.rint(np.copysign(reduced, place) * _STEPS_PER_PX) / _STEPS_PER_PX
        return np.asarray(steps + (self.reduced_first + self.reduced_length / 2 - 0.5), np.float32)

    def beyond(self) -> Doubles:
        """By how much each reduced pixel lies before (below 0) or behind the picture; and of a margin on either side."""
        place = np.arange(-_RADIUS_PX, self.reduced_size + _RADIUS_PX, dtype=np.float64) - self.reduced_first
        return np.minimum(place, 0) + np.maximum(place - (self.reduced_length - 1), 0)


def _framed(picture: Image, across: _Axis, down: _Axis) -> Doubles:
    """Return the reduced canvas with what the march reads of the picture: its outermost pixels, in units."""
    canvas = np.zeros((down.reduced_size + 2 * _RADIUS_PX, across.reduced_size + 2 * _RADIUS_PX, 3))
    place = Box(0, 0, across.reduced_length, down.reduced_length)
    reduced = canvas[place.shift(_RADIUS_PX + across.reduced_first, _RADIUS_PX + down.reduced_first).slices]
    for turns in range(4):
        whole, target = np.rot90(picture, turns), np.rot90(reduced, turns)
        height, width = whole.shape[:2]
        rows, columns = target.shape[:2]
        few = min(rows, _RADIUS_PX)
        lines = _block_sums(whole[: -(-few * height // rows)], height, rows, few)
        sums = _block_sums(lines.swapaxes(0, 1), width, columns, columns).swapaxes(0, 1)
        target[:few] = np.rint(sums * _UNITS_PER_LEVEL / (height * width))
    return canvas


def _block_sums(rows: NDArray[np.generic], length: int, count: int, few: int) -> Doubles:
    """Sum the first `few` of `count` equal parts of `length` rows, times `count`: in whole numbers."""
    total = np.concatenate([np.zeros_like(rows[:1], np.float64), np.cumsum(rows, axis=0, dtype=np.float64)])
    whole, rest = np.divmod(np.arange(few + 1) * length, count)
    following = rows[np.minimum(whole, len(rows) - 1)].astype(np.float64)
    return np.diff(total[whole] * count + following * rest.reshape(-1, 1, 1), axis=0)


def _marched(canvas: Doubles, across: _Axis, down: _Axis) -> Doubles:
    """Fill the reduced canvas ring by ring, and cut its margin off."""
    height, width = canvas.shape[:2]
    dx, dy = (grid.ravel() for grid in np.meshgrid(across.beyond(), down.beyond()))
    level = np.sqrt(dx * dx + dy * dy)
    last = math.ceil(level.max())
    margin = np.ones((height, width), np.bool_)
    margin[_RADIUS_PX:-_RADIUS_PX, _RADIUS_PX:-_RADIUS_PX] = False
    ring = np.where(margin.ravel(), last + 1, np.ceil(level)).astype(np.int32)
    order = np.argsort(ring, kind="stable")
    ends = np.searchsorted(ring[order], np.arange(last + 1), side="right")
    right, below = _neighbours()
    length = np.sqrt(right * right + below * below)
    offset = (below * width + right).astype(np.int64)
    values = canvas.reshape(-1, 3)
    for number in range(1, last + 1):
        here = order[ends[number - 1] : ends[number]]
        there = here + offset
        direction = np.abs(dx[here] * right + dy[here] * below) / (level[here] * length)
        weight = direction / (length**2 * (1 + np.abs(level[here] - level[there])))
        weight = np.rint(weight * _UNITS_PER_WEIGHT) * (ring[there] < number)
        total = np.einsum("on,onc->nc", weight, values[there])
        values[here] = np.rint(total / weight.sum(axis=0)[:, np.newaxis])
    return canvas[_RADIUS_PX:-_RADIUS_PX, _RADIUS_PX:-_RADIUS_PX]


def _neighbours() -> tuple[Doubles, Doubles]:
    """Return how far right and below the neighbours of a pixel are, one a row."""
    reach = np.arange(-_RADIUS_PX, _RADIUS_PX + 1, dtype=np.float64)
    right, below = (grid.reshape(-1, 1) for grid in np.meshgrid(reach, reach))
    squared = (right * right + below * below).ravel()
    near = (squared > 0) & (squared <= _RADIUS_PX**2)
    return right[near], below[near]


def _distance(inside: Box, part: Box) -> NDArray[np.float32]:
    """Distance of every pixel of `part` to the nearest one of the picture."""
    x = np.arange(part.left, part.right, dtype=np.float32)
    y = np.arange(part.top, part.bottom, dtype=np.float32)
    across = np.maximum(np.maximum(inside.left - x, x - (inside.right - 1)), 0)
    down = np.maximum(np.maximum(inside.top - y, y - (inside.bottom - 1)), 0)
    return np.asarray(np.hypot(down[:, np.newaxis], across[np.newaxis, :]), np.float32)
