"""Change a mask's values where they are."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..adapt import turns_mask
from ..arrays import Mask, narrow
from ..errors import InputError
from .arguments import as_number

__all__ = ["binarize", "contrast", "invert"]


@turns_mask
def invert(mask: Mask) -> Mask:
    """Swap what is edited and what is kept.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 minus every value.

    Examples
    --------
    >>> import numpy as np
    >>> invert(np.array([[0, 55, 255]], np.uint8)).tolist()
    [[255, 200, 0]]
    """
    return narrow(cv2.bitwise_not(mask))


@turns_mask
def binarize(mask: Mask, threshold: float = 128) -> Mask:
    """Leave only 0 and 255.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    threshold
        The least value that becomes 255, 1 to 255. 128 leaves the edge where the coverage is one half.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 where `mask` is at least `threshold`, else 0.

    Raises
    ------
    InputError
        If the threshold is not within 1 to 255.

    Examples
    --------
    >>> import numpy as np
    >>> binarize(np.array([[0, 127, 128, 255]], np.uint8)).tolist()
    [[0, 0, 255, 255]]
    """
    threshold = as_number(threshold, "mask.binarize: threshold")
    if not 1 <= threshold <= 255:
        raise InputError(
            f"mask.binarize: threshold is {threshold}, values run from 0 to 255", fix="a threshold in 1..255"
        )
    return narrow(cv2.threshold(mask, math.ceil(threshold) - 1, 255, cv2.THRESH_BINARY)[1])


@turns_mask
def contrast(mask: Mask, factor: float) -> Mask:
    """Make the mask's ramps steeper or flatter about one half.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    factor
        How many times steeper: 2 halves the width of a linear ramp, 1 changes nothing, less than 1 flattens (full
        values then fall short of 255, and empty ones of 0).

    Returns
    -------
    ndarray of uint8, shape (H, W)
        ``(value - 127.5) * factor + 127.5``, held within 0 to 255.

    Raises
    ------
    InputError
        If the factor is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> contrast(np.array([[0, 64, 128, 200, 255]], np.uint8), 2).tolist()
    [[0, 0, 128, 255, 255]]
    """
    factor = as_number(factor, "mask.contrast: factor")
    if not math.isfinite(factor) or factor < 0:
        raise InputError(
            f"mask.contrast: factor is {factor}, it is finite and not negative", fix="2 for twice as steep"
        )
    steepest = 255  # of every level is full or nothing
    table = np.clip(np.rint((np.arange(256) - 127.5) * min(factor, steepest) + 127.5), 0, 255).astype(np.uint8)
    return narrow(cv2.LUT(mask, table))
