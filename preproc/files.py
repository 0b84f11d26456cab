"""Read and write pictures."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from .arrays import Image, Mask, as_image, as_mask, size_of_array
from .errors import InputError
from .geometry import Size

__all__ = ["ImageSource", "Photo", "load_image", "load_mask", "save_image", "size_of"]


class Photo:
    pass


ImageSource: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | NDArray[Any] | Photo"
"""What a picture may come as, besides a Pillow image."""


def load_image(source: PIL.Image.Image | ImageSource, /) -> Image:
    if isinstance(source, (str, os.PathLike)):
        source = PIL.Image.open(source)
    elif isinstance(source, bytes):
        source = PIL.Image.open(BytesIO(source))
    if isinstance(source, PIL.Image.Image):
        return np.array(PIL.ImageOps.exif_transpose(source).convert("RGB"))
    return as_image(source)


def load_mask(source: PIL.Image.Image | ImageSource, /) -> Mask:
    if isinstance(source, (str, os.PathLike)):
        source = PIL.Image.open(source)
    if isinstance(source, PIL.Image.Image):
        return np.array(source.convert("L"))
    return as_mask(source)


def size_of(source: PIL.Image.Image | ImageSource | tuple[int, int], /) -> Size:
    if isinstance(source, tuple):
        width, height = source
        if width < 1 or height < 1:
            raise InputError(f"a size is (width, height) of at least 1 px, got {source}")
        return Size(int(width), int(height))
    return size_of_array(load_image(source))


def save_image(image: Image | Photo, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
    PIL.Image.fromarray(image).save(path)
    return Path(path)
