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

_PART = 1 << 20

Labels: TypeAlias = NDArray[np.int32]
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
    groups = np.zeros(0, np.int32)
    last_row = np.zeros(width, np.int32)
    for top, bottom in strips:
        weak[top:bottom] = trace(top, bottom, low, low)
        sure = trace(top, bottom, high, high) > 0
        count, labels = _components(weak[top:bottom])
        found = np.zeros(count, np.bool_)
        found[labels[sure]] = True
        strong.append(found)
        base = len(groups)
        groups.resize(base + count, refcheck=False)  # where it lies, not as a copy: there may be ten million
        groups[base:] = np.arange(base, base + count, dtype=np.int32)
        _unite(groups, *_touching(last_row, _numbered(labels[0], base)))
        last_row = _numbered(labels[-1], base)
        del labels, sure  # before the next strip needs as much
    keep = _spread(np.concatenate(strong), groups)
    base = 0
    for top, bottom in strips:
        count, labels = _components(weak[top:bottom])
        values = keep[base : base + count] * np.uint8(255)
        values[0] = 0
        np.take(values, labels, out=weak[top:bottom])
        base += count
    return weak


def _components(edges: Mask) -> tuple[int, Labels]:
    count, labels = cv2.connectedComponents(edges, connectivity=8, ltype=cv2.CV_32S)
    return count, labels.astype(np.int32, copy=False)


def _numbered(row: Labels, base: int) -> Labels:
    """Give the components of a row their numbers in the whole picture; 0 stays none."""
    return np.where(row > 0, row + np.int32(base), np.int32(0))


def _touching(above: Labels, below: Labels) -> tuple[Labels, Labels]:
    """Components that meet across a seam, straight or diagonally."""
    meetings = [(above, below), (above[1:], below[:-1]), (above[:-1], below[1:])]
    one, other = (np.concatenate(part) for part in zip(*meetings, strict=True))
    both = (one > 0) & (other > 0)
    return one[both], other[both]


def _unite(groups: Labels, one: Labels, other: Labels) -> None:
    """Join components pair by pair, in place: union-find over whole arrays, the smallest number is the root."""
    while len(one):
        first, second = _root(groups, one), _root(groups, other)
        groups[one], groups[other] = first, second  # shorter ways for the next time
        apart = first != second
        one, other = first[apart], second[apart]
        np.minimum.at(groups, np.maximum(one, other), np.minimum(one, other))


def _root(groups: Labels, labels: Labels) -> Labels:
    """Follow the numbers until they stand for themselves."""
    found = groups[labels]
    while not np.array_equal(found, further := groups[found]):
        found = further
    return found


def _spread(strong: NDArray[np.bool_], groups: Labels) -> NDArray[np.bool_]:
    """Carry `strong` over to all components of a group; `groups` become their roots."""
    parts = [slice(start, start + _PART) for start in range(0, len(groups), _PART)]
    alive = np.zeros_like(strong)
    for part in parts:
        groups[part] = _root(groups, groups[part])
        alive[groups[part][strong[part]]] = True
    for part in parts:
        strong[part] = alive[groups[part]]
    return strong
