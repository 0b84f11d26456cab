"""Paste a picture into another so that nothing else moves.

The paste is exact integer arithmetic: alpha 0 leaves the pixel's bits alone, alpha 255 takes the new pixel, and
between the result is the nearest integer to the true blend.
"""

from __future__ import annotations

from typing import Any, cast, overload

import numpy as np
from numpy.typing import NDArray

from .arrays import Mask, Pixels, bounds, narrow, size_of_array
from .errors import InputError, ShapeError
from .geometry import Box
from .opencv import cv2

__all__ = ["paste", "paste_onto"]


_RUN_PX = 16
_BATCH_RUNS = 2048  # small enough that every intermediate stays in cache
_PART_PIXELS = 1 << 20


@overload
def paste(
    base: NDArray[np.uint8], patch: NDArray[np.uint8], alpha: Mask, *, at: tuple[int, int] = ...
) -> NDArray[np.uint8]: ...
@overload
def paste(base: Pixels, patch: Pixels, alpha: Mask, *, at: tuple[int, int] = ...) -> Pixels: ...
def paste(base: Pixels, patch: Pixels, alpha: Mask, *, at: tuple[int, int] = (0, 0)) -> Pixels:
    """Blend `patch` over `base` by `alpha`, exactly.

    Parameters
    ----------
    base
        uint8 or uint16, `(H, W)` or `(H, W, C)`.
    patch
        Same type and channels as `base`, `(h, w)` or `(h, w, C)`.
    alpha
        uint8 `(h, w)`: 0 keeps `base`, 255 takes `patch`, between ``round((a * patch + (255 - a) * base) / 255)``.
    at
        Where the patch's top left pixel goes, `(left, top)`; the patch may reach over the border and is cut there.

    Returns
    -------
    ndarray
        A new array. Wherever alpha is 0, or the patch does not reach, it equals `base` bit for bit.

    Raises
    ------
    ShapeError
        If patch and alpha differ in size, or patch and base in channels.
    InputError
        For other types, and for a place between pixels.

    Examples
    --------
    >>> base, patch = np.zeros((1, 3), np.uint8), np.full((1, 3), 200, np.uint8)
    >>> paste(base, patch, np.array([[0, 128, 255]], np.uint8)).tolist()
    [[0, 100, 200]]
    """
    result = cast("Pixels", np.array(base, order="C"))
    paste_onto(result, patch, alpha, at=at)
    return result


def paste_onto(canvas: Pixels, patch: Pixels, alpha: Mask, *, at: tuple[int, int] = (0, 0)) -> None:
    """Do what `paste` does, in place: for a canvas that nobody else holds.

    Parameters
    ----------
    canvas, patch, alpha, at
        As `base`, `patch`, `alpha` and `at` of `paste`.

    Raises
    ------
    ShapeError, InputError
        As `paste` raises them.
    """
    if patch.shape[:2] != alpha.shape:
        raise ShapeError(
            f"patch is {size_of_array(patch)} and alpha is {size_of_array(alpha)}",
            actual=size_of_array(alpha),
            expected=size_of_array(patch),
        )
    if patch.shape[2:] != canvas.shape[2:] or patch.dtype != canvas.dtype:
        raise ShapeError(
            f"patch is {patch.dtype}{patch.shape[2:]} and base is {canvas.dtype}{canvas.shape[2:]}",
            actual=patch.shape,
            expected=canvas.shape,
        )
    if canvas.dtype not in (np.uint8, np.uint16) or alpha.dtype != np.uint8:
        raise InputError(
            f"pictures are uint8 or uint16 and alpha is uint8, got {canvas.dtype} and {alpha.dtype}",
            fix="convert them with preproc.load_image and preproc.load_mask",
        )
    if not all(isinstance(start, (int, np.integer)) for start in at):
        raise InputError(f"a patch goes to whole pixels, got at={at}")
    inside = size_of_array(canvas).box.shift(-at[0], -at[1]).intersect(size_of_array(patch).box)
    if (
        not inside.is_empty and inside.size.width < canvas.shape[1]
    ):  # whole rows are scanned as fast as bounds are found
        inside = bounds(alpha[inside.slices]).shift(inside.left, inside.top)
    channels = 1 if canvas.ndim == 2 else canvas.shape[2]
    for rows in _strips_of(inside):
        part = canvas[rows.shift(*at).slices]
        target = np.ascontiguousarray(part)  # the canvas itself, where whole rows are touched
        _blend_into(
            target.reshape(-1, channels),
            np.ascontiguousarray(patch[rows.slices]).reshape(-1, channels),
            np.ascontiguousarray(alpha[rows.slices]).reshape(-1),
        )
        if not np.shares_memory(target, part):
            part[...] = target


def _strips_of(inside: Box) -> list[Box]:
    """Cut a box into so few rows that copies of them take little memory."""
    step = max(1, _PART_PIXELS // max(1, inside.size.width))
    tops = range(inside.top, inside.bottom, step)
    return [Box(inside.left, top, inside.right, min(top + step, inside.bottom)) for top in tops]


def _blend_into(target: NDArray[Any], patch: NDArray[Any], alpha: NDArray[np.uint8]) -> None:
    """Blend rows of pixels in place, in short runs: those that alpha leaves alone cost nothing but being looked at."""
    whole = alpha.size // _RUN_PX * _RUN_PX
    if whole < alpha.size:
        _blend(target[whole:], patch[whole:], alpha[whole:], out=target[whole:])
    if not whole:
        return
    words = alpha[:whole].view(np.uint64)  # eight pixels at a time, and then the two answers of a run as one
    some = (words != 0).view(np.uint16) != 0
    full = (words != np.uint64(2**64 - 1)).view(np.uint16) == 0
    old, new = (plane[:whole].reshape(-1, _RUN_PX * target.shape[1]) for plane in (target, patch))
    weights = alpha[:whole].reshape(-1, _RUN_PX)

    mixed = some & ~full
    counts = np.bincount(np.flatnonzero(mixed) // _BATCH_RUNS)
    for dense in np.flatnonzero(counts > _BATCH_RUNS // 2):  # so much to do that gathering would cost more
        batch = slice(dense * _BATCH_RUNS, (dense + 1) * _BATCH_RUNS)
        _blend_dense(old[batch], new[batch], weights[batch])
        mixed[batch] = full[batch] = False
    run = np.dtype((np.void, old.shape[1] * old.itemsize))  # one item, moved as a whole
    old_runs, new_runs = old.view(run).ravel(), new.view(run).ravel()
    for runs in _batches(full):
        old_runs.put(runs, new_runs.take(runs))
    for runs in _batches(mixed):
        part = old.take(runs, axis=0)
        _blend(part, new.take(runs, axis=0), weights.take(runs, axis=0), out=part)
        old_runs.put(runs, part.view(run))


def _blend_dense(old: NDArray[Any], new: NDArray[Any], alpha: NDArray[np.uint8]) -> None:
    """Blend a batch of runs in place, of which most hold some mask; where nothing is between, pixels are just copied."""
    if np.count_nonzero(alpha) > np.count_nonzero(np.equal(alpha, 255)):
        _blend(old, new, alpha, out=old)
        return
    channels = old.size // alpha.size
    picture = old.reshape(-1, _RUN_PX, channels)
    cv2.copyTo(new.reshape(picture.shape), alpha, picture)


def _batches(chosen: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    runs = np.flatnonzero(chosen)
    return [runs[start : start + _BATCH_RUNS] for start in range(0, runs.size, _BATCH_RUNS)]


def _blend(old: NDArray[Any], new: NDArray[Any], alpha: NDArray[np.uint8], *, out: NDArray[Any]) -> None:
    """Write ``round((alpha * new + (255 - alpha) * old) / 255)`` for a batch that fits the cache."""
    wide: Any = np.uint16 if old.dtype == np.uint8 else np.uint32
    channels = old.size // alpha.size
    spread = alpha if channels == 1 else narrow(cv2.merge([alpha] * channels))
    weight = spread.reshape(old.shape).astype(wide)
    base: NDArray[Any] = old.astype(wide)
    total: NDArray[Any] = new.astype(wide)
    # 255 * old + alpha * (new - old): a difference below 0 wraps round, and the sum back
    total -= base
    total *= weight
    base *= wide(255)
    total += base
    if wide == np.uint16:
        # (t + 128 + ((t + 128) >> 8)) >> 8 is t / 255 to the nearest for every t up to 255 * 255
        total += np.uint16(128)
        total += np.right_shift(total, 8, out=weight)
        total >>= 8
    else:
        total += np.uint32(127)
        total //= np.uint32(255)
    np.copyto(out, total, casting="unsafe")
