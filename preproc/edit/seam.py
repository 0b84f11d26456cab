"""Bring the generated pixels to the photo's level, without touching a preserved pixel.

Gain and offset first; what difference then remains at the rim is continued smoothly into the edit, as the solution of
Laplace's equation (the offset form of Poisson image editing [1]_).

References
----------
.. [1] P. Pérez, M. Gangnet and A. Blake, "Poisson image editing", ACM Transactions on Graphics (SIGGRAPH) 22(3), 2003.
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
_AGREE_TEXTURE_LEVELS = 2.0
_AGREE_PX, _AGREE_SHARE = 5, 0.8  # of so many neighbours: single ones of new content agree by chance
_BLEED_PX = 4
_MOST_BLUR_PX = 4.0
_RIM_PX = 8
_CELL_PX = 16  # parts of the edit that share a cell, or touch one of each other's, are repaired together
_MOST_PARTS = 32
_FEW_PIXELS, _MOST_PIXELS = 1 << 16, 1 << 20  # above them a part is repaired on means of 2x2 px, and of larger blocks
_STRIP_ROWS = 64
_BESIDE_PX = _BLEED_PX + _AGREE_PX  # so far a strip looks beyond its rows


class SeamPatch(NamedTuple):
    """What to add to the corrected picture in `box`; `change`, float32 `(H, W, 3)`, spans `covers`, evenly."""

    box: Box
    change: NDArray[np.float32]
    covers: Box


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
    Where they agree with the photo, in level and in texture and most of their neighbours included, they hold the
    membrane close to the mask's edge; where they do not, they are new content and the membrane passes over them.
    """
    for part in _parts(blend):
        patch = _patch(photo, result, fit, mask=mask, kept=kept, part=part)
        if patch is not None:
            yield patch


def correct(picture: Image, part: Box, sent: Size, fit: ColorFit, patches: Iterable[SeamPatch]) -> Image:
    """Apply a fit, and patches found at one size, to a part of the same picture at any size.

    Parameters
    ----------
    picture
        uint8 RGB.
    part
        Which part of it is wanted.
    sent
        The size that the patches were found at.
    fit
        Gain and offset.
    patches
        From `seam_patches`.
    """
    found = list(patches)  # what finding them takes is free again before there is a corrected picture
    corrected = fit.apply_rounded(narrow(picture[part.slices]))
    for patch in found:
        for box, change in _strips(patch, sent, size_of_array(picture), part):
            exact = fit.apply(picture[box.slices])
            exact += change
            np.clip(np.rint(exact, out=exact), 0, 255, out=exact)
            corrected[box.shift(-part.left, -part.top).slices] = exact.astype(np.uint8)
    return corrected


def _strips(patch: SeamPatch, sent: Size, size: Size, part: Box) -> Iterator[tuple[Box, NDArray[np.float32]]]:
    """Bring a patch to a result of any size, some rows at a time, as far as it lies in `part`."""
    across, down = size.width / sent.width, size.height / sent.height
    box = Box(
        math.floor(patch.box.left * across),
        math.floor(patch.box.top * down),
        math.ceil(patch.box.right * across),
        math.ceil(patch.box.bottom * down),
    ).intersect(part)
    covers, wide = patch.covers, patch.covers.size.width / patch.change.shape[1]
    high = covers.size.height / patch.change.shape[0]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for top in range(box.top, box.bottom, _STRIP_ROWS):
        strip = Box(box.left, top, box.right, min(top + _STRIP_ROWS, box.bottom))
        if size == sent and size_of_array(patch.change) == patch.box.size:
            yield strip, patch.change[strip.shift(-patch.box.left, -patch.box.top).slices]
            continue
        back = np.array(
            [
                [1 / (across * wide), 0, ((strip.left + 0.5) / across - covers.left) / wide - 0.5],
                [0, 1 / (down * high), ((strip.top + 0.5) / down - covers.top) / high - 0.5],
            ]
        )
        change = cv2.warpAffine(patch.change, back, strip.size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        yield strip, np.asarray(change, np.float32)


def _parts(blend: Mask) -> list[Box]:
    """Return the boxes, with room for a rim, of parts that lie apart; one box where they are many."""
    size = size_of_array(blend)
    down, across = (np.arange(0, side, _CELL_PX) for side in blend.shape)
    cells = np.maximum.reduceat(np.maximum.reduceat(blend, down, axis=0), across, axis=1)
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
    # where shifts of colour lose nothing
    step = max(math.ceil(math.sqrt(area.size.pixels / _MOST_PIXELS)), 2 if area.size.pixels > _FEW_PIXELS else 1)
    values, known = _known_differences(
        photo[area.slices], result[area.slices], fit, mask=mask[area.slices], kept=kept[area.slices], step=step
    )
    if not known.any():
        return None
    calm = _smooth_known(values, known)
    del values
    change = membrane(calm, known)
    if step == 1:
        return SeamPatch(part, change[part.shift(-area.left, -area.top).slices], part)
    rows, columns = known.shape
    return SeamPatch(part, change, Box(area.left, area.top, area.left + columns * step, area.top + rows * step))


def _known_differences(
    photo: Image, result: Image, fit: ColorFit, *, mask: Mask, kept: Mask, step: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return by how much the photo differs, and where that is known; as means over blocks of `step` px a side.

    Some rows at a time: in floats a large picture takes a lot of memory.
    """
    most_level, most_texture = _most_misfit(photo[::step, ::step], result[::step, ::step], fit, kept[::step, ::step])
    height, width = mask.shape
    total = np.empty((-(-height // step), -(-width // step), 3), np.float32)
    share = np.empty(total.shape[:2], np.float32)
    strip_rows = max(1, _STRIP_ROWS // step) * step
    for top in range(0, height, strip_rows):
        bottom = min(top + strip_rows, height)
        wider = slice(max(0, top - _BESIDE_PX), bottom + _BESIDE_PX)
        rows, inner = slice(top, bottom), slice(top - wider.start, bottom - wider.start)
        difference, level, texture = _misfit(photo[wider], result[wider], fit)
        # what was painted bleeds a little way into what was kept
        clear = cv2.erode(kept[wider], np.ones((2 * _BLEED_PX + 1, 2 * _BLEED_PX + 1), np.uint8)) > 0
        agree = ((level <= most_level) & ((texture <= most_texture) | clear)) * np.uint8(255)
        around = cv2.blur(agree, (_AGREE_PX, _AGREE_PX))[inner]
        many = (kept[rows] > 0) | (around >= _AGREE_SHARE * 255)
        here = ((mask[rows] == 0) & (agree[inner] > 0) & many).astype(np.float32)
        difference = difference[inner]
        coarse = slice(top // step, -(-bottom // step))
        if step > 1:
            difference *= here[:, :, np.newaxis]
        total[coarse] = _block_means(difference, step) if step > 1 else difference
        share[coarse] = _block_means(here, step) if step > 1 else here
    if step > 1:
        total /= np.maximum(share, np.float32(1e-6))[:, :, np.newaxis]
    return total, share >= 0.5


def _most_misfit(photo: Image, result: Image, fit: ColorFit, kept: Mask) -> tuple[float, float]:
    """Return by how much level and texture may differ where the photo's content is still there."""
    sure, found = kept > 0, []
    for top in range(0, len(kept), _STRIP_ROWS):
        wider = slice(max(0, top - _AGREE_PX), top + _STRIP_ROWS + _AGREE_PX)
        rows = sure[top : top + _STRIP_ROWS]
        _, *planes = _misfit(photo[wider], result[wider], fit)
        found.append([plane[top - wider.start :][: len(rows)][rows] for plane in planes])
    level, texture = (np.concatenate(parts) for parts in zip(*found, strict=True))
    usual = [float(np.median(one)) if one.size else 0.0 for one in (level, texture)]
    return max(_AGREE_LEVELS, 4 * usual[0]), max(_AGREE_TEXTURE_LEVELS, 4 * usual[1])


def _misfit(
    photo: Image, result: Image, fit: ColorFit
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the difference, by how much each pixel differs, and by how much its difference differs from those around.

    A shift of colour is smooth, so that the last one is next to nothing where the photo's content is still there.
    """
    difference = fit.apply(result)
    np.subtract(photo, difference, out=difference)
    rough = np.asarray(cv2.blur(difference, (_AGREE_PX, _AGREE_PX)), np.float32)
    np.subtract(difference, rough, out=rough)
    level, texture = (np.maximum.reduce([np.abs(plane) for plane in cv2.split(one)]) for one in (difference, rough))
    return difference, level, texture  # along a short last axis numpy is slow


def _block_means(plane: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Average blocks of `step` px a side; beyond the end there are zeros."""
    height, width = plane.shape[:2]
    more = -height % step, -width % step
    padded = cv2.copyMakeBorder(plane, 0, more[0], 0, more[1], cv2.BORDER_CONSTANT, value=0)
    size = ((width + more[1]) // step, (height + more[0]) // step)
    return np.asarray(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), np.float32)


def _smooth_known(difference: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Blur over known pixels only, the more the grainier they are: grain must not be drawn into the edit."""
    rough = cv2.GaussianBlur(difference, (0, 0), 1.5)
    np.abs(np.subtract(difference, rough, out=rough), out=rough)
    grain = float(np.median(rough[known]))
    del rough
    sigma = 0.7 + min(_MOST_BLUR_PX, max(0.0, 2 * grain - 0.7))
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma)
    smoothed = np.where(known[:, :, np.newaxis], difference, np.float32(0))
    cv2.GaussianBlur(smoothed, (0, 0), sigma, dst=smoothed)
    smoothed /= np.maximum(weight, np.float32(1e-6))[:, :, np.newaxis]
    return np.asarray(smoothed, np.float32)
