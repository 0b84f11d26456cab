"""The one way pictures change size on their way out and home."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import narrow, size_of_array
from ..geometry import Size
from .reduction import undo_enlarging

__all__ = ["bring_home", "resample"]


def resample(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Resize with Lanczos kernels: OpenCV's eight taps when it grows, Pillow's antialiased ones when it shrinks.

    Up and down again by the same factor moves a photo's pixels by less than a level on average; area averaging would
    move them by half as much again.

    Parameters
    ----------
    picture
        uint8 `(H, W)` or `(H, W, C)`.
    size
        `(width, height)` of the result.
    """
    current = size_of_array(picture)
    if current == size:
        return picture
    if size.pixels > current.pixels:
        return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4))
    return np.asarray(PIL.Image.fromarray(picture).resize(size, PIL.Image.Resampling.LANCZOS))


def bring_home(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Resize a result, `(H, W, C)`, to its crop; what had been enlarged for sending comes back to within a level."""
    larger = size_of_array(picture)
    if size == larger or size.width > larger.width or size.height > larger.height:
        return resample(picture, size)
    return undo_enlarging(picture, size)
