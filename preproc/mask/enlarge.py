"""Enlarge anti-aliased outlines without blurring them."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from ..geometry import Size
from .edge_planes import Plane, Planes, misses
from .round_parts import Ellipses, find_round
from .several_edges import find_several
from .strips import find_strips

__all__ = ["enlarged"]

# What the edge of a pixel may leave unexplained of the coverage around it.
_LEFT_OVER = 0.2


def enlarged(mask: Mask, size: Size) -> Mask:
    """Draw the outline anew: in every pixel that it crosses it is the line that leaves this pixel's coverage.

    The line's direction is that of the gradient (Youngs 1982, as volume-of-fluid methods place an interface). Lines
    of a pixel or less are strips between two such lines; tips, valleys and lines side by side are what two to four of
    them leave. Everything else is cubic interpolation, steepened.
    """
    height, width = mask.shape
    cubic = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    scale = math.sqrt(size.pixels / mask.size)
    result = narrow(np.rint((cubic - 127.5) * np.float32(scale) + np.float32(127.5)).clip(0, 255).astype(np.uint8))

    around = np.ones((3, 3), np.uint8)
    between = cv2.inRange(mask, 1, 254) > 0
    if not between.any():
        return result
    crossed = between & (cv2.erode(mask, around) == 0) & (cv2.dilate(mask, around) == 255)
    drawings: list[tuple[NDArray[np.bool_], Planes | Ellipses]] = []
    taken = np.zeros_like(between)
    for find in (find_round, find_strips):
        for dark in (False, True):
            where, edges = find(255 - mask if dark else mask, between & ~taken)
            if where.any():
                drawings.append((where, edges.complement() if dark else edges))
                taken |= where
    crossed &= ~taken
    lines = _lines(mask, crossed)
    unclear = between & ~taken
    unclear[crossed] = _misses(mask, crossed, lines) > _LEFT_OVER
    several, planes = find_several(mask, unclear)
    lines = lines.chosen(~several[crossed])
    crossed &= ~several
    drawings += [(crossed, lines), (several, planes)]

    drawn = taken | crossed | several
    if not drawn.any():
        return result
    down, right = _Axis.of(height, size.height), _Axis.of(width, size.width)
    at_row, at_column, which = _blocks(~between & (cv2.dilate(drawn.view(np.uint8), around) > 0), down, right)
    result[at_row, at_column] = mask[down.inside[at_row], right.inside[at_column]]
    for where, edges in drawings:
        at_row, at_column, which = _blocks(where, down, right)
        x, y = right.offset[at_column], down.offset[at_row]
        share = edges.chosen(which).coverage(x, y, width / size.width, height / size.height)
        result[at_row, at_column] = np.rint(255 * share)
    return result


class _Axis(NamedTuple):
    """Where the new pixels of a side lie among the old ones."""

    inside: NDArray[np.intp]
    """In which old pixel the centre of each lies."""
    offset: Plane
    """How far from that one's centre."""
    first: NDArray[np.intp]
    """The first new pixel in each old one, and the one after the last."""

    @classmethod
    def of(cls, old: int, count: int) -> _Axis:
        centres = (np.arange(count) + 0.5) * old / count
        inside = np.minimum(centres.astype(np.intp), old - 1)
        return cls(inside, (centres - inside - 0.5).astype(np.float32), np.searchsorted(inside, np.arange(old + 1)))


def _blocks(where: NDArray[np.bool_], down: _Axis, right: _Axis) -> tuple[NDArray[np.intp], ...]:
    """Return row and column of every new pixel within chosen old ones, and which of those it is."""
    y, x = np.nonzero(where)
    top, left = down.first[y], right.first[x]
    width = right.first[x + 1] - left
    counts = (down.first[y + 1] - top) * width
    which = np.repeat(np.arange(len(y)), counts)
    number = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(number, width[which])
    return top[which] + row, left[which] + column, which


def _lines(mask: Mask, crossed: NDArray[np.bool_]) -> Planes:
    """Return the line through every crossed pixel."""
    values = mask.astype(np.float32) / np.float32(255)
    # Without the factor 1/8, which the division by the sum cancels.
    right: Plane = cv2.Sobel(values, cv2.CV_32F, 1, 0, borderType=cv2.BORDER_REPLICATE)[crossed].astype(np.float32)
    down: Plane = cv2.Sobel(values, cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REPLICATE)[crossed].astype(np.float32)
    total = np.abs(right) + np.abs(down)
    right = np.where(total > 0, right / np.maximum(total, np.float32(1e-6)), np.float32(1))
    down = np.where(total > 0, down / np.maximum(total, np.float32(1e-6)), np.float32(0))
    smaller = np.minimum(np.abs(right), np.abs(down))
    offset = _reach(values[crossed], smaller) - np.float32(0.5)
    return Planes(right[np.newaxis], down[np.newaxis], offset[np.newaxis], np.zeros_like(offset))


def _misses(mask: Mask, crossed: NDArray[np.bool_], lines: Planes) -> Plane:
    values = np.pad(mask, 1, mode="edge").astype(np.float32) / np.float32(255)
    y, x = np.nonzero(crossed)
    return misses(lines, np.stack([[values[y + dy, x + dx] for dx in range(3)] for dy in range(3)]))


def _reach(area: Plane, smaller: Plane) -> Plane:
    """Invert `area`."""
    low = np.minimum(area, 1 - area)
    triangle = 2 * low * (1 - smaller) < smaller
    reach = np.where(triangle, np.sqrt(2 * smaller * (1 - smaller) * low), (1 - smaller) * low + smaller / 2)
    return np.where(area > 0.5, 1 - reach, reach).astype(np.float32, copy=False)
