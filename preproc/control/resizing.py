"""Bring a finished map to another size without spoiling what it is: lines stay thin, two values stay two."""

from __future__ import annotations

from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow, size_of_array
from ..errors import InputError
from ..files.load import canvas_of
from ..geometry import Size
from .sizing import scaled

__all__ = ["MapKind", "kind_of", "resize", "resized"]

MapKind: TypeAlias = Literal["lines", "binary", "palette", "smooth"]
"""One-pixel lines, two values, few exact colours, or anything else."""

_PALETTE_COLOURS = 256
_PALETTE_GRAYS = 16
_FLAT_SHARE = 0.5
_JOINED = 96  # interpolated diagonals fall to half of 255; at this level they stay whole


@turns_image
def resize(image: Image, size: tuple[int, int], *, kind: MapKind | None = None) -> Image:
    """Bring a finished control map to another size.

    Where the picture is at hand, make the map anew at that size: no resize equals it.

    Parameters
    ----------
    image
        The map.
    size
        Width and height.
    kind
        ``"lines"``: white lines of one pixel on black, which stay one pixel wide. ``"binary"``: two values, which
        stay. ``"palette"``: exact colours, none is mixed (segmentation, poses). ``"smooth"``: everything else. None:
        what the map looks like.

    Returns
    -------
    ndarray of uint8
        `(H, W)` for a map whose three channels are equal, else `(H, W, 3)`.

    Raises
    ------
    InputError
        For an unknown kind, or lines or two values asked of a map that has more.

    Notes
    -----
    Lines are thinned as in [1]_.

    References
    ----------
    .. [1] T. Y. Zhang and C. Y. Suen, "A fast parallel algorithm for thinning digital patterns", Communications of the
       ACM 27(3), 1984.

    Examples
    --------
    >>> edges = np.zeros((8, 8), np.uint8)
    >>> edges[:, 3] = 255
    >>> np.unique(resize(edges, (12, 12))).tolist(), int((resize(edges, (12, 12))[6] > 0).sum())
    ([0, 255], 1)
    """
    if kind is not None and (not isinstance(kind, str) or kind not in {"lines", "binary", "palette", "smooth"}):
        raise InputError(f"unknown kind {kind!r}", fix='"lines", "binary", "palette" or "smooth"')
    gray = _gray_of(image)
    return resized(image if gray is None else gray, canvas_of(size), kind=kind or kind_of(image))


def kind_of(image: Image) -> MapKind:
    """Tell what a map looks like."""
    gray = _gray_of(image)
    if gray is not None:
        levels = np.flatnonzero(np.bincount(gray.ravel(), minlength=256))
        if len(levels) > 2:
            return "palette" if len(levels) <= _PALETTE_GRAYS else "smooth"
        if levels[0] == 0 and _one_pixel_wide(gray):
            return "lines"
        return "binary"
    codes = image.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    seen = np.zeros(1 << 24, np.bool_)
    seen[codes] = True
    flat = np.count_nonzero(codes[:, 1:] == codes[:, :-1])
    few = np.count_nonzero(seen) <= _PALETTE_COLOURS and flat >= _FLAT_SHARE * codes[:, 1:].size
    return "palette" if few else "smooth"


def resized(image: Image, size: Size, *, kind: MapKind) -> Image:
    """Resize a map of one or three channels by its kind."""
    if size == size_of_array(image):
        return image
    if kind == "smooth":
        return scaled(image, size)
    if kind == "palette":
        return narrow(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST_EXACT))
    gray = _gray_of(image)
    low, high = (0, 0) if gray is None else (int(gray.min()), int(gray.max()))
    if gray is None or np.count_nonzero(gray == low) + np.count_nonzero(gray == high) < gray.size:
        raise InputError(f'a map of kind "{kind}" has two values, this one has more', fix='kind="smooth", or kind=None')
    if kind == "lines":
        return _thin(_covering(gray > low, size)) * np.uint8(high)
    larger = scaled(narrow((gray > low) * np.uint8(255)), size)
    return narrow(np.where(larger >= 128, high, low).astype(np.uint8))


def _gray_of(image: Image) -> Mask | None:
    if image.ndim == 2:
        return image
    red = image[:, :, 0]
    equal = np.array_equal(red, image[:, :, 1]) and np.array_equal(red, image[:, :, 2])
    return np.ascontiguousarray(red) if equal else None


def _one_pixel_wide(gray: Mask) -> bool:
    """Tell whether hardly any lit pixel belongs to a lit block of 2 x 2."""
    lit = (gray > 0).astype(np.uint8)
    blocks = lit[:-1, :-1] & lit[1:, :-1] & lit[:-1, 1:] & lit[1:, 1:]
    return bool(np.count_nonzero(blocks) <= 0.1 * np.count_nonzero(lit))


def _covering(lit: NDArray[np.bool_], size: Size) -> Mask:
    """Scale lines so that none is lost or torn: pooled where an axis shrinks, interpolated where it grows."""
    rows, columns = np.nonzero(lit)
    height, width = lit.shape
    pooled = np.zeros((min(height, size.height), min(width, size.width)), np.uint8)
    pooled[rows * pooled.shape[0] // height, columns * pooled.shape[1] // width] = 255
    return narrow((scaled(pooled, size) >= _JOINED).astype(np.uint8))


def _thin(lines: Mask) -> Mask:
    from skimage.morphology import skeletonize  # costs 0.4 s, and only finished maps need it

    thin: NDArray[np.bool_] = skeletonize(lines > 0)
    return thin.astype(np.uint8)
