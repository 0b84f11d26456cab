"""The one form every picture has inside, and the only place where arrays are brought into it.

An image is uint8 RGB of shape `(H, W, 3)`; a mask is uint8 of shape `(H, W)` where 255 is edited, 0 is kept and
values between blend. Arrays that have that form already pass through without a copy, so treat them as read-only.
"""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from .errors import InputError, MaskError, ShapeError
from .geometry import Box, Size
from .opencv import cv2

__all__ = [
    "Image",
    "Mask",
    "Pixels",
    "as_image",
    "as_mask",
    "as_planes",
    "bounds",
    "narrow",
    "same_size",
    "size_of_array",
    "to_uint8",
]

Image: TypeAlias = NDArray[np.uint8]
"""uint8 RGB, `(H, W, 3)`; control maps may also be `(H, W)`."""
Mask: TypeAlias = NDArray[np.uint8]
"""uint8, `(H, W)`: 255 edit, 0 keep, between blend."""
Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""Planes as they are stored, in 8 or 16 bits."""


def narrow(array: Any) -> NDArray[np.uint8]:
    """Tell the type checker what OpenCV's stubs do not: this array is uint8."""
    return cast("NDArray[np.uint8]", array)


def size_of_array(array: NDArray[Any]) -> Size:
    """Return the size of an image or mask array.

    Examples
    --------
    >>> size_of_array(np.zeros((480, 640, 3), np.uint8))
    Size(width=640, height=480)
    """
    return Size(int(array.shape[1]), int(array.shape[0]))


def bounds(mask: Mask) -> Box:
    """Return the smallest box that holds everything above 0; an empty one where there is nothing.

    Examples
    --------
    >>> bounds(np.array([[0, 0, 0], [0, 9, 1]], np.uint8))
    Box(left=1, top=1, right=3, bottom=2)
    """
    rows = np.flatnonzero(mask.max(axis=1))
    if not rows.size:
        return Box(0, 0, 0, 0)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].max(axis=0))
    return Box(int(columns[0]), top, int(columns[-1]) + 1, bottom)


def as_image(array: Any) -> Image:
    """Bring an array into the form of an image.

    Parameters
    ----------
    array
        `(H, W)`, `(H, W, 1)` gray, `(H, W, 2)` gray and alpha, `(H, W, 3)` RGB or `(H, W, 4)` RGBA; bool, uint8,
        uint16 (0 to 65535), any other integer within 0 to 255, or floating point within 0 to 1. Anything with
        ``__array__`` works, a CPU tensor too.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        The same array where it has that form already, else a new one. Alpha is dropped: an array carries pixels
        only, `preproc.files.Photo` carries the rest.

    Raises
    ------
    InputError
        For other shapes or types, values out of range, NaN, and pictures without pixels.

    Examples
    --------
    >>> as_image(np.array([[0.0, 1.0]])).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """
    pixels = to_uint8(as_planes(array))
    if pixels.shape[2] == 3:
        return pixels
    if pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels[:, :, :3])
    return np.repeat(pixels[:, :, :1], 3, axis=2)


def as_mask(array: Any) -> Mask:
    """Bring an array into the form of a mask. Nothing is thresholded and nothing inverted.

    Parameters
    ----------
    array
        `(H, W)` or `(H, W, 1)`, or a gray picture with three equal channels and, if any, opaque alpha; bool,
        uint8, uint16 (0 to 65535), other integers within 0 to 255, or floating point within 0 to 1.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 edit, 0 keep. The same array where it has that form already.

    Raises
    ------
    MaskError
        ``colour`` when the channels differ, ``alpha`` when transparency varies: which of the two is the mask is
        for the caller to say. ``zero-one`` for integers 0 and 1, and ``wrong-scale`` for uint16 that stays within 255:
        read by their type they would be black. (Of uint8, a few thin pixels of 1 are a sliver's coverage, and pass.)
    InputError
        For other shapes or types, values out of range and NaN.

    Examples
    --------
    >>> as_mask(np.array([[True, False]])).tolist()
    [[255, 0]]
    """
    planes = as_planes(array, wanted="a mask of shape (H, W)")
    pixels = to_uint8(planes)
    if pixels.shape[2] in {2, 4} and not (pixels[:, :, -1] == 255).all():
        raise MaskError(
            f"this mask has transparency ({int(pixels[:, :, -1].min())} to {int(pixels[:, :, -1].max())}): "
            "whether alpha or colour is the mask is not guessed",
            code="alpha",
            fix="use mask.from_alpha(picture), or drop the alpha channel",
        )
    if pixels.shape[2] >= 3:
        red = pixels[:, :, 0]
        if not (np.array_equal(red, pixels[:, :, 1]) and np.array_equal(red, pixels[:, :, 2])):
            raise MaskError(
                "this mask has colours: its three channels differ",
                code="colour",
                fix="use mask.from_luminance, mask.from_color or one channel of it",
            )
    _refuse_black_by_scale(planes[:, :, 0], pixels[:, :, 0])
    return pixels[:, :, 0] if pixels.shape[2] == 1 else np.ascontiguousarray(pixels[:, :, 0])


def _refuse_black_by_scale(values: NDArray[Any], mask: Mask) -> None:
    """Refuse masks whose type says that they are nearly black, and whose values say that they mean something else."""
    if values.dtype.kind not in "iu" or mask.max() > 1:
        return
    highest = int(values.max())
    if highest == 1 and (values.dtype != np.uint8 or (not mask.all() and _is_solid(mask))):
        raise MaskError(
            f"this {values.dtype} mask holds only 0 and 1, which is black where 255 is white",
            code="zero-one",
            fix="array.astype(bool), or array.astype(np.uint8) * 255",
        )
    if values.dtype.itemsize == 2 and values.dtype.kind == "u" and 0 < highest <= 255:
        raise MaskError(
            f"this {values.dtype} mask runs to {highest}, where 65535 is white: it is black, or holds 8-bit values",
            code="wrong-scale",
            fix="array.astype(np.uint8) for 8-bit values",
        )


def _is_solid(mask: Mask) -> bool:
    """Tell an area of ones from the few that thin slivers and differences of masks leave."""
    return bool(cv2.erode(mask, np.ones((16, 16), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def same_size(first: NDArray[Any], second: NDArray[Any], *, names: tuple[str, str] = ("image", "mask")) -> Size:
    """Return the size two arrays share.

    Raises
    ------
    ShapeError
        If they differ; a swapped or EXIF-turned pair is named as such.
    """
    one, two = size_of_array(first), size_of_array(second)
    if one == two:
        return one
    if one == (two.height, two.width):
        fix = "one of the two is turned by 90 degrees (often EXIF orientation): load both with load_image and load_mask"
    elif not names[1].endswith("mask"):
        fix = f"bring {names[1]} to {one}, or {names[0]} to {two}"
    else:
        fix = f"mask.resize(mask, ({one.width}, {one.height})), or make the mask from this {names[0]}"
    raise ShapeError(f"{names[0]} is {one} and {names[1]} is {two}", actual=two, expected=one, fix=fix)


def as_planes(array: Any, *, wanted: str = "an image of shape (H, W, 3)") -> NDArray[Any]:
    """View anything of an image's shape as `(H, W, channels)`, whatever its type.

    Parameters
    ----------
    array
        Anything with ``__array__``, of shape `(H, W)` or `(H, W, 1 to 4)`.
    wanted
        For the message.

    Raises
    ------
    InputError
        For other shapes, and for pictures without pixels.
    """
    if not isinstance(array, np.ndarray) and not hasattr(array, "__array__"):
        raise InputError(
            f"expected an array, a Pillow image, a path or bytes, got {type(array).__name__}",
            fix="np.array(values, np.uint8)" if isinstance(array, (list, tuple)) else "pass the picture itself",
        )
    try:
        planes = np.asarray(array)
    except (OSError, RuntimeError, TypeError, ValueError) as error:  # cut off pictures, tensors elsewhere
        raise InputError(f"this {type(array).__name__} gives no array: {error}") from error
    if planes.size == 0:
        raise InputError(
            f"a picture without pixels: shape {planes.shape}", fix="look at what made it: an empty slice, a box outside"
        )
    if planes.ndim == 2:
        return planes[:, :, np.newaxis]
    if planes.ndim != 3 or planes.shape[2] not in {1, 2, 3, 4}:
        raise _shape_error(planes.shape, wanted)
    return planes


def to_uint8(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Bring values of any type to uint8; the same array where they are.

    Parameters
    ----------
    pixels
        bool (True is 255), uint8, uint16 (0 to 65535, divided by 257 and rounded), other integers within 0 to 255, or
        floating point within 0 to 1 (times 255, rounded half to even).

    Raises
    ------
    InputError
        For values out of range, NaN, and other types.

    Examples
    --------
    >>> to_uint8(np.array([0, 128, 129, 65535], np.uint16)).ravel()
    array([  0,   0,   1, 255], dtype=uint8)
    """
    if pixels.dtype == np.uint8:
        return narrow(pixels)
    if pixels.dtype.kind == "b":
        return pixels.view(np.uint8) * np.uint8(255)
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:
        wide = np.ascontiguousarray(pixels, np.uint16)
        return narrow(cv2.convertScaleAbs(wide, alpha=1 / 257)).reshape(wide.shape)  # never halfway: 257 is odd
    if pixels.dtype.kind not in "iuf":
        raise InputError(
            f"cannot use {pixels.dtype} as pixels", fix="convert to uint8, uint16, bool or floats in 0 to 1"
        )
    low, high = pixels.min(), pixels.max()
    if pixels.dtype.kind == "f":
        if not np.isfinite(low) or not np.isfinite(high):
            bad = int(np.count_nonzero(~np.isfinite(pixels)))
            raise InputError(
                f"{bad} pixels are NaN or infinite",
                fix="np.nan_to_num(array), or control.normalize_depth for depth"
                if pixels.ndim == 2 or pixels.shape[2] == 1
                else "replace them by numbers from 0 to 1",
            )
        if low < 0 or high > 1:
            raise InputError(
                f"floating point pictures run from 0 to 1, this one from {low:.9g} to {high:.9g}",
                fix="divide by its full scale (255 for 8-bit values), or round it and convert with .astype(np.uint8)",
            )
        return np.rint(pixels * 255.0).astype(np.uint8)
    if low < 0 or high > 255:
        raise InputError(
            f"{pixels.dtype} pictures run from 0 to 255, this one from {low} to {high}",
            fix="convert to uint8 (0 to 255), uint16 (0 to 65535) or floats (0 to 1)",
        )
    return pixels.astype(np.uint8)


def _shape_error(shape: tuple[int, ...], wanted: str) -> InputError:
    fix = None
    if len(shape) == 3 and shape[0] in {1, 3, 4}:
        fix = "channels come last here: np.moveaxis(array, 0, -1)"
    elif len(shape) == 4:
        fix = "one picture at a time: pass array[0]"
    return InputError(f"got shape {shape}, need {wanted}", fix=fix)
