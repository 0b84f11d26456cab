"""Bring the generated pixels to the photo's level, without touching a preserved pixel.

Gain and offset first; what difference then remains at the rim is continued smoothly into the edit, as the solution of
Laplace's equation (the offset form of Poisson image editing: Pérez, Gangnet and Blake, SIGGRAPH 2003).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..geometry import Box, Size
from .color import ColorFit
from .membrane import membrane

__all__ = ["SeamPatch", "correct", "seam_patches"]

_AGREE_LEVELS = 6.0
_AGREE_PX, _AGREE_SHARE = 5, 0.8  # of so many neighbours: single ones of new content agree by chance
_MOST_BLUR_PX = 4.0
_RIM_PX = 8
_CELL_PX = 16  # parts of the edit that share a cell, or touch one of each other's, are repaired together
_MOST_PARTS = 32


class SeamPatch(NamedTuple):
    """What to add to the corrected picture in one part of it; `change` is float32 `(H, W, 3)`."""

    box: Box
    change: NDArray[np.float32]


def seam_patches(
    photo: Image, result: Image, fit: ColorFit, *, mask: Mask, blend: Mask, kept: Mask
) -> Iterator[SeamPatch]:
    """Continue what difference is left at the rim into the edit.

    Parameters
    ----------
    photo
        uint8 RGB of the crop.
    result
        uint8 RGB of the same size, not corrected yet.
    fit
        The result's colours against the photo's.
    mask
        Where the photo is to change.
    blend
        Where the result will be pasted: the mask with its feather.
    kept
        Non-zero where the endpoint was told to keep the photo.

    Yields
    ------
    SeamPatch
        One for each part of the edit that lies apart; none where nothing is known around it.

    Notes
    -----
    Pixels between the mask and the kept ones belong to the feather and to the margin that was sent for repainting.
    Where they agree with the photo, most of their neighbours included, they hold the membrane close to the mask's edge;
    where they do not, they are new content and the membrane passes over them.
    """
    for part in _parts(blend):
        patch = _patch(photo, result, fit, mask=mask, kept=kept, part=part)
        if patch is not None:
            yield patch


def correct(picture: Image, sent: Size, fit: ColorFit, patches: Iterable[SeamPatch]) -> Image:
    """Apply a fit, and patches found at the size that was sent, to a result of any size."""
    corrected = fit.apply_rounded(picture)
    size = size_of_array(picture)
    for patch in patches:
        box, change = patch if size == sent else _resized(patch, sent, size)
        corrected[box.slices] = np.clip(np.rint(fit.apply(picture[box.slices]) + change), 0, 255).astype(np.uint8)
    return corrected


def _resized(patch: SeamPatch, sent: Size, size: Size) -> SeamPatch:
    across, down = size.width / sent.width, size.height / sent.height
    box = Box(
        math.floor(patch.box.left * across),
        math.floor(patch.box.top * down),
        math.ceil(patch.box.right * across),
        math.ceil(patch.box.bottom * down),
    ).intersect(size.box)
    back = np.array(
        [
            [1 / across, 0, (box.left + 0.5) / across - 0.5 - patch.box.left],
            [0, 1 / down, (box.top + 0.5) / down - 0.5 - patch.box.top],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    change = cv2.warpAffine(patch.change, back, box.size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return SeamPatch(box, np.asarray(change, np.float32))


def _parts(blend: Mask) -> list[Box]:
    """Return the boxes, with room for a rim, of parts that lie apart; one box where they are many."""
    size = size_of_array(blend)
    rows, columns = -(-size.height // _CELL_PX), -(-size.width // _CELL_PX)
    padded = cv2.copyMakeBorder(
        blend, 0, rows * _CELL_PX - size.height, 0, columns * _CELL_PX - size.width, cv2.BORDER_CONSTANT, value=0
    )
    lines = np.maximum.reduce(narrow(padded).reshape(rows, _CELL_PX, -1), axis=1)
    cells = np.maximum.reduce(lines.reshape(rows, columns, _CELL_PX), axis=2)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    boxes = [
        Box(left * _CELL_PX, top * _CELL_PX, (left + width) * _CELL_PX, (top + height) * _CELL_PX)
        .grow(_RIM_PX)
        .intersect(size.box)
        for left, top, width, height in stats[1:, :4].tolist()
    ]
    if count - 1 > _MOST_PARTS:
        return [reduce(Box.union, boxes)]
    while (pair := _overlapping(boxes)) is not None:
        joined = reduce(Box.union, (boxes[at] for at in pair))
        boxes = [*(box for number, box in enumerate(boxes) if number not in pair), joined]
    return boxes


def _overlapping(boxes: list[Box]) -> tuple[int, int] | None:
    for first, one in enumerate(boxes):
        for second in range(first + 1, len(boxes)):
            if not one.intersect(boxes[second]).is_empty:
                return first, second
    return None


def _patch(photo: Image, result: Image, fit: ColorFit, *, mask: Mask, kept: Mask, part: Box) -> SeamPatch | None:
    area, reach = part, _RIM_PX
    while not kept[area.slices].any() and reach <= max(mask.shape):  # far enough out to meet kept pixels
        area, reach = part.grow(reach).intersect(size_of_array(mask).box), 2 * reach
    difference = photo[area.slices].astype(np.float32) - fit.apply(result[area.slices])
    distance = np.maximum.reduce(cv2.split(np.abs(difference)))  # along a short last axis numpy is slow
    changing, sure = mask[area.slices] > 0, kept[area.slices] > 0
    usual = float(np.median(distance[sure])) if sure.any() else 0.0
    agree = distance <= max(_AGREE_LEVELS, 4 * usual)
    around = cv2.blur(agree.astype(np.uint8) * np.uint8(255), (_AGREE_PX, _AGREE_PX))
    known = ~changing & agree & (sure | (around >= _AGREE_SHARE * 255))
    if not known.any():
        return None
    calm = _smooth_known(difference, known)
    del difference, distance, changing, sure, agree, around  # a large part takes a lot of memory
    change = membrane(calm, known)
    return SeamPatch(part, change[part.shift(-area.left, -area.top).slices])


def _smooth_known(difference: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Blur over known pixels only, the more the grainier they are: grain must not be drawn into the edit."""
    grain = float(np.median(np.abs(difference - cv2.GaussianBlur(difference, (0, 0), 1.5))[known]))
    sigma = 0.7 + min(_MOST_BLUR_PX, max(0.0, 2 * grain - 0.7))
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma)
    total = cv2.GaussianBlur(np.where(known[:, :, np.newaxis], difference, np.float32(0)), (0, 0), sigma)
    smoothed = total / np.maximum(weight, np.float32(1e-6))[:, :, np.newaxis]
    return np.asarray(smoothed, np.float32)
