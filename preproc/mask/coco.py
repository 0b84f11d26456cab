"""COCO segmentations: polygons or run-length code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..adapt import takes_mask
from ..arrays import Mask
from ..errors import InputError
from .arguments import Ring, as_points
from .coverage import Layer, cover
from .rle import as_canvas, from_rle
from .shapes import Canvas
from .tracing import trace

__all__ = ["from_coco", "to_coco"]


def from_coco(segmentation: Sequence[Any] | Mapping[str, Any], size: Canvas) -> Mask:
    """Draw the segmentation of a COCO annotation.

    Parameters
    ----------
    segmentation
        An annotation, or its ``"segmentation"`` value: a list of polygons, each ``[x1, y1, x2, y2, …]`` in pixels, of
        which the mask is the union; or RLE, with compressed counts or plain ones.
    size
        ``(width, height)`` of the image, or the image. RLE must agree with it. Not a list: COCO writes
        ``[height, width]``.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        From polygons the exact covered share of each pixel (pycocotools gives only in and out); from RLE 0 and 255.

    Raises
    ------
    InputError
        If it is neither, a polygon has an odd count of numbers or fewer than 3 points, or the RLE is damaged.
    ShapeError
        If the RLE has another size.

    Examples
    --------
    >>> from_coco([[0, 0, 2, 0, 2, 1.5, 0, 1.5]], (3, 2)).tolist()
    [[255, 255, 0], [128, 128, 0]]
    """
    canvas = as_canvas(size)
    if isinstance(segmentation, Mapping):
        if "segmentation" in segmentation:
            return from_coco(segmentation["segmentation"], canvas)
        return from_rle(segmentation, canvas)
    if isinstance(segmentation, (str, bytes)):
        raise InputError("compressed counts alone are no segmentation", fix="mask.from_rle(counts, (width, height))")
    if not isinstance(segmentation, (Sequence, np.ndarray)) or getattr(segmentation, "ndim", 1) == 0:
        raise InputError(
            f"a COCO segmentation is a list of polygons, or RLE, got {type(segmentation).__name__}",
            fix="the annotation's segmentation value, [[x1, y1, x2, y2, …], …]",
        )
    return cover(canvas, [Layer([_ring(numbers)]) for numbers in segmentation])


@takes_mask
def to_coco(mask: Mask, *, tolerance_px: float = 0.25) -> list[list[float]]:
    """Write a mask as COCO polygons.

    COCO's polygons know no holes, so each hole is joined to its outline by a cut without width. For masks full of holes
    `to_rle` is the shorter form.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask. The outline runs where the coverage is one half.
    tolerance_px
        How far the outline may be simplified.

    Returns
    -------
    list of list of float
        ``[[x1, y1, x2, y2, …], …]`` in pixels, of which the first covers 0 to 1; one for each connected part, none for
        an empty mask.

    Raises
    ------
    InputError
        If the tolerance is negative.

    Examples
    --------
    >>> import preproc
    >>> [len(numbers) for numbers in to_coco(preproc.mask.rectangle((9, 9), (2, 3, 7, 8)))]
    [16]
    """
    shapes = trace(mask, tolerance_px=tolerance_px).shapes
    rings = [np.array(ring) for shape in shapes for ring in shape.rings]  # type: ignore[union-attr]
    return [ring.reshape(-1).tolist() for ring in _without_holes(rings)]


def _ring(numbers: Any) -> Ring:
    flat = np.asarray(numbers, dtype=object).reshape(-1)
    if flat.size % 2:
        raise InputError(
            f"a COCO polygon is [x1, y1, x2, y2, …], got {flat.size} numbers", fix="give every point x and y"
        )
    return as_points(flat.reshape(-1, 2).tolist(), least=3, what="COCO polygon")


def _without_holes(rings: list[Ring]) -> list[Ring]:
    """Join every hole to the outline around it, by a cut to the nearest side on its left."""
    areas = [_signed_area(ring) for ring in rings]
    if not rings:
        return []
    outward = np.sign(areas[int(np.argmax(np.abs(areas)))])  # the largest ring is no hole
    outlines = [ring for ring, area in zip(rings, areas, strict=True) if area * outward > 0]
    holes = [ring for ring, area in zip(rings, areas, strict=True) if area * outward < 0]
    for hole in sorted(holes, key=lambda ring: float(ring[:, 0].min())):
        start = np.roll(hole, -int(hole[:, 0].argmin()), axis=0)
        hits = [_hit_left(ring, start[0]) for ring in outlines]
        which = int(np.argmax([x for x, _ in hits]))
        x, side = hits[which]
        bridge = np.array([[x, start[0, 1]]])
        ring = outlines[which]
        outlines[which] = np.concatenate([ring[: side + 1], bridge, start, start[:1], bridge, ring[side + 1 :]])
    return outlines


def _hit_left(ring: Ring, point: NDArray[np.float64]) -> tuple[float, int]:
    """Return the rightmost x, left of a point, at which a ring's side crosses the point's height, and which side."""
    following = np.roll(ring, -1, axis=0)
    y0, y1 = ring[:, 1], following[:, 1]
    crosses = np.flatnonzero((y0 <= point[1]) != (y1 <= point[1]))
    if not crosses.size:
        return -np.inf, 0
    share = (point[1] - y0[crosses]) / (y1[crosses] - y0[crosses])
    x = ring[crosses, 0] + share * (following[crosses, 0] - ring[crosses, 0])
    x = np.where(x <= point[0], x, -np.inf)
    best = int(x.argmax())
    return float(x[best]), int(crosses[best])


def _signed_area(ring: Ring) -> float:
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
