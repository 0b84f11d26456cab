"""Tell whether a mask's white is where the edit is meant to be. Declared facts decide; nothing is guessed."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Mask, size_of_array
from preproc.errors import InputError, ShapeError
from preproc.files import load_mask
from preproc.geometry import Box

from .report import Finding

__all__ = ["Intent", "against_reference"]

Intent = Literal["object", "background", "outpaint"]


def against_reference(mask: Mask, reference: Any) -> Finding | None:
    """Compare the share of white inside the declared region with the share outside it."""
    inside = _region(mask, reference)
    if not 0 < np.count_nonzero(inside) < inside.size:
        return None
    within, around = float(mask[inside].mean()) / 255, float(mask[~inside].mean()) / 255
    if within == around:
        return None
    if within > around:
        return Finding(
            "polarity-confirmed",
            "info",
            f"white covers {within:.1%} of the declared region and {around:.1%} of the rest",
            value=(within, around),
        )
    numbers = f"white covers {within:.1%} of the declared edit region but {around:.1%} of the rest"
    if around < 0.25:
        return Finding(
            "misplaced",
            "error",
            f"the mask is elsewhere: {numbers}",
            fix="draw the mask inside the region, or pass the reference that belongs to it",
            value=(within, around),
        )
    return Finding(
        "inverted", "error", f"the mask is inverted: {numbers}", fix="mask.invert(m)", value=(within, around)
    )


def _region(mask: Mask, reference: Any) -> NDArray[np.bool_]:
    size = size_of_array(mask)
    if isinstance(reference, tuple):
        if len(reference) != 4:
            raise InputError(f"reference is a box (left, top, right, bottom) or a mask, got {reference}")
        box = Box(*(round(side) for side in reference)).intersect(size.box)
        if box.is_empty:
            raise InputError(f"the reference box {tuple(reference)} lies outside the mask of {size}")
        inside = np.zeros(mask.shape, np.bool_)
        inside[box.slices] = True
        return inside
    declared = load_mask(reference)
    if declared.shape != mask.shape:
        raise ShapeError(
            f"the reference is {size_of_array(declared)} and the mask {size}",
            actual=size_of_array(declared),
            expected=size,
            fix=f"mask.resize(reference, ({size.width}, {size.height}))",
        )
    return declared > 127
