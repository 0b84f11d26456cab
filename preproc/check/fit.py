"""Whether a mask fits its image."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image

from ..arrays import Mask
from ..files import ImageSource, size_of
from ..files.exif import orientation_of, read_exif
from ..files.header import open_picture
from ..files.source import is_file, opened
from ..geometry import Size
from ..mask import resize
from .report import Finding

__all__ = ["fit", "fitted"]

# How the pixels of a file must be turned to stand upright, by its EXIF orientation.
_TURNS = {
    5: "preproc.load_mask(m).T",
    6: "np.rot90(preproc.load_mask(m), -1)",
    7: "np.rot90(preproc.load_mask(m), 2).T",
    8: "np.rot90(preproc.load_mask(m))",
}


def fit(size: Size, image: PIL.Image.Image | ImageSource) -> list[Finding]:
    """Compare the sizes, and say how a wrong one came about."""
    wanted = size_of(image)
    if size == wanted:
        return []
    if size == (wanted.height, wanted.width):
        return [_turned(size, wanted, _orientation(image))]
    words = f"the mask is {size}, the image {wanted}"
    if _other_shape(size, wanted):
        words += ", of another shape: it was cropped, padded or made for another image"
    fix = f"mask.resize(m, ({wanted.width}, {wanted.height}))"
    return [Finding("size-mismatch", "error", words, fix, tuple(size))]


def fitted(mask: Mask, found: Finding, wanted: Size) -> list[Mask]:
    """Return what the mask may be once it fits: one, or one for each way it may be turned; none where that is open."""
    if found.code == "exif-rotated":
        return [_turn(mask, int(found.value))]
    if found.code == "transposed":
        return [np.rot90(mask), np.rot90(mask, -1), mask.T]
    return [] if _other_shape(Size(*mask.shape[::-1]), wanted) else [resize(mask, wanted)]


def _turn(mask: Mask, orientation: int) -> Mask:
    turns = {5: 0, 6: -1, 7: 2, 8: 1}[orientation]
    turned = np.rot90(mask, turns)
    return turned.T if orientation in {5, 7} else turned


def _other_shape(size: Size, wanted: Size) -> bool:
    return abs(size.width * wanted.height / (size.height * wanted.width) - 1) > 0.01


def _turned(size: Size, wanted: Size, orientation: int) -> Finding:
    if orientation in _TURNS:
        words = (
            f"the mask is {size}, the image {wanted}: it was made from the image's stored pixels, before its EXIF "
            f"orientation ({orientation}) was applied"
        )
        return Finding("exif-rotated", "error", words, _TURNS[orientation], orientation)
    words = f"the mask is {size}, the image {wanted}: one of them is turned, or rows and columns are swapped (m.T)"
    return Finding("transposed", "error", words, "np.rot90(preproc.load_mask(m))", tuple(size))


def _orientation(image: Any) -> int:
    if isinstance(image, PIL.Image.Image):
        return orientation_of(image, read_exif(image, None))
    if not is_file(image):
        return 1
    with opened(image) as (file, path), open_picture(file, path) as stored:
        return orientation_of(stored, read_exif(stored, file))
