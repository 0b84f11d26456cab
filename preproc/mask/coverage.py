"""How much of every pixel a set of outlines covers: the exact area, not an estimate.

Pixel (0, 0) is the square [0, 1) x [0, 1). Every edge is cut at the pixel borders it crosses. A piece inside one pixel
covers what lies to its right: part of that pixel and, for as many rows as it is high, every later column. One running
sum along the rows therefore gives the mean winding number of every touched pixel and the constant one of the runs
between them (the signed-area accumulation of font rasterisers). Work and memory follow the length of the outline.

The mean says all where one clean stretch of outline passes. Where several meet, or one turns back, `crossings` looks
at the pixel's inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from preproc.arrays import Mask
from preproc.geometry import Size
from .crossings import Layers, joint_coverage

__all__ = ["FillRule", "Layer", "cover"]

FillRule: TypeAlias = Literal["nonzero", "evenodd"]
"""Which windings are inside: any but zero, or the odd ones."""
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


class Layer(NamedTuple):
    """Closed rings, each `(n, 2)`, filled together and then added to or subtracted from the layers before."""

    rings: Sequence[Floats]
    fill_rule: FillRule = "nonzero"
    subtract: bool = False


class Pieces(NamedTuple):
    """Edges cut at the pixel borders, in the order of their rings. Points are `(2, n)`: x and y."""

    start: Floats
    end: Floats
    ring: Ints
    layer: Ints
    row: Ints
    column: Ints


def cover(size: Size, layers: Sequence[Layer]) -> Mask:
    """Fill the layers in order, exactly, also where layers meet inside a pixel."""
    canvas = np.zeros((size.height, size.width), np.uint8)
    pieces = _pieces(size, layers)
    if pieces is None:
        return canvas

    stride = size.width + 1  # column `width` takes what lies right of the canvas
    cell = pieces.row * stride + pieces.column
    key = pieces.layer * (stride * size.height) + cell
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))

    dx, dy = pieces.end - pieces.start
    inside = 1.0 - (pieces.start[0] + pieces.end[0]) / 2 + pieces.column  # share of the pixel right of the piece
    total = np.add.reduceat(dy[order], first)
    after = np.cumsum(total)
    winding = after - total + np.add.reduceat((dy * inside)[order], first)
    plain = _one_chain(pieces, key, order, first) & (_one_way(dx, order, first) | _one_way(dy, order, first))

    cells, owners = cell[order[first]], pieces.layer[order[first]]
    bounds = np.searchsorted(owners, np.arange(len(layers) + 1))
    flat = canvas.reshape(-1)
    for number, layer in enumerate(layers):
        part = slice(bounds[number], bounds[number + 1])
        _paint(flat, layer, cells[part], winding[part], after[part], stride)

    intricate = np.unique(np.concatenate([cells[~plain], _repeated(cells)]))
    intricate = intricate[intricate % stride < size.width]
    if intricate.size:
        chosen = order[np.isin(cell[order], intricate)]
        chosen = chosen[np.argsort(cell[chosen], kind="stable")]
        origin = np.stack([pieces.column[chosen], pieces.row[chosen]])
        share = joint_coverage(
            pieces.start[:, chosen] - origin,
            pieces.end[:, chosen] - origin,
            pieces.layer[chosen],
            cell[chosen],
            Layers(
                rules=[layer.fill_rule for layer in layers],
                subtracted=[layer.subtract for layer in layers],
                winding=[
                    _winding_at(intricate, cells[a:b], winding[a:b], after[a:b])
                    for a, b in zip(bounds[:-1], bounds[1:], strict=True)
                ],
            ),
        )
        flat[intricate - intricate // stride] = np.rint(255 * share)
    return canvas


def _pieces(size: Size, layers: Sequence[Layer]) -> Pieces | None:
    """Cut all edges at the pixel borders, clip them to the rows, and push them onto the columns."""
    rings = [(ring, number) for number, layer in enumerate(layers) for ring in layer.rings if len(ring) > 1]
    if not rings:
        return None
    lengths = np.array([len(ring) for ring, _ in rings])
    ends = np.cumsum(lengths)
    following = np.arange(1, ends[-1] + 1)
    following[ends - 1] = ends - lengths
    start = np.concatenate([ring for ring, _ in rings]).T
    end = start[:, following]
    ring = np.repeat(np.arange(len(rings)), lengths)

    seen = (np.minimum(start[1], end[1]) < size.height) & (np.maximum(start[1], end[1]) > 0)
    start, end, ring = start[:, seen], end[:, seen], ring[seen]
    start, end, ring = _cut(start, end, ring, axis=1, limit=size.height)
    middle = (start[1] + end[1]) / 2
    seen = (middle > 0) & (middle < size.height)
    start, end, ring = _cut(start[:, seen], end[:, seen], ring[seen], axis=0, limit=size.width)
    if not ring.size:
        return None
    np.clip(start[0], 0, size.width, out=start[0])
    np.clip(end[0], 0, size.width, out=end[0])
    column, row = np.floor((start + end) / 2).astype(np.int64)
    layer = np.array([number for _, number in rings])[ring]
    return Pieces(start, end, ring, layer, np.minimum(row, size.height - 1), column)


def _cut(start: Floats, end: Floats, ring: Ints, *, axis: int, limit: int) -> tuple[Floats, Floats, Ints]:
    """Cut edges where they cross the whole numbers 0 to `limit` of one axis."""
    a, b = start[axis], end[axis]
    lowest = np.maximum(np.floor(np.minimum(a, b)) + 1, 0)
    highest = np.minimum(np.ceil(np.maximum(a, b)) - 1, limit)
    cuts = np.maximum(highest - lowest + 1, 0).astype(np.int64)
    edge = np.repeat(np.arange(a.size), cuts + 1)
    last = np.cumsum(cuts + 1) - 1
    number = np.arange(edge.size) - (last - cuts)[edge]  # 0, 1, 2 … along each edge

    forward = b > a
    line = np.where(forward, lowest, highest)[edge] + np.where(forward, 1, -1)[edge] * number
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (end[1 - axis] - start[1 - axis]) / (b - a)
    new_end = np.empty((2, edge.size))
    new_end[axis] = line
    new_end[1 - axis] = start[1 - axis][edge] + (line - a[edge]) * np.where(cuts > 0, slope, 0.0)[edge]
    new_end[:, last] = end
    new_start = np.empty_like(new_end)
    new_start[:, 1:] = new_end[:, :-1]
    new_start[:, last - cuts] = start
    return new_start, new_end, ring[edge]


def _one_chain(pieces: Pieces, key: Ints, order: Ints, first: Ints) -> NDArray[np.bool_]:
    """Tell which cells a single connected stretch of outline passes."""
    count = key.size
    following = np.arange(1, count + 1)
    last = np.flatnonzero(np.diff(pieces.ring, append=-1))
    following[last] = np.concatenate([[0], last[:-1] + 1])
    leaves = (key[following] != key) | (pieces.start[:, following] != pieces.end).any(axis=0)
    return np.add.reduceat(leaves[order].astype(np.int64), first) == 1


def _one_way(step: Floats, order: Ints, first: Ints) -> NDArray[np.bool_]:
    """Tell in which cells no piece turns back along one axis."""
    ordered = step[order]
    return (np.minimum.reduceat(ordered, first) >= 0) | (np.maximum.reduceat(ordered, first) <= 0)


def _repeated(cells: Ints) -> Ints:
    """Return the cells that more than one layer touches."""
    ordered = np.sort(cells)
    return ordered[1:][ordered[1:] == ordered[:-1]]


def _winding_at(wanted: Ints, cells: Ints, winding: Floats, after: Floats) -> Floats:
    """Return one layer's mean winding number in any cells."""
    if not cells.size:
        return np.zeros(wanted.size)
    place = np.searchsorted(cells, wanted, side="right") - 1
    touched = cells[place] == wanted
    return np.where(place < 0, 0.0, np.where(touched, winding[place], after[place]))


def _filled(winding: Floats, rule: FillRule) -> NDArray[np.uint8]:
    share = np.minimum(np.abs(winding), 1.0) if rule == "nonzero" else np.abs(winding - 2 * np.rint(winding / 2))
    return np.rint(255 * share).astype(np.uint8)


def _paint(flat: Mask, layer: Layer, cells: Ints, winding: Floats, after: Floats, stride: int) -> None:
    """Add or subtract one layer: its touched pixels, then the full runs between them."""
    if not cells.size:
        return
    place = cells - cells // stride  # cells have one column more than the canvas
    shown = cells % stride < stride - 1
    at, value = place[shown], _filled(winding[shown], layer.fill_rule)
    flat[at] = np.minimum(flat[at], 255 - value) if layer.subtract else np.maximum(flat[at], value)

    runs = np.flatnonzero((np.diff(cells) > 1) & (_filled(after[:-1], layer.fill_rule) > 127))
    level = 0 if layer.subtract else 255
    for begin, stop in zip((place[runs] + 1).tolist(), place[runs + 1].tolist(), strict=True):
        flat[begin:stop] = level
