"""The word that tells a stand-in from a result, in its pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Image, narrow
from preproc.preview.draw import draw_pill, pill_size

__all__ = ["LABEL", "labelled"]

LABEL = "rehearsal"
"""Stands in the pixels of pictures, and in the metadata of all; in masks and most maps it would be taken for content."""

_KEPT_CLEAR_PX = (48, 32, 16, 0)
"""Distances from the edge of what was filled, the best first: a feather that fades that edge leaves the label whole."""
_LARGEST, _LEGIBLE_PX, _SMALLEST_PX = 1 / 24, 14, 8
_TURNED_SHARE = 2 / 3  # what an upright label may lose in size against a turned one, since it reads better
_COARSE = 4


def labelled(picture: Image, inside: NDArray[np.bool_] | None = None) -> Image:
    """Write the label into a picture: into the filled part where it has most room, turned if need be; else at the bottom.

    Parameters
    ----------
    picture
        `(H, W, 3)`.
    inside
        The filled part; None: what is shown fills all of it, and its middle is best left free.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        A copy, without a label where none fits.
    """
    written = picture.copy()
    place = _at_the_bottom(*picture.shape[1::-1]) if inside is None else _place(inside)
    if place is not None:
        left, top, px, turned = place
        width, height = pill_size(LABEL, px)
        if turned:
            draw_pill(np.rot90(written[top : top + width, left : left + height], -1), LABEL, px)
        else:
            draw_pill(written[top : top + height, left : left + width], LABEL, px)
    return written


def _at_the_bottom(width: int, height: int) -> tuple[int, int, int, bool] | None:
    """Return the same as `_place` for a picture without a part that is free."""
    for px in range(max(_SMALLEST_PX, round(max(width, height) * _LARGEST)), _SMALLEST_PX - 1, -1):
        wide, high = pill_size(LABEL, px)
        if wide < 0.9 * width and high + px < 0.5 * height:
            return (width - wide) // 2, height - high - px // 2, px, False
    return None


def _place(inside: NDArray[np.bool_]) -> tuple[int, int, int, bool] | None:
    """Return left, top, size of the lettering, and whether it is turned."""
    rows, columns = (side - side % _COARSE for side in inside.shape)
    blocks = inside[:rows, :columns].reshape(rows // _COARSE, _COARSE, columns // _COARSE, _COARSE)
    room = np.pad(blocks.all(axis=(1, 3)), 1).astype(np.uint8)  # of whole blocks; searched in these, it takes no time
    depth = cv2.distanceTransform(room, cv2.DIST_L2, 3) * _COARSE
    largest = max(_SMALLEST_PX, round(max(inside.shape) * _LARGEST))
    for clear in _KEPT_CLEAR_PX:
        free, least = (depth > clear).astype(np.uint8), _LEGIBLE_PX if clear else _SMALLEST_PX
        sizes = sorted({px for px in (*range(least, largest + 1, 2), largest) if px >= least}, reverse=True)
        sideways = None
        for px in sizes:
            if sideways is not None and px < _TURNED_SHARE * sideways[2]:
                break
            upright = _fitted(free, px, turned=False)
            if upright is not None:
                return upright
            sideways = sideways or _fitted(free, px, turned=True)
        if sideways is not None:
            return sideways
    return None


def _fitted(free: NDArray[np.uint8], px: int, *, turned: bool) -> tuple[int, int, int, bool] | None:
    """Return the best place for a label of this lettering, as `_place` does."""
    size = pill_size(LABEL, px)
    wide, high = size[::-1] if turned else size
    middle = _roomiest(free, (-(-wide // _COARSE), -(-high // _COARSE)))
    if middle is None:
        return None
    x, y = ((at - 0.5) * _COARSE for at in middle)  # the ring around the room is one block wide
    return round(x - wide / 2), round(y - high / 2), px, turned


def _roomiest(room: NDArray[np.uint8], size: tuple[int, int]) -> tuple[int, int] | None:
    """Return the x and y around which a box of this size lies well inside the room, as near to the middle as it can."""
    box = np.ones((size[1] | 1, size[0] | 1), np.uint8)
    fits = cv2.erode(room, box, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    depth = narrow(cv2.distanceTransform(np.pad(fits, 1), cv2.DIST_L2, 3))
    most = float(depth.max())
    if most == 0:
        return None
    rows, columns = np.nonzero(depth >= 0.97 * most)
    near = np.argmin((rows - room.shape[0] / 2) ** 2 + (columns - room.shape[1] / 2) ** 2)
    return int(columns[near]) - 1, int(rows[near]) - 1
