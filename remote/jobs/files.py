"""One file of a result: what it is declared to be, its bytes, its pixels."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import PIL.Image

from preproc.arrays import Image, to_uint8
from preproc.files import MAX_PIXELS, Photo, load_image, size_of
from preproc.files.write import suffix_of, write_file
from preproc.geometry import Size

from ..errors import BlockedError, DownloadError
from ..wire.hosts import bare
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
    request_id
        The id of its job at fal.
    """

    url: str = field(repr=False)
    content_type: str = ""
    file_name: str = ""
    size: Size | None = None
    blocked: bool = False
    may_be_blackened: bool = False
    request_id: str = ""
    fetcher: Fetching | None = field(default=None, repr=False, compare=False)

    @property
    def is_picture(self) -> bool:
        """Whether it is declared, or named, as a picture."""
        if self.content_type not in ANY_BYTES:
            return self.content_type.startswith("image/") and "svg" not in self.content_type
        return Path(bare(self.url)).suffix.lower() in _PICTURES

    def read(self, *, blocked: bool = False) -> bytes:
        """Return its bytes, checked.

        Parameters
        ----------
        blocked
            Read a picture that the safety filter blackened, too.

        Raises
        ------
        DownloadError
            If it cannot be fetched, is not what it was declared to be, or does not open.
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
        seen = " (it is black all over)" if self.may_be_blackened else ""
        return BlockedError(
            f"the endpoint's safety filter blackened this picture{seen}; it is billed all the same",
            fix="change the prompt or the picture; read(blocked=True) returns the black picture",
            request_id=self.request_id or None,
        )

    def array(self) -> Image:
        """Return its pixels: uint8 RGB, `(H, W, 3)`."""
        return load_image(self.read(), max_pixels=self._max_pixels)

    def pil(self) -> PIL.Image.Image:
        """Return it as a Pillow image, with its alpha channel if it has one."""
        data = self.read()
        if size_of(data).pixels > (PIL.Image.MAX_IMAGE_PIXELS or self._max_pixels):  # which Pillow does not open
            photo = Photo.open(data, max_pixels=self._max_pixels)
            planes = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, to_uint8(photo.alpha)])
            return PIL.Image.fromarray(planes)
        picture = PIL.Image.open(BytesIO(data))
        picture.load()
        return picture

    @property
    def _max_pixels(self) -> int:
        return self.fetcher.max_pixels if self.fetcher else MAX_PIXELS

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
        """Write its bytes to a file, as a whole or not at all.

        Parameters
        ----------
        path
            Where. A picture that came in another format than the suffix names is decoded and written in that one: PNG,
            JPEG, WebP or TIFF. Without a suffix its bytes are written as they came.
        overwrite
            Replace a file that is there.
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
    wanted = mimetypes.guess_type(path.name)[0] or ""
    if not file.is_picture or not path.suffix:
        return data
    seen = file.fetcher.seen(file) if file.fetcher else None
    if seen and wanted == f"image/{seen.format}":
        return data
    picture = file.pil()
    if PIL.Image.MIME.get(picture.format or "") == wanted:
        return data
    suffix_of(path)
    buffer = BytesIO()
    if wanted == "image/jpeg":
        picture.convert("RGB").save(buffer, "JPEG", quality=95, subsampling=0)
    else:
        picture.save(buffer, wanted.removeprefix("image/"), **({"lossless": True} if wanted == "image/webp" else {}))
    return buffer.getvalue()
