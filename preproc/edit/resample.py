"""The one way pictures change size on their way out and home."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import narrow, size_of_array
from ..geometry import Size

__all__ = ["bring_home", "resample"]

# Relaxation of three rounds, by the roots of a Chebyshev polynomial: what enlarging keeps from all down to a quarter.
_STEPS = tuple(np.float32(1 / (0.625 + 0.375 * np.cos(np.pi * angle))) for angle in (1 / 6, 3 / 6, 5 / 6))


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
    """Resize a result to its crop; what had been enlarged for sending comes back to within a level.

    A picture that shrinks is corrected by what enlarging it again would miss (iterative back-projection: Irani and
    Peleg, 1991), so that `resample` is undone and not just followed by another loss.
    """
    home = resample(picture, size)
    if size.pixels >= size_of_array(picture).pixels:
        return home
    surface = home.astype(np.float32)
    for step in _STEPS:
        again = cv2.resize(surface, size_of_array(picture), interpolation=cv2.INTER_LANCZOS4)
        surface += step * _shrunk(picture.astype(np.float32) - np.clip(again, 0, 255), size)
    return narrow(np.clip(np.rint(surface), 0, 255).astype(np.uint8))


def _shrunk(picture: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    planes = [
        np.asarray(PIL.Image.fromarray(plane).resize(size, PIL.Image.Resampling.LANCZOS), np.float32)
        for plane in np.moveaxis(picture, -1, 0)
    ]
    return np.stack(planes, axis=-1)
