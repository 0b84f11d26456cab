"""Whether a mask fits its image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from ..arrays import Mask
from ..files import ImageSource, Photo, size_of
from ..files.exif import orientation_of, read_exif
from ..files.header import open_picture
from ..files.source import is_file, opened
from ..geometry import Size
from ..mask import resize
from .report import Finding

__all__ = ["fit", "fitted", "turned_alike"]

# How the pixels of a file must be turned to stand upright, by its EXIF orientation.
_TURNS = {
    2: "np.fliplr(preproc.load_mask(m))",
    3: "np.rot90(preproc.load_mask(m), 2)",
    4: "np.flipud(preproc.load_mask(m))",
    5: "preproc.load_mask(m).T",
    6: "np.rot90(preproc.load_mask(m), -1)",
    7: "np.rot90(preproc.load_mask(m), 2).T",
    8: "np.rot90(preproc.load_mask(m))",
}

_SIDEWAYS = {5, 6, 7, 8}


def fit(size: Size, image: PIL.Image.Image | ImageSource) -> list[Finding]:
    """Compare the sizes, and say how a wrong one came about."""
    wanted = size_of(image)
    if size == wanted:
        return []
    if size == (wanted.height, wanted.width):
        return [_turned(size, wanted, _orientation(image))]
    words = f"the mask is {size}, the image {wanted}"
    fix = f"mask.resize(m, ({wanted.width}, {wanted.height}))"
    if _other_shape(size, wanted):
        words += (
            ", of another shape: it was cropped, padded or made for another image; "
            "crop or pad it as the image was, or make a new one from the image"
        )
        stretch = size.height * wanted.width / (size.width * wanted.height)
        fix = f"mask.rectangle(image, box)  # only if all else fails, {fix}: it stretches by {max(stretch, 1 / stretch) - 1:.0%}"
    return [Finding("size-mismatch", "error", words, fix, tuple(size))]


def turned_alike(size: Size, image: PIL.Image.Image | ImageSource) -> list[Finding]:
    """Say that the image's stored pixels, lying another way, have the mask's size too."""
    orientation = _orientation(image) if size == size_of(image) else 1
    if orientation == 1 or (orientation in _SIDEWAYS and size.width != size.height):
        return []
    words = (
        f"the image is stored turned or mirrored (EXIF orientation {orientation}): a mask made from its stored pixels has "
        f"this size of {size} too, and lies the wrong way"
    )
    fix = f"{_TURNS[orientation]}  # only if it was made from the stored pixels: look at it"
    return [Finding("exif-turn", "info", words, fix, orientation)]


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
    if orientation in _SIDEWAYS:
        words = (
            f"the mask is {size}, the image {wanted}: it was made from the image's stored pixels, before its EXIF "
            f"orientation ({orientation}) was applied"
        )
        return Finding("exif-rotated", "error", words, _TURNS[orientation], orientation)
    words = f"the mask is {size}, the image {wanted}: one of them is turned, or rows and columns are swapped (m.T)"
    fix = (
        "np.rot90(preproc.load_mask(m), -1)  # or np.rot90(preproc.load_mask(m)), or preproc.load_mask(m).T: look at it"
    )
    return Finding("transposed", "error", words, fix, tuple(size))


def _orientation(image: Any) -> int:
    if isinstance(image, Photo):  # upright already; what it was read from may still be there
        if image.path is None or not Path(image.path).is_file() or size_of(image.path) != image.size:
            return 1
        image = image.path
    if isinstance(image, PIL.Image.Image):
        return orientation_of(image, read_exif(image, None))
    if not is_file(image):
        return 1
    with opened(image) as (file, path), open_picture(file, path) as stored:
        return orientation_of(stored, read_exif(stored, file))
