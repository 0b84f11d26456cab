"""The size to generate at."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from preproc.arrays import to_uint8
from preproc.control.sizing import fit, generation_size
from preproc.errors import InputError
from preproc.files import ImageSource, Photo, load_image, size_of
from preproc.geometry import Size, SizeRule

__all__ = ["generation"]

_BEST_PIXELS = 1_048_576


def generation(
    photo: PIL.Image.Image | ImageSource, rule: SizeRule, wanted: tuple[int, int] | None
) -> tuple[NDArray[np.uint8], Size]:
    """Choose the size to generate at, and bring a photo to it.

    Without a wanted size it is the largest in the photo's shape that the endpoint takes and that has no more pixels than
    the photo, than the model paints best (a million where nobody says) and than whole billing steps of these hold. Only
    an endpoint whose least size is above the photo's enlarges it. Transparency comes along as a fourth channel: the plan
    tells that it is not sent.
    """
    size = size_of(photo)
    if wanted is not None:
        if not isinstance(wanted, tuple | list) or len(wanted) != 2 or not all(isinstance(n, Integral) for n in wanted):
            raise InputError(f"a size is (width, height) in whole pixels, got {wanted!r}", fix="size=(1024, 768)")
        size = Size(*wanted)
    else:
        most = rule.best_pixels or _BEST_PIXELS
        if rule.billed_pixels and most > rule.billed_pixels:
            most -= most % rule.billed_pixels
        most = min(most, rule.max_pixels or most, size.pixels)
        most = min(most, rule.largest_side**2)
        least = max(rule.min_pixels, rule.smallest_side**2)
        enlarged = most < least or min(size) < rule.smallest_side
        best, limit = (max(most, least), rule.max_pixels) if enlarged else (most, most)
        size = generation_size(size, replace(rule, best_pixels=best, max_pixels=limit))
    opened = Photo.open(photo)
    fitted = load_image(fit(opened, size, mode="stretch"))
    if opened.alpha is None:
        return fitted, size
    alpha = load_image(fit(to_uint8(opened.alpha), size, mode="stretch"))[:, :, :1]
    return np.dstack([fitted, alpha]), size
