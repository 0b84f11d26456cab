"""Two pictures against each other, and a picture against nothing."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import PIL.Image

from ..adapt import turns_photo
from ..arrays import Image, same_size, size_of_array
from ..errors import InputError
from ..files import ImageSource, Photo
from .draw import Background, flatten, label, theme_of
from .options import read_number, read_whole

__all__ = ["before_after", "checkerboard"]


@turns_photo
def before_after(
    before: Photo,
    after: PIL.Image.Image | ImageSource,
    /,
    *,
    split: Literal["side", "slider"] = "side",
    position: float = 0.5,
    background: Background = "dark",
) -> Image:
    """Put a photo before and after an edit into one picture.

    Parameters
    ----------
    before, after
        The two, in any form; what is transparent in them is shown on gray squares.
    split
        ``"side"``: next to each other, pixel for pixel; sizes may differ. ``"slider"``: one over the other, `before`
        left of a line and `after` right of it; of one size.
    position
        Where the slider's line stands: 0 is the left border, 1 the right.
    background
        ``"dark"`` or ``"light"``, seen around pictures of different size.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        The two with small captions, where these find room for both.

    Raises
    ------
    ShapeError
        If the sizes differ and `split` is ``"slider"``.
    InputError
        If an option is unknown or out of range.

    Examples
    --------
    >>> photo = np.zeros((60, 80, 3), np.uint8)
    >>> before_after(photo, photo).shape
    (60, 164, 3)
    """
    one, other = (_on_squares(picture) for picture in (before, Photo.open(after)))
    theme, position = theme_of(background), read_number("position", position, 0, 1)
    if split == "side":
        return _side_by_side(one, other, theme.ground)
    if split != "slider":
        raise InputError(f"split is 'side' or 'slider', got {split!r}")
    size = same_size(one, other, names=("before", "after"))
    at = round(size.width * position)
    result = np.hstack([one[:, :at], other[:, at:]])
    px = _lettering(size.height)
    if at > 6 * px:
        _label_part(result, slice(0, at), "before", px)
    if size.width - at > 6 * px:
        _label_part(result, slice(at, size.width), "after", px)
    _draw_handle(result, at)
    return result


@turns_photo
def checkerboard(picture: Photo, /, *, cell_px: int = 16) -> Image:
    """Show a transparent picture on gray squares.

    Parameters
    ----------
    picture
        A picture with alpha, in any form (arrays have 2 or 4 channels). An opaque one comes back as it is.
    cell_px
        Side of the squares.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    InputError
        If `cell_px` is below 1.

    Examples
    --------
    >>> checkerboard(np.zeros((1, 2, 4), np.uint8), cell_px=1).tolist()
    [[[255, 255, 255], [220, 220, 220]]]
    """
    cell_px = read_whole("cell_px", cell_px, 1)
    return picture.rgb if picture.alpha is None else flatten(picture, cell_px=cell_px)


def _on_squares(picture: Photo) -> Image:
    return picture.rgb if picture.alpha is None else flatten(picture, cell_px=max(4, picture.size.height // 40))


def _side_by_side(before: Image, after: Image, ground: tuple[int, int, int]) -> Image:
    one, two = size_of_array(before), size_of_array(after)
    height = max(one.height, two.height)
    gap = max(4, height // 100)
    result = np.full((height, one.width + gap + two.width, 3), ground, np.uint8)
    px = _lettering(height)
    has_room = min(one.width, two.width) > 6 * px and min(one.height, two.height) > 5 * px
    left = 0
    for picture, size, words in ((before, one, "before"), (after, two, "after")):
        top = (height - size.height) // 2
        part = result[top : top + size.height, left : left + size.width]
        part[:] = picture
        if has_room:
            label(part, words, corner="left", px=px)
        left += size.width + gap
    return result


def _lettering(height: int) -> int:
    return max(12, height // 28)


def _label_part(image: Image, columns: slice, words: Literal["before", "after"], px: int) -> None:
    label(image[:, columns], words, corner="left" if words == "before" else "right", px=px)


def _draw_handle(image: Image, at: int) -> None:
    """Draw the slider's line and, where there is room, its round handle with two arrows."""
    height, width = image.shape[:2]
    thick = max(2, height // 300)
    left = min(max(0, at - thick // 2), width - 1)
    image[:, left : left + thick] = 255
    radius = max(9, height // 36)
    if not radius < at < width - radius or height < 6 * radius:
        return
    steps = 4  # cv2's sub-pixel bits
    center = (round((at - 0.5) * 2**steps), round((height / 2 - 0.5) * 2**steps))
    cv2.circle(image, center, radius << steps, (255, 255, 255), -1, cv2.LINE_AA, steps)
    for side in (-1, 1):
        tip, back, half = radius * 0.62, radius * 0.24, radius * 0.34
        points = [(side * tip, 0.0), (side * back, -half), (side * back, half)]
        arrow = np.array([(center[0] + x * 2**steps, center[1] + y * 2**steps) for x, y in points]).round()
        cv2.fillPoly(image, [arrow.astype(np.int32)], (40, 43, 50), cv2.LINE_AA, steps)
