"""Facts about a mask."""

from __future__ import annotations

import cv2

from ..adapt import takes_mask
from ..arrays import Mask
from ..errors import MaskError
from ..geometry import Box
from .distance import region
from .levels import binarize
from .specks import without_specks

__all__ = ["bounds", "coverage_ratio"]


@takes_mask
def coverage_ratio(mask: Mask) -> float:
    """Return the share of the canvas that is edited.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.

    Returns
    -------
    float
        0 to 1; in-between values count by their strength.

    Examples
    --------
    >>> import numpy as np
    >>> coverage_ratio(np.array([[0, 0, 255, 51]], np.uint8))
    0.3
    """
    return cv2.sumElems(mask)[0] / 255 / mask.size


@takes_mask
def bounds(mask: Mask, *, threshold: int | None = None) -> Box:
    """Return the smallest box that holds the mask.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    threshold
        The least value that counts, 1 to 255: 128 is the mask's edge. None, the default, is all that an edit touches:
        everything above 0, to the end of a feather, save separate specks that stay at 20 or below. `crop.around`
        holds those too.

    Returns
    -------
    Box
        `(left, top, right, bottom)`, half-open.

    Raises
    ------
    MaskError
        ``empty``, if no pixel counts.
    InputError
        If the threshold is not within 1 to 255.

    See Also
    --------
    clean : Take the specks out.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.array([[3, 0, 0, 0, 0], [0, 0, 255, 60, 0]], np.uint8)
    >>> bounds(m)
    Box(left=2, top=1, right=4, bottom=2)
    >>> bounds(m, threshold=128)
    Box(left=2, top=1, right=3, bottom=2)
    """
    box = region(without_specks(mask) if threshold is None else binarize(mask, threshold), 0)
    if box is None:
        raise MaskError(
            f"no pixel of the mask reaches {threshold or 1}, the highest value is {int(mask.max())}",
            code="empty",
            fix="check the mask with check.mask(m), or lower the threshold",
        )
    return box
