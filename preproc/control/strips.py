"""Hysteresis over a picture that is traced strip by strip, byte-equal to tracing it whole.

Canny keeps a weak edge where a chain of weak edges leads to a strong one. In each strip the weak and the strong edges
are those of Canny with its two thresholds equal, and weak chains are the connected components of the weak edges. What
lies within the strip is settled there and then; a union over the seams tells which of the others belong together. Only
the map itself, and a number for each chain that meets a seam, are held for the whole picture.
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
    edges = np.empty((height, width), np.uint8)
    strong = [np.zeros(1, np.bool_)]
    groups = np.zeros(1, np.int32)  # the number 0 is no component
    last_row = np.zeros(width, np.int32)
    for top, bottom in strips:
        edges[top:bottom] = trace(top, bottom, low, low)
        sure = trace(top, bottom, high, high) > 0
        count, labels = _components(edges[top:bottom])
        found = np.zeros(count, np.bool_)
        found[labels[sure]] = True
        del sure  # before the next arrays need as much
        crossing = _crossing(labels)
        strong.append(found[crossing])
        base = len(groups)
        groups.resize(base + len(crossing), refcheck=False)  # where it lies, not as a copy: there may be millions
        groups[base:] = numbers = np.arange(base, base + len(crossing), dtype=np.int32)
        in_picture = np.zeros(count, np.int32)
        in_picture[crossing] = numbers
        _unite(groups, *_touching(last_row, in_picture[labels[0]]))
        last_row = in_picture[labels[-1]]
        found[crossing] = True  # not known yet
        _keep(edges[top:bottom], labels, found)
        del labels
    keep = _spread(np.concatenate(strong), groups)
    base = 1
    for top, bottom in strips:
        count, labels = _components(edges[top:bottom])
        crossing = _crossing(labels)
        kept = np.ones(count, np.bool_)
        kept[crossing] = keep[base : base + len(crossing)]
        _keep(edges[top:bottom], labels, kept)
        base += len(crossing)
    return edges


def _components(edges: Mask) -> tuple[int, Labels]:
    count, labels = cv2.connectedComponents(edges, connectivity=8, ltype=cv2.CV_32S)
    return count, labels.astype(np.int32, copy=False)


def _crossing(labels: Labels) -> NDArray[np.intp]:
    """Return the components in the first and last row, in the order in which they appear there."""
    found, first = np.unique(np.concatenate([labels[0], labels[-1]]), return_index=True)
    ordered = found[np.argsort(first)]
    return ordered[ordered > 0].astype(np.intp)


def _keep(edges: Mask, labels: Labels, kept: NDArray[np.bool_]) -> None:
    """Erase, in place, the components that are not kept."""
    values = kept * np.uint8(255)
    values[0] = 0  # what lies between them
    np.take(values, labels, out=edges)


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
