"""Take a picture in whatever form it comes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import PIL.Image

from ..arrays import Pixels, as_planes, to_uint8
from ..errors import FileFormatError, InputError
from .decode import Decoded, decode, decode_pillow

__all__ = ["MAX_PIXELS", "decode_source", "is_file", "opened", "split"]

MAX_PIXELS = 300_000_000
"""Larger pictures are refused by their header, before anything is decoded, unless ``max_pixels`` says otherwise."""


def decode_source(source: Any, *, max_pixels: int) -> Decoded | None:
    """Decode files and Pillow images; None for anything else, which must be an array."""
    if isinstance(source, PIL.Image.Image):
        return decode_pillow(source, max_pixels=max_pixels)
    if not is_file(source):
        return None
    with opened(source) as (file, path):
        return decode(file, path=path, max_pixels=max_pixels)


def is_file(source: Any) -> bool:
    """Tell whether this is a path, bytes or an open file."""
    return isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(source, "read")


@contextmanager
def opened(source: Any) -> Iterator[tuple[BinaryIO, str | None]]:
    """Open a file, bytes or an open file so that one can seek in it."""
    if isinstance(source, (str, os.PathLike)):
        with _opened_path(os.fspath(source)) as file:
            yield (file if file.seekable() else io.BytesIO(file.read())), os.fspath(source)
        return
    if not isinstance(source, (bytes, bytearray, memoryview)):
        source = _read_on(source)
    yield io.BytesIO(source), None


def _read_on(file: Any) -> bytes:
    """Read to the end; a file that can seek is put back, so that it can be read again."""
    try:
        can_seek = hasattr(file, "seekable") and file.seekable()
        at = file.tell() if can_seek else None
        data = file.read()
        if at is not None:
            file.seek(at)
    except UnicodeDecodeError:
        data = ""
    except (OSError, ValueError) as error:
        raise FileFormatError(
            f"this open file cannot be read: {error}", fix="pass its path, or open it again with mode 'rb'"
        ) from error
    if isinstance(data, str):
        raise InputError("this file is open as text", fix="open it with mode 'rb'")
    return bytes(data)


def _opened_path(path: str) -> BinaryIO:
    try:
        return cast("BinaryIO", Path(path).open("rb"))
    except FileNotFoundError as error:
        raise FileFormatError(f"{path} does not exist", path=path, fix=_suggestion(path)) from error
    except IsADirectoryError as error:
        raise FileFormatError(f"{path} is a folder", path=path, fix="pass a picture inside it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileFormatError(
            f"{path!r} cannot be opened: {reason}", path=path, fix="check its name and permissions"
        ) from error


def _suggestion(path: str) -> str:
    if "://" in path:
        return "download it first, and pass the file or its bytes"
    if Path(path).is_symlink():
        return "it is a link to what is no longer there"
    import difflib

    asked, there = Path(path), []
    with suppress(OSError):
        there = sorted(Path(path).parent.iterdir())
    near = difflib.get_close_matches(asked.stem, {entry.stem: None for entry in there}, n=1)
    names = sorted((entry for entry in there if entry.stem in near), key=lambda entry: entry.suffix != asked.suffix)
    return f"did you mean {names[0].name!r}?" if names else "check the spelling and the folder"


def split(array: Any) -> tuple[Pixels, Pixels | None]:
    """Take an array of any image form apart into pixels `(H, W, 1)` or `(H, W, 3)` and alpha; not always a copy."""
    planes = as_planes(array)
    is_wide = planes.dtype.kind == "u" and planes.dtype.itemsize == 2
    planes = planes.astype(np.uint16, copy=False) if is_wide else to_uint8(planes)
    if planes.shape[2] in {1, 3}:
        return planes, None
    return planes[:, :, :-1], planes[:, :, -1]
