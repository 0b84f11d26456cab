"""Colours, lettering and scaling that all previews share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from ..arrays import Image, narrow, to_uint8
from ..choices import Background
from ..errors import InputError
from ..files import Photo
from ..geometry import Size
from .lettering import font, readable

__all__ = [
    "CHECKER",
    "Background",
    "Color",
    "ColorName",
    "Theme",
    "checker",
    "clipped",
    "draw_pill",
    "fit",
    "flatten",
    "label",
    "pill_size",
    "theme_of",
]

Color: TypeAlias = tuple[int, int, int]
ColorName: TypeAlias = Color | str
"""A colour as three levels of 0 to 255, or as Pillow reads it: ``"red"``, ``"#ff0050"``."""

CHECKER = (255, 220)  # the two grays under transparent pixels


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a sheet: its ground, words, and words that stand back."""

    ground: Color
    words: Color
    faint: Color


_THEMES: dict[str, Theme] = {
    "dark": Theme((20, 22, 26), (232, 234, 238), (139, 145, 156)),
    "light": Theme((255, 255, 255), (27, 30, 36), (116, 122, 133)),
}


def theme_of(background: str) -> Theme:
    """Return the colours for ``"dark"`` or ``"light"``."""
    if not isinstance(background, str) or background not in _THEMES:
        raise InputError(f"background is 'dark' or 'light', got {background!r}")
    return _THEMES[background]


def clipped(words: str, width: float, px: int) -> str:
    """Return words as they are drawn, shortened with an ellipsis until they fit into `width` pixels."""
    words = readable(words)
    if font(px).getlength(words) <= width:
        return words
    while words and font(px).getlength(words + "...") > width:
        words = words[:-1]
    return words.rstrip() + "..."


def label(image: Image, words: str, *, corner: Literal["left", "right"], px: int) -> None:
    """Write words on a dark pill into a bottom corner of `image`, in place."""
    width, height = pill_size(words, px)
    margin = px // 2 + 2
    if width + 2 * margin > image.shape[1] or height + 2 * margin > image.shape[0]:
        return
    left = margin if corner == "left" else image.shape[1] - margin - width
    top = image.shape[0] - margin - height
    draw_pill(image[top : top + height, left : left + width], words, px)


def pill_size(words: str, px: int) -> Size:
    """Return how large a pill is with these words."""
    return Size(math.ceil(font(px).getlength(words)) + 2 * (px // 2) + 2, px + px // 2 + 2)


def draw_pill(part: Image, words: str, px: int) -> None:
    """Cover a part of a picture, of `pill_size`, with a dark pill and write words on it, in place."""
    height, width = part.shape[:2]
    pill = PIL.Image.new("L", (width * 4, height * 4))
    PIL.ImageDraw.Draw(pill).rounded_rectangle((0, 0, width * 4 - 1, height * 4 - 1), radius=height * 2, fill=176)
    under = PIL.Image.fromarray(part)
    under.paste((12, 13, 16), (0, 0, width, height), pill.resize((width, height), PIL.Image.Resampling.BOX))
    PIL.ImageDraw.Draw(under).text((width / 2, height / 2), words, fill=(255, 255, 255), font=font(px), anchor="mm")
    part[:] = np.asarray(under)


def checker(height: int, width: int, cell_px: int) -> NDArray[np.uint8]:
    """Return the gray squares that stand for nothing, `(H, W, 1)`."""
    rows, columns = np.arange(height) // cell_px % 2, np.arange(width) // cell_px % 2
    light, dark = np.array(CHECKER, np.uint8)
    return narrow(np.where(rows[:, np.newaxis] == columns, light, dark)[:, :, np.newaxis])


def flatten(photo: Photo, *, cell_px: int) -> NDArray[np.uint8]:
    """Return the photo on a checkerboard where it is transparent: `(H, W, 3)`, or `(H, W)` if opaque gray."""
    if photo.alpha is None:
        return photo.rgb if photo.pixels.shape[2] == 3 or photo.icc_profile else to_uint8(photo.pixels)[:, :, 0]
    alpha = to_uint8(photo.alpha)[:, :, np.newaxis].astype(np.uint16)
    under = checker(photo.size.height, photo.size.width, cell_px)
    mixed = photo.rgb * alpha + under * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def fit(picture: NDArray[np.uint8], *, width: int, height: int) -> NDArray[np.uint8]:
    """Scale a picture to lie inside `width` x `height`; a picture of less than half of it is enlarged in whole steps.

    Shrinking averages, but of lines that would fade out the brightest pixel is kept (the darkest, on white).
    """
    rows, columns = picture.shape[:2]
    scale = min(width / columns, height / rows)
    if scale >= 1:
        return narrow(np.repeat(np.repeat(picture, int(scale), axis=0), int(scale), axis=1))
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    ground = _line_ground(picture, math.ceil(1 / scale))
    if ground is None:
        return narrow(cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA))
    pick = np.maximum if ground == 0 else np.minimum
    taken = pick.reduceat(picture, np.arange(size[1]) * rows // size[1], axis=0)
    return narrow(pick.reduceat(taken, np.arange(size[0]) * columns // size[0], axis=1))


def _line_ground(picture: NDArray[np.uint8], shrink: int) -> int | None:
    """Return 0 or 255 if the picture is that colour but for lines thinner than one pixel of the preview, else None."""
    for ground in (0, 255):
        if np.mean(picture[::7, ::5] == ground) < 0.4:
            continue
        drawn = picture != ground
        drawn = (drawn if drawn.ndim == 2 else drawn.any(axis=2)).astype(np.uint8)
        count = cv2.countNonZero(drawn)
        kernel = np.ones((max(3, shrink), max(3, shrink)), np.uint8)
        if 0 < count <= drawn.size / 2 and cv2.countNonZero(cv2.erode(drawn, kernel)) < count / 4:
            return ground
    return None
