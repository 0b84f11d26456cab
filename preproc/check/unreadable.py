"""Arrays that cannot be read as a mask, and the call that brings them into a readable form."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..errors import InputError
from ..files import MAX_PIXELS
from ..files.decode import stored_pillow
from .report import Finding

__all__ = ["unreadable"]

SIGNED_RATIO = -0.25  # lower than a resampling's undershoot: black is at the lowest value
OVERSHOOT = 1.5


def unreadable(picture: Any, error: InputError) -> Finding:
    """Name the call that brings an array into a readable form, where there is one."""
    fix = "mask.rectangle(image, box)"
    array = _values(picture)
    name = "m" if array is picture else "np.asarray(m)"
    if array.ndim == 4 and array.size:
        first = array.shape[1] in {1, 3, 4} and array.shape[3] not in {1, 2, 3, 4}
        fix = f"np.moveaxis({name}[0], 0, -1)" if first else f"{name}[0]"
    elif array.ndim == 3 and array.shape[0] in {1, 3, 4} and array.shape[2] not in {1, 2, 3, 4}:
        fix = f"np.moveaxis({name}, 0, -1)"
    elif array.size and array.dtype.kind in "iuf":
        fix = _in_range(name, array)
    return Finding("unreadable", "error", error.message, fix)


def _values(picture: Any) -> NDArray[Any]:
    """Return the numbers of an array or a Pillow image; nothing of what is neither, or has no pixels."""
    if isinstance(picture, PIL.Image.Image) and min(picture.size):
        return stored_pillow(picture, max_pixels=MAX_PIXELS)
    return picture if isinstance(picture, np.ndarray) else np.empty(0)


def _in_range(name: str, array: NDArray[Any]) -> str:
    known = array[np.isfinite(array)]
    if not known.size:
        return "mask.rectangle(m, box)" if array.ndim == 2 else "mask.rectangle(image, box)"
    if known.size < array.size:
        # What is not known is white where nothing else is: "no depth here", "outside the scan".
        white = not (known > 0.5).any() and bool(np.isnan(array).any())
        return f"np.nan_to_num({name}, nan={int(white)}, posinf=1, neginf=0).clip(0, 1)"
    low, high = array.min(), array.max()
    if low < SIGNED_RATIO * high:
        return f"(({name} + {-float(low):g}) / {float(high) - float(low):g}).clip(0, 1)"
    if array.dtype.kind == "f" and high < OVERSHOOT:
        return f"{name}.clip(0, 1)"
    if low < 0:
        return f"{name}.clip(0, {255 if high > 1 else 1}).astype(np.{'uint8' if high > 1 else 'float64'})"
    return f"{name}.round().astype(np.uint8)" if high <= 255 else f"{name} / {high}"
