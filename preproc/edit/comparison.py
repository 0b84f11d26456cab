"""What was sent and what came back, at one size: there they are compared and fitted to each other.

What was enlarged for sending holds no more than the crop, so it is compared at the crop's own size; anything else at
the size that was sent.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..geometry import Box, Size
from .facts import EditFacts
from .resample import bring_home, resample

__all__ = ["Comparison", "compare", "in_crop", "original_box", "reduced"]

_ENOUGH_PIXELS = 1 << 21


class Comparison(NamedTuple):
    """Photo and result at one size.

    Parameters
    ----------
    scene, result
        What was sent and what came back, uint8 RGB.
    sent_mask
        What was sent with it, uint8.
    kept
        255 where the endpoint was told to keep all of a pixel of the photo.
    scale
        Pixels here for each of the canvas.
    """

    scene: Image
    result: Image
    sent_mask: Mask
    kept: Mask
    scale: float


def compare(edit: EditFacts, picture: Image, home: Image) -> Comparison:
    """Bring a result and what was sent to one size.

    Parameters
    ----------
    edit
        What was sent.
    picture
        The result, of any size.
    home
        The same at the crop's size.
    """
    scene, sent_mask = narrow(edit.sent_image[:, :, :3]), edit.sent_mask
    if edit.scale > 1:
        own = edit.kind == "crop" and not any(edit.padding)
        scene = narrow(edit.original[edit.crop.slices]) if own else bring_home(scene, edit.crop.size)
        sent_mask = narrow(cv2.resize(sent_mask, edit.crop.size, interpolation=cv2.INTER_AREA))
        result = home
    else:
        result = resample(picture, edit.sent)
    scale = min(edit.scale, 1.0)
    return Comparison(scene, result, sent_mask, _kept(edit, sent_mask, scale), scale)


def _kept(edit: EditFacts, sent_mask: Mask, scale: float) -> Mask:
    kept = np.zeros(sent_mask.shape, np.uint8)
    inside = original_box(edit).intersect(edit.crop).shift(-edit.crop.left, -edit.crop.top)
    whole = Box(
        math.ceil(inside.left * scale),
        math.ceil(inside.top * scale),
        int(inside.right * scale),
        int(inside.bottom * scale),
    )
    if not whole.is_empty:
        kept[whole.slices] = cv2.inRange(sent_mask[whole.slices], 0, 0)
    return kept


def original_box(edit: EditFacts) -> Box:
    """Return where the photo lies in the canvas."""
    return size_of_array(edit.original).box.shift(*edit.origin)


def in_crop(edit: EditFacts, plane: Mask, size: Size) -> Mask:
    """Return a mask of the canvas within the crop, at a size; above 0 wherever any of it lies."""
    inside = edit.crop.intersect(edit.canvas.box)
    part = plane[inside.slices]
    if inside != edit.crop:
        part = np.zeros((edit.crop.size.height, edit.crop.size.width), np.uint8)
        part[inside.shift(-edit.crop.left, -edit.crop.top).slices] = plane[inside.slices]
    if size_of_array(part) == size:
        return part
    return narrow(cv2.resize(part, size, interpolation=cv2.INTER_AREA))


def reduced(pair: Comparison) -> Comparison:
    """Return a comparison as it is, or a smaller one of a size that is enough to judge by."""
    height, width = pair.kept.shape
    step = math.ceil(math.sqrt(height * width / _ENOUGH_PIXELS))
    if step == 1 or min(height, width) < step:
        return pair
    scene, result, sent_mask, kept = (_block_means(one, step) for one in pair[:4])
    # a block that is kept in part shows what was painted too
    return Comparison(scene, result, sent_mask, narrow(cv2.inRange(kept, 255, 255)), pair.scale / step)


def _block_means(picture: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    size = (width // step, height // step)
    whole = picture[: size[1] * step, : size[0] * step]  # averages of whole blocks are several times as fast
    return narrow(cv2.resize(whole, size, interpolation=cv2.INTER_AREA))
