"""Straight lines, for models that draw buildings and rooms."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow
from ..errors import InputError
from .options import checks_options

__all__ = ["lines"]

_LEAST_LENGTH = 20 / 512


@turns_image
@checks_options
def lines(image: Image, *, least_length_px: float | None = None) -> Mask:
    """Draw the straight line segments of a picture, white on black.

    Parameters
    ----------
    image
        The picture.
    least_length_px
        Shorter segments are left out. None: 20 px per 512 px of the short side.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 on lines, which are one pixel wide, 0 elsewhere.

    Raises
    ------
    InputError
        For a negative length.

    References
    ----------
    .. [1] R. Grompone von Gioi, J. Jakubowicz, J.-M. Morel and G. Randall, "LSD: a fast line segment detector with a
       false detection control", IEEE Transactions on Pattern Analysis and Machine Intelligence 32(4), 2010.

    Examples
    --------
    >>> picture = np.zeros((64, 64, 3), np.uint8)
    >>> picture[:, 32:] = 255
    >>> np.flatnonzero(lines(picture)[32]).tolist()
    [31]
    """
    least = _LEAST_LENGTH * min(image.shape[:2]) if least_length_px is None else least_length_px
    if not least >= 0:
        raise InputError(f"least_length_px={least:g} is negative")
    canvas = np.zeros(image.shape[:2], np.uint8)
    found: Any = cv2.createLineSegmentDetector().detect(narrow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)))[0]
    if found is None:
        return canvas
    # OpenCV 5 gives (N, 4), OpenCV 4 (N, 1, 4)
    ends = np.asarray(found, np.float64).reshape(-1, 2, 2)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    drawn = np.rint(ends[length >= least]).astype(np.int32)
    cv2.polylines(canvas, list(drawn), isClosed=False, color=255)
    return canvas
