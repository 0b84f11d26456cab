"""One file of a result: what it is declared to be, its bytes, its pixels."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import PIL.Image

from preproc.arrays import Image, to_uint8
from preproc.errors import InputError
from preproc.files import MAX_PIXELS, Photo, load_image, size_of
from preproc.files.exif import UNREADABLE
from preproc.files.write import encode_picture, suffix_of, write_file
from preproc.geometry import Size

from ..errors import BlockedError, DownloadError
from ..wire.hosts import bare
from .faults import Fault, fault_of, is_of_suffix, unopened
from .look import Seen

__all__ = ["ANY_BYTES", "RemoteFile", "encoded_for", "find_files"]

_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
ANY_BYTES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Content types that say nothing."""


class Fetching(Protocol):
    """What brings a file's bytes."""

    @property
    def max_pixels(self) -> int:
        """How large a picture may be."""

    def read(self, file: RemoteFile, /) -> bytes:
        """Return them, checked."""

    def seen(self, file: RemoteFile, /) -> Seen | None:
        """Return what a picture that was read shows."""

    def fault(self, file: RemoteFile, /) -> Fault | None:
        """Return why a picture that was read does not open here."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a result.

    Attributes
    ----------
    url
        Where it lies; fal keeps files for a limited time.
    content_type, file_name
        As the endpoint declares them; may be empty.
    size
        Width and height as the endpoint declares them; None where it does not.
    blocked
        The endpoint says that its safety filter blackened it, or it is black where `may_be_blackened`.
    may_be_blackened
        Black all over, it is what a safety filter has left; see `remote.jobs.look`.
    is_doubtful
        That is not certain: the photo was sent by its URL and not seen here, and may be black itself.
    request_id
        The id of its job at fal.
    """

    url: str = field(repr=False)
    content_type: str = ""
    file_name: str = ""
    size: Size | None = None
    blocked: bool = False
    may_be_blackened: bool = False
    is_doubtful: bool = False
    request_id: str = ""
    fetcher: Fetching | None = field(default=None, repr=False, compare=False)

    @property
    def is_picture(self) -> bool:
        """Whether it is declared, or named, as a picture."""
        if self.content_type not in ANY_BYTES:
            return self.content_type.startswith("image/") and "svg" not in self.content_type
        return Path(bare(self.url)).suffix.lower() in _PICTURES

    def read(self, *, blocked: bool = False) -> bytes:
        """Return its bytes as they came: also of a picture that does not open here, as `Result.missing` says.

        Parameters
        ----------
        blocked
            Read a picture that the safety filter blackened, too.

        Raises
        ------
        DownloadError
            If it cannot be fetched, or is no picture where one was declared.
        BlockedError
            If the safety filter blackened it.
        """
        if self.blocked and not blocked:
            raise self._blocked()
        if self.fetcher is None:
            raise DownloadError(f"{bare(self.url)} belongs to no result that could fetch it")
        data = self.fetcher.read(self)
        if not blocked and self.is_blackened:  # it could not be fetched when the job was done
            raise self._blocked()
        return data

    @property
    def is_blackened(self) -> bool:
        """Whether it was read, and is black all over where that means that a filter struck."""
        seen = self.fetcher.seen(self) if self.fetcher and self.may_be_blackened else None
        return seen is not None and seen.is_black

    def _blocked(self) -> BlockedError:
        if self.is_doubtful:
            return BlockedError(
                "this picture is black all over, as a safety filter leaves it; the photo was sent by its URL, and whether "
                "that is black itself cannot be told here; it is billed all the same",
                fix="if the photo is black, read(blocked=True) returns the picture; else change the prompt or the photo",
                request_id=self.request_id or None,
            )
        seen = " (it is black all over)" if self.may_be_blackened else ""
        return BlockedError(
            f"the endpoint's safety filter blackened this picture{seen}; it is billed all the same",
            fix="change the prompt or the picture; read(blocked=True) returns the black picture",
            request_id=self.request_id or None,
        )

    def array(self) -> Image:
        """Return its pixels: uint8 RGB, `(H, W, 3)`.

        Raises
        ------
        DownloadError
            As `read`; also if it does not open here: it says what it is, and `read` and `save` still have its bytes.
        """
        with self._opened() as data:
            return load_image(data, max_pixels=self._max_pixels)

    def pil(self) -> PIL.Image.Image:
        """Return it as a Pillow image, with its alpha channel if it has one; errors are those of `array`."""
        with self._opened() as data:
            if size_of(data).pixels > (PIL.Image.MAX_IMAGE_PIXELS or self._max_pixels):  # which Pillow does not open
                photo = Photo.open(data, max_pixels=self._max_pixels)
                planes = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, to_uint8(photo.alpha)])
                return PIL.Image.fromarray(planes)
            picture = PIL.Image.open(BytesIO(data))
            picture.load()
            return picture

    def photo(self) -> Photo:
        """Return all that it holds: 16 bits, transparency, its colour profile; errors are those of `array`."""
        with self._opened() as data:
            return Photo.open(data, max_pixels=self._max_pixels)

    @contextmanager
    def _opened(self) -> Iterator[bytes]:
        """Give its bytes to what opens them, and say what they are where they do not open."""
        data = self.read()
        if fault := self.fetcher.fault(self) if self.fetcher else None:
            raise self.unopened(fault)
        try:
            yield data
        except UNREADABLE as error:
            fault = fault_of(data, max_pixels=self._max_pixels) or Fault(f"cannot be read: {error}", ".bin", True)
            raise self.unopened(fault) from error

    def unopened(self, fault: Fault, /) -> DownloadError:
        """Say that its pixels are not to be had, and how its bytes are."""
        name = f"NAME{fault.suffix}"
        return DownloadError(
            unopened(self.url, fault),
            fix=f"read() returns its bytes, save({name!r}) writes them as they are, and nothing is paid again",
            request_id=self.request_id or None,
        )

    @property
    def _max_pixels(self) -> int:
        return self.fetcher.max_pixels if self.fetcher else MAX_PIXELS

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
        """Write its bytes to a file, as a whole or not at all.

        Parameters
        ----------
        path
            Where. A picture that came in another format than the suffix names is decoded and written in that one: PNG,
            JPEG, WebP or TIFF. Without a suffix its bytes are written as they came; so are those of a picture that does
            not open here, under a suffix of its own format or one that none of these have.
        overwrite
            Replace a file that is there.

        Raises
        ------
        DownloadError
            As `array`, where another format is asked for.
        """
        return write_file(encoded_for(Path(path), self), path, overwrite=overwrite)


def find_files(value: Any, blocked: list[Any], fetcher: Fetching | None) -> list[RemoteFile]:
    """Find everything with a URL, at any depth."""
    if isinstance(value, list):
        flags = blocked if len(blocked) == len(value) else [False] * len(value)
        return [file for item, flag in zip(value, flags, strict=True) for file in find_files(item, [flag], fetcher)]
    if not isinstance(value, dict):
        return []
    url = value.get("url")
    if not isinstance(url, str):
        return [file for item in value.values() for file in find_files(item, [False], fetcher)]
    width, height = value.get("width"), value.get("height")
    return [
        RemoteFile(
            url,
            content_type=str(value.get("content_type") or ""),
            file_name=str(value.get("file_name") or ""),
            size=Size(width, height) if isinstance(width, int) and isinstance(height, int) else None,
            blocked=blocked == [True],
            fetcher=fetcher,
        )
    ]


def encoded_for(path: Path, file: RemoteFile) -> bytes:
    """Return the bytes as they came, or in the format the suffix names; `InputError` where it names none."""
    data = file.read()
    if not file.is_picture or not path.suffix or is_of_suffix(data, path.suffix):
        return data
    fault = file.fetcher.fault(file) if file.fetcher else None
    if fault is None:
        return _encoded(file, suffix_of(path))
    try:
        suffix_of(path)
    except InputError:  # a name that asks for no format that could be made of it
        return data
    raise file.unopened(fault)


def _encoded(file: RemoteFile, suffix: str) -> bytes:
    """Write a picture in another format. Colours keep their profile, JPEG has no alpha, and only PNG has 16 bits."""
    photo = file.photo()
    pixels, alpha = photo.pixels, None if suffix in {".jpg", ".jpeg"} else photo.alpha
    if suffix != ".png":
        pixels, alpha = to_uint8(pixels), None if alpha is None else to_uint8(alpha)
    return encode_picture(pixels, alpha, suffix, icc_profile=photo.icc_profile, exif=photo.exif)
