"""Which way up a stored picture is, and what its camera wrote about it."""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from typing import Any, BinaryIO, cast

import cv2
import PIL.Image

from ..arrays import Pixels
from ..errors import FileFormatError

__all__ = ["UNREADABLE", "exif_bytes", "orientation_of", "read_exif", "turned"]

UNREADABLE = (
    *(OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, EOFError, RuntimeError),
    *(struct.error, zlib.error, cv2.error, PIL.Image.DecompressionBombError),
)
"""What damaged files have been seen to raise in Pillow and OpenCV."""

_ORIENTATION = 0x0112
_BLOCKS = (0x8769, 0x8825)  # camera settings, GPS
_DESCRIPTIVE = {0x010E, 0x010F, 0x0110, 0x0112, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x8298}


def turned(planes: Pixels, orientation: int) -> Pixels:
    """Turn `(H, W, C)` as the EXIF orientation (1 to 8) asks."""
    if orientation == 1:
        return planes
    result: Any = planes
    if orientation in {5, 7}:
        result = cv2.transpose(result)
    if orientation in {6, 8}:
        result = cv2.rotate(result, cv2.ROTATE_90_CLOCKWISE if orientation == 6 else cv2.ROTATE_90_COUNTERCLOCKWISE)
    if orientation in {2, 3, 4, 7}:
        result = cv2.flip(result, {2: 1, 3: -1, 4: 0, 7: -1}[orientation])
    return cast("Pixels", result.reshape(*result.shape[:2], -1))


def orientation_of(picture: PIL.Image.Image, exif: PIL.Image.Exif) -> int:
    """Return the orientation still to be applied, 1 to 8."""
    value = exif.get(_ORIENTATION, 1)
    upright = picture.format == "TIFF"  # Pillow and OpenCV turn TIFF by themselves
    return 1 if upright or value not in range(1, 9) else int(value)


def read_exif(picture: PIL.Image.Image, file: BinaryIO | None) -> PIL.Image.Exif:
    """Return what EXIF can be read; of a PNG file without decoding it, which Pillow would do."""
    block = None if file is None or picture.format != "PNG" else _png_exif(file)
    exif = PIL.Image.Exif()
    with suppress(*UNREADABLE):
        if block is None:
            return picture.getexif()
        exif.load(block)
    return exif


def _png_exif(file: BinaryIO) -> bytes:
    """Walk the chunks to the end, skipping pixels."""
    end = file.seek(0, os.SEEK_END)
    at, found = 8, b""
    while at + 12 <= end:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"eXIf":
            found = file.read(length)
        at += length + 12
        if kind == b"IEND":
            return found
    raise FileFormatError("is a PNG cut off before its end", fix="fetch or export it again")


def exif_bytes(exif: PIL.Image.Exif, *, whole: bool) -> bytes | None:
    """Write EXIF anew: upright, without a thumbnail of the unedited picture, and of a TIFF only what describes it."""
    kept = PIL.Image.Exif()
    with suppress(*UNREADABLE):
        for tag, value in exif.items():
            if tag not in _BLOCKS and (whole or tag in _DESCRIPTIVE):
                kept[tag] = 1 if tag == _ORIENTATION else value
        kept.update({block: values for block in _BLOCKS if (values := exif.get_ifd(block))})
        if kept:
            return kept.tobytes().removeprefix(b"Exif\0\0")
    return None
