"""How much of every pixel a set of outlines covers: the exact area, not an estimate.

Pixel (0, 0) is the square [0, 1) x [0, 1). A piece of outline inside one pixel covers what lies to its right: part of
that pixel and, for as many rows as it is high, every later column. One running sum along the rows therefore gives the
mean winding number of every touched pixel and the constant one of the runs between them (the signed-area accumulation
of font rasterisers). Work and memory follow the length of the outline.

The mean says all where one clean stretch of outline passes. Where several meet, or one turns back, `crossings` looks
inside the pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from ..geometry import Size
from .crossings import LayerFacts, Lines, joint_coverage, simple_pixels
from .pieces import Floats, Ints, Pieces, cut_into_pieces

__all__ = ["FillRule", "Layer", "cover"]

FillRule: TypeAlias = Literal["nonzero", "evenodd"]
"""Which winding numbers are inside: any but zero, or the odd ones."""

SHORT_RUN = 64


class Layer(NamedTuple):
    """Closed rings, each `(n, 2)`, filled together, less the holes; added to or taken from the layers before."""

    rings: Sequence[Floats]
    fill_rule: FillRule = "nonzero"
    subtract: bool = False
    holes: Sequence[Floats] = ()


class Winding(NamedTuple):
    """One layer's touched pixels in order, the mean winding number in each, and the one from there to the next."""

    cells: Ints
    mean: Floats
    after: Floats


class Touched(NamedTuple):
    """Pieces, sorted by the set of rings they belong to and by pixel."""

    pieces: Pieces
    number: Ints  # in the order of the rings
    following: Ints  # the number of the next one of the same ring
    ring_set: Ints
    row: Ints
    column: Ints
    first: Ints  # where another pixel begins
    cells: Ints  # these pixels, counted row by row; column `width` takes what lies right of the canvas
    plain: NDArray[np.bool_]  # whether there the mean winding number is enough


def cover(size: Size, layers: Sequence[Layer]) -> Mask:
    """Fill the layers in order, exactly, also where layers meet inside a pixel."""
    canvas = np.zeros((size.height, size.width), np.uint8)
    sets = [rings for layer in layers for rings in (layer.rings, [_clockwise(hole) for hole in layer.holes])]
    rings = [ring for rings in sets for ring in rings if len(ring) > 1]
    owners = np.array([number for number, rings in enumerate(sets) for ring in rings if len(ring) > 1])
    pieces = cut_into_pieces(size, rings)
    if not pieces.ring.size:
        return canvas
    touched = _touched(size, pieces, owners[pieces.ring])
    windings = _windings(touched, len(sets))
    for number, layer in enumerate(layers):
        _paint(canvas, layer, windings[2 * number], windings[2 * number + 1])
    cropped = np.array([bool(ring.min() < 0 or (ring.max(axis=0) > size).any()) for ring in rings])
    _resolve(canvas, layers, touched, windings, cropped)
    return canvas


def _clockwise(ring: Floats) -> Floats:
    """Turn a ring, so that where holes overlap they do not cancel."""
    x, y = ring.T
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return ring[::-1] if area < 0 else ring


def _touched(size: Size, pieces: Pieces, ring_set: Ints) -> Touched:
    stride = size.width + 1
    column = ((pieces.x0 + pieces.x1) / 2).astype(np.int64)
    row = ((pieces.y0 + pieces.y1) / 2).astype(np.int64)
    key = (ring_set * size.height + row) * stride + column
    following = np.arange(1, key.size + 1)
    last = np.flatnonzero(np.diff(pieces.ring, append=-1))
    following[last] = np.concatenate([[0], last[:-1] + 1])
    leaves = (key[following] != key) | (pieces.x0[following] != pieces.x1) | (pieces.y0[following] != pieces.y1)

    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    pieces, row, column = pieces.take(order), row[order], column[order]
    cells = row[first] * stride + column[first]
    plain = _plain(pieces, leaves[order], first)
    return Touched(pieces, order, following[order], ring_set[order], row, column, first, cells, plain)


def _windings(touched: Touched, sets: int) -> list[Winding]:
    """Sum up along the rows."""
    pieces, first = touched.pieces, touched.first
    height = pieces.y1 - pieces.y0
    right = 1 + touched.column - (pieces.x0 + pieces.x1) / 2  # share of the pixel right of the piece
    total = np.add.reduceat(height, first)
    after = np.cumsum(total)
    mean = after - total + np.add.reduceat(height * right, first)
    bounds = np.searchsorted(touched.ring_set[first], np.arange(sets + 1)).tolist()
    return [Winding(touched.cells[a:b], mean[a:b], after[a:b]) for a, b in pairwise(bounds)]


def _resolve(
    canvas: Mask, layers: Sequence[Layer], touched: Touched, windings: list[Winding], cropped: NDArray[np.bool_]
) -> None:
    """Fill the pixels in which outlines meet."""
    stride = canvas.shape[1] + 1
    cells = touched.cells
    meeting = np.unique(np.concatenate([cells[~touched.plain], _shared(cells)]))
    meeting = meeting[meeting % stride < stride - 1]
    if not meeting.size:
        return
    pixel = np.searchsorted(meeting, cells).clip(max=meeting.size - 1)
    pixel = np.where(meeting[pixel] == cells, pixel, -1)
    pixel = np.repeat(pixel, np.diff(touched.first, append=touched.row.size))
    chosen = np.argsort(pixel, kind="stable")[np.count_nonzero(pixel < 0) :]
    x, y = touched.column[chosen], touched.row[chosen]
    x0, y0, x1, y1, ring = touched.pieces.take(chosen)
    lines = Lines(x0 - x, y0 - y, x1 - x, y1 - y, pixel[chosen], touched.ring_set[chosen])
    intricate = ~simple_pixels(lines, ring, touched.number[chosen], touched.following[chosen], cropped)
    if not intricate.any():
        return
    lines, meeting = lines.of(intricate), meeting[intricate]
    facts = [LayerFacts(layer.fill_rule == "evenodd", layer.subtract, bool(layer.holes)) for layer in layers]
    share = joint_coverage(lines, facts, [_mean_at(meeting, winding) for winding in windings])
    canvas.reshape(-1)[meeting - meeting // stride] = np.rint(255 * share)


def _plain(pieces: Pieces, leaves: NDArray[np.bool_], first: Ints) -> NDArray[np.bool_]:
    """Tell which cells one connected stretch of outline passes that cannot cross itself.

    It cannot with two pieces, nor when it never turns back along one of the axes.
    """
    one = np.add.reduceat(leaves, first, dtype=np.int64) == 1
    few = np.diff(first, append=leaves.size) <= 2
    dx, dy = pieces.x1 - pieces.x0, pieces.y1 - pieces.y0
    ways = (dx > 0) + (dx < 0) * np.uint8(2) + (dy > 0) * np.uint8(4) + (dy < 0) * np.uint8(8)
    seen = np.bitwise_or.reduceat(ways, first)
    plain: NDArray[np.bool_] = one & (few | (seen & 3 != 3) | (seen & 12 != 12))
    return plain


def _shared(cells: Ints) -> Ints:
    """Return the cells that more than one set of rings touches."""
    ordered = np.sort(cells)
    shared: Ints = ordered[1:][ordered[1:] == ordered[:-1]]
    return shared


def _mean_at(wanted: Ints, winding: Winding) -> Floats:
    """Return one layer's mean winding number in any cells."""
    if not winding.cells.size:
        return np.zeros(wanted.size)
    place = np.searchsorted(winding.cells, wanted, side="right") - 1
    touched = winding.cells[place] == wanted
    return np.where(place < 0, 0.0, np.where(touched, winding.mean[place], winding.after[place]))


def _levels(winding: Floats, rule: FillRule) -> Mask:
    share = np.minimum(np.abs(winding), 1.0) if rule == "nonzero" else np.abs(winding - 2 * np.rint(winding / 2))
    return narrow(np.rint(255 * share).astype(np.uint8))


def _paint(canvas: Mask, layer: Layer, rings: Winding, holes: Winding) -> None:
    """Add or subtract one layer."""
    if not layer.holes:
        _fill(canvas, rings, layer.fill_rule, subtract=layer.subtract)
        return
    alone = np.zeros_like(canvas)
    _fill(alone, rings, layer.fill_rule, subtract=False)
    _fill(alone, holes, "nonzero", subtract=True)
    np.minimum(canvas, 255 - alone, out=canvas) if layer.subtract else np.maximum(canvas, alone, out=canvas)


def _fill(canvas: Mask, winding: Winding, rule: FillRule, *, subtract: bool) -> None:
    """Fill the touched pixels, then the full runs between them."""
    flat, stride = canvas.reshape(-1), canvas.shape[1] + 1
    place = winding.cells - winding.cells // stride  # cells have one column more than the canvas
    shown = winding.cells % stride < stride - 1
    at, value = place[shown], _levels(winding.mean[shown], rule)
    flat[at] = np.minimum(flat[at], 255 - value) if subtract else np.maximum(flat[at], value)

    full = np.flatnonzero((np.diff(winding.cells) > 1) & (_levels(winding.after[:-1], rule) > 127))
    begin, length = place[full] + 1, place[full + 1] - place[full] - 1
    level = 0 if subtract else 255
    short = length < SHORT_RUN
    for start, stop in zip(begin[~short].tolist(), (begin + length)[~short].tolist(), strict=True):
        flat[start:stop] = level
    begin, length = begin[short], length[short]
    flat[np.repeat(begin - np.cumsum(length) + length, length) + np.arange(length.sum())] = level
