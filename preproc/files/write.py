"""Write files that appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..arrays import Pixels, to_uint8
from ..errors import InputError
from .encode import encode_jpeg, encode_planes, encode_tiff, encode_webp
from .source import split

__all__ = ["as_path", "encode_picture", "encode_png", "suffix_of", "write_file", "write_picture"]

_SUFFIXES = (".png", ".tif", ".tiff", ".webp", ".jpg", ".jpeg")
_LOSSY = frozenset({".webp", ".jpg", ".jpeg"})


def encode_png(array: NDArray[Any], /) -> bytes:
    r"""Encode 8-bit PNG that carries pixels and nothing else: what is uploaded.

    Parameters
    ----------
    array
        `(H, W)` for gray, `(H, W, 3)` for RGB, `(H, W, 4)` with alpha; other types are brought to uint8 as
        `preproc.arrays.as_image` does.

    Examples
    --------
    >>> import numpy as np
    >>> encode_png(np.zeros((480, 640), np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    pixels, alpha = split(array)
    return encode_planes(to_uint8(pixels), None if alpha is None else to_uint8(alpha))


def write_file(data: bytes, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
    """Write bytes so that the file appears whole or not at all, whatever interrupts.

    Raises
    ------
    InputError
        If the file exists and may not be replaced, or its folder does not exist.
    """
    target = as_path(path)
    _check_target(target, overwrite=overwrite)
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
    try:
        part.write_bytes(data)
        _check_target(target, overwrite=overwrite)
        part.replace(target)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # on a disk that takes nothing there is nothing to remove
            part.unlink(missing_ok=True)
    return target


def as_path(path: Any, *, fix: str = "the picture comes first: save_image(picture, 'name.png')") -> Path:
    """Take the name of a file."""
    if isinstance(path, (str, os.PathLike)) and isinstance(os.fspath(path), str):
        return Path(path)
    raise InputError(f"a file is named by a str or a Path, got {type(path).__name__}", fix=fix)


def _check_target(target: Path, *, overwrite: bool) -> None:
    if target.is_dir():
        raise InputError(f"{target} is a folder", fix="add a file name")
    if not target.parent.is_dir():
        raise InputError(
            f"the folder {target.parent} does not exist", fix="create it first: Path(...).mkdir(parents=True)"
        )
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists", fix="overwrite=True, or another name")


def suffix_of(target: Path) -> str:
    """Return a file's suffix in small letters.

    Raises
    ------
    InputError
        If it names no format that pictures are written in.
    """
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(
            f"{target}: the suffix {suffix!r} names no format that is written", fix=f"one of {', '.join(_SUFFIXES)}"
        )
    return suffix


def write_picture(
    pixels: Pixels,
    alpha: Pixels | None,
    path: str | os.PathLike[str],
    *,
    icc_profile: bytes | None,
    exif: bytes | None,
    overwrite: bool,
    quality: int | None,
) -> Path:
    """Write planes in the format of the suffix; see `save_image`."""
    target = as_path(path)
    suffix = suffix_of(target)
    if quality is not None and not (1 <= quality <= 100 and suffix in _LOSSY):
        raise InputError(f"quality is 1 to 100, for JPEG and WebP, got {quality} for {suffix}")
    if suffix in {".jpg", ".jpeg"} and alpha is not None:
        raise InputError(f"{target}: JPEG holds no transparency", fix="save as .png, or the picture without alpha")
    _check_target(target, overwrite=overwrite)
    data = encode_picture(pixels, alpha, suffix, icc_profile=icc_profile, exif=exif, quality=quality)
    return write_file(data, target, overwrite=overwrite)


def encode_picture(
    pixels: Pixels,
    alpha: Pixels | None,
    suffix: str,
    *,
    icc_profile: bytes | None,
    exif: bytes | None,
    quality: int | None = None,
) -> bytes:
    """Return planes as a file in the format of a suffix, as `suffix_of` returns it; JPEG has no place for `alpha`."""
    if suffix == ".png":
        return encode_planes(pixels, alpha, icc_profile=icc_profile, exif=exif)
    if suffix == ".webp":
        return encode_webp(pixels, alpha, icc_profile=icc_profile, exif=exif, quality=quality)
    if suffix in {".tif", ".tiff"}:
        return encode_tiff(pixels, alpha, icc_profile=icc_profile, exif=exif)
    return encode_jpeg(to_uint8(pixels), icc_profile=icc_profile, exif=exif, quality=quality or 95)
