"""Prove that nothing moved where a blend is 0: by comparing, and by hashes that others can compare later."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from .arrays import Mask, Pixels, bounds, size_of_array
from .errors import ShapeError
from .geometry import Box
from .opencv import cv2

__all__ = ["is_preserved", "preserved_sha256"]

_STRIP_ROWS = 128
_CHUNK = 1 << 15


def preserved_sha256(image: Pixels, blend: Mask, *, at: tuple[int, int] | None = None) -> str:
    """Hash the pixels that must not change: those where `blend` is 0.

    Parameters
    ----------
    image
        `(H, W)` or `(H, W, C)`.
    blend
        uint8 `(H, W)`.
    at
        Where the top left pixel of an `image` smaller than `blend` lies, `(left, top)`; around it there are zeros.
        None: they are of one size.

    Returns
    -------
    str
        SHA-256, in hexadecimal, of the array's bytes with every pixel of ``blend > 0`` set to zero: two pictures
        of one shape share it exactly when all their preserved pixels are equal.

    Examples
    --------
    >>> a, b = np.array([[1, 2]], np.uint8), np.array([[1, 9]], np.uint8)
    >>> preserved_sha256(a, np.array([[0, 7]], np.uint8)) == preserved_sha256(b, np.array([[0, 7]], np.uint8))
    True
    """
    if at is None:
        _same_size(image, blend)
    changing = bounds(blend)
    digest = hashlib.sha256()
    for rows in _strips(blend):
        digest.update(_preserved(_rows_of(image, rows, at), blend, rows, changing).data)
    return digest.hexdigest()


def is_preserved(before: Pixels, after: Pixels, blend: Mask) -> bool:
    """Tell whether two pictures agree, bit for bit, wherever `blend` is 0: exactly when `preserved_sha256` does.

    Comparing costs a fraction of hashing.
    """
    _same_size(before, blend)
    _same_size(after, blend)
    if before.dtype != after.dtype or before.shape != after.shape:
        return False
    changing = bounds(blend)
    for rows in _strips(blend):
        ours, theirs = (_bytes_of(image[rows.slices]) for image in (before, after))
        if rows.intersect(changing).is_empty:
            if not _same_bytes(ours, theirs):
                return False
        elif cv2.norm(ours, theirs, cv2.NORM_INF, np.equal(blend[rows.slices], 0).view(np.uint8)) != 0:
            return False
    return True


def _rows_of(image: Pixels, rows: Box, at: tuple[int, int] | None) -> NDArray[np.uint8]:
    """Return whole rows as bytes, with zeros around an image that is smaller."""
    if at is None:
        return _bytes_of(image[rows.slices])
    framed = np.zeros((rows.size.height, rows.size.width, *image.shape[2:]), image.dtype)
    there = size_of_array(image).box.shift(*at).intersect(rows)
    framed[there.shift(0, -rows.top).slices] = image[there.shift(-at[0], -at[1]).slices]
    return _bytes_of(framed)


def _bytes_of(image: Pixels) -> NDArray[np.uint8]:
    """View pixels as bytes, `(H, W, bytes of a pixel)`."""
    return np.ascontiguousarray(image).view(np.uint8).reshape(*image.shape[:2], -1)


def _same_bytes(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Compare eight bytes at a time, and so few that they stay in the cache."""
    ours, theirs = one.reshape(-1), other.reshape(-1)
    whole = ours.size // 8 * 8
    words, others = ours[:whole].view(np.uint64), theirs[:whole].view(np.uint64)
    return np.array_equal(ours[whole:], theirs[whole:]) and all(
        np.array_equal(words[first : first + _CHUNK], others[first : first + _CHUNK])
        for first in range(0, words.size, _CHUNK)
    )


def _same_size(image: Pixels, blend: Mask) -> None:
    if image.shape[:2] != blend.shape:
        raise ShapeError(
            f"image is {size_of_array(image)} and blend is {size_of_array(blend)}",
            actual=size_of_array(blend),
            expected=size_of_array(image),
        )


def _strips(blend: Mask) -> list[Box]:
    height, width = blend.shape
    return [Box(0, top, width, min(top + _STRIP_ROWS, height)) for top in range(0, height, _STRIP_ROWS)]


def _preserved(pixels: NDArray[np.uint8], blend: Mask, rows: Box, changing: Box) -> NDArray[np.uint8]:
    """Return the bytes of some rows with 0 where they may change."""
    touched = rows.intersect(changing)
    if touched.is_empty:
        return pixels
    kept = pixels.copy()
    part = kept[touched.shift(0, -rows.top).slices]
    unchanging = np.equal(blend[touched.slices], 0).view(np.uint8)
    part[...] = cv2.bitwise_and(part, part, mask=unchanging).reshape(part.shape)
    return kept
