"""Fill holes, drop islands, wrap a hull."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Mask
from ..errors import InputError
from .arguments import as_number
from .distance import exact_distance, region
from .shapes import polygon

__all__ = ["drop_islands", "fill_holes", "hull"]


@turns_mask
def fill_holes(mask: Mask, *, max_area_px: float | None = None) -> Mask:
    """Fill what is kept but wholly surrounded by what is edited.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    max_area_px
        Holes larger than this many pixels stay. None fills all.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Holes are 255 now, with the in-between values of their rims. A hole is an area below 128 that no path over
        sides leaves to the canvas border. Where the mask runs all round the border, as on an outpaint canvas, the
        largest such area is the picture that is kept, not a hole.

    Raises
    ------
    InputError
        If `max_area_px` is negative or NaN.

    Examples
    --------
    >>> import numpy as np
    >>> ring = np.zeros((5, 7), np.uint8)
    >>> ring[1:4, 1:6], ring[2, 3] = 255, 0
    >>> fill_holes(ring)[2].tolist()
    [0, 255, 255, 255, 255, 255, 0]
    """
    most = math.inf if max_area_px is None else as_number(max_area_px, "mask.fill_holes: max_area_px")
    if not most >= 0:
        raise InputError(f"mask.fill_holes: max_area_px is {most}, an area is not negative")
    result = mask.copy()
    box = region(mask, 1)
    if box is None:
        return result
    part = result[box.slices]
    below = (part < 128).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(below, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    outside = np.zeros(count, np.bool_)
    outside[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    hole = ~outside
    hole[0] = False
    if not outside[1:].any() and count > 1:
        hole[1 + int(areas[1:].argmax())] = False
    hole &= areas <= most
    if not hole.any():
        return result
    part[_rims(part, hole[labels], below > hole[labels])] = 255
    return result


@turns_mask
def drop_islands(mask: Mask, *, min_area_px: float) -> Mask:
    """Remove separate parts that are too small.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    min_area_px
        Parts of less than this area go. In-between values count by their strength.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        A part is everything non-zero that hangs together over sides or corners; parts that stay are not changed.

    Raises
    ------
    InputError
        If `min_area_px` is negative or NaN.

    Examples
    --------
    >>> import numpy as np
    >>> drop_islands(np.array([[255, 255, 0, 255, 0, 90]], np.uint8), min_area_px=2).tolist()
    [[255, 255, 0, 0, 0, 0]]
    """
    min_area_px = as_number(min_area_px, "mask.drop_islands: min_area_px")
    if not min_area_px >= 0:
        raise InputError(f"mask.drop_islands: min_area_px is {min_area_px}, an area is not negative")
    result = mask.copy()
    box = region(mask, 0)
    if box is None:
        return result
    part = result[box.slices]
    count, labels = cv2.connectedComponents((part > 0).view(np.uint8), connectivity=8)
    areas = np.bincount(labels.ravel(), weights=part.ravel(), minlength=count) / 255
    part[(areas < min_area_px)[labels]] = 0
    return result


@turns_mask
def hull(mask: Mask) -> Mask:
    """Fill the mask out to its convex hull, as a rubber band around it would.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Never below `mask`: the hull of where the mask crosses 50 %, all separate parts in one, its edge anti-aliased.

    Examples
    --------
    >>> import numpy as np
    >>> corners = np.zeros((4, 4), np.uint8)
    >>> corners[0, 0] = corners[3, 0] = corners[3, 3] = 255
    >>> hull(corners).tolist()
    [[255, 32, 0, 0], [255, 223, 32, 0], [255, 255, 223, 32], [255, 255, 255, 255]]
    """
    box = region(mask, 0)
    if box is None:
        return mask.copy()
    outline = _outermost(mask[box.slices])
    result = mask.copy()
    if len(outline):
        ring = cv2.convexHull(outline).reshape(-1, 2)
        filled = polygon(box.size, ring) if len(ring) > 2 else 0
        np.maximum(result[box.slices], filled, out=result[box.slices])
    return result


def _rims(mask: Mask, holes: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the holes and the in-between values around them that are nearer to them than to other kept areas."""
    between = (mask >= 128) & (mask < 255)
    if not between.any():
        return holes
    to_hole, to_other = (exact_distance((~area).view(np.uint8)) for area in (holes, others))
    return holes | (between & (to_hole < to_other))


def _outermost(mask: Mask) -> NDArray[np.float32]:
    """Points of the 50 % contour that are the first or last of their row or column."""
    return np.concatenate([_ends(mask), _ends(mask.T)[:, ::-1]])


def _ends(mask: Mask) -> NDArray[np.float32]:
    rows = np.flatnonzero((mask > 127).any(axis=1))
    shares = np.pad(mask[rows].astype(np.float32) / 255, ((0, 0), (1, 1)), mode="edge")
    points = []
    for line, sign in ((shares, 1), (shares[:, ::-1], -1)):
        first = 1 + (line[:, 1:-1] > 0.5).argmax(axis=1)
        at = np.arange(len(rows))
        beyond = np.where(first > 1, line[at, first - 1], 0)
        edge = first - 0.5 - np.clip(line[at, first] + beyond - 0.5, 0, 1)
        points.append(np.stack([edge if sign > 0 else mask.shape[1] - edge, rows + 0.5], axis=1))
    return np.concatenate(points).astype(np.float32)
