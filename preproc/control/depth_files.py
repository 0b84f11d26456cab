"""Read depth in the forms it comes in, without losing its precision."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from ..errors import FileFormatError, InputError
from ..files.source import opened

__all__ = ["DepthSource", "load_depth"]

DepthSource: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | PIL.Image.Image | NDArray[Any]"
"""What depth may come as."""


def load_depth(source: DepthSource, /) -> NDArray[Any]:
    """Read depth values with all the precision they have.

    Parameters
    ----------
    source
        A path, bytes or an open file: NPY, NPZ with one array, or PNG or TIFF of 8 or 16 bits or floating point; a
        Pillow image; an array. Pictures with three equal channels count as one.

    Returns
    -------
    ndarray, shape (H, W)
        The values as they are stored: unsigned or signed integers, or floating point with NaN and infinities.

    Raises
    ------
    FileFormatError
        If the file cannot be read, or holds several arrays.
    InputError
        For colours (a colour-mapped picture is no depth), transparency, or another shape.

    Notes
    -----
    The formats are PNG (ISO/IEC 15948), TIFF 6.0 (Aldus, 1992) and the NPY format of NumPy.

    Examples
    --------
    >>> load_depth(np.array([[1.5, np.inf]], np.float32))
    array([[1.5, inf]], dtype=float32)
    """
    if isinstance(source, PIL.Image.Image):
        _refuse_inks(source)
        try:
            values = np.asarray(_upright(source))
        except (OSError, SyntaxError, ValueError) as error:
            raise FileFormatError(f"this picture cannot be read: {error}") from error
        return _one_channel(values)
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        try:
            return _one_channel(_decoded(Path(path).read_bytes(), path))
        except OSError as error:
            raise FileFormatError(f"cannot read {path}: {error.strerror or error}", path=path) from error
    if isinstance(source, bytes):
        return _one_channel(_decoded(source, None))
    if hasattr(source, "read"):
        with opened(source) as (file, _):
            return _one_channel(_decoded(file.read(), None))
    if not hasattr(source, "__array__"):
        raise InputError(f"expected depth as an array, a Pillow image, a path or bytes, got {type(source).__name__}")
    if isinstance(source, np.ma.MaskedArray):
        unknown = np.ma.getmaskarray(source)
        source = np.where(unknown, np.nan, np.asarray(source.data, np.float64))
    return _one_channel(np.asarray(source))


def _decoded(data: bytes, path: str | None) -> NDArray[Any]:
    if data.startswith((b"\x93NUMPY", b"PK\x03\x04")):
        return _numpy(data, path)
    try:
        with PIL.Image.open(BytesIO(data)) as image:
            # Pillow reads 16-bit colour as 8-bit; OpenCV leaves orientation alone, and no depth writer sets it there.
            _refuse_inks(image)
            if image.mode in {"RGB", "RGBA"}:
                pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
                if pixels is not None and pixels.dtype == np.uint16:
                    return np.asarray(pixels)
            return np.asarray(_upright(image))
    except PIL.UnidentifiedImageError:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        if pixels is None:
            raise FileFormatError(
                "not a depth file: NPY, NPZ, PNG and TIFF are read",
                path=path,
                fix="EXR: convert it to a float TIFF or NPY",
            ) from None
        return np.asarray(pixels)
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise FileFormatError(f"this picture cannot be read: {error}", path=path) from error


def _refuse_inks(image: PIL.Image.Image) -> None:
    if image.mode in {"CMYK", "YCbCr", "LAB", "HSV"}:
        raise InputError(
            f"this depth is a {image.mode} picture, where no channel is depth",
            fix="save the depth itself (16-bit PNG, float TIFF or NPY); a gray preview as image.convert('L')",
        )


def _upright(image: PIL.Image.Image) -> PIL.Image.Image:
    upright = PIL.ImageOps.exif_transpose(image)
    return upright.convert("RGBA" if "transparency" in upright.info else "RGB") if upright.mode == "P" else upright


def _numpy(data: bytes, path: str | None) -> NDArray[Any]:
    try:
        loaded = np.load(BytesIO(data), allow_pickle=False)
        arrays = {"array": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)
    except Exception as error:  # broken archives raise zipfile, struct, zlib and other errors
        raise FileFormatError(f"this NumPy file cannot be read: {error}", path=path) from error
    if len(arrays) != 1:
        raise FileFormatError(
            f"{len(arrays)} arrays in one file: {', '.join(arrays)}",
            path=path,
            fix="pass one of them: np.load(path)[name]",
        )
    (values,) = arrays.values()
    return np.asarray(values)


def _one_channel(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 3 and values.shape[2] in {2, 4}:
        opaque = np.iinfo(values.dtype).max if np.issubdtype(values.dtype, np.integer) else 1
        if not (values[:, :, -1] == opaque).all():
            raise InputError(
                "this depth has transparency", fix="set the values there to NaN, and drop the alpha channel"
            )
        values = values[:, :, :-1]
    if values.ndim == 3 and values.shape[2] == 3:
        first = values[:, :, 0]
        if not all(np.array_equal(first, values[:, :, c], equal_nan=first.dtype.kind == "f") for c in (1, 2)):
            raise InputError(
                "this depth has colours: a colour-mapped picture cannot be turned back into depth for sure",
                fix="save the depth itself (16-bit PNG, float TIFF or NPY) instead of its preview",
            )
        values = first
    if values.ndim == 3 and 1 in {values.shape[0], values.shape[2]}:
        values = values[0] if values.shape[0] == 1 else values[:, :, 0]
    if values.ndim != 2 or not values.size:
        raise InputError(f"depth has shape (H, W), got {values.shape}")
    if values.dtype.kind not in "fiub":
        raise InputError(f"depth is numbers, got {values.dtype}")
    return values.astype(values.dtype.newbyteorder("="), copy=False)  # a file's byte order is no part of its depth
