"""Fill the new part of an outpaint canvas."""

from __future__ import annotations

import numbers
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow, size_of_array
from ..choices import Fill
from ..edit.options import as_whole
from ..errors import InputError
from ..geometry import Box, Size
from .blur import blur_outwards
from .noise import noise_like
from .telea import inpaint_outwards

__all__ = ["Fill", "cover", "fill_canvas"]


_STRIP_ROWS = 256


def fill_canvas(
    picture: Image, canvas: Size, origin: tuple[int, int], *, fill: Fill, color: tuple[int, int, int], seed: int
) -> Image:
    """Place a picture on a larger canvas and fill the rest.

    Parameters
    ----------
    picture
        uint8 RGB.
    canvas
        Size of the result; holds the picture at `origin`.
    origin
        Left and top of the picture in the canvas.
    fill
        As in `preproc.outpaint.extend`. ``"transparent"`` repeats the border here, for what reads colours alone; `cover`
        makes it clear.
    color
        R, G, B of ``"solid"``.
    seed
        Of ``"noise"``.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        The picture's own pixels are untouched.
    """
    around = _borders(size_of_array(picture), canvas, origin)
    inside = size_of_array(picture).box.shift(*origin)
    if fill == "solid":
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_CONSTANT, value=_as_color(color)))
    if fill in {"replicate", "transparent"}:
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REPLICATE))
    if fill == "reflect":
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REFLECT))
    if fill == "noise":
        filled = noise_like(picture, canvas, as_whole("seed", seed))
        filled[inside.slices] = picture
        return filled
    if fill not in {"blur", "telea"}:
        raise InputError(
            f"no fill is called {fill!r}", fix="blur, replicate, reflect, solid, noise, telea or transparent"
        )
    filled = np.empty((canvas.height, canvas.width, 3), np.uint8)
    filled[inside.slices] = picture
    (blur_outwards if fill == "blur" else inpaint_outwards)(filled, inside)
    return filled


def _as_color(color: Any) -> tuple[int, int, int]:
    """Return R, G, B; floats are refused: 1.0 may be white or nearly black."""
    if isinstance(color, (str, bytes)) or np.shape(color) != (3,):
        raise InputError(f"a colour is three values of 0 to 255, got {color!r}", fix="color=(0, 255, 0)")
    if not all(isinstance(value, numbers.Integral) and not isinstance(value, bool) for value in color):
        raise InputError(
            f"a colour is three whole numbers of 0 to 255, got {color!r}",
            fix="multiply floats of 0 to 1 by 255 and round them; gray is 128, 128, 128",
        )
    red, green, blue = (int(value) for value in color)
    if not all(0 <= value <= 255 for value in (red, green, blue)):
        raise InputError(f"a colour is three values of 0 to 255, got {color!r}", fix="color=(0, 255, 0)")
    return red, green, blue


def _borders(picture: Size, canvas: Size, origin: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top = origin
    return top, canvas.height - picture.height - top, left, canvas.width - picture.width - left


def cover(inside: Box, crop: Box, sent: Size) -> NDArray[np.uint8]:
    """Alpha of what is sent for ``"transparent"``: how much of each sent pixel the picture covers.

    Exact areas: 255 on every pixel that lies wholly on the picture and 0 on every one that lies wholly outside, which a
    resampled alpha channel has not.

    Parameters
    ----------
    inside
        Where the picture lies, in canvas pixels.
    crop, sent
        What is sent of the canvas, and at which size.

    Examples
    --------
    >>> cover(Box(3, 0, 8, 2), Box(0, 0, 8, 2), Size(4, 1))
    array([[  0, 128, 255, 255]], dtype=uint8)
    """
    across = _covered(inside.left - crop.left, inside.right - crop.left, crop.size.width, sent.width)
    down = _covered(inside.top - crop.top, inside.bottom - crop.top, crop.size.height, sent.height)
    alpha = np.empty((sent.height, sent.width), np.uint8)
    for top in range(0, sent.height, _STRIP_ROWS):
        alpha[top : top + _STRIP_ROWS] = np.rint(255 * np.outer(down[top : top + _STRIP_ROWS], across))
    return alpha


def _covered(start: int, stop: int, length: int, count: int) -> NDArray[np.float64]:
    """Share of each of `count` equal parts of `length` that lies from `start` to `stop`; in whole numbers until the end."""
    edges = np.arange(count + 1) * length
    low, high = np.maximum(edges[:-1], start * count), np.minimum(edges[1:], stop * count)
    return np.asarray(np.maximum(high - low, 0) / length)
