"""Open a picture without decoding it. Merely large ones are neither warned of nor refused, as Pillow would by itself."""

from __future__ import annotations

import importlib
import io
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import PIL.Image
import PIL.ImageFile

from ..errors import FileFormatError
from .sniff import foreign, is_camera_raw, is_heic

__all__ = ["FETCH", "check_limit", "make_room", "open_picture", "refuse_empty"]

FETCH = "fetch or export it again, as PNG or JPEG"
_FORMATS = (
    *("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "AVIF", "HEIF", "JXL", "JPEG2000", "ICO", "DDS", "QOI"),
    *("PCX", "SGI", "TGA"),
)  # formats whose readers are pure and whole: no PostScript, no video, no stubs
_WIDTH, _HEIGHT = 256, 257  # TIFF tags
_WEBP_SIDE = 16383  # the longest of a WebP picture; the canvas of an animation may say more


def open_picture(file: BinaryIO, path: str | None) -> PIL.ImageFile.ImageFile:
    """Read the header. `PIL.Image.open` does the same, but warns of, then refuses, photos that are merely large."""
    head = file.read(1024)
    if not head:
        raise FileFormatError("is empty (0 bytes)", fix=FETCH)
    if is_camera_raw(head, Path(path or "").suffix):
        raise FileFormatError("is a camera's raw file", fix="develop it first, and export as 16-bit PNG or TIFF")
    PIL.Image.preinit()
    if is_heic(head) and "HEIF" not in PIL.Image.OPEN:
        with suppress(ImportError):
            importlib.import_module("pillow_heif").register_heif_opener()
    for name in _FORMATS:
        if name not in PIL.Image.OPEN:
            PIL.Image.init()
        opener, accepts = PIL.Image.OPEN.get(name, (None, None))
        if opener is None or (accepts is not None and accepts(head[:16]) is not True):
            continue
        file.seek(0)
        if name == "JPEG":
            from PIL.JpegImagePlugin import JpegImageFile

            opener = JpegImageFile  # the first picture, also of MPO
        source = file if name != "WEBP" or _webp_canvas(head) > _WEBP_SIDE else _ShortReads(file.read())
        with suppress(SyntaxError, LookupError, TypeError, struct.error):
            return opener(source, "")
    what, fix = foreign(head) or (f"no picture that can be read (it starts with {head[:8]!r})", FETCH)
    raise FileFormatError(f"is {what}", fix=fix)


def check_limit(picture: PIL.Image.Image, max_pixels: int, *, fix: str | None = None) -> None:
    """Refuse a picture of too many pixels, or none, before it is decoded."""
    refuse_empty(picture)
    pixels = picture.width * picture.height
    if pixels > max_pixels:
        raise FileFormatError(
            f"says it is {picture.width}x{picture.height} ({pixels / 1e6:.0f} MP); at most {max_pixels / 1e6:g} MP are read",
            fix=fix or f"if you trust it: max_pixels={pixels}",
        )


def refuse_empty(picture: PIL.Image.Image) -> None:
    """Refuse a picture without pixels."""
    if not min(picture.size):
        raise FileFormatError(
            f"has no pixels: it is {picture.width}x{picture.height}", fix="look at what made it: a box outside, say"
        )


def make_room(picture: PIL.Image.Image) -> None:
    """Make the room that a TIFF is decoded into: its reader would look at Pillow's own limit before it makes some."""
    if picture.format == "TIFF" and getattr(picture, "tile", None):
        tags: Any = picture.tag_v2  # type: ignore[attr-defined]
        picture.im = PIL.Image.new(picture.mode, (tags[_WIDTH], tags[_HEIGHT])).im


class _ShortReads(io.BytesIO):
    """A file that gives few bytes at a time, unless all are asked for.

    Pillow's reader of WebP refuses large photos by itself, unless it finds no size in what it reads first.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to 16 bytes, or all."""
        return super().read(size if size is None or size < 0 else min(size, 16))


def _webp_canvas(head: bytes) -> int:
    """Return the longer side of the canvas that an extended WebP names; 0 for others, which have none."""
    sides = [int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27)]
    return max(sides) if head[12:16] == b"VP8X" else 0
