"""A picture with everything its file holds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Image, Pixels, as_image, narrow, size_of_array, to_uint8
from ..errors import InputError, ShapeError
from ..geometry import Size
from . import icc
from .source import MAX_PIXELS, decode_source, split
from .write import as_path, write_picture

__all__ = ["ImageSource", "Photo"]


@dataclass(frozen=True, eq=False, repr=False)
class Photo:
    """A picture with everything its file holds. Its arrays are read-only.

    Parameters
    ----------
    pixels
        uint8 or uint16, shape `(H, W, 1)` or `(H, W, 3)`: the values as they are stored, in the photo's own colours,
        turned upright. CMYK and Lab are converted to sRGB.
    alpha
        `(H, W)` of the same type, or None where the picture is opaque.
    icc_profile
        The colour profile of `pixels`; None for sRGB. One that cannot be used is left out with a `ProfileWarning`.
    exif
        The EXIF block (TIFF, without the leading ``Exif``), orientation set to upright and thumbnail removed.
    path
        The file it was read from.

    Examples
    --------
    >>> photo = Photo.open(np.array([[[10, 20, 30, 128]]], np.uint8))
    >>> photo
    Photo(1x1, 8-bit RGB, alpha)
    >>> photo.rgb.tolist(), photo.alpha.tolist()
    ([[[10, 20, 30]]], [[128]])
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    path: str | None = None

    def __post_init__(self) -> None:
        _check_planes(self.pixels, self.alpha)
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        object.__setattr__(self, "alpha", None if self.alpha is None else _read_only(self.alpha))

    @classmethod
    def open(cls, source: PIL.Image.Image | ImageSource, /, *, max_pixels: int = MAX_PIXELS) -> Photo:
        """Read a picture with all it holds.

        Parameters
        ----------
        source
            A path, bytes, an open binary file, a Pillow image, an array (2 or 4 channels: the last is alpha; uint16
            stays 16-bit) or a `Photo`, which is returned as it is.
        max_pixels
            The largest width times height that is decoded.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, too large or no picture; it says which, and what to do.
        InputError
            For arrays that are no picture.
        """
        if isinstance(source, Photo):
            return source
        stored = decode_source(source, max_pixels=max_pixels)
        if stored is None:
            pixels, alpha = split(source)
            return cls(pixels.copy(), None if alpha is None else alpha.copy())
        path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
        return cls(stored.pixels, stored.alpha, stored.icc_profile, stored.exif, path)

    @property
    def size(self) -> Size:
        """Width and height."""
        return size_of_array(self.pixels)

    @property
    def depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return self.pixels.itemsize * 8

    @cached_property
    def rgb(self) -> Image:
        """uint8 sRGB, shape `(H, W, 3)`, read-only; transparency is dropped. Computed at first use."""
        pixels = to_uint8(self.pixels)
        rgb = as_image(pixels) if self.icc_profile is None else icc.to_srgb(pixels, self.icc_profile)
        return narrow(_read_only(rgb))

    @cached_property
    def sha256(self) -> str:
        """Hash of pixels and alpha with their shape and depth, the same however the picture was stored."""
        import hashlib

        digest = hashlib.sha256(f"{self.pixels.shape} {self.depth} {self.alpha is not None}".encode())
        for plane in (self.pixels, self.alpha):
            if plane is not None:
                digest.update(np.ascontiguousarray(plane).data)
        return digest.hexdigest()

    def from_srgb(self, rgb: Image) -> Pixels:
        """Convert an 8-bit sRGB picture of any size to this photo's colours, depth and channels.

        Parameters
        ----------
        rgb
            uint8, shape `(H, W, 3)`.

        Returns
        -------
        ndarray of uint8 or uint16, shape (H, W, 1) or (H, W, 3)
            What `with_pixels` takes. A gray photo gets the luminance.
        """
        pixels = icc.from_srgb(as_image(rgb), self.icc_profile, channels=self.pixels.shape[2])
        return pixels if self.depth == 8 else pixels.astype(np.uint16) * np.uint16(257)

    def with_pixels(self, pixels: Pixels, *, alpha: Pixels | None = None) -> Photo:
        """Return this photo with other pixels, keeping profile and EXIF.

        Parameters
        ----------
        pixels
            Of this photo's depth and channels; any size.
        alpha
            The new transparency; None keeps the photo's own, which must then fit.

        Raises
        ------
        InputError
            If depth or channels differ.
        ShapeError
            If `pixels` and transparency differ in size.
        """
        if pixels.ndim == 2:
            pixels = pixels[:, :, np.newaxis]
        if pixels.dtype != self.pixels.dtype or pixels.shape[2:] != self.pixels.shape[2:]:
            raise InputError(
                f"these pixels are {pixels.dtype} of shape {pixels.shape}, the photo's {self.pixels.dtype} of shape "
                f"{self.pixels.shape}",
                fix="convert them with photo.from_srgb",
            )
        return Photo(pixels, self.alpha if alpha is None else alpha, self.icc_profile, self.exif)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the photo so that reading it gives the same pixels, alpha and profile.

        Parameters
        ----------
        path
            ``.png`` for every photo; ``.webp`` for 8 bits; ``.tif`` for 8 bits, and for 16 bits of gray without alpha.
        overwrite
            Whether an existing file may be replaced.

        Raises
        ------
        InputError
            If the format would lose something, or the file exists.
        """
        if as_path(path).suffix.lower() in {".jpg", ".jpeg"}:
            raise InputError(
                f"{path}: JPEG changes every pixel", fix="save as .png, or save_image(photo, path, quality=95)"
            )
        return write_picture(
            self.pixels,
            self.alpha,
            path,
            icc_profile=self.icc_profile,
            exif=self.exif,
            overwrite=overwrite,
            quality=None,
        )

    def __repr__(self) -> str:
        parts = [str(self.size), f"{self.depth}-bit {'gray' if self.pixels.shape[2] == 1 else 'RGB'}"]
        held = {"alpha": self.alpha, "ICC profile": self.icc_profile, "EXIF": self.exif}
        parts += [name for name, value in held.items() if value is not None]
        return f"Photo({', '.join(parts if self.path is None else [*parts, repr(self.path)])})"


ImageSource: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | NDArray[Any] | Photo"
"""What a picture may come as, besides a Pillow image."""


def _check_planes(pixels: Pixels, alpha: Pixels | None) -> None:
    if pixels.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)} or pixels.shape[2:] not in {(1,), (3,)}:
        raise InputError(
            f"a photo's pixels are uint8 or uint16 of shape (H, W, 1) or (H, W, 3), got {pixels.dtype} {pixels.shape}",
            fix="Photo.open(array) takes other forms",
        )
    if alpha is None:
        return
    if alpha.dtype != pixels.dtype:
        raise InputError(f"alpha is {alpha.dtype} and the pixels are {pixels.dtype}", fix="convert one of them")
    if alpha.shape != pixels.shape[:2]:
        raise ShapeError(
            f"alpha has shape {alpha.shape}, the pixels {pixels.shape}",
            actual=alpha.shape,
            expected=pixels.shape[:2],
            fix="pass alpha= of the pixels' size",
        )


def _read_only(array: Any) -> Any:
    view = array.view()
    view.flags.writeable = False
    return view
