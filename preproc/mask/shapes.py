"""Shapes drawn as masks: every pixel holds the exact share of it that the shape covers.

Each function is a `Drawing` of one shape, rendered; keep the drawing where the mask is needed at several sizes.
Coordinates are floats with pixel (0, 0) covering [0, 1) x [0, 1). What lies off the canvas is cut off exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import ArrayLike

from ..arrays import Mask
from ..errors import InputError
from ..files import ImageSource
from ..files.load import canvas_of
from ..geometry import Size
from .arguments import as_holes, as_rings
from .coverage import FillRule, Layer, cover
from .drawing import Drawing
from .vectors import Ellipse, Rectangle, Stroke, check_fill_rule

__all__ = ["ellipse", "polygon", "rectangle", "stroke"]

Canvas: TypeAlias = "PIL.Image.Image | ImageSource | tuple[int, int]"
"""``(width, height)``, or any picture whose size is meant."""


def rectangle(size: Canvas, box: Sequence[float], *, radius_px: float = 0) -> Mask:
    """Draw a rectangle, its corners rounded if asked for.

    Parameters
    ----------
    size
        ``(width, height)``, or a picture whose size is meant.
    box
        ``(left, top, right, bottom)`` in pixels, floats: the first pixel covers 0 to 1.
    radius_px
        Radius of the corners; at most half of the shorter side is used.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 times the covered share of each pixel, rounded.

    Raises
    ------
    InputError
        If the box runs backwards or lies wholly off the canvas, a number is not finite, or the radius negative.

    Examples
    --------
    >>> rectangle((4, 3), (0.5, 1, 3, 2.5)).tolist()
    [[0, 0, 0, 0], [128, 255, 255, 0], [64, 128, 128, 0]]
    """
    canvas = _canvas(size, box, "rectangle", "box")
    shape = Rectangle(box, radius_px)
    return Drawing(_met_by(canvas, box), (shape,)).render()


def ellipse(size: Canvas, box: Sequence[float]) -> Mask:
    """Draw the ellipse that fills a box.

    Parameters
    ----------
    size
        ``(width, height)``, or a picture whose size is meant.
    box
        ``(left, top, right, bottom)`` in pixels, floats: the first pixel covers 0 to 1.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 times the covered share of each pixel, rounded; the outline lies within 1/1024 px of the ellipse.

    Raises
    ------
    InputError
        If the box runs backwards or lies wholly off the canvas, or a number is not finite.

    Examples
    --------
    >>> ellipse((3, 3), (0, 0, 3, 3)).tolist()
    [[139, 248, 139], [248, 255, 248], [139, 248, 139]]
    """
    canvas = _canvas(size, box, "ellipse", "box")
    shape = Ellipse(box)
    return Drawing(_met_by(canvas, box), (shape,)).render()


def polygon(
    size: Canvas, points: ArrayLike | Sequence[Any], *, holes: Sequence[Any] = (), fill_rule: FillRule = "nonzero"
) -> Mask:
    """Draw a polygon with any number of rings and holes.

    Parameters
    ----------
    size
        ``(width, height)``, or a picture whose size is meant.
    points
        One ring ``[(x, y), …]`` of at least 3 points, or a sequence of rings that are filled together. In pixels,
        floats: the first pixel covers 0 to 1. The last point joins the first; direction does not matter for one ring.
        Contours of OpenCV, `(n, 1, 2)`, are taken as they are; they run through the centres of pixels, so that
        ``contour + 0.5`` is where they lie here, and `trace` gives a finer outline of a mask.
    holes
        Rings that are cut out, whatever their direction.
    fill_rule
        What is inside where rings cross themselves or each other: ``"nonzero"``, or ``"evenodd"``.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 times the covered share of each pixel, rounded. Exact for crossing rings too; where more than 40 edges
        meet in one pixel, it is summed over 64 lines of it instead.

    Raises
    ------
    InputError
        For rings of fewer than 3 points, points that are not finite, or farther than 10 million pixels.

    Notes
    -----
    The signed-area accumulation of font rasterisers (LibArt, FreeType's smooth rasteriser) over a sparse set of pixels,
    with the pixels in which outlines meet cut into bands between their crossings.

    Examples
    --------
    >>> polygon((4, 4), [(0, 0), (4, 0), (0, 4)]).tolist()
    [[255, 255, 255, 128], [255, 255, 128, 0], [255, 128, 0, 0], [128, 0, 0, 0]]
    """
    check_fill_rule(fill_rule)
    canvas = _canvas(size, points, "polygon", "points")
    return cover(canvas, [Layer(as_rings(points, what="polygon"), fill_rule, holes=as_holes(holes))])


def stroke(size: Canvas, points: ArrayLike | Sequence[Any], *, width_px: float, closed: bool = False) -> Mask:
    """Draw what a round brush sweeps along a line: round ends, round joins, no darker where it crosses itself.

    Parameters
    ----------
    size
        ``(width, height)``, or a picture whose size is meant.
    points
        ``[(x, y), …]`` in pixels, floats: the first pixel covers 0 to 1. A single point makes a dot.
    width_px
        The brush's diameter; fractions count.
    closed
        Whether the last point is joined to the first.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 times the covered share of each pixel, rounded; the outline lies within 1/1024 px of the true one.

    Raises
    ------
    InputError
        Without points, if a number is not finite, or the width negative.

    Examples
    --------
    >>> stroke((5, 3), [(1, 1.5), (4, 1.5)], width_px=1).tolist()
    [[0, 0, 0, 0, 0], [100, 255, 255, 255, 100], [0, 0, 0, 0, 0]]
    """
    canvas = _canvas(size, points, "stroke", "points")
    return Drawing(canvas, (Stroke(points, width_px, closed),)).render()


def _canvas(size: Canvas, drawn: Any, name: str, what: str) -> Size:
    """Return the canvas's size; a size in place of what is drawn has been swapped with it."""
    pair = isinstance(drawn, (tuple, list)) and len(drawn) == 2 and all(isinstance(side, int) for side in drawn)
    if pair and isinstance(size, (list, tuple, np.ndarray)) and len(size) != 2:
        raise InputError(
            f"mask.{name} takes the size first and then the {what}, got {tuple(drawn)} as {what}",
            fix=f"mask.{name}({tuple(drawn)}, {what})",
        )
    return canvas_of(size)


def _met_by(size: Size, box: Sequence[float]) -> Size:
    """Refuse a box, checked already, that lies wholly off the canvas: it is a mistake, and would draw nothing."""
    left, top, right, bottom = (float(side) for side in box)
    if left >= size.width or top >= size.height or right <= 0 or bottom <= 0:
        raise InputError(
            f"the box ({left:g}, {top:g}, {right:g}, {bottom:g}) lies wholly off the {size} canvas",
            fix=f"(left, top, right, bottom) in pixels of this picture: 0 to {size.width} across, 0 to {size.height} down",
        )
    return size
