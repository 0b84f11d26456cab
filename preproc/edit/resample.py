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

_MUCH = 4 / 3  # from here on means of areas undo what enlarging did nearly as well as Lanczos kernels, in little time
_TAPS, _LENGTH, _LEAST = 10, 64, 0.01


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
    Peleg, 1991), so that `resample` is undone and not just followed by another loss. Each correction is sharpened by
    the inverse of what enlarging and reducing do to a row, which leaves one round, or a few, to do.
    """
    larger = size_of_array(picture)
    if size.pixels >= larger.pixels:
        return resample(picture, size)
    rounds = 1 if _ratio(larger, size) >= _MUCH else 3
    wanted: NDArray[np.float32] = picture.astype(np.float32)
    surface = _undone(wanted, size)
    missed = np.empty_like(wanted)
    for _ in range(rounds):
        cv2.resize(surface, larger, dst=missed, interpolation=cv2.INTER_LANCZOS4)
        np.clip(missed, 0, 255, out=missed)
        np.subtract(wanted, missed, out=missed)
        surface += _undone(missed, size)
    np.rint(surface, out=surface)
    return narrow(np.clip(surface, 0, 255, out=surface).astype(np.uint8))


def _undone(picture: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    """Reduce, and sharpen by what enlarging and reducing take away."""
    ratio = _ratio(size_of_array(picture), size)
    kernel = _inverse(round(_LENGTH * ratio), much=ratio >= _MUCH)
    shrunk = _shrunk(picture, size, much=ratio >= _MUCH)
    return np.asarray(cv2.sepFilter2D(shrunk, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


def _ratio(larger: Size, size: Size) -> float:
    return float(np.sqrt(larger.pixels / size.pixels))


def _shrunk(picture: NDArray[np.float32], size: Size, *, much: bool) -> NDArray[np.float32]:
    if much:
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    planes = [
        np.asarray(PIL.Image.fromarray(plane).resize(size, PIL.Image.Resampling.LANCZOS), np.float32)
        for plane in np.moveaxis(picture, -1, 0)
    ]
    return np.stack(planes, axis=-1)


@lru_cache(maxsize=64)
def _inverse(larger: int, *, much: bool) -> NDArray[np.float32]:
    """Return the kernel that undoes enlarging a row of 64 px to `larger` and reducing it again, on average over its places."""
    impulses = np.eye(_LENGTH, dtype=np.float32)[:, :, np.newaxis]
    enlarged = cv2.resize(impulses, (larger, _LENGTH), interpolation=cv2.INTER_LANCZOS4)
    rows: NDArray[np.float32] = np.reshape(enlarged, (_LENGTH, larger, 1)).astype(np.float32)
    answers = _shrunk(rows, Size(_LENGTH, _LENGTH), much=much).reshape(_LENGTH, _LENGTH)
    places = range(_LENGTH // 4, 3 * _LENGTH // 4)
    answer = np.mean([np.roll(answers[place], -place) for place in places], axis=0, dtype=np.float64)
    answer /= answer.sum()
    spectrum = np.fft.rfft(answer).real  # symmetrical on average
    inverse = np.fft.irfft(spectrum * (1 + _LEAST) / (spectrum**2 + _LEAST), _LENGTH)
    kernel = np.roll(inverse, _TAPS)[: 2 * _TAPS + 1]
    return np.asarray(kernel / kernel.sum(), np.float32)
