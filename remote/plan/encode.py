"""Pictures and files as the bytes that are uploaded: always lossless, and without anything but the pixels.

fal_client's own picture functions write JPEG unless told otherwise, which turns a hard mask into 64 levels of gray;
here every picture goes out as PNG, masks and gray maps with one 8-bit channel, without EXIF, position or profile.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from preproc.arrays import as_mask, size_of_array
from preproc.files import Photo, encode_png, load_image, load_mask
from preproc.geometry import Size

from ..catalog.facts import Role

__all__ = [
    "PLACEHOLDER",
    "Placeholder",
    "Role",
    "Upload",
    "as_upload",
    "hash_of",
    "pixels_of",
    "read_picture",
    "upload_file",
    "upload_picture",
]

PLACEHOLDER = "upload:"
"""What the strings begin with that stand where URLs will be."""
_MAGIC = {b"PK\x03\x04": ".zip", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
_IN_MEMORY = 64 * 1024 * 1024


class Placeholder(str):
    """The place of a URL in a payload. A text of the same letters, which somebody may have typed, is a text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that has to be uploaded before the job is submitted.

    Attributes
    ----------
    field
        Where its URL goes in the payload, such as ``"mask_url"`` or
        ``"controlnet_unions.0.controls.0.control_image_url"``; the first place, where there are several.
    role
        What it is for.
    file_name, content_type
        How it is named and declared. The name says nothing of the file it came from.
    data
        The bytes; of a large file that is no picture its path, so that it never is in memory as a whole.
    sha256
        The hash of the bytes, in hex.
    size
        Width and height of a picture; None for other files.
    byte_count
        How many bytes it has; measured where it is left out.
    """

    field: str
    role: Role
    file_name: str
    content_type: str
    data: bytes | Path
    sha256: str
    size: Size | None = None
    byte_count: int = -1

    def __post_init__(self) -> None:
        if self.byte_count < 0:
            count = self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)
            object.__setattr__(self, "byte_count", count)

    def __repr__(self) -> str:
        return f"Upload({self.field!r}, {self.content_type}, {self.byte_count} bytes, sha256={self.sha256[:12]}…)"

    @property
    def placeholder(self) -> Placeholder:
        """What stands in the payload until the URL is known: ``upload:`` and the hash."""
        return Placeholder(f"{PLACEHOLDER}{self.sha256}")


def pixels_of(value: Any, role: Role, /) -> NDArray[np.uint8]:
    """Read a picture in the form in which it is sent.

    Parameters
    ----------
    value
        Path, bytes, open file, Pillow image, array, `preproc.files.Photo`, or a record with the picture as its
        ``image``, such as a control map.
    role
        ``"mask"`` gives one channel; ``"control"`` gives one channel where all three are equal, else RGB; ``"image"``
        gives RGB.

    Raises
    ------
    preproc.InputError
        If it is no picture of that kind; see `preproc.load_image` and `preproc.load_mask`.
    """
    return read_picture(value, role)[0]


def read_picture(value: Any, role: Role, /) -> tuple[NDArray[np.uint8], bool]:
    """Read a picture as `pixels_of` does, and tell whether it is transparent in places, which is not sent.

    Examples
    --------
    >>> glass = np.full((2, 2, 4), 128, np.uint8)
    >>> read_picture(glass, "image")[0].shape, read_picture(glass, "image")[1]
    ((2, 2, 3), True)
    """
    inner = getattr(value, "image", None)
    if isinstance(inner, (np.ndarray, PIL.Image.Image)):
        value = inner
    if role == "mask":
        return load_mask(value), False
    if role == "control" and isinstance(value, np.ndarray) and value.ndim == 2:
        return as_mask(value), False
    if isinstance(value, np.ndarray):
        pixels, is_clear = load_image(value), value.ndim == 3 and value.shape[2] in {2, 4}
        full = np.iinfo(value.dtype).max if value.dtype.kind in "iu" else 1
        is_clear = is_clear and bool((value[..., -1] < full).any())
    else:
        photo = Photo.open(value)
        pixels = photo.rgb
        is_clear = photo.alpha is not None and bool((photo.alpha < np.iinfo(photo.alpha.dtype).max).any())
    if role == "control":
        red = pixels[:, :, 0]
        if np.array_equal(red, pixels[:, :, 1]) and np.array_equal(red, pixels[:, :, 2]):
            return np.ascontiguousarray(red), is_clear
    return pixels, is_clear


def upload_picture(field: str, role: Role, pixels: NDArray[np.uint8], /) -> Upload:
    """Encode a picture as PNG.

    Examples
    --------
    >>> upload = upload_picture("mask_url", "mask", np.zeros((480, 640), np.uint8))
    >>> upload.file_name, upload.content_type, upload.size
    ('mask.png', 'image/png', Size(width=640, height=480))
    """
    data = encode_png(pixels)
    digest = hashlib.sha256(data).hexdigest()
    return Upload(field, role, f"{role}.png", "image/png", data, digest, size_of_array(pixels))


def upload_file(field: str, value: str | os.PathLike[str] | bytes, /) -> Upload:
    r"""Take a file that is no picture, such as an archive of photos, byte for byte.

    One over 64 MiB is hashed here and read again when it is uploaded; it has to stay as it is until then.

    Examples
    --------
    >>> upload_file("image_archive_url", b"PK\x03\x04").content_type
    'application/zip'
    """
    data: bytes | Path
    if isinstance(value, bytes):
        data, suffix = value, next((suffix for magic, suffix in _MAGIC.items() if value.startswith(magic)), ".bin")
    else:
        path = Path(value).resolve()
        data, suffix = (path if path.stat().st_size > _IN_MEMORY else path.read_bytes()), path.suffix.lower()
    kind = mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"
    return Upload(field, "file", f"file{suffix}", kind, data, hash_of(data))


def as_upload(field: str, value: Any, /) -> Upload:
    """Take a path or bytes as the file they are, and anything else as a picture.

    Examples
    --------
    >>> as_upload("image_url", np.zeros((4, 6), np.uint8)).content_type
    'image/png'
    """
    if isinstance(value, (str, os.PathLike, bytes)):
        return upload_file(field, value)
    return upload_picture(field, "image", pixels_of(value, "image"))


def hash_of(data: bytes | Path, /) -> str:
    """Return the SHA-256 of bytes or of a file's, in hex."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
