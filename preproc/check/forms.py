"""How a mask arrives, before its pixels are looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Mask, size_of_array
from ..errors import FileFormatError, InputError, MaskError
from ..files import ImageSource, Photo, load_mask
from ..files.header import open_picture
from ..files.source import is_file, opened
from ..geometry import Size
from .bits import by_value, fewer_bits, wide_integers
from .planes import carried, classes
from .report import Finding
from .unreadable import unreadable

__all__ = ["Arrival", "receive"]

_MODES = {
    "1": ("one-bit", "the mask has 1 bit a pixel: its edge cannot be anti-aliased"),
    "P": ("palette", "the mask is a palette picture: its colours count here, its numbers may count elsewhere"),
    "PA": ("palette", "the mask is a palette picture: its colours count here, its numbers may count elsewhere"),
    "LA": ("gray-alpha", "the mask has an alpha channel, opaque everywhere"),
    "RGBA": ("gray-alpha", "the mask has an alpha channel, opaque everywhere"),
    "I": ("sixteen-bit", "the mask has more than 8 bits a pixel"),
    "F": ("float", "the mask is floating point"),
    "CMYK": ("cmyk", "the mask is CMYK, where black and white depend on who converts it"),
}


class Arrival(NamedTuple):
    """A mask as it was read, and what its form says."""

    mask: Mask | None
    """None where it is not clear what of the picture is the mask."""
    size: Size | None
    findings: list[Finding]
    alpha: Mask | None = None
    """The alpha channel, where its opaque as well as its transparent part may be meant."""


def receive(picture: PIL.Image.Image | ImageSource) -> Arrival:
    """Read a mask in any form, and name the form where others may read it differently.

    Raises
    ------
    FileFormatError
        For files that are no picture.
    """
    wide = wide_integers(picture)
    if wide is not None:
        return _read(*wide)
    try:
        # decoded once: all that follows looks at the same planes
        stored = Photo.open(picture) if isinstance(picture, PIL.Image.Image) or is_file(picture) else picture
        mask = load_mask(stored)
    except FileFormatError as error:
        if not isinstance(picture, PIL.Image.Image):
            raise
        return Arrival(None, None, [unreadable(picture, error)])
    except MaskError as error:
        photo = Photo.open(stored)
        if error.code in {"zero-one", "wrong-scale"}:
            return _read(*by_value(picture, photo, error))
        labels = classes(picture) if _header(picture)[0] in {"P", "PA"} else []
        read, finding, alpha = carried(photo, error, labels)
        return Arrival(read, photo.size, [finding, *labels], alpha)
    except InputError as error:
        return Arrival(None, None, [unreadable(picture, error)])
    narrower = fewer_bits(picture, stored)
    if narrower is not None:
        return _read(*narrower)
    return Arrival(mask, size_of_array(mask), _form(picture, stored))


def _read(mask: Mask, finding: Finding) -> Arrival:
    return Arrival(mask, size_of_array(mask), [finding])


def _form(picture: Any, stored: Any) -> list[Finding]:
    if isinstance(picture, PIL.Image.Image) or is_file(picture):
        return _stored_form(picture, stored)
    if isinstance(picture, Photo):
        return [_as_read("sixteen-bit", _MODES["I"][1], 16)] if picture.depth == 16 else []
    return _array_form(np.asarray(picture))


def _stored_form(picture: Any, stored: Photo) -> list[Finding]:
    mode, kind = _header(picture)
    if stored.depth == 16 and not isinstance(picture, PIL.Image.Image):
        mode = "I;16"  # Pillow does not tell 16 bits in several channels
    found = []
    name = "I" if mode.startswith("I;") else mode
    if name in _MODES:
        code, words = _MODES[name]
        found.append(_as_read(code, words, mode))
    if kind in {"JPEG", "MPO"}:
        found.append(
            Finding(
                "jpeg",
                "info",
                "the mask is a JPEG: edges have noise around them",
                'preproc.save_image(m, "m.png")',
                kind,
            )
        )
    return found


def _header(picture: Any) -> tuple[str, str | None]:
    """Mode and format as Pillow tells them; nothing of arrays and `Photo`."""
    if isinstance(picture, PIL.Image.Image):
        return picture.mode, picture.format
    if not is_file(picture):
        return "", None
    with opened(picture) as (file, path), open_picture(file, path) as header:
        return header.mode, header.format


def _array_form(array: NDArray[Any]) -> list[Finding]:
    kind = str(array.dtype)
    found = []
    if array.dtype == np.bool_:
        words = "the mask is a bool array: OpenCV takes it for 0 and 1 and writes a black picture"
        found.append(_as_read("bool", words, kind))
    elif np.issubdtype(array.dtype, np.floating):
        found.append(_as_read("float", f"the mask is {kind} within 0 to 1", kind))
        low, high = float(array.min()), float(array.max())
        if 254.5 / 255 < high < 1:  # read as 255
            found.append(_as_read("almost-white", f"the highest value is {high:.6g}, not 1", high))
        if 0 < low < 0.5 / 255:  # read as 0
            found.append(_as_read("almost-black", f"the lowest value is {low:.6g}, not 0", low))
    elif array.dtype != np.uint8:
        name = "sixteen-bit" if array.dtype.itemsize == 2 else "integer"
        found.append(_as_read(name, f"the mask is {kind}", kind))
    if array.ndim == 3 and array.shape[2] in {2, 4}:
        found.append(_as_read("gray-alpha", "the mask has an alpha channel, opaque everywhere", array.shape[2]))
    return found


def _as_read(code: str, words: str, value: Any) -> Finding:
    """Name a form that is read right here; the report's mask has the plain one."""
    return Finding(code, "info", words, fix="preproc.load_mask(m)", value=value, mend=np.copy)
