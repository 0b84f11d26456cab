"""Fill the new part of an outpaint canvas."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow, size_of_array
from ..edit.options import as_whole
from ..errors import InputError
from ..geometry import Box, Size

__all__ = ["Fill", "fill_canvas"]

Fill: TypeAlias = Literal["blur", "replicate", "reflect", "solid", "noise", "telea", "transparent"]

_RIM_PX = 64
_COARSER = 4
_TELEA_LONG_SIDE_PX = 1024
_NOISE_TILE_PX = 512


def fill_canvas(
    picture: Image, canvas: Size, origin: tuple[int, int], *, fill: Fill, color: tuple[int, int, int], seed: int
) -> Image:
    """Place a picture on a larger canvas and fill the rest.

    Parameters
    ----------
    picture
        uint8 RGB.
    canvas
        Size of the result; holds the picture at `origin`.
    origin
        Left and top of the picture in the canvas.
    fill
        ``"blur"`` repeats the border pixels and blurs them more the further out they lie; ``"replicate"`` repeats
        them; ``"reflect"`` mirrors the picture; ``"solid"`` is one `color`; ``"noise"`` has the picture's colours and
        grain; ``"telea"`` inpaints (Telea, 2004) at up to 1024 px, slow; ``"transparent"`` gives RGBA, clear outside.
    color
        R, G, B of ``"solid"``.
    seed
        Of ``"noise"``.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3) or (H, W, 4)
        The picture's own pixels are untouched.
    """
    around = _borders(size_of_array(picture), canvas, origin)
    inside = size_of_array(picture).box.shift(*origin)
    if fill == "transparent":
        filled = np.zeros((canvas.height, canvas.width, 4), np.uint8)
        filled[inside.slices] = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        return filled
    if fill == "solid":
        if isinstance(color, str) or np.shape(color) != (3,) or not all(0 <= value <= 255 for value in color):
            raise InputError(f"a colour is three values of 0 to 255, got {color!r}", fix="color=(0, 255, 0)")
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_CONSTANT, value=color))
    if fill == "replicate":
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REPLICATE))
    if fill == "reflect":
        return narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REFLECT))
    if fill == "blur":
        filled = _progressive_blur(narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REPLICATE)), inside)
    elif fill == "noise":
        filled = _noise_like(picture, canvas, as_whole("seed", seed))
    elif fill == "telea":
        filled = _telea(narrow(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REPLICATE)), inside)
    else:
        raise InputError(
            f"no fill is called {fill!r}", fix="blur, replicate, reflect, solid, noise, telea or transparent"
        )
    filled[inside.slices] = picture
    return filled


def _borders(picture: Size, canvas: Size, origin: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top = origin
    return top, canvas.height - picture.height - top, left, canvas.width - picture.width - left


def _distance(inside: tuple[float, float, float, float], part: Box) -> NDArray[np.float32]:
    """Euclidean distance of every pixel of `part` to the nearest picture pixel; `inside` may lie between pixels."""
    left, top, right, bottom = inside
    x = np.arange(part.left, part.right, dtype=np.float32)
    y = np.arange(part.top, part.bottom, dtype=np.float32)
    across = np.maximum(np.maximum(np.float32(left) - x, x - np.float32(right - 1)), 0)
    down = np.maximum(np.maximum(np.float32(top) - y, y - np.float32(bottom - 1)), 0)
    return np.asarray(np.hypot(down[:, np.newaxis], across[np.newaxis, :]), np.float32)


def _progressive_blur(replicated: Image, inside: tuple[float, float, float, float]) -> Image:
    """Blur the repeated border the more the further out: sigma grows to a quarter of the distance.

    Only a rim around the picture is worked on at full size; what lies further out is so smooth that a quarter of the
    size, with a rim of its own, shows as much.
    """
    size = size_of_array(replicated)
    left, top, right, bottom = inside
    reach = math.hypot(max(left, size.width - right), max(top, size.height - bottom))
    if reach <= _RIM_PX:
        return _blur_rim(replicated, inside, size.box, None)
    small = Size(max(1, -(-size.width // _COARSER)), max(1, -(-size.height // _COARSER)))
    across, down = small.width / size.width, small.height / size.height
    reduced = narrow(cv2.resize(replicated, small, interpolation=cv2.INTER_AREA))
    coarse = _progressive_blur(reduced, (left * across, top * down, right * across, bottom * down))
    result = narrow(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR))
    hole = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)).intersect(size.box)
    rim = hole.grow(_RIM_PX).intersect(size.box)
    for part in (
        Box(rim.left, rim.top, rim.right, hole.top),
        Box(rim.left, hole.bottom, rim.right, rim.bottom),
        Box(rim.left, hole.top, hole.left, hole.bottom),
        Box(hole.right, hole.top, rim.right, hole.bottom),
    ):
        if not part.is_empty:
            result[part.slices] = _blur_rim(replicated, inside, part, result[part.slices])
    return result


def _blur_rim(replicated: Image, inside: tuple[float, float, float, float], part: Box, beyond: Image | None) -> Image:
    """Blur `part` by distance, and let it pass into `beyond`, which is that part as the coarser size has it."""
    distance = _distance(inside, part)
    furthest = min(float(distance.max()), _RIM_PX)
    around = part.grow(math.ceil(furthest)).intersect(size_of_array(replicated).box)
    source = replicated[around.slices].astype(np.float32)
    here = part.shift(-around.left, -around.top).slices
    result = source[here].copy()
    sigma = 1.0
    while sigma < max(2.0, furthest / 4):
        # nothing up to a distance of 2 sigma, all of it from 4 sigma on
        strength = np.clip((distance - 2 * sigma) / (2 * sigma), 0, 1)
        blurred = cv2.GaussianBlur(source, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[here]
        _mix_in(result, np.asarray(blurred, np.float32), strength)
        sigma *= 2
    if beyond is not None:
        _mix_in(result, beyond.astype(np.float32), np.clip(distance / (_RIM_PX / 2) - 1, 0, 1))
    return narrow(np.rint(result).astype(np.uint8))


def _mix_in(result: NDArray[np.float32], other: NDArray[np.float32], strength: NDArray[np.float32]) -> None:
    """Move `result` towards `other`, in place."""
    other -= result
    other *= cv2.merge([strength] * 3)
    result += other


def _noise_like(picture: Image, canvas: Size, seed: int) -> Image:
    """Random texture of the picture's mean, covariance and spectrum (random-phase noise: Galerne et al., 2011)."""
    size = size_of_array(picture)
    scale = min(1.0, _NOISE_TILE_PX / min(size))
    tile = Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
    sample = (
        cv2.resize(picture, tile, interpolation=cv2.INTER_AREA).astype(np.float64).reshape(tile.height, tile.width, 3)
    )
    mean = sample.mean(axis=(0, 1))
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, (tile.height, tile.width))
    # one phase for all channels keeps their correlation; the real part makes the texture real
    spectrum = np.fft.fft2(sample - mean, axes=(0, 1)) * np.exp(1j * phase)[:, :, np.newaxis]
    texture = np.sqrt(2) * np.fft.ifft2(spectrum, axes=(0, 1)).real + mean
    levels = np.clip(np.rint(texture), 0, 255).astype(np.uint8)
    down, across = -(-canvas.height // tile.height), -(-canvas.width // tile.width)  # it repeats without a seam
    return np.ascontiguousarray(np.tile(levels, (down, across, 1))[: canvas.height, : canvas.width])


def _telea(replicated: Image, inside: Box) -> Image:
    """Inpaint a reduced canvas and enlarge it again."""
    size = size_of_array(replicated)
    scale = min(1.0, _TELEA_LONG_SIDE_PX / max(size))
    small = Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
    reduced = cv2.resize(replicated, small, interpolation=cv2.INTER_AREA)
    unknown = np.full((small.height, small.width), 255, np.uint8)
    kept = Box(*(round(value * scale) for value in inside)).intersect(small.box)
    unknown[kept.slices] = 0
    painted = cv2.inpaint(reduced, unknown, 3, cv2.INPAINT_TELEA)
    return narrow(cv2.resize(painted, size, interpolation=cv2.INTER_CUBIC))
