"""Solve Laplace's equation over a picture: the smoothest surface through known pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["membrane"]

_CROSS = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]], np.float32)
_COARSEST = 6
_SWEEPS = 4
_CYCLES = 8
_PRECISION = 0.02  # of a level of 255


def membrane(values: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Fill unknown pixels so that each is the mean of its four neighbours.

    Parameters
    ----------
    values
        float32 `(H, W, C)`; read where `known`.
    known
        bool `(H, W)`; at least one pixel is True.

    Returns
    -------
    ndarray of float32, shape (H, W, C)
        `values` where known, the harmonic surface elsewhere. At the picture's border the slope is zero.

    Notes
    -----
    Multigrid V-cycles (Briggs, Henson and McCormick, *A Multigrid Tutorial*, 2000) until a cycle moves no pixel by
    0.02 or more, so the cost is linear in the number of pixels.

    Examples
    --------
    >>> line = np.zeros((1, 5, 1), np.float32)
    >>> line[0, 4] = 4
    >>> membrane(line, np.array([[True, False, False, False, True]])).round(1).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    free = (~known)[:, :, np.newaxis].astype(np.float32)
    mean = values[known].mean(axis=0, dtype=np.float64).astype(np.float32)
    surface = np.where(known[:, :, np.newaxis], values, mean)
    still = np.zeros_like(surface)
    for _ in range(_CYCLES):
        following = _cycle(surface, still, free)
        moved = float(np.abs(following - surface).max())
        surface = following
        if moved < _PRECISION:
            break
    return surface


def _cycle(surface: NDArray[np.float32], source: NDArray[np.float32], free: NDArray[np.float32]) -> NDArray[np.float32]:
    """Relax, correct from a grid of half the size, relax; `free` is 1 where pixels may move."""
    height, width = surface.shape[:2]
    if min(height, width) <= _COARSEST:
        return _relax(surface, source, free, sweeps=8 * max(height, width))
    surface = _relax(surface, source, free, sweeps=_SWEEPS)
    residual = (_neighbours(surface) - surface + source) * free
    half = (-(-width // 2), -(-height // 2))
    # a coarse pixel may move only where all its fine ones may; the step is twice as long, so the source counts fourfold
    coarse = np.asarray(cv2.resize(residual, half, interpolation=cv2.INTER_AREA), np.float32).reshape(
        half[1], half[0], -1
    )
    coarse_free = np.asarray(cv2.resize(free, half, interpolation=cv2.INTER_AREA) > 0.999, np.float32)[:, :, np.newaxis]
    coarse = 4 * coarse * coarse_free
    error = _cycle(np.zeros_like(coarse), coarse, coarse_free)
    error = _cycle(error, coarse, coarse_free)
    correction = cv2.resize(error, (width, height), interpolation=cv2.INTER_LINEAR).reshape(surface.shape)
    return _relax(np.asarray(surface + correction * free, np.float32), source, free, sweeps=_SWEEPS)


def _relax(
    surface: NDArray[np.float32], source: NDArray[np.float32], free: NDArray[np.float32], *, sweeps: int
) -> NDArray[np.float32]:
    """Damped Jacobi sweeps."""
    damped = free * np.float32(0.8)
    for _ in range(sweeps):
        surface = surface + damped * (_neighbours(surface) - surface + source)
    return surface


def _neighbours(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the four neighbours; the border repeats, so no slope crosses it."""
    mean = cv2.filter2D(surface, -1, _CROSS, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(mean, np.float32).reshape(surface.shape)
