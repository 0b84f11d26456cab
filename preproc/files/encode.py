"""From pixels to stored bytes, with alpha, profile and EXIF where the format keeps them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Pixels, as_image
from ..errors import InputError

__all__ = ["encode_jpeg", "encode_planes", "encode_tiff", "encode_webp"]

_ROWS = 64  # compressed at once, so that a large photo is never held twice
_LOSSLESS = "save as .png"


def encode_planes(
    pixels: Pixels, alpha: Pixels | None, *, icc_profile: bytes | None = None, exif: bytes | None = None
) -> bytes:
    """Write PNG of 8 or 16 bits: fastest compression level, run lengths, each row less the one above it.

    That is as fast as OpenCV's default and a few per cent smaller, holds any number of channels, and gives the same
    bytes with every version of OpenCV.
    """
    height, width, channels = pixels.shape
    kind = {1: 0, 3: 2}[channels] + (0 if alpha is None else 4)
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, pixels.itemsize * 8, kind, 0, 0, 0)),
    ]
    if icc_profile:
        parts.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile)))
    if exif:
        parts.append(_chunk(b"eXIf", exif))
    parts.extend(_chunk(b"IDAT", data) for data in _compressed(pixels, alpha) if data)
    return b"".join([*parts, _chunk(b"IEND", b"")])


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))


def _compressed(pixels: Pixels, alpha: Pixels | None) -> Iterator[bytes]:
    deflate = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    above: Any = np.zeros((1, 1), np.uint8)
    for top in range(0, len(pixels), _ROWS):
        planes: Any = pixels[top : top + _ROWS]
        if alpha is not None:
            planes = np.dstack([planes, alpha[top : top + _ROWS]])
        rows = np.ascontiguousarray(planes, planes.dtype.newbyteorder(">")).view(np.uint8).reshape(len(planes), -1)
        filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
        filtered[:, 0] = 2  # PNG's "up" filter
        np.subtract(rows[:1], above, out=filtered[:1, 1:])
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        above = rows[-1:]
        yield deflate.compress(filtered.data)
    yield deflate.flush()


def encode_tiff(pixels: Pixels, alpha: Pixels | None, *, icc_profile: bytes | None, exif: bytes | None) -> bytes:
    """Write TIFF: 8 bits of any kind, 16 bits of plain gray. Uncompressed: Pillow drops EXIF where libtiff packs."""
    if pixels.dtype == np.uint16 and (pixels.shape[2] == 3 or alpha is not None):
        raise InputError("TIFF with 16 bits is written for gray without alpha only", fix=_LOSSLESS)
    return _pillow(_picture(pixels, alpha), "TIFF", icc_profile=icc_profile, exif=exif)


def encode_webp(
    pixels: Pixels, alpha: Pixels | None, *, icc_profile: bytes | None, exif: bytes | None, quality: int | None
) -> bytes:
    """Write WebP, lossless where no quality is given; gray becomes three equal channels, and alpha of 255 all over is lost."""
    _fit(pixels, 16383, "WebP")
    if pixels.dtype == np.uint16:
        raise InputError("WebP has 8 bits a channel, this picture 16", fix=_LOSSLESS)
    picture = _picture(as_image(pixels), alpha)
    if quality is None:
        return _pillow(picture, "WEBP", lossless=True, exact=True, icc_profile=icc_profile, exif=exif)
    return _pillow(picture, "WEBP", quality=quality, icc_profile=icc_profile, exif=exif)


def encode_jpeg(pixels: NDArray[np.uint8], *, icc_profile: bytes | None, exif: bytes | None, quality: int) -> bytes:
    """Write JPEG with full colour resolution."""
    _fit(pixels, 65500, "JPEG")
    exif = None if exif is None else b"Exif\0\0" + exif
    return _pillow(_picture(pixels, None), "JPEG", quality=quality, subsampling=0, icc_profile=icc_profile, exif=exif)


def _fit(pixels: Pixels, side: int, name: str) -> None:
    height, width = pixels.shape[:2]
    if max(width, height) > side:
        raise InputError(f"{name} holds sides up to {side} px, this picture is {width}x{height}", fix=_LOSSLESS)


def _picture(pixels: Pixels, alpha: Pixels | None) -> PIL.Image.Image:
    planes = pixels if alpha is None else np.dstack([pixels, alpha])
    return PIL.Image.fromarray(planes[:, :, 0] if planes.shape[2] == 1 else planes)


def _pillow(picture: PIL.Image.Image, name: str, **options: Any) -> bytes:
    buffer = BytesIO()
    try:
        picture.save(buffer, name, **{key: value for key, value in options.items() if value is not None})
    except (OSError, ValueError) as error:
        raise InputError(f"this picture cannot be written as {name}: {error}", fix=_LOSSLESS) from error
    return buffer.getvalue()
