"""Masks read out of pictures: from alpha, brightness, colour, labels, depth and differences."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any, Literal, cast

import numpy as np
import PIL.Image
import PIL.ImageOps

from preproc.arrays import Mask, as_mask
from preproc.errors import InputError
from preproc.files import ImageSource

__all__ = ["from_alpha"]


def from_alpha(picture: PIL.Image.Image | ImageSource, /, *, edit: Literal["opaque", "transparent"] = "opaque") -> Mask:
    """Read the mask out of a picture's transparency.

    Examples
    --------
    >>> cutout = np.zeros((1, 3, 4), np.uint8)
    >>> cutout[0, :, 3] = 0, 100, 255
    >>> from_alpha(cutout).tolist()
    [[0, 100, 255]]
    >>> from_alpha(cutout, edit="transparent").tolist()
    [[255, 155, 0]]
    """
    alpha = as_mask(_alpha_of(picture))
    return alpha if edit == "opaque" else np.subtract(255, alpha, dtype=np.uint8)


def _alpha_of(picture: Any) -> Any:
    if isinstance(picture, bytes):
        picture = BytesIO(picture)
    if isinstance(picture, (str, os.PathLike)) or hasattr(picture, "read"):
        picture = PIL.Image.open(cast("Any", picture))
    if isinstance(picture, PIL.Image.Image):
        turned = PIL.ImageOps.exif_transpose(picture)
        if "transparency" in turned.info:
            turned = turned.convert("RGBA")
        if turned.mode not in {"LA", "La", "PA", "RGBA", "RGBa"}:
            raise InputError(
                f"a picture of mode {turned.mode} has no alpha channel", fix="mask.from_luminance or mask.from_color"
            )
        return np.asarray(turned.getchannel(turned.getbands()[-1]))
    array = np.asarray(picture)
    if array.ndim != 3 or array.shape[2] not in {2, 4}:
        raise InputError(f"an array of shape {array.shape} has no alpha channel", fix="pass (H, W, 4) or (H, W, 2)")
    return array[:, :, -1]
