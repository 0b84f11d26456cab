"""Gray pictures that are no mask: label maps, and photos."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import PIL.Image

from ..arrays import Mask, narrow
from ..files.header import open_picture
from ..files.source import is_file, opened
from .report import Finding

__all__ = ["label_map", "photo_levels", "stored_call"]

_MOST_LABELS, _HIGHEST_LABEL = 64, 127
# So many of the levels fill a square of 3 x 3 px somewhere; of an anti-aliased edge only those on its sides do.
_FILLED_RATIO = 0.7
# Such squares cover at least this share.
_FLAT_RATIO = 0.6
# Along so much of their borders labels differ by more than one; a ramp goes up level by level.
_JUMP_RATIO = 0.2
# Classes are counted; levels that are all so far apart are shades of a faint mask.
_SHADES_APART = 16

# A mask has black or white: of a photo less than this share is.
_ENDS_RATIO = 0.05
# In so much of a photo a pixel is off the line between its neighbours by more than so many levels; a ramp is smooth.
_ROUGH_RATIO, _ROUGH = 0.1, 12


def label_map(mask: Mask, *, call: str) -> Finding | None:
    """Tell class numbers from a faint mask; `call` gives them as they are stored."""
    counts = cv2.calcHist([mask], [0], None, [256], [0, 256]).ravel()
    used = np.flatnonzero(counts)
    if not 3 <= len(used) <= _MOST_LABELS or used[-1] > _HIGHEST_LABEL or used[0] > 0:
        return None
    if np.diff(used).min() >= _SHADES_APART:
        return None
    square = np.ones((3, 3), np.uint8)
    flat = narrow(cv2.erode(mask, square)) == narrow(cv2.dilate(mask, square))
    filled = np.unique(mask[flat])
    steps = [np.abs(np.diff(mask.astype(np.int16), axis=axis)).ravel() for axis in (0, 1)]
    borders = np.concatenate([step[step > 0] for step in steps])
    if flat.mean() < _FLAT_RATIO or len(filled) < _FILLED_RATIO * len(used) or (borders > 1).mean() < _JUMP_RATIO:
        return None
    words = f"the mask holds {len(used)} levels from 0 to {used[-1]}, each in areas of its own: a label map, and each number is a class"
    numbers = ", ".join(str(number) for number in used[1:])
    return Finding("labels", "error", words, f"mask.from_labels({call}, [{numbers}])", len(used))


def photo_levels(mask: Mask) -> list[Finding]:
    """Find that nearly all values lie between black and white, and none of it is smooth."""
    ends = float(np.count_nonzero((mask <= 2) | (mask >= 253)) / mask.size)
    if ends >= _ENDS_RATIO or min(mask.shape) < 3:
        return []
    values = mask.astype(np.int16)
    bends = [np.abs(np.diff(values, 2, axis=axis)) > _ROUGH for axis in (0, 1)]
    if min(float(bend.mean()) for bend in bends) < _ROUGH_RATIO:
        return []
    words = f"this looks like a photo, not a mask: {1 - ends:.1%} of the values lie between black and white, and not smoothly"
    return [Finding("photo", "warning", f"{words}; only a new mask helps", "mask.rectangle(m, box)", ends)]


def stored_call(picture: Any, form: list[Finding]) -> str:
    """Return what gives class numbers: the picture itself where it has one plane of them."""
    if isinstance(picture, np.ndarray):
        # Of 16 bits the upper eight were read.
        is_plain = picture.ndim == 2 and "sixteen-bit" not in {finding.code for finding in form}
    else:
        is_plain = not form and (isinstance(picture, PIL.Image.Image) or is_file(picture)) and _is_gray(picture)
    return "m" if is_plain else "preproc.load_mask(m)"


def _is_gray(picture: Any) -> bool:
    if isinstance(picture, PIL.Image.Image):
        return picture.mode == "L"
    with opened(picture) as (file, path), open_picture(file, path) as header:
        return header.mode == "L"
