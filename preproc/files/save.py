"""Pictures and masks to files."""

from __future__ import annotations

import os
from pathlib import Path

import PIL.Image

from .photo import ImageSource, Photo
from .source import is_file, split
from .write import as_path, write_picture

__all__ = ["save_image"]


def save_image(
    image: PIL.Image.Image | ImageSource,
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
        `Photo`, path or bytes with alpha, profile and EXIF.
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

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_image(np.zeros((48, 64), np.uint8), Path(folder, "black.png")).name
    'black.png'
    """
    target = as_path(path)
    whole = isinstance(image, (Photo, PIL.Image.Image)) or is_file(image)
    photo = Photo.open(image) if whole else Photo(*split(image))
    return write_picture(
        photo.pixels,
        photo.alpha,
        target,
        icc_profile=photo.icc_profile,
        exif=photo.exif,
        overwrite=overwrite,
        quality=quality,
    )
