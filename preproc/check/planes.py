"""Masks that come as several planes: which of them holds the mask, the alpha channel, the colours or the palette's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Mask, as_planes, narrow, to_uint8
from ..errors import MaskError
from ..files import Photo
from ..files.decode import stored as stored_numbers
from ..files.decode import stored_pillow
from ..files.source import MAX_PIXELS, opened
from ..mask import from_alpha, from_luminance
from .colours import TINTED, colour_call
from .report import Finding

__all__ = ["carried", "classes"]

VOID = 255  # the number of "no class" in label maps
RAMP_RATIO = 0.1  # of white; rounding and JPEG stay below

_MOST_LABELS = 64  # a palette with more numbers in use was made from a photo

_DROP_ALPHA = "preproc.load_image(m)[:, :, 0]"


def carried(photo: Photo, error: MaskError, labels: list[Finding]) -> tuple[Mask | None, Finding]:
    """Say where the information is when the mask is not plain gray, and read it where there is no doubt."""
    if error.code != "alpha" or photo.alpha is None:
        return _coloured(photo, error, labels)
    pixels, alpha = photo.pixels, photo.alpha
    low, high = int(alpha.min()), int(alpha.max())
    fix = "mask.from_alpha(m)"
    if low == high:
        words = f"the mask has the same transparency everywhere ({low})"
        plain = as_planes(to_uint8(pixels))
        gray = (plain == plain[:, :, :1]).all()
        return (
            (np.ascontiguousarray(plain[:, :, 0]), Finding("alpha", "error", words, _DROP_ALPHA, low, mend=np.copy))
            if gray
            else (None, Finding("alpha", "error", words, _DROP_ALPHA, low))
        )
    if (pixels == pixels[0, 0]).all():
        colour = ", ".join(str(int(value)) for value in pixels[0, 0])
        words = f"all the information is in the alpha channel ({low} to {high}), the colour is ({colour}) everywhere"
        return from_alpha(photo), Finding("alpha-only", "error", words, fix, (low, high), np.copy)
    if (
        (pixels <= alpha[:, :, np.newaxis]).all()
        and narrow(pixels)[alpha > 0].any()
        and not _holds_a_ramp(pixels, alpha)
    ):
        words = "the mask is premultiplied: its colour is multiplied by its alpha channel, which holds the mask"
        return from_alpha(photo), Finding("premultiplied", "error", words, fix, (low, high), np.copy)
    return None, Finding("alpha", "error", error.message, fix, (low, high))


def _holds_a_ramp(pixels: NDArray[Any], alpha: NDArray[Any]) -> bool:
    """Tell gray that varies where it is opaque: black may only have been made transparent, and the mask be the gray."""
    opaque = pixels[alpha == alpha.max()]
    gray = bool((opaque == opaque[:, :1]).all())
    return gray and float(np.ptp(opaque[:, 0])) > RAMP_RATIO * float(alpha.max())


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
