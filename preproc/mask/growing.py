"""Move a mask's edge outwards or inwards."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..adapt import turns_mask
from ..arrays import Mask, narrow
from ..errors import InputError
from .arguments import as_number
from .distance import Slope, has_ramp, levels, region, slopes_down
from .small_parts import draw_grown, small_parts, without

__all__ = ["grow", "grown", "shrink"]


@turns_mask
def grow(mask: Mask, px: float | None = None, *, ratio: float | None = None) -> Mask:
    """Move the edge outwards by a distance that is the same in every direction.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    px
        How far, in Euclidean pixels; fractions count (0.5 moves the edge by half a pixel).
    ratio
        Instead of `px`: how far as a share of the diagonal of the mask's bounding box (values of 128 and above).

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Never below `mask`; its edge is anti-aliased. A soft mask (in-between values farther than a pixel from the
        50 % contour) keeps its ramp: every level moves outwards. What leaves the canvas is cut off.

    Raises
    ------
    InputError
        For a negative or non-finite distance, or unless exactly one of `px` and `ratio` is given.

    See Also
    --------
    shrink : The same inwards.
    feather : A soft edge outside the mask.

    Notes
    -----
    The distance is Euclidean and measured from where the coverage crosses 50 %, so a disc of radius `R` becomes the
    disc of radius `R + px`. Where up to 128 parts are smaller than 20 px and anti-aliased, their outlines are redrawn from
    their area, so that this holds for dots of a pixel too. Soft masks take the flat grey-scale dilation with a disc, between whole radii linearly.

    References
    ----------
    .. [1] P. F. Felzenszwalb and D. P. Huttenlocher, "Distance Transforms of Sampled Functions", Theory of
       Computing 8, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[255, 255, 0, 0, 0, 0]], np.uint8)
    >>> grow(edge, 1.5).tolist()
    [[255, 255, 255, 128, 0, 0]]
    """
    return grown(mask, _distance(mask, px, ratio, "grow", "shrink"))


@turns_mask
def shrink(mask: Mask, px: float | None = None, *, ratio: float | None = None) -> Mask:
    """Move the edge inwards by a distance that is the same in every direction.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    px
        How far, in Euclidean pixels; fractions count.
    ratio
        Instead of `px`: how far as a share of the diagonal of the mask's bounding box (values of 128 and above).

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Never above `mask`; parts thinner than twice the distance vanish. The canvas border is no edge: where the
        mask touches it, nothing is taken away from that side.

    Raises
    ------
    InputError
        As `grow`.

    See Also
    --------
    grow : The same outwards.

    Notes
    -----
    `grow` of the complement: what is kept moves its edge by `px`.

    Examples
    --------
    >>> import numpy as np
    >>> band = np.full((3, 7), 255, np.uint8)
    >>> band[:, 0] = 0
    >>> shrink(band, 2)[1].tolist()
    [0, 0, 0, 255, 255, 255, 255]
    """
    distance = _distance(mask, px, ratio, "shrink", "grow")
    result = mask.copy()
    box = region(mask, 1)
    if box is not None:
        result[box.slices] = 255 - grown(255 - mask[box.slices], distance)
    return result


def grown(mask: Mask, px: float) -> Mask:
    """`grow` without its checks."""
    # The whole canvas is within reach then, and the time does not grow.
    px = min(px, math.hypot(*mask.shape) + 1)
    box = region(mask, px + 1)
    if box is None or px == 0:
        return mask.copy()
    part = mask[box.slices]
    small = small_parts(part)
    rest = without(part, small) if small else part
    soft = has_ramp(rest)
    result = np.zeros(mask.shape, np.uint8)
    inner = result[box.slices]
    np.maximum(part, _dilated(part, px) if soft else _moved(rest, px), out=inner)
    draw_grown(inner, [] if soft else small, px)
    return result


def _moved(mask: Mask, px: float) -> Mask:
    """Return the coverage of everything within `px` of the contour."""
    if px < 0.5:
        return narrow(cv2.addWeighted(mask, 1 - 2 * px, _moved(mask, 0.5), 2 * px, 0))
    return slopes_down(mask, Slope(px - 0.5, px + 0.5, lambda distance: levels((px + 0.5 - distance) * 255)))[0]


def _dilated(mask: Mask, px: float) -> Mask:
    """Take the highest value within `px`; radii between whole pixels blend the two."""
    whole = math.floor(px)
    inner = _dilated_whole(mask, whole)
    if whole == px:
        return inner
    outer = _dilated_whole(mask, whole + 1)
    return narrow(cv2.addWeighted(inner, 1 - (px - whole), outer, px - whole, 0))


def _dilated_whole(mask: Mask, px: int) -> Mask:
    """Flat dilation with a disc: one row of the disc at a time, each as wide as the last or wider."""
    height, width = mask.shape
    result = mask.copy()
    widened, half = mask.copy(), 0
    for dy in range(min(px, height - 1), -1, -1):
        # Of the lattice discs, those of 0.15 px more reach as far as `px` on average, and along the axes exactly.
        reach = min(int(math.sqrt((px + 0.15) ** 2 - dy * dy)), width - 1)
        while half < reach:
            wider = widened.copy()
            np.maximum(wider[:, 1:], widened[:, :-1], out=wider[:, 1:])
            np.maximum(wider[:, :-1], widened[:, 1:], out=wider[:, :-1])
            widened, half = wider, half + 1
        if dy:
            np.maximum(result[dy:], widened[:-dy], out=result[dy:])
            np.maximum(result[:-dy], widened[dy:], out=result[:-dy])
        else:
            np.maximum(result, widened, out=result)
    return result


def _distance(mask: Mask, px: float | None, ratio: float | None, name: str, opposite: str) -> float:
    if (px is None) == (ratio is None):
        raise InputError(f"mask.{name} takes px or ratio, one of the two", fix=f"mask.{name}(mask, 12)")
    unit, amount = ("px", px) if px is not None else ("ratio", ratio)
    amount = as_number(amount, f"mask.{name}: {unit}")
    if not math.isfinite(amount):
        raise InputError(f"mask.{name}: {unit} must be finite, got {amount}")
    if amount < 0:
        raise InputError(
            f"mask.{name}: {unit} is {amount:g}, a distance is not negative",
            fix=f"mask.{opposite}(mask, {'' if unit == 'px' else 'ratio='}{-amount:g})",
        )
    if unit == "px":
        return float(amount)
    _, _, width, height = cv2.boundingRect(cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1])
    return float(amount * math.hypot(width, height))
