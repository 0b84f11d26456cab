"""The one way pictures change size on their way out and home."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import narrow, size_of_array
from ..geometry import Size

__all__ = ["bring_home", "resample"]

# Relaxation of three rounds, by the roots of a Chebyshev polynomial: what enlarging keeps from all down to a quarter.
_STEPS = tuple(np.float32(1 / (0.625 + 0.375 * np.cos(np.pi * angle))) for angle in (1 / 6, 3 / 6, 5 / 6))
_MUCH = 4 / 3  # enlarged by so much, all places of a row fare alike, and one kernel nearly undoes it for all
_LITTLE = 1.0  # level, on average: of a correction by that, the next one is a fraction
_TAPS, _LENGTH, _LEAST = 6, 64, 0.01


def resample(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Resize with Lanczos kernels: OpenCV's eight taps when it grows, Pillow's antialiased ones when it shrinks.

    Up and down again by the same factor moves a photo's pixels by less than a level on average; area averaging would
    move them by half as much again.

    Parameters
    ----------
    picture
        uint8 `(H, W)` or `(H, W, C)`.
    size
        `(width, height)` of the result.
    """
    current = size_of_array(picture)
    if current == size:
        return picture
    if size.pixels > current.pixels:
        return narrow(cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4))
    return np.asarray(PIL.Image.fromarray(picture).resize(size, PIL.Image.Resampling.LANCZOS))


def bring_home(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Resize a result to its crop; what had been enlarged for sending comes back to within a level.

    A picture that shrinks is corrected by what enlarging it again would miss (iterative back-projection: Irani and
    Peleg, 1991), so that `resample` is undone and not just followed by another loss: in three rounds, or in one that
    is sharpened by the inverse of what enlarging and reducing take away (or more, for what is mostly noise).
    """
    larger = size_of_array(picture)
    if size.pixels >= larger.pixels:
        return resample(picture, size)
    ratio = float(np.sqrt(larger.pixels / size.pixels))
    kernel = _inverse(round(_LENGTH * ratio)) if ratio >= _MUCH else None
    wanted: NDArray[np.float32] = picture.astype(np.float32)
    surface = _shrunk(wanted, size, kernel)
    missed = np.empty_like(wanted)
    for step in _STEPS if kernel is None else (np.float32(1),) * len(_STEPS):
        cv2.resize(surface, larger, dst=missed, interpolation=cv2.INTER_LANCZOS4)
        np.clip(missed, 0, 255, out=missed)
        np.subtract(wanted, missed, out=missed)
        change = _shrunk(missed, size, kernel)
        surface += step * change
        if kernel is not None and cv2.norm(change, cv2.NORM_L1) < _LITTLE * change.size:
            break
    np.rint(surface, out=surface)
    return narrow(np.clip(surface, 0, 255, out=surface).astype(np.uint8))


def _shrunk(picture: NDArray[np.float32], size: Size, kernel: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if kernel is not None:
        means = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.sepFilter2D(means, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)
    planes = [
        np.asarray(PIL.Image.fromarray(plane).resize(size, PIL.Image.Resampling.LANCZOS), np.float32)
        for plane in np.moveaxis(picture, -1, 0)
    ]
    return np.stack(planes, axis=-1)


@lru_cache(maxsize=64)
def _inverse(larger: int) -> NDArray[np.float32]:
    """Return the kernel that undoes, on average over its places, enlarging a row of 64 px to `larger` and reducing it."""
    impulses = np.eye(_LENGTH, dtype=np.float32)
    enlarged = cv2.resize(impulses, (larger, _LENGTH), interpolation=cv2.INTER_LANCZOS4)
    answers = cv2.resize(enlarged, (_LENGTH, _LENGTH), interpolation=cv2.INTER_AREA)
    places = range(_LENGTH // 4, 3 * _LENGTH // 4)
    answer = np.mean([np.roll(answers[place], -place) for place in places], axis=0, dtype=np.float64)
    spectrum = np.fft.rfft(answer / answer.sum()).real  # symmetrical on average
    inverse = np.fft.irfft(spectrum * (1 + _LEAST) / (spectrum**2 + _LEAST), _LENGTH)
    kernel = np.roll(inverse, _TAPS)[: 2 * _TAPS + 1]
    return np.asarray(kernel / kernel.sum(), np.float32)
