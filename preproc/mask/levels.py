"""Change a mask's values where they are."""

from __future__ import annotations

import cv2

from preproc.adapt import turns_mask
from preproc.arrays import Mask, narrow

__all__ = ["invert"]


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
