"""Solve Laplace's equation over a picture: the smoothest surface through known pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["membrane"]

_LESS_MEAN = np.array([[0, 0.25, 0], [0.25, -1, 0.25], [0, 0.25, 0]], np.float32)
_COARSEST_PIXELS = 99  # up to this size OpenCV solves by itself; BLAS threads, woken for so little, cost far more
_CYCLES = 3

# Jacobi sweeps damped after the roots of a Chebyshev polynomial, which calm rough errors most for their number: those
# of which a pixel less the mean of its neighbours is half to twice the pixel.
_DAMPING = tuple(float(1 / (1.25 + 0.75 * np.cos(np.pi * angle))) for angle in (1 / 6, 3 / 6, 5 / 6))


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
    Full multigrid [1]_: each level starts from the solution of the level of half its size and takes three V-cycles, so
    the cost is linear in the number of pixels.

    References
    ----------
    .. [1] W. L. Briggs, V. E. Henson and S. F. McCormick, *A Multigrid Tutorial*, second edition, SIAM, 2000.

    Examples
    --------
    >>> line = np.zeros((1, 5, 1), np.float32)
    >>> line[0, 4] = 4
    >>> membrane(line, np.array([[True, False, False, False, True]])).round(1).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    # one value for each channel too: flat arithmetic is several times as fast as spreading a plane over channels
    free = np.broadcast_to(~known[:, :, np.newaxis], values.shape).astype(np.float32)
    surface = np.where(free > 0, np.float32(0), values)
    _solve(surface, _grids(free))
    return surface


class _Grid:
    """One level: where pixels may move; the coarsest one also has its equations solved in advance."""

    def __init__(self, free: NDArray[np.float32], *, coarsest: bool) -> None:
        self.free = free
        self.scratch = np.empty_like(free)  # fresh memory costs as much as the arithmetic
        self.inverse = _inverse(free[:, :, 0] > 0) if coarsest else None


def _grids(free: NDArray[np.float32]) -> list[_Grid]:
    """Halve until few pixels are left; a coarse pixel may move only where all its fine ones may."""
    grids = []
    while free[:, :, 0].size > _COARSEST_PIXELS:
        grids.append(_Grid(free, coarsest=False))
        height, width = free.shape[:2]
        half = cv2.resize(free, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
        free = np.asarray(half > 0.999, np.float32).reshape(*half.shape[:2], -1)
    return [*grids, _Grid(free, coarsest=True)]


def _inverse(free: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Invert (identity - mean of neighbours) over the free pixels."""
    height, width = free.shape
    index = np.arange(height * width).reshape(height, width)
    framed = np.pad(index, 1, mode="edge")
    equations = np.eye(height * width)
    middle = slice(1, -1)
    for neighbours in (framed[:-2, middle], framed[2:, middle], framed[middle, :-2], framed[middle, 2:]):
        np.add.at(equations, (index.ravel(), neighbours.ravel()), -0.25)
    picked = np.flatnonzero(free)
    inverse = np.zeros_like(equations)
    if picked.size:
        # a little is added so that a level without any known pixel can be solved too
        inside = equations[np.ix_(picked, picked)] + 1e-6 * np.eye(picked.size)
        inverse[np.ix_(picked, picked)] = cv2.invert(inside)[1]
    return inverse.astype(np.float32)


def _solve(surface: NDArray[np.float32], grids: list[_Grid]) -> None:
    """Fill in what is free, 0 so far, in place: solve the level of half the size first and start from that."""
    grid, *coarser = grids
    height, width = surface.shape[:2]
    if coarser:
        half = coarser[0].free.shape[1::-1]
        coarse = np.asarray(cv2.resize(surface, half, interpolation=cv2.INTER_AREA), np.float32)
        share = 1 - np.asarray(cv2.resize(grid.free, half, interpolation=cv2.INTER_AREA), np.float32)
        coarse /= np.maximum(share, np.float32(1e-6), out=share)
        coarse = coarse.reshape(coarser[0].free.shape)
        _solve(coarse, coarser)
        guess = cv2.resize(coarse, (width, height), dst=grid.scratch, interpolation=cv2.INTER_LINEAR)
    else:
        held = surface.shape[0] * surface.shape[1] - float(grid.free[:, :, 0].sum())
        guess = np.broadcast_to(surface.sum((0, 1)) / max(held, 1.0), surface.shape)
    np.copyto(surface, np.asarray(guess, np.float32).reshape(surface.shape), where=grid.free > 0)
    for _ in range(_CYCLES):
        _cycle(surface, None, grids)


def _cycle(surface: NDArray[np.float32], source: NDArray[np.float32] | None, grids: list[_Grid]) -> None:
    """Improve `surface` in place: relax, correct from the grid of half the size, relax."""
    grid, *coarser = grids
    height, width = surface.shape[:2]
    if grid.inverse is not None:
        left = _residual(surface, source, grid).reshape(height * width, -1)
        surface += np.asarray(cv2.gemm(grid.inverse, left, 1, left, 0)).reshape(surface.shape)
        return
    _relax(surface, source, grid)
    # the step is twice as long on the coarser grid, so the residual counts fourfold
    residual = _residual(surface, source, grid, times=4)
    residual *= grid.free
    shape = coarser[0].free.shape
    small = np.asarray(cv2.resize(residual, shape[1::-1], interpolation=cv2.INTER_AREA), np.float32).reshape(shape)
    small *= coarser[0].free
    error = np.zeros_like(small)
    _cycle(error, small, coarser)
    finer = cv2.resize(error, (width, height), dst=grid.scratch, interpolation=cv2.INTER_LINEAR)
    step = np.asarray(finer, np.float32).reshape(surface.shape)
    step *= grid.free
    surface += step
    _relax(surface, source, grid)


def _relax(surface: NDArray[np.float32], source: NDArray[np.float32] | None, grid: _Grid) -> None:
    """Damped Jacobi sweeps, in place."""
    for damping in _DAMPING:
        step = _residual(surface, source, grid, times=damping)
        step *= grid.free
        surface += step


def _residual(
    surface: NDArray[np.float32], source: NDArray[np.float32] | None, grid: _Grid, *, times: float = 1.0
) -> NDArray[np.float32]:
    """Mean of the four neighbours (the border repeats, so no slope crosses it) less the pixel, plus the source."""
    kernel = np.float32(times) * _LESS_MEAN
    residual = cv2.filter2D(surface, -1, kernel, dst=grid.scratch, borderType=cv2.BORDER_REPLICATE)
    residual = np.asarray(residual, np.float32).reshape(surface.shape)
    if source is not None:
        residual += source if times == 1 else np.float32(times) * source
    return residual
