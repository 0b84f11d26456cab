"""Masks whose values are on another scale than their type says: 9 to 14 bits in 16, 0 and 1, Pillow's 32 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from ..errors import MaskError
from ..files import MAX_PIXELS, Photo
from ..files.decode import stored_pillow
from .report import Finding

__all__ = ["by_value", "fewer_bits", "wide_integers"]

FULL_RATIO = 0.9  # of the white of so many bits


def wide_integers(picture: Any) -> tuple[Mask, Finding] | None:
    """Find 16 bits in Pillow's mode of 32, which says nothing of its white."""
    if not isinstance(picture, PIL.Image.Image) or picture.mode != "I" or not min(picture.size):
        return None
    values = stored_pillow(picture, max_pixels=MAX_PIXELS)
    if values.min() < 0 or not 255 < values.max() <= 65535:
        return None
    white = _white(int(values.max())) or 65535
    words = f"the mask is of Pillow's mode I and runs to {values.max()}: which value is white there is not told"
    return _rescaled("sixteen-bit", words, values, white, plain="np.asarray(m)")


def fewer_bits(picture: Any, stored: Any) -> tuple[Mask, Finding] | None:
    """Find 9 to 14 bits stored in 16: a camera's or scanner's white is nearly black then."""
    planes = stored.pixels if isinstance(stored, Photo) else np.asarray(stored)
    if planes.dtype != np.uint16:
        return None
    values = planes if planes.ndim == 2 else planes[:, :, 0]
    white = _white(int(values.max()))
    if white is None:
        return None
    words = f"this 16-bit mask runs to {values.max()}, where 65535 is white: "
    words += f"it holds {white.bit_length()}-bit values, and is nearly black"
    return _rescaled("wrong-scale", words, values, white, plain=_as_stored(picture))


def by_value(picture: Any, photo: Photo, error: MaskError) -> tuple[Mask, Finding]:
    """Take the values for what they mean where their type would make them black."""
    values = narrow(photo.pixels.reshape(*photo.pixels.shape[:2], -1)[:, :, 0].astype(np.uint8))
    fix = f"{_as_stored(picture)}.astype(np.uint8)"
    if error.code == "zero-one":
        values *= np.uint8(255)
        fix += " * np.uint8(255)"
    return values, Finding(error.code, "error", error.message, fix, mend=np.copy)


def _white(highest: int) -> int | None:
    """Return the white of 9 to 14 bits that the highest value comes close to."""
    white = (1 << highest.bit_length()) - 1
    return white if 9 <= highest.bit_length() <= 14 and highest >= FULL_RATIO * white else None


def _rescaled(code: str, words: str, values: NDArray[Any], white: int, *, plain: str) -> tuple[Mask, Finding]:
    scaled = narrow(np.rint(values * (255 / white)).astype(np.uint8))
    return scaled, Finding(code, "error", words, f"{plain} / {white}", white.bit_length(), mend=np.copy)


def _as_stored(picture: Any) -> str:
    """Return the call that gives the numbers as they are stored."""
    return "m" if isinstance(picture, np.ndarray) else "preproc.files.Photo.open(m).pixels"
