"""Round a mask's outline."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..adapt import turns_mask
from ..arrays import Mask
from ..errors import InputError
from .arguments import FARTHEST_PX, as_number
from .blur import softened
from .distance import region

__all__ = ["smooth"]

# Nothing is as small as this.
_NOTHING_PX = 1e-3


@turns_mask
def smooth(mask: Mask, px: float) -> Mask:
    """Even out the outline: jags, bumps and dents smaller than about `px` go, straight edges stay.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    px
        Size of what is evened out; 0 changes nothing. Parts thinner than half of it vanish.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        With an anti-aliased edge, soft masks too. Corners are rounded, and shapes much larger than `px` keep their
        area. The canvas border is no edge: the mask is mirrored there.

    Raises
    ------
    InputError
        If `px` is negative or not finite.

    Notes
    -----
    The 50 % contour of the mask blurred with a Gaussian of standard deviation `px` / 2, drawn as sharp as pixels
    allow: the blurred value over its own slope is the distance from that contour.

    Examples
    --------
    >>> import numpy as np
    >>> jagged = np.zeros((9, 9), np.uint8)
    >>> jagged[4:] = 255
    >>> jagged[3, 4] = 255
    >>> smooth(jagged, 4)[3].tolist()
    [2, 10, 25, 40, 46, 40, 25, 10, 2]
    """
    px = as_number(px, "mask.smooth: px")
    if not math.isfinite(px) or px < 0:
        raise InputError(f"mask.smooth: px is {px:g}, it is finite and not negative", fix="mask.smooth(mask, 8)")
    if px < _NOTHING_PX:
        return mask.copy()
    px = min(px, FARTHEST_PX)
    result = np.zeros(mask.shape, np.uint8)
    box = region(mask, 2 * px + 2)
    if box is None:
        return result
    value = softened(mask, px / 2, box) / np.float32(255)
    slope = np.hypot(
        cv2.Sobel(value, cv2.CV_32F, 1, 0, scale=1 / 8, borderType=cv2.BORDER_REFLECT),
        cv2.Sobel(value, cv2.CV_32F, 0, 1, scale=1 / 8, borderType=cv2.BORDER_REFLECT),
    )
    # Where the slope is that of no edge, the value is far from one half and only its side counts.
    least = 0.05 / px
    sharp = (value - 0.5) / np.maximum(slope, least) + 0.5
    result[box.slices] = np.rint(np.clip(sharp, 0, 1) * 255)
    return result
