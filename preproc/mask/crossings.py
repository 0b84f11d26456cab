"""Pixels where several stretches of outline meet.

There the mean winding number is not enough: half of a pixel inside two shapes looks like all of it inside one. Such a
pixel is cut into bands at every corner and every crossing, so that within a band all edges are straight and keep their
order from left to right. The middle of a band then speaks for all of it, and the sum over the bands is exact.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layers", "joint_coverage"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

MOST_EXACT = 8  # pieces in one pixel; beyond it bands of equal height are used, as crossings grow with the square
EVEN_BANDS = 64
BATCH = 1 << 20  # band-and-piece pairs at once


class Layers(NamedTuple):
    """How the windings of every layer become one inside; `winding` holds each layer's mean per pixel."""

    rules: list[str]
    subtracted: list[bool]
    winding: list[Floats]


def joint_coverage(start: Floats, end: Floats, layer: Ints, cell: Ints, layers: Layers) -> Floats:
    """Return the covered share of every pixel, in the order of `cell`.

    Points are relative to their pixel's corner, `(2, n)`, and pieces of one pixel stand side by side.
    """
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    counts = np.diff(first, append=cell.size)
    share = np.empty(first.size)
    for count in np.unique(counts).tolist():
        bands = EVEN_BANDS if count > MOST_EXACT else 2 * count + count * (count - 1) // 2 + 1
        alike = np.flatnonzero(counts == count)
        for part in np.array_split(alike, -(-alike.size * bands * count // BATCH)):
            at = first[part][:, np.newaxis] + np.arange(count)
            share[part] = _alike(
                start[:, at], end[:, at], layer[at], [winding[part] for winding in layers.winding], layers
            )
    return share


def _alike(start: Floats, end: Floats, layer: Ints, winding: list[Floats], layers: Layers) -> Floats:
    """Cover pixels with the same number of pieces: arrays are `(pixels, pieces)`."""
    (x0, y0), (x1, y1) = start, end
    edges = _even_bands(x0) if x0.shape[1] > MOST_EXACT else _exact_bands(start, end)
    height = np.diff(edges, axis=1)
    middle = (edges[:, 1:] + edges[:, :-1])[:, :, np.newaxis] / 2

    low, high = np.minimum(y0, y1)[:, np.newaxis], np.maximum(y0, y1)[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(y1 != y0, (x1 - x0) / (y1 - y0), 0.0)
    meets = (low <= middle) & (middle < high)
    x = np.where(meets, x0[:, np.newaxis] + (middle - y0[:, np.newaxis]) * slope[:, np.newaxis], 1.0)
    order = np.argsort(np.clip(x, 0.0, 1.0, out=x), axis=2)
    x = np.take_along_axis(x, order, axis=2)
    width = np.diff(x, axis=2, prepend=0.0, append=1.0)
    turn = np.take_along_axis(np.where(meets, np.sign(y1 - y0)[:, np.newaxis], 0.0), order, axis=2)
    whose = np.take_along_axis(np.broadcast_to(layer[:, np.newaxis], x.shape), order, axis=2)

    # What crosses the left border changes the winding below it.
    entry = (x1 == 0)[:, np.newaxis] * (middle < y1[:, np.newaxis]) * -1.0
    entry += (x0 == 0)[:, np.newaxis] * (middle < y0[:, np.newaxis]) * 1.0
    del meets

    inside = np.zeros(width.shape, np.bool_)
    for number, (rule, subtracted, mean) in enumerate(zip(layers.rules, layers.subtracted, winding, strict=True)):
        relative = np.zeros(width.shape)
        np.cumsum(turn * (whose == number), axis=2, out=relative[:, :, 1:])
        relative += (entry * (layer == number)[:, np.newaxis]).sum(axis=2)[:, :, np.newaxis]
        known = np.einsum("pbi,pbi,pb->p", relative, width, height)
        wound = relative + np.rint(mean - known)[:, np.newaxis, np.newaxis]
        member = wound != 0 if rule == "nonzero" else wound % 2 != 0
        inside = inside & ~member if subtracted else inside | member
    return np.einsum("pbi,pbi,pb->p", inside, width, height)


def _even_bands(x: Floats) -> Floats:
    return np.broadcast_to(np.linspace(0.0, 1.0, EVEN_BANDS + 1), (x.shape[0], EVEN_BANDS + 1))


def _exact_bands(start: Floats, end: Floats) -> Floats:
    """Return the heights of all ends and crossings, sorted, from 0 to 1."""
    (x0, y0), (x1, y1) = start, end
    i, j = np.triu_indices(x0.shape[1], 1)
    ax, ay, bx, by = (x1 - x0)[:, i], (y1 - y0)[:, i], (x1 - x0)[:, j], (y1 - y0)[:, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = ((x0[:, j] - x0[:, i]) * by - (y0[:, j] - y0[:, i]) * bx) / (ax * by - ay * bx)
        crossing = np.where((t > 0) & (t < 1), y0[:, i] + t * ay, 0.0)
    limits = np.zeros((x0.shape[0], 1))
    edges = np.concatenate([limits, y0, y1, crossing, limits + 1], axis=1)
    return np.sort(np.clip(edges, 0.0, 1.0, out=edges), axis=1)
