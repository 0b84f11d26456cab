"""Give a mask a soft edge of a stated width."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Mask, narrow, size_of_array
from ..choices import Curve, Position
from ..errors import InputError
from .arguments import FARTHEST_PX, as_choice, as_number
from .blur import blur, on_grid, softened
from .distance import Slope, has_ramp, levels, region, slopes_down
from .growing import grown
from .small_parts import small_parts
from .wide import wide_slopes

__all__ = ["feather"]


# Slopes of up to this width are measured at every pixel.
_NARROW_PX = 24

# A pixel is reached when so much of it beyond its centre is.
_REACH_PX = 0.25

# Gaussians from this width on take one distance transform, not two; their rounding is far below a level.
_WIDE_PX = 24

# No ramp narrower than this changes a level.
_NOTHING_PX = 1e-3


@turns_mask
def feather(mask: Mask, px: float, *, position: Position = "outer", curve: Curve = "smooth") -> Mask:
    """Run the mask from full to nothing over `px` pixels.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    px
        Width of the ramp from 255 to 0, Euclidean; fractions count, 0 changes nothing.
    position
        Where the ramp lies: ``"outer"`` begins at the edge and runs outwards, so no pixel of the mask gets weaker;
        ``"inner"`` ends at the edge, so no pixel outside is touched; ``"centre"`` has half of it on either side.
    curve
        Its profile: ``"smooth"`` (3t² - 2t³), ``"linear"``, or ``"gaussian"``: the edge moved by half of `px`, then
        blurred with a standard deviation of `px` / 6, which rounds corners too; with ``"outer"`` it is at least 1 of
        255 as far as `px`.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        ``"outer"`` is never below `mask`, ``"inner"`` never above it. A soft mask keeps its own ramp: the new one
        begins where the mask is strongest and never lowers it. What leaves the canvas is cut off; the canvas border
        itself is no edge (``"gaussian"`` mirrors the mask there).

    Raises
    ------
    InputError
        For a negative or non-finite width, or an unknown position or curve.

    See Also
    --------
    grow : Move the edge without softening it.

    Notes
    -----
    The ramp follows the Euclidean distance from where the coverage crosses 50 %: the same width in every direction,
    thin parts keep their full value, and the time hardly depends on `px`. A plain blur would weaken the mask's own
    edge to one half and lose thin parts.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[255, 255, 0, 0, 0, 0, 0, 0]], np.uint8)
    >>> feather(edge, 4, curve="linear").tolist()
    [[255, 255, 223, 159, 96, 32, 0, 0]]
    """
    px = as_number(px, "mask.feather: px")
    if not math.isfinite(px) or px < 0:
        raise InputError(
            f"mask.feather: px is {px:g}; a width is finite and not negative", fix="mask.feather(mask, 16)"
        )
    as_choice(position, ("outer", "inner", "centre"), "mask.feather: position")
    as_choice(curve, ("smooth", "linear", "gaussian"), "mask.feather: curve")
    if px < _NOTHING_PX:
        return mask.copy()
    px = min(px, FARTHEST_PX)
    if position == "outer":
        return _outer(mask, px, curve)
    if position == "inner":
        return _inner(mask, px, curve)
    if curve == "gaussian":
        return blur(mask, px / 6)
    return _centre(mask, px, curve)


def _outer(mask: Mask, px: float, curve: Curve) -> Mask:
    result = np.zeros(mask.shape, np.uint8)
    box = region(mask, px + 1)
    if box is not None:
        box = on_grid(box, px / 6) if curve == "gaussian" else box
        part = mask[box.slices]
        core = _strongest(part)
        if curve == "gaussian":
            ramp = _rounded(part, core, px)
        else:
            ramp = _ramp(core, 0, px, curve)
            if core is not part:
                ramp = narrow(cv2.convertScaleAbs(ramp, alpha=int(part.max()) / 255))
        np.maximum(part, ramp, out=result[box.slices])
    return result


def _rounded(mask: Mask, core: Mask, px: float) -> Mask:
    """Blur the mask grown by half of `px`; as far as `px`, where a Gaussian is rounded away, leave 1, and no farther."""
    if px >= _WIDE_PX and core is mask and not small_parts(mask):
        half, reached = _half_way_and_all(mask, px)
        ramp = narrow(cv2.convertScaleAbs(softened(half, px / 6, size_of_array(mask).box)))
    else:
        ramp = blur(grown(mask, px / 2), px / 6)
        reached = narrow(cv2.threshold(grown(core, px), 63, 1, cv2.THRESH_BINARY)[1])
    if core is mask:
        # What lies farther is not as much as 1, but where the edge bends round it.
        ramp = narrow(cv2.threshold(ramp, 1, 0, cv2.THRESH_TOZERO)[1])
    return narrow(cv2.max(ramp, reached))


def _half_way_and_all(mask: Mask, px: float) -> list[Mask]:
    """Return the mask grown by half of `px`, and 1 as far as `px`, from the same distances."""
    half = Slope(px / 2 - 0.5, px / 2 + 0.5, lambda distance: levels((px / 2 + 0.5 - distance) * 255))
    reached = Slope(px - 1.5, px, lambda distance: (distance < px + _REACH_PX).view(np.uint8) * np.uint8(255))
    grown_half, grown_all = slopes_down(mask, half, reached)
    return [grown_half, narrow(cv2.threshold(grown_all, 0, 1, cv2.THRESH_BINARY)[1])]


def _strongest(mask: Mask) -> Mask:
    """Return where a soft mask is strongest; any other as it is."""
    if not has_ramp(mask):
        return mask
    return narrow(cv2.threshold(mask, int(mask.max()) - 1, 255, cv2.THRESH_BINARY)[1])


def _inner(mask: Mask, px: float, curve: Curve) -> Mask:
    """Feather what is kept; one pixel of it around the mask is all that is needed."""
    result = mask.copy()
    box = region(mask, 1)
    if box is not None:
        result[box.slices] = 255 - _outer(255 - mask[box.slices], px, curve)
    return result


def _centre(mask: Mask, px: float, curve: Curve) -> Mask:
    result = mask.copy()
    box = region(mask, px / 2 + 1)
    if box is None:
        return result
    part = mask[box.slices]
    outside = _ramp(part, -px / 2, px / 2, curve)
    inside = 255 - _ramp(255 - part, -px / 2, px / 2, curve)
    result[box.slices] = np.where(part > 127, np.minimum(part, inside), np.maximum(part, outside))
    return result


def _ramp(mask: Mask, start: float, end: float, curve: Curve) -> Mask:
    """Return the mask as full, and around it the part of the ramp from `start` to `end` px that lies outside."""
    # A quarter of a px evens out that a pixel reaches farther than its centre.
    last = end + _REACH_PX

    def level(distance: NDArray[np.float32]) -> Mask:
        t = distance * np.float32(-1 / (end - start))
        t += np.float32(end / (end - start))
        np.clip(t, 0, 1, out=t)
        if curve == "smooth":
            square = t * t
            t *= -2 * 255
            t += 3 * 255
            t *= square
        else:
            t *= 255
        t += np.float32(0.5)
        # The last pixels of a wide ramp would be rounded away, and with them the width asked for.
        return np.maximum(t.astype(np.uint8), np.less(distance, np.float32(last)).view(np.uint8))

    begin = max(start, 0)
    draw = slopes_down if end - begin <= _NARROW_PX else wide_slopes
    return draw(mask, Slope(begin, end, level))[0]
