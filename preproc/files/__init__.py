"""Read and write pictures.

A picture comes as a path, bytes, an open binary file, a Pillow image, an array or a `Photo`. However it is stored,
what comes out is upright and in sRGB; of several frames or pages the first is read. `Photo` keeps what an array cannot
carry: 16 bits, transparency, the colour profile, EXIF.
"""

from ..opencv import cv2  # noqa: F401 - first, so that a machine without it is told what it lacks
from .load import load_image, load_mask, size_of
from .photo import ImageSource, Photo
from .save import save_image
from .source import MAX_PIXELS
from .write import encode_png, write_file

__all__ = [
    "MAX_PIXELS",
    "ImageSource",
    "Photo",
    "encode_png",
    "load_image",
    "load_mask",
    "save_image",
    "size_of",
    "write_file",
]
