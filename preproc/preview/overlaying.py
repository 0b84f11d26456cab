"""A mask over its photo."""

from __future__ import annotations

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow, same_size
from ..files import ImageSource, load_mask
from ..geometry import Box
from .draw import Color, ColorName
from .options import read_color, read_number

__all__ = ["draw_edge", "overlay"]

_ISOLINES = (1, 64, 192, 255)  # where a feather begins, is a quarter, three quarters, and full


@turns_image
def overlay(
    image: Image,
    mask: PIL.Image.Image | ImageSource,
    /,
    *,
    color: ColorName = (255, 0, 80),
    opacity: float = 0.5,
    outline_px: float | None = None,
    isolines: bool = True,
) -> Image:
    """Show a mask as a colour over its photo, with its edge and its feather.

    Parameters
    ----------
    image
        The photo, in any form.
    mask
        The mask, in any form, of the photo's size.
    color
        Of fill and outline: RGB, or a name such as ``"red"`` or ``"#ff0050"``.
    opacity
        0 to 1: how much of the photo the fill covers where the mask is 255; in a feather in proportion.
    outline_px
        Width of the line along the edge, where the mask passes 50 %; 0 for none. A thin white rim sets it off. None: 2,
        down to 1 on small photos, and on large ones a 600th of the longer side, so that it is seen on a screen too.
    isolines
        Whether to draw faint lines where a feather begins, is a quarter, three quarters, and full.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        A new picture; where the mask is 0 and no line runs, the photo.

    Raises
    ------
    ShapeError
        If photo and mask differ in size.
    InputError
        If an option is out of range.

    Examples
    --------
    >>> photo, m = np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8)
    >>> m[16:48, 16:48] = 255
    >>> overlay(photo, m, outline_px=0)[32, 32]
    array([127,   0,  40], dtype=uint8)
    """
    values = load_mask(mask)
    same_size(image, values)
    if outline_px is None:
        outline_px = _outline_px(max(values.shape))
    opacity, color = read_number("opacity", opacity, 0, 1), read_color(color)
    outline_px = read_number("outline_px", outline_px, 0, max(values.shape))
    result = image.copy()
    box = _support(values, margin=2 * int(np.ceil(outline_px)) + 2)
    if box is None:
        return result
    part, cover = result[box.slices], values[box.slices]
    weight = cover.astype(np.float32) * np.float32(opacity / 255)
    part[:] = cv2.blendLinear(part, np.full_like(part, color), 1 - weight, weight)
    if isolines:
        side = 2 * max(1, round(max(values.shape) / 1200)) + 1
        square = np.ones((side, side), np.uint8)
        soft = narrow(cv2.dilate(((cover > 0) & (cover < 255)).astype(np.uint8), square))
        for level in _ISOLINES:
            inside = (cover >= level).astype(np.uint8)
            line = narrow(inside - cv2.erode(inside, square, borderValue=1)) & soft
            _draw(part, (255, 255, 255), np.nonzero(line), np.float32(0.4))
    if outline_px:
        draw_edge(part, cover >= 128, color=color, width_px=outline_px)
    return result


def _outline_px(longest_px: int) -> float:
    return max(1.0, min(2.0, longest_px / 160), longest_px / 600)


def draw_edge(image: Image, inside: NDArray[np.bool_], *, color: Color, width_px: float, rim: float = 0.75) -> None:
    """Draw the border of a region into `image`, in place: a line of colour with a thin white rim of some opacity.

    The rim is 1 px wide, and half as wide as a line of more than 2 px.
    """
    if inside.all() or not inside.any():
        return
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    beyond = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    away = np.asarray(within + beyond, np.float32) - np.float32(0.5)  # from the border, which runs between pixels
    outside = width_px / 2 + max(1.0, width_px / 2) + 0.5
    near = np.nonzero(away < outside)
    _draw(image, (255, 255, 255), near, rim * np.clip(outside - away[near], 0, 1))
    _draw(image, color, near, np.clip(width_px / 2 + 0.5 - away[near], 0, 1))


def _support(mask: Mask, *, margin: int) -> Box | None:
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(mask))
    if width == 0:
        return None
    return Box(left, top, left + width, top + height).grow(margin).intersect(Box(0, 0, mask.shape[1], mask.shape[0]))


def _draw(
    image: Image, color: Color, at: tuple[NDArray[np.intp], ...], share: NDArray[np.float32] | np.float32
) -> None:
    """Mix a colour into some pixels of `image`, in place."""
    under = image[at]
    image[at] = np.rint(under + (np.asarray(color, np.float32) - under) * np.reshape(share, (-1, 1))).astype(np.uint8)
