"""Make one mask out of several."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import PIL.Image

from ..adapt import turns_mask
from ..arrays import Mask, same_size
from ..files import ImageSource, load_mask

__all__ = ["difference", "intersect", "subtract", "union"]


@turns_mask
def union(mask: Mask, *others: PIL.Image.Image | ImageSource) -> Mask:
    """Edit what any of the masks edits: the highest value.

    Parameters
    ----------
    mask, *others
        uint8 `(H, W)`, 255 edit, all of one size; any other form of a mask.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        The pixelwise maximum: a mask united with itself stays what it is, ramps and anti-aliased edges too.

    Raises
    ------
    ShapeError
        If the sizes differ.

    Examples
    --------
    >>> import numpy as np
    >>> union(np.array([[0, 100, 255]], np.uint8), np.array([[50, 50, 50]], np.uint8)).tolist()
    [[50, 100, 255]]
    """
    result = mask.copy()
    for other in _loaded(mask, others):
        np.maximum(result, other, out=result)
    return result


@turns_mask
def intersect(mask: Mask, *others: PIL.Image.Image | ImageSource) -> Mask:
    """Edit only what all of the masks edit: the lowest value.

    Parameters
    ----------
    mask, *others
        As in `union`.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        The pixelwise minimum.

    Raises
    ------
    ShapeError
        If the sizes differ.

    Examples
    --------
    >>> import numpy as np
    >>> intersect(np.array([[0, 100, 255]], np.uint8), np.array([[50, 50, 50]], np.uint8)).tolist()
    [[0, 50, 50]]
    """
    result = mask.copy()
    for other in _loaded(mask, others):
        np.minimum(result, other, out=result)
    return result


@turns_mask
def subtract(mask: Mask, *others: PIL.Image.Image | ImageSource) -> Mask:
    """Edit what the first mask edits and none of the others.

    Parameters
    ----------
    mask, *others
        As in `union`.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        ``intersect(mask, invert(other), ...)``: nothing changes along an edge that two masks share from both sides.

    Raises
    ------
    ShapeError
        If the sizes differ.

    Examples
    --------
    >>> import numpy as np
    >>> subtract(np.array([[0, 200, 255]], np.uint8), np.array([[255, 100, 0]], np.uint8)).tolist()
    [[0, 155, 255]]
    """
    result = mask.copy()
    for other in _loaded(mask, others):
        np.minimum(result, 255 - other, out=result)
    return result


@turns_mask
def difference(mask: Mask, other: PIL.Image.Image | ImageSource) -> Mask:
    """Edit where two masks differ.

    Parameters
    ----------
    mask, other
        uint8 `(H, W)`, 255 edit, of one size; any other form of a mask.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        The absolute difference: 0 exactly where both are equal.

    Raises
    ------
    ShapeError
        If the sizes differ.

    Examples
    --------
    >>> import numpy as np
    >>> difference(np.array([[0, 200, 255]], np.uint8), np.array([[255, 100, 255]], np.uint8)).tolist()
    [[255, 100, 0]]
    """
    (second,) = _loaded(mask, [other])
    return np.maximum(mask, second) - np.minimum(mask, second)


def _loaded(mask: Mask, others: Iterable[PIL.Image.Image | ImageSource]) -> list[Mask]:
    masks = [load_mask(other) for other in others]
    for other in masks:
        same_size(mask, other, names=("first mask", "other mask"))
    return masks
