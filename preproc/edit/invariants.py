"""What is true of every edit, checked when one is made or read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, bounds, size_of_array
from ..errors import InputError, PlacementError, ShapeError
from ..geometry import Box
from .cells import cells_of, support_in_crop

if TYPE_CHECKING:
    from .facts import EditFacts

__all__ = ["check_facts"]


def check_facts(edit: EditFacts) -> None:
    """Check forms, sizes, the place of photo and crop, and the three masks.

    Raises
    ------
    InputError
        If an array is not of its form, or the sent size breaks the rule.
    ShapeError
        If two sizes differ that belong together.
    PlacementError
        If photo, crop and masks contradict each other; it says which and where.
    """
    for name, array, channels in (
        ("original", edit.original, (3,)),
        ("mask", edit.mask, ()),
        ("blend", edit.blend, ()),
        ("sent_image", edit.sent_image, (3, 4)),
        ("sent_mask", edit.sent_mask, ()),
    ):
        _check_form(name, array, channels)
    for name, first, second in (
        ("blend", edit.mask, edit.blend),
        ("sent_mask", edit.sent_image, edit.sent_mask),
    ):
        if size_of_array(first) != size_of_array(second):
            raise ShapeError(
                f"{name} is {size_of_array(second)} where {size_of_array(first)} belongs",
                actual=size_of_array(second),
                expected=size_of_array(first),
                fix="make the edit with crop.around or outpaint.extend",
            )
    _check_places(edit)
    _check_masks(edit)


def _check_form(name: str, array: NDArray[Any], channels: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim != (3 if channels else 2):
        form = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise InputError(f"an edit's {name} is uint8 of {3 if channels else 2} dimensions, got {form}")
    if channels and array.shape[2] not in channels:
        raise InputError(f"an edit's {name} has {' or '.join(map(str, channels))} channels, got {array.shape[2]}")


def _check_places(edit: EditFacts) -> None:
    photo = size_of_array(edit.original).box.shift(*edit.origin)
    if not edit.canvas.box.contains(photo) or (edit.kind == "crop" and photo != edit.canvas.box):
        raise PlacementError(
            f"the {size_of_array(edit.original)} photo at {tuple(edit.origin)} does not "
            f"{'fill' if edit.kind == 'crop' else 'lie in'} the {edit.canvas} canvas",
            fix="use the photo that the masks were made for",
        )
    if edit.crop.is_empty or edit.sent.width * edit.crop.size.height != edit.sent.height * edit.crop.size.width:
        raise PlacementError(
            f"a crop of {edit.crop.size} cannot be sent as {edit.sent}: the scales of the two axes differ",
            fix="make the edit with crop.around or outpaint.extend",
        )
    problems = edit.rule.problems(edit.sent)
    if problems:
        raise InputError(f"the sent size {edit.sent} breaks the rule: {'; '.join(problems)}", fix="make the edit again")


def _check_masks(edit: EditFacts) -> None:
    pasted = bounds(edit.blend)
    if not edit.crop.contains(pasted) and not pasted.is_empty:
        raise PlacementError(
            f"the blend reaches over {tuple(pasted)}, the crop {tuple(edit.crop)} does not: what is pasted there was "
            "never sent",
            fix="make the edit with crop.around or outpaint.extend",
        )
    below = _first(edit.mask, edit.blend, bounds(edit.mask))
    if below is not None:
        x, y = below
        raise PlacementError(
            f"the blend is below the mask at ({x}, {y}): {edit.blend[y, x]} under {edit.mask[y, x]}",
            fix="raise it: np.maximum(blend, mask)",
        )
    cell = edit.rule.cell
    needed = cells_of(support_in_crop(edit.blend, edit.crop, beyond="keep"), edit.sent, cell)
    rows, columns = needed.shape
    least = edit.sent_mask.reshape(rows, cell, -1).min(axis=1).reshape(rows, columns, cell).min(axis=2)
    missed = np.argwhere((needed > 0) & (least < 128))
    if missed.size:
        y, x = (int(value) * cell for value in missed[0])
        raise PlacementError(
            f"the sent mask leaves out {len(missed)} cells of {cell} px that the blend reaches, the first at ({x}, {y})",
            fix="send white wherever something is pasted: crop.around does",
        )


def _first(mask: Mask, blend: Mask, within: Box) -> tuple[int, int] | None:
    """Return the first place where the mask is above the blend."""
    if within.is_empty:
        return None
    over = cv2.subtract(mask[within.slices], blend[within.slices])
    if not over.any():
        return None
    y, x = (int(value) for value in np.argwhere(over)[0])
    return within.left + x, within.top + y
