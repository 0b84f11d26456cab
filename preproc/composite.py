"""Paste a picture into another so that nothing else moves, and prove it.

The paste is exact integer arithmetic: alpha 0 leaves the pixel's bits alone, alpha 255 takes the new pixel, and
between the result is the nearest integer to the true blend.
"""

from __future__ import annotations

import hashlib
from typing import overload

import numpy as np
from numpy.typing import NDArray

from .arrays import Mask, Pixels, narrow, size_of_array
from .errors import ShapeError
from .geometry import Box
from .opencv import cv2

__all__ = ["paste", "preserved_sha256"]


_STRIP_ROWS = 16  # of a few megapixels' width: small enough that every intermediate stays in cache


@overload
def paste(
    base: NDArray[np.uint8], patch: NDArray[np.uint8], alpha: Mask, *, at: tuple[int, int] = ...
) -> NDArray[np.uint8]: ...
@overload
def paste(base: Pixels, patch: Pixels, alpha: Mask, *, at: tuple[int, int] = ...) -> Pixels: ...
def paste(base: Pixels, patch: Pixels, alpha: Mask, *, at: tuple[int, int] = (0, 0)) -> Pixels:
    """Blend `patch` over `base` by `alpha`, exactly.

    Parameters
    ----------
    base
        uint8 or uint16, `(H, W)` or `(H, W, C)`.
    patch
        Same type and channels as `base`, `(h, w)` or `(h, w, C)`.
    alpha
        uint8 `(h, w)`: 0 keeps `base`, 255 takes `patch`, between ``round((a * patch + (255 - a) * base) / 255)``.
    at
        Where the patch's top left pixel goes, `(left, top)`; the patch may reach over the border and is cut there.

    Returns
    -------
    ndarray
        A new array. Wherever alpha is 0, or the patch does not reach, it equals `base` bit for bit.

    Raises
    ------
    ShapeError
        If patch and alpha differ in size, or patch and base in channels.

    Examples
    --------
    >>> base, patch = np.zeros((1, 3), np.uint8), np.full((1, 3), 200, np.uint8)
    >>> paste(base, patch, np.array([[0, 128, 255]], np.uint8)).tolist()
    [[0, 100, 200]]
    """
    if patch.shape[:2] != alpha.shape:
        raise ShapeError(
            f"patch is {size_of_array(patch)} and alpha is {size_of_array(alpha)}",
            actual=size_of_array(alpha),
            expected=size_of_array(patch),
        )
    if patch.shape[2:] != base.shape[2:] or patch.dtype != base.dtype:
        raise ShapeError(
            f"patch is {patch.dtype}{patch.shape[2:]} and base is {base.dtype}{base.shape[2:]}",
            actual=patch.shape,
            expected=base.shape,
        )
    result = base.copy()
    whole = size_of_array(patch).box
    inside = size_of_array(base).box.shift(-at[0], -at[1]).intersect(whole)
    if inside.is_empty:
        return result
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(alpha[inside.slices]))
    touched = Box(x, y, x + width, y + height).shift(inside.left, inside.top)
    if touched.is_empty:
        return result
    target = result[touched.shift(*at).slices]
    _blend_into(target, patch[touched.slices], alpha[touched.slices])
    return result


def _blend_into(target: Pixels, patch: Pixels, alpha: Mask) -> None:
    """Blend in place, a strip of rows at a time."""
    channels = 1 if target.ndim == 2 else target.shape[2]
    wide = np.uint16 if target.dtype == np.uint8 else np.uint32
    for top in range(0, alpha.shape[0], _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        strip = alpha[rows]
        if not strip.any():
            continue
        weight = strip if channels == 1 else narrow(cv2.merge([np.ascontiguousarray(strip)] * channels))
        weight = weight.reshape(target[rows].shape).astype(wide)
        total = patch[rows] * weight
        np.subtract(255, weight, out=weight)
        np.multiply(target[rows], weight, out=weight)
        total += weight
        if wide == np.uint16:
            # (t + 128 + ((t + 128) >> 8)) >> 8 is t / 255 to the nearest for every t up to 255 * 255
            total += np.uint16(128)
            total += total >> 8
            total >>= 8
        else:
            total += np.uint32(127)
            total //= np.uint32(255)
        target[rows] = total


def preserved_sha256(image: Pixels, blend: Mask) -> str:
    """Hash the pixels that must not change: those where `blend` is 0.

    Parameters
    ----------
    image
        `(H, W)` or `(H, W, C)`.
    blend
        uint8 `(H, W)`.

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
    if image.shape[:2] != blend.shape:
        raise ShapeError(
            f"image is {size_of_array(image)} and blend is {size_of_array(blend)}",
            actual=size_of_array(blend),
            expected=size_of_array(image),
        )
    digest = hashlib.sha256()
    rows = np.flatnonzero(blend.any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
    digest.update(np.ascontiguousarray(image[:top]).data)
    for start in range(top, bottom, 256):
        strip = image[start : min(start + 256, bottom)].copy()
        strip[blend[start : min(start + 256, bottom)] > 0] = 0
        digest.update(strip.data)
    digest.update(np.ascontiguousarray(image[bottom:]).data)
    return digest.hexdigest()
