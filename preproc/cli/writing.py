"""Pictures to files and pipes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..files import Photo, encode_png, save_image
from .outputs import STDOUT, to_stdout

__all__ = ["put"]


def put(picture: NDArray[Any] | Photo, target: Path, *, overwrite: bool) -> None:
    """Write a picture to its target, whole or not at all."""
    if target == STDOUT:
        if isinstance(picture, Photo):
            picture = picture.rgb
        to_stdout(encode_png(picture))
    else:
        save_image(picture, target, overwrite=overwrite)
