"""Shapes drawn as masks: every pixel holds the exact share of it that the shape covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import PIL.Image

from preproc.arrays import Mask
from preproc.errors import InputError
from preproc.files import ImageSource, size_of

from .coverage import FillRule, Layer, cover
from .outline import TOLERANCE_PX, as_box, as_points, ellipse_ring, rectangle_ring, stroke_rings

__all__ = ["ellipse", "polygon", "rectangle", "stroke"]


def rectangle(
    size: PIL.Image.Image | ImageSource | tuple[int, int],
    box: tuple[float, float, float, float],
    *,
    radius_px: float = 0,
) -> Mask:
    """Draw a rectangle, its corners rounded if asked for.

    Examples
    --------
    >>> rectangle((4, 3), (0.5, 1, 3, 2.5)).tolist()
    [[0, 0, 0, 0], [128, 255, 255, 0], [64, 128, 128, 0]]
    """
    canvas = size_of(size)
    return cover(canvas, [Layer([rectangle_ring(as_box(box, what="rectangle"), radius_px, TOLERANCE_PX)])])


def ellipse(size: PIL.Image.Image | ImageSource | tuple[int, int], box: tuple[float, float, float, float]) -> Mask:
    """Draw the ellipse that fills a box.

    Examples
    --------
    >>> ellipse((3, 3), (0, 0, 3, 3)).tolist()
    [[139, 248, 139], [248, 255, 248], [139, 248, 139]]
    """
    return cover(size_of(size), [Layer([ellipse_ring(as_box(box, what="ellipse"), TOLERANCE_PX)])])


def polygon(
    size: PIL.Image.Image | ImageSource | tuple[int, int],
    points: Any,
    *,
    holes: Sequence[Any] = (),
    fill_rule: FillRule = "nonzero",
) -> Mask:
    """Draw a polygon.

    Examples
    --------
    >>> polygon((4, 4), [(0, 0), (4, 0), (0, 4)]).tolist()
    [[255, 255, 255, 128], [255, 255, 128, 0], [255, 128, 0, 0], [128, 0, 0, 0]]
    """
    outer = [as_points(points, least=3, what="polygon")]
    inner = [as_points(hole, least=3, what="hole") for hole in holes]
    return cover(size_of(size), [Layer(outer, fill_rule, holes=inner)])


def stroke(
    size: PIL.Image.Image | ImageSource | tuple[int, int], points: Any, *, width_px: float, closed: bool = False
) -> Mask:
    """Draw what a round brush sweeps along a line.

    Examples
    --------
    >>> stroke((5, 3), [(1, 1.5), (4, 1.5)], width_px=1).tolist()
    [[0, 0, 0, 0, 0], [100, 255, 255, 255, 100], [0, 0, 0, 0, 0]]
    """
    if not 0 <= width_px < float("inf"):
        raise InputError(f"width_px is a brush's diameter, at least 0, got {width_px}")
    line = as_points(points, least=0, what="stroke")
    return cover(size_of(size), [Layer(stroke_rings(line, width_px, TOLERANCE_PX, closed=closed))])
