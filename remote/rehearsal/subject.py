"""What a stand-in takes for the subject of a picture, where an endpoint would cut it out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Image, narrow, size_of_array
from preproc.errors import InputError
from preproc.geometry import Size
from preproc.mask import fill_holes, grabcut, resize, smooth

__all__ = ["disc", "subject"]

_SIDE_PX = 300
_MARGIN_RATIO = 0.08
_SHARES = (0.1, 0.7)
_PLAIN = 8.0


def subject(picture: Image, size: Size) -> NDArray[np.uint8]:
    """Return what stands out of the picture's border by its colours, else an ellipse in the middle: `(H, W)`."""
    whole = size_of_array(picture)
    scale = min(1.0, _SIDE_PX / max(whole))
    small = narrow(
        cv2.resize(
            picture,
            (max(1, round(whole.width * scale)), max(1, round(whole.height * scale))),
            interpolation=cv2.INTER_AREA,
        )
    )
    height, width = small.shape[:2]
    if min(height, width) < 32 or float(small.std()) < _PLAIN:
        return disc(size)
    inside = (width * _MARGIN_RATIO, height * 0.01, width * (1 - _MARGIN_RATIO), height * 0.99)
    try:
        found = smooth(fill_holes(grabcut(small, inside, iterations=3)), 3)
    except InputError:  # nothing stands out
        return disc(size)
    if not _SHARES[0] <= float(found.mean()) / 255 <= _SHARES[1]:
        return disc(size)
    return resize(found, size)


def disc(size: Size) -> NDArray[np.uint8]:
    """Return an ellipse of three quarters of the size, in the middle."""
    mask = np.zeros((size.height, size.width), np.uint8)
    centre = (size.width // 2, size.height // 2)
    cv2.ellipse(mask, centre, (size.width * 3 // 8, size.height * 3 // 8), 0, 0, 360, 255, cv2.FILLED)
    return mask
