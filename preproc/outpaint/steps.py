"""A long extension as several short ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import PIL.Image

from ..errors import InputError
from ..files import ImageSource, size_of
from .extend import Anchor, margins

__all__ = ["Sides", "sides", "steps"]


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


def steps(total: Sides | tuple[int, int, int, int], /, *, max_step_px: int = 512) -> list[Sides]:
    """Split an extension that is longer than an endpoint paints well, or at all.

    Parameters
    ----------
    total
        What to add in the end, from `sides`.
    max_step_px
        Most pixels on a side in one step.

    Returns
    -------
    list of Sides
        To be done in order, each on the picture that the one before finished. All sides advance together and reach
        their end in the same step. As every step keeps what is outside its blend bit for bit, the photo itself goes
        through none of the later ones: it does not drift.

    Examples
    --------
    >>> steps((1200, 0, 300, 0), max_step_px=512)
    [Sides(left=400, top=0, right=100, bottom=0), Sides(left=400, top=0, right=100, bottom=0), Sides(left=400, top=0, right=100, bottom=0)]
    """
    if max_step_px < 1 or min(total) < 0 or not any(total):
        raise InputError(f"steps need sides of at least 0 and steps of at least 1 px, got {total} and {max_step_px}")
    count = -(-max(total) // max_step_px)
    reached = [[side * number // count for side in total] for number in range(count + 1)]
    return [
        Sides(*(after - before for before, after in zip(earlier, later, strict=True)))
        for earlier, later in pairwise(reached)
    ]
