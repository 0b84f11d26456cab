"""What an extension adds on each side, for endpoints that take these numbers instead of a mask."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import PIL.Image

from ..files import ImageSource, size_of
from .extend import Anchor, margins

__all__ = ["Sides", "sides"]


class Sides(NamedTuple):
    """Pixels to add on each side."""

    left: int
    top: int
    right: int
    bottom: int


def sides(
    image: PIL.Image.Image | ImageSource | tuple[int, int],
    /,
    *,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    aspect: str | tuple[int, int] | Fraction | None = None,
    size: tuple[int, int] | None = None,
    zoom_out: float | None = None,
    anchor: Anchor = "center",
) -> Sides:
    """Work out what an extension adds on each side; for endpoints that take these numbers instead of a mask.

    Parameters
    ----------
    image
        The photo in any form, or its `(width, height)`.
    left, top, right, bottom, aspect, size, zoom_out, anchor
        As in `preproc.outpaint.extend`.

    Examples
    --------
    >>> sides((1000, 1000), aspect="16:9")
    Sides(left=389, top=0, right=389, bottom=0)
    """
    return Sides(
        *margins(
            size_of(image),
            px=(left, top, right, bottom),
            ratio=(0, 0, 0, 0),
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            anchor=anchor,
        )
    )
