"""Bring a mask to another size, or out to a grid."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Mask, narrow, size_of_array
from ..errors import InputError
from ..files import ImageSource
from ..files.load import canvas_of
from ..geometry import Size
from .arguments import as_choice, as_number
from .distance import has_ramp
from .enlarge import enlarged

__all__ = ["resize", "snap"]


@turns_mask
def resize(
    mask: Mask,
    size: tuple[int, int] | PIL.Image.Image | ImageSource,
    *,
    kind: Literal["auto", "soft", "hard", "cover"] = "auto",
) -> Mask:
    """Resample a mask with the kernel that its purpose needs.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    size
        The new `(width, height)`, or a picture that has it.
    kind
        ``"soft"`` for ramps: linear upwards, area average downwards. ``"hard"`` for anti-aliased outlines: upwards the
        edge stays one pixel wide instead of growing with the scale. ``"auto"`` decides between these two: hard, unless
        more than a tenth of the in-between values lie more than a pixel away from the edge, as those of a ramp do
        (those of thin lines do not count).
        ``"cover"`` for what must not lose anything: every new pixel takes the highest value it overlaps.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Nothing shifts: all kinds map the corners of the canvas to each other.

    Raises
    ------
    InputError
        For a size below 1 px or an unknown kind.

    Notes
    -----
    ``"hard"`` puts a line into every pixel of the outline, across its gradient and so that the pixel's coverage stays
    what it is, and draws those lines at the new size [1]_. Lines of up to 1.5 px are strips with two edges, whose width
    and place follow from the coverage across them. Where one edge does not explain the coverage of the pixels around,
    two that meet (tips, corners, valleys) or two strips side by side are fitted to it; small separate parts are
    ellipses if that leaves their coverage. Where nothing of this applies, where thin lines meet or end and in outlines
    without anti-aliasing, it is cubic interpolation, steepened about 50 % by the scale. Shapes drawn at 128 px and
    enlarged to 1024 are off by 0.03 to 0.3 of a pixel for every pixel of their true boundary.

    Three things coverage does not tell. A line along an axis that stays within one row of pixels, half a pixel wide
    say, leaves the same values wherever in the row it lies; it is drawn in the middle, as is a dot within one pixel.
    Of two lines along an axis that share a row of pixels only the sum is known there; they are taken for equally wide
    where that explains it. And what is thinner than 1/255 of a pixel, as the last of a needle is, rounds to nothing.
    A drawing that is rendered anew at the new size (`mask.Drawing`) is better still.

    References
    ----------
    .. [1] D. L. Youngs, "Time-dependent multi-material flow with large fluid distortion", Numerical Methods for Fluid
       Dynamics, 1982.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[0, 0, 128, 255, 255]] * 2, np.uint8)
    >>> resize(edge, (10, 4), kind="soft")[0].tolist()
    [0, 0, 0, 32, 96, 160, 223, 255, 255, 255]
    >>> resize(edge, (10, 4))[0].tolist()
    [0, 0, 0, 0, 1, 255, 255, 255, 255, 255]
    >>> resize(edge, (2, 1), kind="cover").tolist()
    [[128, 255]]
    """
    wanted = canvas_of(size)
    as_choice(kind, ("auto", "soft", "hard", "cover"), "mask.resize: kind")
    if kind == "cover":
        rows = _highest(mask, wanted.height)
        return np.ascontiguousarray(_highest(rows.T, wanted.width).T)
    old = size_of_array(mask)
    # OpenCV's area average is right only where both sides shrink, so each side is done by itself.
    smaller = Size(min(wanted.width, old.width), min(wanted.height, old.height))
    values = mask.astype(np.float32)
    if smaller != old:
        values = cv2.resize(values, smaller, interpolation=cv2.INTER_AREA).astype(np.float32)
    if smaller != wanted:
        if kind == "hard" or (kind == "auto" and not has_ramp(mask, lines=True)):
            return enlarged(narrow(np.rint(values).clip(0, 255).astype(np.uint8)), wanted)
        values = cv2.resize(values, wanted, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return narrow(np.rint(values).clip(0, 255).astype(np.uint8))


@turns_mask
def snap(mask: Mask, cell: int) -> Mask:
    """Extend a mask outwards to whole cells of a grid.

    Endpoints work on a latent grid and sample the mask once per cell, so a mask that is not made of whole cells loses
    parts of its edge.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    cell
        Side of a cell in px, counted from the top left corner: 8 or 16 for most endpoints (`SizeRule.cell`).

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 in every cell that holds anything above 0, else 0. The last row and column of cells may be cut.

    Raises
    ------
    InputError
        If `cell` is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> snap(np.array([[0, 0, 0, 1, 0, 0]], np.uint8), 2).tolist()
    [[0, 0, 255, 255, 0, 0]]
    """
    if not as_number(cell, "mask.snap: cell").is_integer() or cell < 1:
        raise InputError(
            f"mask.snap: cell is {cell}, the side of a cell is a whole number of px", fix="mask.snap(mask, 16)"
        )
    height, width = mask.shape
    cell = min(int(cell), max(height, width))
    touched = np.logical_or.reduceat(mask, np.arange(0, height, cell), axis=0)
    touched = np.logical_or.reduceat(touched, np.arange(0, width, cell), axis=1)
    wide = np.repeat(touched.astype(np.uint8) * np.uint8(255), cell, axis=1)[:, :width]
    return np.repeat(wide, cell, axis=0)[:height]


def _highest(values: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Resample the rows: each new one is the maximum of the old ones that it overlaps."""
    old = len(values)
    new = np.arange(count, dtype=np.int64)
    first = new * old // count
    last = -(-(new + 1) * old // count) - 1
    result = values[first]
    for step in range(1, int((last - first).max()) + 1):
        np.maximum(result, values[np.minimum(first + step, last)], out=result)
    return result
