"""The size to generate at."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

import PIL.Image

from preproc.arrays import Image
from preproc.control.sizing import fit, generation_size
from preproc.errors import InputError
from preproc.files import ImageSource, load_image, size_of
from preproc.geometry import Size, SizeRule

__all__ = ["generation"]

_BEST_PIXELS = 1_048_576


def generation(
    photo: PIL.Image.Image | ImageSource, rule: SizeRule, wanted: tuple[int, int] | None
) -> tuple[Image, Size]:
    """Choose the size to generate at, and bring a photo to it.

    Without a wanted size it is the largest in the photo's shape that the endpoint takes and that has no more pixels than
    the photo, than the model paints best (a million where nobody says) and than whole billing steps of these hold. Only
    an endpoint whose least size is above the photo's enlarges it.
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
    return load_image(fit(photo, size, mode="stretch")), size
