"""From stored bytes to pixels: every format, mode and depth is read right, or refused by name.

Pillow reads headers and most formats. OpenCV decodes JPEG, byte for byte the same in half the time, and colour of
16 bits, which Pillow cuts to 8.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFile
from numpy.typing import NDArray

from ..arrays import Pixels, narrow
from ..errors import FileFormatError, FramesWarning
from ..geometry import Size
from . import icc
from .exif import UNREADABLE, exif_bytes, orientation_of, read_exif, turned
from .header import FETCH, check_limit, make_room, open_picture, refuse_empty

__all__ = ["Decoded", "decode", "decode_pillow", "read_size", "size_of_pillow", "stored", "stored_pillow"]

_BITS, _PHOTOMETRIC, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 258, 262, 338, 339  # TIFF tags


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a stored picture holds, turned upright: pixels `(H, W, 1)` or `(H, W, 3)`, alpha `(H, W)`."""

    pixels: Pixels
    alpha: Pixels | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None


def decode(file: BinaryIO, *, path: str | None, max_pixels: int) -> Decoded:
    """Decode the first picture of a seekable file."""
    with _refusing(path):
        picture = open_picture(file, path)
        check_limit(picture, max_pixels)
        if picture.format in {"AVIF", "GIF", "PNG", "TIFF", "WEBP"} and getattr(picture, "is_animated", False):
            warnings.warn(f"{_name(path)} holds several pictures: the first is read", FramesWarning, stacklevel=2)
        exif = read_exif(picture, file)
        if picture.format == "JPEG" and picture.mode in {"L", "RGB"}:
            planes: Pixels = _decode_jpeg(file, path, color=picture.mode == "RGB")
        elif picture.format == "PNG" and _png_header(file)[0] == 16:
            planes = _decode_wide(file, gray=_png_header(file)[1] in {0, 4})
        elif picture.format == "TIFF" and _is_wide_tiff(picture):
            planes = _decode_wide(file, gray=len(picture.getbands()) < 3)
        else:
            planes = _decode_with_pillow(picture, path)
        return _decoded(planes, picture, exif, path)


def decode_pillow(picture: PIL.Image.Image, *, max_pixels: int) -> Decoded:
    """Take a Pillow image of any mode."""
    path = _path_of(picture)
    with _refusing(path):
        check_limit(picture, max_pixels)
        planes = _decode_with_pillow(picture, path)
        return _decoded(planes, picture, read_exif(picture, None), path)


def stored(file: BinaryIO, *, path: str | None, max_pixels: int) -> NDArray[Any]:
    """Return the numbers that the first picture of a file holds, palette indices included, not turned."""
    with _refusing(path):
        picture = open_picture(file, path)
        check_limit(picture, max_pixels)
        make_room(picture)
        return np.array(picture)


def stored_pillow(picture: PIL.Image.Image, *, max_pixels: int) -> NDArray[Any]:
    """Return the numbers that a Pillow image holds, palette indices included, not turned."""
    with _refusing(_path_of(picture)):
        check_limit(picture, max_pixels)
        make_room(picture)
        return np.array(picture)


def read_size(file: BinaryIO, *, path: str | None) -> Size:
    """Return the size of the upright picture from its header alone."""
    with _refusing(path):
        picture = open_picture(file, path)
        refuse_empty(picture)
        return _upright(picture, read_exif(picture, file))


def size_of_pillow(picture: PIL.Image.Image) -> Size:
    """Return the size of the upright picture."""
    with _refusing(_path_of(picture)):
        refuse_empty(picture)
        return _upright(picture, read_exif(picture, None))


def _path_of(picture: PIL.Image.Image) -> str | None:
    return str(getattr(picture, "filename", "")) or None


def _upright(picture: PIL.Image.Image, exif: PIL.Image.Exif) -> Size:
    width, height = picture.size
    return Size(height, width) if orientation_of(picture, exif) >= 5 else Size(width, height)


@contextmanager
def _refusing(path: str | None) -> Iterator[None]:
    """Name the file in whatever goes wrong; refusals below say only what is wrong with it."""
    try:
        yield
    except FileFormatError as error:
        raise FileFormatError(f"{_name(path)} {error.message}", path=path, fix=error.fix) from error.__cause__
    except UNREADABLE as error:
        raise FileFormatError(
            f"{_name(path)} is damaged or of a kind that is not read: {error}", path=path, fix=FETCH
        ) from error


def _name(path: str | None) -> str:
    return "the data" if path is None else path


def _decode_jpeg(file: BinaryIO, path: str | None, *, color: bool) -> NDArray[np.uint8]:
    file.seek(0)
    data = file.read()
    if not _is_whole_jpeg(data):
        raise FileFormatError("is a JPEG cut off before its end", fix=FETCH)
    flags = (cv2.IMREAD_COLOR_RGB if color else cv2.IMREAD_GRAYSCALE) | cv2.IMREAD_IGNORE_ORIENTATION
    # Given a path, OpenCV decodes straight into the array; from memory it makes a copy.
    pixels: Any = cv2.imread(path, None, flags) if path and path.isascii() and Path(path).is_file() else None
    if pixels is None:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise FileFormatError("is a JPEG that cannot be decoded", fix=FETCH)
    return narrow(pixels if color else pixels[:, :, np.newaxis])


def _is_whole_jpeg(data: bytes) -> bool:
    """Tell whether an end marker follows the start of the scan: decoders fill what is missing with gray."""
    at = 2
    while data[at : at + 1] == b"\xff":
        marker = data[at + 1]
        if marker == 0xDA:
            return data.find(b"\xff\xd9", at) > 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _png_header(file: BinaryIO) -> tuple[int, int]:
    """Return bit depth and colour type."""
    file.seek(24)
    depth, kind = file.read(2)
    return depth, kind


def _is_wide_tiff(picture: PIL.Image.Image) -> bool:
    """Tell whether these are unsigned 16-bit gray or RGB samples, which OpenCV reads and turns upright itself."""
    tags: Any = picture.tag_v2  # type: ignore[attr-defined]
    if set(tags.get(_BITS, ())) != {16} or set(tags.get(_SAMPLE_FORMAT, (1,))) != {1}:
        return False
    if tags.get(_EXTRA_SAMPLES, (2,))[0] == 1 or tags.get(_PHOTOMETRIC) == 0:
        kind = "with alpha multiplied into its colours" if tags.get(_EXTRA_SAMPLES) else "in which 0 is white"
        raise FileFormatError(f"is a 16-bit TIFF {kind}", fix="export it as 16-bit PNG")
    return tags.get(_PHOTOMETRIC) in {1, 2}


def _decode_wide(file: BinaryIO, *, gray: bool) -> NDArray[np.uint16]:
    file.seek(0)
    pixels: Any = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise FileFormatError("is damaged: its 16-bit pixels cannot be decoded", fix=FETCH)
    if pixels.ndim == 2:
        pixels = pixels[:, :, np.newaxis]
    elif pixels.shape[2] == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    else:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA)
        pixels = pixels[:, :, 2:] if gray else pixels
    return cast("NDArray[np.uint16]", pixels)


def _decode_with_pillow(picture: PIL.Image.Image, path: str | None) -> Pixels:
    """Return gray, gray and alpha, RGB or RGBA, with the channels last; CMYK and Lab become sRGB."""
    if picture.format == "GIF" and PIL.Image.MAX_IMAGE_PIXELS:  # whose reader warns of size by itself
        check_limit(picture, PIL.Image.MAX_IMAGE_PIXELS, fix="save it as PNG: GIF has a lower limit")
    make_room(picture)
    picture.load()
    if picture.mode == "CMYK" and (profile := icc.usable(picture.info.get("icc_profile"), "CMYK", name=_name(path))):
        return icc.to_srgb(np.asarray(picture), profile)
    if picture.mode == "LAB":
        return icc.lab_to_srgb(np.asarray(picture))
    if picture.mode == "F":
        return _float_planes(np.asarray(picture))
    if picture.mode == "I":
        return _integer_planes(np.asarray(picture), full_scale=65535 if picture.format == "PPM" else 255)
    if picture.mode.startswith("I;16"):
        return np.asarray(picture).astype(np.uint16)[:, :, np.newaxis]
    gray = picture.mode in {"1", "L", "LA", "La"}
    mode = ("LA" if gray else "RGBA") if picture.has_transparency_data else ("L" if gray else "RGB")
    planes = np.array(picture if picture.mode == mode else picture.convert(mode))
    return planes[:, :, np.newaxis] if mode == "L" else planes


def _float_planes(values: NDArray[Any]) -> NDArray[np.uint16]:
    if strange := values.size - np.count_nonzero(np.isfinite(values)):
        raise FileFormatError(
            f"holds {strange} pixels that are NaN or infinite, of {values.size}",
            fix="for depth use control.normalize_depth; else replace them by numbers from 0 to 1",
        )
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):
        raise FileFormatError(
            f"holds floating point values from {low:.9g} to {high:.9g}; pictures run from 0 to 1",
            fix="divide a picture by its full scale (255 for 8-bit values), or round it to 8 bits; for depth use "
            "control.normalize_depth",
        )
    return np.rint(values * 65535.0).astype(np.uint16)[:, :, np.newaxis]


def _integer_planes(values: NDArray[Any], *, full_scale: int) -> Pixels:
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > full_scale:
        raise FileFormatError(
            f"holds 32-bit integers from {low} to {high}; pictures run from 0 to {full_scale}",
            fix="for depth use control.normalize_depth; else store it with 8 or 16 bits",
        )
    return cast("Pixels", values.astype(np.uint8 if full_scale == 255 else np.uint16)[:, :, np.newaxis])


def _decoded(planes: Pixels, picture: PIL.Image.Image, exif: PIL.Image.Exif, path: str | None) -> Decoded:
    """Turn upright and take alpha apart."""
    planes = turned(planes, orientation_of(picture, exif))
    pixels, alpha = planes, None
    if planes.shape[2] in {2, 4}:
        pixels = cast("Pixels", np.ascontiguousarray(planes[:, :, :-1]))
        alpha = cast("Pixels", np.ascontiguousarray(planes[:, :, -1]))
    profile = None
    if picture.mode not in {"CMYK", "LAB"}:
        mode: icc.Mode = "L" if pixels.shape[2] == 1 else "RGB"
        profile = icc.usable(picture.info.get("icc_profile"), mode, name=_name(path))
    return Decoded(pixels, alpha, profile, exif_bytes(exif, whole=picture.format != "TIFF"))
