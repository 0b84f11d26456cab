"""Pictures and masks from any form."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import PIL.Image

from ..arrays import Image, Mask, as_image, as_mask, as_planes, size_of_array, to_uint8
from ..errors import InputError, MaskError
from ..geometry import Size
from . import icc
from .decode import read_size, size_of_pillow
from .photo import ImageSource, Photo
from .source import MAX_PIXELS, decode_source, is_file, opened

__all__ = ["canvas_of", "load_image", "load_mask", "size_of"]


def load_image(source: PIL.Image.Image | ImageSource, /, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Read a picture as 8-bit sRGB.

    Parameters
    ----------
    source
        A path, bytes, an open binary file (left where it was), a Pillow image of any mode, an array (see `preproc.arrays.as_image`) or a
        `Photo`. The EXIF orientation is applied, an embedded colour profile converted (relative colorimetric, black
        point compensated), 16 bits are rounded to 8, transparency is dropped, and the first of several frames read.
    max_pixels
        The largest width times height that is decoded.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        An array of this form comes back as it is, without a copy.

    Raises
    ------
    FileFormatError
        If the file is missing, empty, cut off, damaged, larger than `max_pixels`, or no picture that can be read
        (HEIC without pillow-heif, SVG, PDF, video, camera raw, text ...).
    InputError
        For arrays that are no picture.

    Examples
    --------
    >>> load_image(PIL.Image.new("L", (2, 1), 7)).tolist()
    [[[7, 7, 7], [7, 7, 7]]]
    """
    if isinstance(source, Photo):
        return source.rgb
    stored = decode_source(source, max_pixels=max_pixels)
    if stored is None:
        return as_image(source)
    pixels = to_uint8(stored.pixels)
    return as_image(pixels) if stored.icc_profile is None else icc.to_srgb(pixels, stored.icc_profile)


def load_mask(source: PIL.Image.Image | ImageSource, /, *, max_pixels: int = MAX_PIXELS) -> Mask:
    """Read a mask. Nothing is thresholded, inverted or converted by a colour profile: mask values are no colours.

    Parameters
    ----------
    source
        As for `load_image`: gray of any depth, or colour with three equal channels; palettes give their colours, not
        their numbers.
    max_pixels
        The largest width times height that is decoded.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 edit, 0 keep, between blend.

    Raises
    ------
    MaskError
        ``colour`` or ``alpha``, where it is not clear what of the picture is the mask.
    FileFormatError
        As in `load_image`.

    Examples
    --------
    >>> load_mask(PIL.Image.new("1", (2, 1), 1)).tolist()
    [[255, 255]]
    """
    stored = source if isinstance(source, Photo) else decode_source(source, max_pixels=max_pixels)
    if stored is None:
        return as_mask(source)
    planes = stored.pixels if stored.alpha is None else np.dstack([stored.pixels, stored.alpha])
    try:
        return as_mask(planes)
    except MaskError as error:
        path = source.path if isinstance(source, Photo) else source if isinstance(source, (str, os.PathLike)) else None
        if path is None:
            raise
        raise MaskError(f"{os.fspath(path)}: {error.message}", code=error.code, fix=error.fix) from None


def size_of(source: PIL.Image.Image | ImageSource | Sequence[int], /) -> Size:
    """Return the size of a picture, upright; of files only the header is read.

    Parameters
    ----------
    source
        Whatever `load_image` takes, or `(width, height)` itself: a tuple, a list or an array of two whole numbers.

    Raises
    ------
    FileFormatError
        As in `load_image`, but however large the picture is.
    InputError
        For a size that is none, or of more than 300 megapixels.

    Examples
    --------
    >>> size_of(np.zeros((480, 640, 3), np.uint8)), size_of((640, 480))
    (Size(width=640, height=480), Size(width=640, height=480))
    """
    if isinstance(source, (tuple, list)) or (isinstance(source, np.ndarray) and source.ndim == 1):
        if len(source) != 2 or not all(_is_whole(side) and side >= 1 for side in source):
            raise InputError(
                f"a size is (width, height) in whole pixels of at least 1, got {source!r:.60}",
                fix="of an array: (array.shape[1], array.shape[0])",
            )
        size = Size(int(source[0]), int(source[1]))
        if size.pixels > MAX_PIXELS:
            raise InputError(f"{size} is {size.pixels:,} pixels, more than {MAX_PIXELS:,}", fix="check the size")
        return size
    if isinstance(source, Photo):
        return source.size
    if isinstance(source, PIL.Image.Image):
        return size_of_pillow(source)
    if is_file(source):
        with opened(source) as (file, path):
            return read_size(file, path=path)
    return size_of_array(as_planes(source))


def canvas_of(source: PIL.Image.Image | ImageSource | Sequence[int], /) -> Size:
    """Return the size of a picture for another to be made as large; what only says that it is huge is refused.

    Raises
    ------
    FileFormatError, InputError
        As in `size_of`; for pictures that are not read yet and say that they are larger than 300 megapixels too.
    """
    size = size_of(source)
    if size.pixels > MAX_PIXELS and (isinstance(source, PIL.Image.Image) or is_file(source)):
        raise InputError(
            f"this picture says it is {size}, {size.pixels:,} pixels, more than {MAX_PIXELS:,}", fix="make it smaller"
        )
    return size


def _is_whole(side: Any) -> bool:
    return isinstance(side, (int, np.integer)) and not isinstance(side, bool)
