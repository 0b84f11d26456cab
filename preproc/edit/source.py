"""Take the photo of an edit in any form, keeping what its file holds."""

from __future__ import annotations

import numpy as np
import PIL.Image

from ..arrays import Image
from ..files import ImageSource, Photo, load_image

__all__ = ["open_original"]


def open_original(source: PIL.Image.Image | ImageSource) -> tuple[Image, Photo | None, str | None]:
    """Return the pixels, the photo with the rest of its file, and its path; the latter two where there are any."""
    if (
        isinstance(source, np.ndarray)
        and source.dtype != np.uint16
        and (source.ndim == 2 or source.shape[2:] in {(1,), (3,)})
    ):
        return load_image(source), None, None  # pixels and nothing else
    photo = Photo.open(source)
    return photo.rgb, photo, photo.path
