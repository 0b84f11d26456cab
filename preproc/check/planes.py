"""Masks that come as several planes: which of them holds the mask, the alpha channel, the colours or the palette's numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Mask, as_planes, to_uint8
from ..errors import MaskError
from ..files import Photo
from ..files.decode import stored as stored_numbers
from ..files.decode import stored_pillow
from ..files.source import MAX_PIXELS, opened
from ..mask import from_alpha, from_luminance, invert
from .colours import TINTED, colour_call
from .report import Finding

__all__ = ["Carried", "carried", "classes", "decided"]

VOID = 255  # the number of "no class" in label maps
_ROUNDED = 1.5  # levels

_MOST_LABELS = 64  # a palette with more numbers in use was made from a photo

_OPAQUE = "mask.from_alpha(m)"
_TRANSPARENT = 'mask.from_alpha(m, edit="transparent")'
_DROP_ALPHA = "preproc.load_image(m)[:, :, 0]"


class Carried(NamedTuple):
    """What a picture of several planes says of its mask."""

    mask: Mask | None
    finding: Finding
    alpha: Mask | None = None
    """The alpha channel, where its opaque as well as its transparent part may be meant."""


def carried(photo: Photo, error: MaskError, labels: list[Finding]) -> Carried:
    """Say where the information is when the mask is not plain gray, and read it where there is no doubt."""
    if error.code != "alpha" or photo.alpha is None:
        return Carried(*_coloured(photo, error, labels))
    pixels, alpha = photo.pixels, photo.alpha
    low, high = int(alpha.min()), int(alpha.max())
    if low == high:
        words = f"the mask has the same transparency everywhere ({low})"
        plain = as_planes(to_uint8(pixels))
        if not (plain == plain[:, :, :1]).all():
            return Carried(None, Finding("alpha", "error", words, _DROP_ALPHA, low))
        gray = np.ascontiguousarray(plain[:, :, 0])
        return Carried(gray, Finding("alpha", "error", words, _DROP_ALPHA, low, mend=np.copy))
    code, words = _one_colour(pixels, alpha) or ("alpha", error.message)
    found = Finding(code, "error", words, _OPAQUE, (low, high), np.copy)
    mask = from_alpha(photo)
    if code != "alpha" and not _is_mostly_opaque(mask):
        return Carried(mask, found)
    words += "; opaque may be what is edited (a selection, a cut-out), or transparent (a hole erased from a picture)"
    fix = f"{_OPAQUE}  # or {_TRANSPARENT} if what was erased is edited"
    # Of gray only the black may have been made transparent, and the mask be the gray.
    is_gray = code == "alpha" and bool((pixels == pixels[:, :, :1]).all())
    return Carried(None, replace(found, message=words, fix=fix, mend=None), None if is_gray else mask)


def decided(found: Finding, alpha: Mask, *, opaque: bool) -> Carried:
    """Read an alpha channel of which it is known by now which part is edited."""
    side, mask = ("opaque", alpha) if opaque else ("transparent", invert(alpha))
    words = f"{found.message.partition('; opaque may be')[0]}; by the reference what is {side} is edited"
    fix = _OPAQUE if opaque else _TRANSPARENT
    return Carried(mask, replace(found, message=words, fix=fix, mend=np.copy))


def _one_colour(pixels: NDArray[Any], alpha: NDArray[Any]) -> tuple[str, str] | None:
    """Tell one colour whose share is in the alpha channel, as it is or multiplied by it, from a picture."""
    low, high = int(alpha.min()), int(alpha.max())
    colour = pixels[alpha == high][0].astype(np.float32)
    channel = f"all the information is in the alpha channel ({low} to {high}), the colour is "
    channel += f"({', '.join(str(int(value)) for value in colour)})"
    if (pixels == pixels[0, 0]).all():
        return "alpha-only", f"{channel} everywhere"
    clear, share = alpha == 0, alpha[:, :, np.newaxis] / np.float32(high)
    empty = pixels[clear]
    if not (empty == empty[:1]).all():
        return None
    unit = high / 255
    # Storing a colour multiplied, as a canvas does, rounds it by so much more the fainter it is.
    if (np.abs(pixels - colour) * share <= _ROUNDED * unit).all():
        return "alpha-only", f"{channel} wherever it is not transparent"
    if colour.any() and (np.abs(pixels - colour * share) <= _ROUNDED * unit).all():
        return (
            "premultiplied",
            "the mask is premultiplied: its colour is multiplied by its alpha channel, which holds the mask",
        )
    return None


def _is_mostly_opaque(alpha: Mask) -> bool:
    """Tell a picture with a hole from paint on a clear layer."""
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    return bool(alpha.mean() > 127.5 or np.median(border) > 127)


def _coloured(photo: Photo, error: MaskError, labels: list[Finding]) -> tuple[Mask | None, Finding]:
    if labels:
        return None, Finding(error.code, "error", error.message, labels[0].fix)
    call = colour_call(photo.rgb)
    if call != TINTED:
        return None, Finding(error.code, "error", error.message, call)
    words = f"{error.message}, by a tint: its brightness is the mask"
    return from_luminance(photo.rgb, low=255, soft=255), Finding(error.code, "error", words, call, mend=np.copy)


def classes(picture: Any) -> list[Finding]:
    """Name the classes of a palette picture in colours, as label maps are: its numbers select, not its colours."""
    if isinstance(picture, PIL.Image.Image):
        numbers = stored_pillow(picture, max_pixels=MAX_PIXELS)
    else:
        with opened(picture) as (file, path):
            numbers = stored_numbers(file, path=path, max_pixels=MAX_PIXELS)
    used = np.unique(numbers if numbers.ndim == 2 else numbers[:, :, 0]).tolist()
    chosen = [number for number in used if number not in {0, VOID}] or used[1:]
    if not chosen or len(used) > _MOST_LABELS:
        return []
    words = f"the mask is a palette picture with the numbers {_listed(used)}: a label map, and each number is a class"
    return [Finding("palette", "warning", words, f"mask.from_labels(m, [{', '.join(map(str, chosen))}])", len(used))]


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")
