"""Masks from colours that look alike, measured as the eye sees them.

Distances are ΔE*ab of 1976: straight lines in CIE L*a*b* (D65). About 2 is just visible, 10 is clearly another shade,
black and white are 100 apart.
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import PIL.Image
import PIL.ImageColor
from numpy.typing import NDArray

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow, same_size, size_of_array
from ..errors import InputError
from ..files import ImageSource, load_image
from .arguments import as_amount, as_number, as_points

__all__ = ["flood", "from_color", "from_difference"]

Lab: TypeAlias = NDArray[np.float32]

FARTHEST, SHARPEST = 1e6, 1e-6  # all colours are nearer, and no two differ by less
AT_ONCE = 1 << 16  # pixels; their floats stay in the processor's cache
LEVELS = np.arange(256) / 255
LINEAR = np.where(LEVELS > 0.04045, ((LEVELS + 0.055) / 1.055) ** 2.4, LEVELS / 12.92).astype(np.float32)
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
TO_XYZ = (XYZ / XYZ.sum(axis=1, keepdims=True)).astype(np.float32)  # relative to the white point
TO_LAB = np.array([[0, 116, 0, -16], [500, -500, 0, 0], [0, 200, -200, 0]], np.float32)


@turns_image
def from_color(image: Image, color: str | Sequence[int], *, tolerance: float = 10, soft: float = 0) -> Mask:
    """Select what has about one colour.

    Parameters
    ----------
    image
        uint8 RGB `(H, W, 3)`, or any other form of an image.
    color
        ``(red, green, blue)`` from 0 to 255, or a name or code such as ``"white"`` or ``"#00ff00"``.
    tolerance
        Largest distance that becomes 255, in ΔE (1976, D65).
    soft
        Over which further distance the mask falls to 0, in ΔE; 0 gives a hard one.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 where the colour is within `tolerance`.

    Raises
    ------
    InputError
        For colours that do not exist and negative numbers.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.array([[[0, 255, 0], [30, 250, 30], [255, 0, 0]]], np.uint8)
    >>> from_color(picture, "lime", tolerance=12).tolist()
    [[255, 255, 0]]
    """
    target = _lab(np.array([[_color(color)]], np.uint8))[0, 0]
    return _within(image, lambda _: target, tolerance, soft)


@turns_image
def flood(
    image: Image,
    seed: tuple[float, float] | Sequence[tuple[float, float]],
    *,
    tolerance: float = 10,
    connectivity: Literal[4, 8] = 4,
) -> Mask:
    """Select the connected region around a point that has about the point's colour: a magic wand.

    Parameters
    ----------
    image
        uint8 RGB `(H, W, 3)`, or any other form of an image.
    seed
        ``(x, y)`` in pixels, or several such points; the regions are joined. Fractions lie in the pixel they fall into.
    tolerance
        Largest distance from the colour at the seed, in ΔE (1976, D65).
    connectivity
        Whether pixels that touch only at a corner are neighbours (8) or not (4).

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 in the region, else 0.

    Raises
    ------
    InputError
        If a seed lies outside the picture, the tolerance is negative, or the connectivity neither 4 nor 8.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.array([[9, 9, 200, 9], [9, 200, 200, 9]], np.uint8)
    >>> flood(picture, (0, 0)).tolist()
    [[255, 255, 0, 0], [255, 0, 0, 0]]
    """
    if as_number(connectivity, "connectivity") not in {4, 8}:
        raise InputError(f"connectivity is 4 or 8, got {connectivity!r:.60}")
    size = size_of_array(image)
    found = np.zeros(image.shape[:2], np.uint8)
    for x, y in as_points(_seeds(seed), least=1, what="seed").tolist():
        column, row = int(np.floor(x)), int(np.floor(y))
        if not (0 <= column < size.width and 0 <= row < size.height):
            raise InputError(f"the seed ({x:g}, {y:g}) lies outside the picture of {size}")
        if found[row, column]:
            continue
        alike = from_color.__wrapped__(image, image[row, column].tolist(), tolerance=tolerance)
        cv2.floodFill(alike, None, (column, row), 128, flags=connectivity)
        found[alike == 128] = 255
    return found


def _seeds(seed: Any) -> Any:
    """Tell one point from several."""
    try:
        return [seed] if np.ndim(seed) == 1 else seed
    except (OSError, ValueError):  # points of different lengths, broken pictures
        return seed


def _within(image: Image, target: Any, tolerance: float, soft: float) -> Mask:
    """Compare strip by strip with what `target` gives for these rows."""
    tolerance, soft = (
        min(as_amount(value, name), FARTHEST) for value, name in ((tolerance, "tolerance"), (soft, "soft"))
    )
    mask = np.empty(image.shape[:2], np.uint8)
    rows = max(1, AT_ONCE // image.shape[1])
    for top in range(0, image.shape[0], rows):
        part = slice(top, top + rows)
        difference = _lab(image[part]) - target(part)
        distance = np.sqrt(np.square(difference, out=difference).sum(axis=2))
        if soft < SHARPEST:
            mask[part] = (distance <= tolerance) * np.uint8(255)
        else:
            mask[part] = np.rint(255 * np.clip((tolerance + soft - distance) / soft, 0, 1))
    return mask


@turns_image
def from_difference(
    before: Image, after: PIL.Image.Image | ImageSource, *, tolerance: float = 5, soft: float = 0
) -> Mask:
    """Select what changed between two pictures.

    Parameters
    ----------
    before, after
        Two images of the same size, in any form.
    tolerance
        Largest distance that counts as unchanged, in ΔE (1976, D65); JPEG alone moves colours by 2 to 5.
    soft
        Over which further distance the mask rises to 255, in ΔE; 0 gives a hard one.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 where the two differ by more.

    Raises
    ------
    ShapeError
        If the sizes differ.
    InputError
        For negative numbers.

    Examples
    --------
    >>> import numpy as np
    >>> before = np.full((1, 3, 3), 100, np.uint8)
    >>> after = before.copy()
    >>> after[0, 1] = 180
    >>> from_difference(before, after).tolist()
    [[0, 255, 0]]
    """
    other = load_image(after)
    same_size(before, other, names=("before", "after"))
    return narrow(cv2.bitwise_not(_within(before, lambda part: _lab(other[part]), tolerance, soft)))


def _color(color: str | Sequence[int]) -> tuple[int, ...]:
    if isinstance(color, str):
        try:
            return PIL.ImageColor.getrgb(color)[:3]
        except ValueError as error:
            raise InputError(
                f"{color!r:.60} is no colour", fix='a name such as "white", "#rrggbb", or (r, g, b)'
            ) from error
    try:
        values = tuple(color)
    except (OSError, TypeError, ValueError):  # what cannot be gone through, closed files too
        values = ()
    if not values or not all(isinstance(value, numbers.Real) for value in values):
        raise InputError(f"a colour is a name or (red, green, blue), got {color!r:.60}")
    if len(values) != 3 or not all(0 <= value <= 255 and float(value).is_integer() for value in values):
        raise InputError(f"a colour is (red, green, blue) from 0 to 255, got {values!r:.60}")
    return values


def _lab(pixels: Image) -> Lab:
    """Convert sRGB to CIE L*a*b*; OpenCV's own conversion is off by up to 0.5."""
    share = cv2.transform(LINEAR[pixels], TO_XYZ)
    curved = np.where(share > 216 / 24389, cv2.pow(share, 1 / 3), share * np.float32(841 / 108) + np.float32(4 / 29))
    return cv2.transform(curved, TO_LAB)  # type: ignore[return-value]
