"""Geometry of other tools, number for number, for workflows that must match old results.

Nothing else here uses it; `preproc.crop` and `preproc.outpaint` do better.
"""

from __future__ import annotations

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from .errors import InputError, MaskError
from .files import ImageSource, load_image, load_mask
from .geometry import Box
from .opencv import cv2

__all__ = ["comfyui_outpaint_pad", "diffusers_crop_region"]


def comfyui_outpaint_pad(
    image: PIL.Image.Image | ImageSource,
    /,
    *,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    feathering: int = 40,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the canvas and mask of ComfyUI's node ImagePadForOutpaint.

    Parameters
    ----------
    image
        The photo, in any form.
    left, top, right, bottom
        Pixels to add.
    feathering
        The node's feathering: the mask falls quadratically over this many pixels into the photo, along padded sides
        only. As there, it is dropped without a word when twice it reaches the photo's width or height, and right and
        bottom lie one pixel further out than left and top.

    Returns
    -------
    canvas : ndarray of float32, shape (H, W, 3)
        The photo, 0 to 1, on gray 0.5.
    mask : ndarray of float32, shape (H, W)
        1 is edited.

    Examples
    --------
    >>> canvas, m = comfyui_outpaint_pad(np.zeros((100, 100, 3), np.uint8), left=8, right=8, feathering=40)
    >>> m.shape, float(m[50, 8]), round(float(m[50, 107]), 6)
    ((100, 116), 1.0, 0.950625)
    """
    numbers = (left, top, right, bottom, feathering)
    if not all(isinstance(number, (int, np.integer)) for number in numbers) or min(numbers) < 0:
        raise InputError(
            f"sides and feathering are whole numbers of at least 0, got {(left, top, right, bottom)} and {feathering}"
        )
    photo = load_image(image)
    height, width = photo.shape[:2]
    inner = np.zeros((height, width), np.float32)
    if 0 < 2 * feathering < min(width, height):
        far = float(feathering)
        x, y = np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64)
        across = np.minimum(x if left else np.full(width, far), width - x if right else np.full(width, far))
        down = np.minimum(y if top else np.full(height, far), height - y if bottom else np.full(height, far))
        distance = np.minimum(across[np.newaxis, :], down[:, np.newaxis])
        inner = (np.clip((far - distance) / far, 0, 1) ** 2).astype(np.float32)
    canvas = np.full((height + top + bottom, width + left + right, 3), 0.5, np.float32)
    canvas[top : top + height, left : left + width] = photo.astype(np.float32) / np.float32(255)
    mask = np.ones(canvas.shape[:2], np.float32)
    mask[top : top + height, left : left + width] = inner
    return canvas, mask


def diffusers_crop_region(mask: PIL.Image.Image | ImageSource, target: tuple[int, int], /, *, pad: int = 0) -> Box:
    """Give the box that diffusers' ``VaeImageProcessor.get_crop_region`` cuts out around a mask.

    Parameters
    ----------
    mask
        Anything above 0 counts.
    target
        `(width, height)` that the crop is meant for; the box approaches its aspect by whole pixels and, where the
        picture is too small, stays off it.
    pad
        Pixels added around the mask first.

    Raises
    ------
    MaskError
        If the mask is empty; the original returns a box turned inside out.

    Examples
    --------
    >>> m = np.zeros((100, 200), np.uint8)
    >>> m[40:60, 50:90] = 255
    >>> diffusers_crop_region(m, (512, 512), pad=8)
    Box(left=42, top=22, right=98, bottom=78)
    """
    if len(np.shape(target)) != 1 or len(target) != 2 or min(target) <= 0 or pad < 0:
        raise InputError(f"target is (width, height) above 0 and pad at least 0, got {target} and {pad}")
    pixels = load_mask(mask)
    height, width = pixels.shape
    x, y, across, down = cv2.boundingRect(np.ascontiguousarray(pixels))
    if across == 0:
        raise MaskError("the mask is empty, there is no region to crop", code="empty")
    left, right = max(x - pad, 0), min(x + across + pad, width)
    top, bottom = max(y - pad, 0), min(y + down + pad, height)
    ratio = target[0] / target[1]
    if (right - left) / (bottom - top) > ratio:
        top, bottom = _stretch(top, bottom, int((right - left) / ratio - (bottom - top)), height)
    else:
        left, right = _stretch(left, right, int((bottom - top) * ratio - (right - left)), width)
    return Box(left, top, right, bottom)


def _stretch(start: int, stop: int, more: int, limit: int) -> tuple[int, int]:
    """Add `more` pixels, the odd one at the end, shifted to stay inside and then cut."""
    start, stop = start - more // 2, stop + more - more // 2
    over = max(0, stop - limit)
    start, stop = start - over, stop - over
    if start < 0:
        start, stop = 0, stop - start
    return start, min(stop, limit)
