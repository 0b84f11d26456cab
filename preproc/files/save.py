"""Pictures and masks to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import PIL.Image
from numpy.typing import NDArray

from .photo import Photo
from .source import split
from .write import write_picture

__all__ = ["save_image"]


def save_image(
    image: PIL.Image.Image | NDArray[Any] | Photo,
    path: str | os.PathLike[str],
    /,
    *,
    overwrite: bool = False,
    quality: int | None = None,
) -> Path:
    """Write a picture or mask. The file appears whole or not at all.

    Parameters
    ----------
    image
        An array (`(H, W)` is written as gray, 4 channels with alpha, uint16 with 16 bits), a Pillow image, or a
        `Photo` with its alpha, profile and EXIF.
    path
        The suffix gives the format: ``.png`` (right for everything, also 16 bits), ``.webp``, ``.tif``, ``.jpg``.
    overwrite
        Whether an existing file may be replaced.
    quality
        1 to 100, for JPEG (95 if None) and WebP (lossless if None). JPEG changes every pixel and is never right for
        masks and control images.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    InputError
        If the file exists, its folder does not, the suffix is unknown, or the format cannot hold the picture.
    """
    photo = Photo.open(image) if isinstance(image, (Photo, PIL.Image.Image)) else Photo(*split(image))
    return write_picture(
        photo.pixels,
        photo.alpha,
        path,
        icc_profile=photo.icc_profile,
        exif=photo.exif,
        overwrite=overwrite,
        quality=quality,
    )
