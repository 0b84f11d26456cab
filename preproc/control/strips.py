"""Hysteresis over a picture that is traced strip by strip, byte-equal to tracing it whole.

Canny keeps a weak edge where a chain of weak edges leads to a strong one. In each strip the weak and the strong edges
are those of Canny with its two thresholds equal; weak chains are the connected components of the weak edges, and a
union over the seams tells which of them belong together. Only the map itself is held for the whole picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask

__all__ = ["Trace", "trace_in_strips"]

Trace: TypeAlias = Callable[[int, int, float, float], Mask]
"""Canny of the rows from one number to another with a low and a high threshold, its own surroundings included."""


def trace_in_strips(trace: Trace, size: tuple[int, int], low: float, high: float, *, rows: int) -> Mask:
    """Return the map of all rows, made from strips of `rows` rows.

    Parameters
    ----------
    trace
        Draws the edges of some rows; it must look beyond them as far as it needs.
    size
        Width and height of the picture.
    low, high
        Thresholds of the hysteresis.
    rows
        Height of a strip; any height gives the same map.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        0 or 255.
    """
    width, height = size
    strips = [(top, min(height, top + rows)) for top in range(0, height, rows)]
    weak = np.empty((height, width), np.uint8)
    strong: list[NDArray[np.bool_]] = []
    seams: list[NDArray[np.int64]] = []
    last_row = np.zeros(width, np.int64)
    base = 0
    for top, bottom in strips:
        weak[top:bottom] = trace(top, bottom, low, low)
        count, labels = _components(weak[top:bottom])
        found = np.zeros(count, np.bool_)
        found[labels[trace(top, bottom, high, high) > 0]] = True
        strong.append(found)
        first_row = _global_labels(labels[0], base)
        seams.append(_touching(last_row, first_row))
        last_row = _global_labels(labels[-1], base)
        base += count
    keep = _spread(np.concatenate(strong), np.concatenate(seams))
    base = 0
    for top, bottom in strips:
        count, labels = _components(weak[top:bottom])
        values = keep[base : base + count] * np.uint8(255)
        values[0] = 0
        np.take(values, labels, out=weak[top:bottom])
        base += count
    return weak


def _components(edges: Mask) -> tuple[int, NDArray[np.int32]]:
    count, labels = cv2.connectedComponents(edges, connectivity=8, ltype=cv2.CV_32S)
    return count, labels.astype(np.int32, copy=False)


def _global_labels(row: NDArray[np.int32], base: int) -> NDArray[np.int64]:
    return np.where(row > 0, row.astype(np.int64) + base, 0)


def _touching(above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of components that meet across a seam, straight or diagonally."""
    meetings = [(above, below), (above[1:], below[:-1]), (above[:-1], below[1:])]
    pairs = np.concatenate([np.stack(pair, axis=1) for pair in meetings])
    return np.unique(pairs[(pairs > 0).all(axis=1)], axis=0)


def _spread(strong: NDArray[np.bool_], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Carry `strong` over to all components that `pairs` connect (union-find, the smaller number is the root)."""
    parent = {int(label): int(label) for label in np.unique(pairs)}

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = parent[label]
        return label

    for one, other in pairs.tolist():
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups = {label: root(label) for label in parent}
    alive = {group for label, group in groups.items() if strong[label]}
    keep = strong.copy()
    keep[[label for label, group in groups.items() if group in alive]] = True
    return keep
