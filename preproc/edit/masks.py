"""The three masks of an edit: what the user wants changed, what is sent, what pastes back."""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np

from .. import mask as masks
from ..arrays import Mask, bounds, narrow, size_of_array
from ..errors import InputError, MaskError
from ..geometry import Box, Size
from ..mask.distance import exact_distance
from .cells import cells_of, support_in_crop
from .options import as_number

__all__ = ["blend_mask", "sent_mask"]

_HARD_EDGE_FEATHER_PX = 16.0
_STRIP_ROWS = 256


def blend_mask(mask: Mask, *, feather_px: float | None) -> Mask:
    """Return the mask that pastes the result back; nowhere below `mask`.

    Parameters
    ----------
    mask
        What the user wants changed, uint8 `(H, W)`.
    feather_px
        Width of the outer feather. None: 16 px for a mask with hard or merely anti-aliased edges, and a soft mask
        keeps its own ramp.
    """
    if feather_px is not None:
        feather_px = as_number("feather_px", feather_px, fix="feather_px=16, or 0 for the mask's own edge")
    else:
        feather_px = 0.0 if _is_soft(mask) else _HARD_EDGE_FEATHER_PX
    return masks.feather(mask, feather_px) if feather_px else mask


def sent_mask(
    blend: Mask,
    *,
    crop: Box,
    sent: Size,
    margin_px: float,
    cell: int,
    beyond: Literal["keep", "edit"] = "keep",
    feather_px: float = 0.0,
) -> Mask:
    """Return the mask to upload: the support of `blend`, grown, and snapped outwards to the latent cells.

    Parameters
    ----------
    blend
        uint8 `(H, W)`, in canvas pixels.
    crop
        The box of the canvas that is sent; may reach outside.
    sent
        Size it is sent at; both sides multiples of `cell`.
    margin_px
        Euclidean growth in canvas pixels.
    cell
        Side of a latent cell in sent pixels.
    beyond
        Whether pixels outside the canvas are edited.
    feather_px
        Width of a ramp outside the snapped area, in sent pixels; 0 sends only 0 and 255.

    Returns
    -------
    ndarray of uint8, shape (sent.height, sent.width)
        Every cell that overlaps a pixel of the grown support is 255, so nearest sampling of the cells, a threshold
        at half and soft use all cover it.
    """
    if not (0 <= margin_px < math.inf and 0 <= feather_px < math.inf):
        raise InputError(f"margin_px and sent_feather_px are at least 0, got {margin_px:g} and {feather_px:g}")
    support = support_in_crop(blend, crop, beyond=beyond)
    if margin_px:
        support = _grown(support, margin_px)
    support = cells_of(support, sent, cell)
    snapped = np.empty((sent.height, sent.width), np.uint8)
    snapped.reshape(len(support), cell, -1, cell)[...] = (support * np.uint8(255))[:, np.newaxis, :, np.newaxis]
    return masks.feather(snapped, feather_px) if feather_px else snapped


def _grown(support: Mask, px: float) -> Mask:
    """Mark all within `px` of what is marked; some rows at a time, for distances take as much memory as a photo."""
    result = np.zeros_like(support)
    near = bounds(support).grow(math.ceil(min(px, max(support.shape)))).intersect(size_of_array(support).box)
    reach = math.ceil(min(px, support.shape[0])) + 1
    aside = math.ceil(min(px, support.shape[1])) + 1
    step = max(_STRIP_ROWS, 2 * reach)
    for top in range(near.top, near.bottom, step):
        rows = Box(near.left, top, near.right, min(top + step, near.bottom))
        seen = Box(near.left, max(near.top, top - reach), near.right, min(rows.bottom + reach, near.bottom))
        result[rows.slices] = support[rows.slices]
        for start, stop in _near_an_edge(support[seen.slices], aside):
            part = Box(seen.left + start, seen.top, seen.left + stop, seen.bottom)
            outside = narrow(cv2.inRange(support[part.slices], 0, 0))
            distance = exact_distance(outside)[rows.top - seen.top :][: rows.size.height]
            here = result[rows.top : rows.bottom, part.left : part.right]
            np.maximum(here, (distance <= px).view(np.uint8), out=here)
    return result


def _near_an_edge(support: Mask, reach: int) -> list[tuple[int, int]]:
    """Return the runs of columns, with `reach` on either side, that hold both what is marked and what may become so."""
    marked, full = np.maximum.reduce(support, axis=0), np.minimum.reduce(support, axis=0)
    around = np.ones((1, 2 * reach + 1), np.uint8)
    near = cv2.dilate(marked[np.newaxis], around, borderType=cv2.BORDER_CONSTANT, borderValue=0) > full
    seen = cv2.dilate(near.view(np.uint8), around, borderType=cv2.BORDER_CONSTANT, borderValue=0).ravel()
    edges = np.flatnonzero(np.diff(seen.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _is_soft(mask: Mask) -> bool:
    """Tell a ramp from an anti-aliased edge: a ramp holds 3x3 blocks of intermediate values."""
    between = narrow(cv2.inRange(mask[bounds(mask).slices], 1, 254))
    return bool(cv2.erode(between, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def require_content(mask: Mask, *, name: str = "mask") -> Box:
    """Return the bounding box of everything above 0, or say that there is nothing."""
    content = bounds(mask)
    if content.is_empty and name != "mask":
        raise MaskError(
            f"{name} is empty: none of its {mask.size} pixels is above 0", code="empty", fix=f"leave {name} out"
        )
    if content.is_empty:
        raise MaskError(
            f"the mask is empty: none of its {mask.size} pixels is above 0, so nothing would be edited",
            code="empty",
            fix="white (255) marks what is edited: draw a shape that meets the photo, or mask.invert(m) if black marks "
            "it in yours",
        )
    return content
