"""Inpaint outwards from a picture (Telea, 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow, size_of_array
from ..geometry import Box, Size
from .blur import blur_outwards

__all__ = ["inpaint_outwards"]

_LONG_SIDE_PX = 1024
_RADIUS_PX = 3
_UNITS_PER_LEVEL = 2.0**16
_JOIN_PX = 8


def inpaint_outwards(canvas: Image, inside: Box) -> None:
    """Fill all that lies outside `inside`, in place; at up to 1024 px.

    What is painted is a mean of what lies further in, so it stays within the range of the border. OpenCV adds a term of
    the gradient's direction and one of rounding, each of about a level a pixel whatever the picture's contrast: over
    hundreds of pixels they would change colours and turn flat ones. In units of 1/65536 level they come to nothing.
    """
    blur_outwards(canvas, inside)
    size = size_of_array(canvas)
    scale = min(1.0, _LONG_SIDE_PX / max(size))
    small = Size(*(max(1, round(side * scale)) for side in size))
    reduced = np.asarray(cv2.resize(canvas, small, interpolation=cv2.INTER_AREA), np.float32) * _UNITS_PER_LEVEL
    unknown = np.full((small.height, small.width), 255, np.uint8)
    left, right = _kept(inside.left, inside.right, small.width / size.width, small.width)
    top, bottom = _kept(inside.top, inside.bottom, small.height / size.height, small.height)
    unknown[top:bottom, left:right] = 0
    planes = [cv2.inpaint(plane, unknown, _RADIUS_PX, cv2.INPAINT_TELEA) for plane in cv2.split(reduced)]
    levels = np.rint(np.clip(cv2.merge(planes) / _UNITS_PER_LEVEL, 0, 255)).astype(np.uint8)
    painted = narrow(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR))
    _join(canvas, painted, inside, reach=_JOIN_PX / scale)


def _kept(start: int, stop: int, scale: float, length: int) -> tuple[int, int]:
    """Bring one axis of the picture's box to the reduced canvas; at least a pixel of it is left."""
    first = min(round(start * scale), length - 1)
    return first, max(first + 1, min(round(stop * scale), length))


def _join(canvas: Image, painted: Image, inside: Box, *, reach: float) -> None:
    """Take over what was painted: nothing of it beside the picture, all of it from `reach` on."""
    size = size_of_array(canvas)
    rim = inside.grow(int(reach) + 2).intersect(size.box)
    for part in (
        Box(rim.left, rim.top, rim.right, inside.top),
        Box(rim.left, inside.bottom, rim.right, rim.bottom),
        Box(rim.left, inside.top, inside.left, inside.bottom),
        Box(inside.right, inside.top, rim.right, inside.bottom),
    ):
        near = canvas[part.slices].astype(np.float32)
        share = np.clip((_distance(inside, part) - 1) / np.float32(reach), 0, 1)[:, :, np.newaxis]
        painted[part.slices] = np.rint(near + (painted[part.slices] - near) * share)
    painted[inside.slices] = canvas[inside.slices]
    canvas[...] = painted


def _distance(inside: Box, part: Box) -> NDArray[np.float32]:
    """Distance of every pixel of `part` to the nearest one of the picture."""
    x = np.arange(part.left, part.right, dtype=np.float32)
    y = np.arange(part.top, part.bottom, dtype=np.float32)
    across = np.maximum(np.maximum(inside.left - x, x - (inside.right - 1)), 0)
    down = np.maximum(np.maximum(inside.top - y, y - (inside.bottom - 1)), 0)
    return np.asarray(np.hypot(down[:, np.newaxis], across[np.newaxis, :]), np.float32)
