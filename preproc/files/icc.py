"""Colour profiles: from a picture's own colours to sRGB, and back.

Relative colorimetric with black point compensation, computed by LittleCMS on 8-bit values.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageCms

from ..arrays import Image, narrow
from ..errors import ProfileWarning

__all__ = ["from_srgb", "lab_to_srgb", "to_srgb", "usable"]

Mode: TypeAlias = Literal["L", "RGB", "CMYK", "LAB"]

_MODES: dict[str, Mode] = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}
_STRIP = 256  # rows converted at once, so that a large photo is never held twice in Pillow's four bytes a pixel


def usable(profile: bytes | None, mode: Mode, *, name: str) -> bytes | None:
    """Return `profile` if pictures of `mode` can be converted through it; else warn and return None."""
    if not profile:
        return None
    try:
        own = _mode(profile)
        _transform(profile, own, back=False)
        if mode != "CMYK":
            _transform(profile, own, back=True)
    except (OSError, ImageCms.PyCMSError) as error:
        problem = f"is broken ({str(error).strip() or type(error).__name__})"
    else:
        if own == mode or (own, mode) == ("RGB", "L"):
            return profile
        problem = f"is for {own} and the picture is {mode}"
    warnings.warn(f"{name}: the colour profile {problem}; taken as sRGB", ProfileWarning, stacklevel=2)
    return None


def to_srgb(pixels: NDArray[np.uint8], profile: bytes) -> Image:
    """Convert `(H, W, 1)`, `(H, W, 3)` or CMYK `(H, W, 4)` to sRGB; the same array where nothing changes."""
    own = _mode(profile)
    if pixels.shape[2] == 1 and own == "RGB":
        pixels = np.repeat(pixels, 3, axis=2)
    transform = _transform(profile, own, back=False)
    if transform is None:
        return pixels if pixels.shape[2] == 3 else np.repeat(pixels, 3, axis=2)
    if own == "L":
        table = _apply(transform, np.arange(256, dtype=np.uint8).reshape(1, 256, 1), "L", 3)
        return narrow(table[0][pixels[:, :, 0]])
    return _apply(transform, pixels, own, 3)


def from_srgb(rgb: Image, profile: bytes | None, *, channels: int) -> NDArray[np.uint8]:
    """Convert sRGB to `channels` (1 or 3) under `profile`; the same array where nothing changes."""
    own = "RGB" if profile is None else _mode(profile)
    transform = None if profile is None else _transform(profile, own, back=True)
    if transform is not None:
        rgb = _apply(transform, rgb, "RGB", 1 if own == "L" else 3)
    if rgb.shape[2] == channels:
        return rgb
    return narrow(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))[:, :, np.newaxis]


def lab_to_srgb(pixels: NDArray[np.uint8]) -> Image:
    """Convert CIE L*a*b* as Pillow holds it to sRGB."""
    return _apply(_build(ImageCms.createProfile("LAB"), "LAB", back=False), pixels, "LAB", 3)


def _mode(profile: bytes) -> Mode:
    """Return the Pillow mode that the profile describes."""
    space = ImageCms.ImageCmsProfile(BytesIO(profile)).profile.xcolor_space.strip()
    if space not in _MODES:
        raise OSError(f"it describes {space} colours")
    return _MODES[space]


@lru_cache(maxsize=32)
def _transform(profile: bytes, own: Mode, *, back: bool) -> ImageCms.ImageCmsTransform | None:
    """Return the transform to sRGB, or back; None where it is the identity to within two levels."""
    transform = _build(ImageCms.ImageCmsProfile(BytesIO(profile)), own, back=back)
    if own == "CMYK":
        return transform
    levels = np.linspace(0, 255, 18 if own == "RGB" else 256).round().astype(np.uint8)
    if own == "L":
        probe = levels.reshape(1, -1, 1)
    else:
        probe = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    there = _build(ImageCms.ImageCmsProfile(BytesIO(profile)), own, back=False) if back else transform
    seen = _apply(there, probe, own, 3).astype(np.int16)
    return None if np.abs(seen - probe).max() <= 2 else transform


def _build(profile: Any, own: Mode, *, back: bool) -> ImageCms.ImageCmsTransform:
    srgb = ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    if own == "L" and not back:
        flags |= ImageCms.Flags.NOOPTIMIZE  # exact in the shadows, and slow, but only a table of 256 is made
    return ImageCms.buildTransform(
        srgb if back else profile,
        profile if back else srgb,
        "RGB" if back else own,
        own if back else "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags,
    )


def _apply(
    transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8], mode: Mode, channels: int
) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    out = np.empty((height, width, channels), np.uint8)
    for top in range(0, height, _STRIP):
        rows = np.ascontiguousarray(pixels[top : top + _STRIP])
        strip = PIL.Image.frombytes(mode, (width, len(rows)), rows)
        out[top : top + _STRIP] = np.asarray(transform.apply(strip)).reshape(-1, width, channels)
    return out
