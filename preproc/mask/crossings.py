"""Pixels where several stretches of outline meet.

There the mean winding number is not enough: half of a pixel inside two shapes looks like all of it inside one. Such a
pixel is cut into bands at every corner and every crossing, so that within a band all edges are straight and keep their
order from left to right. The middle of a band then speaks for all of it, and the sum over the bands is exact.

All pixels are worked on at once: height y of pixel number p is the place p + y of one long column.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["LayerFacts", "Lines", "joint_coverage", "simple_pixels"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)

MOST_EXACT = 40  # pieces in one pixel; pairs grow with the square, so beyond it bands of equal height are used
EVEN_BANDS = 64
THINNEST = 1e-9  # of a pixel
BATCH = 1 << 15  # pixels at once


class Lines(NamedTuple):
    """Straight pieces from (x0, y0) to (x1, y1), relative to the corner of their pixel, pixel after pixel."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    pixel: Ints
    ring_set: Ints

    def of(self, pixels: NDArray[np.bool_]) -> Lines:
        """Return those of some pixels, which are counted anew."""
        kept = pixels[self.pixel]
        pixel = (np.cumsum(pixels) - 1)[self.pixel[kept]]
        return Lines(self.x0[kept], self.y0[kept], self.x1[kept], self.y1[kept], pixel, self.ring_set[kept])

    def within(self, pixels: slice) -> Lines:
        """Return those of a range of pixels, which are counted anew."""
        a, b = np.searchsorted(self.pixel, [pixels.start, pixels.stop])
        x0, y0, x1, y1 = self.x0[a:b], self.y0[a:b], self.x1[a:b], self.y1[a:b]
        return Lines(x0, y0, x1, y1, self.pixel[a:b] - pixels.start, self.ring_set[a:b])


class LayerFacts(NamedTuple):
    """How a layer is filled and combined."""

    evenodd: bool
    subtract: bool
    holes: bool


def joint_coverage(lines: Lines, layers: list[LayerFacts], known: list[Floats]) -> Floats:
    """Return the share of every pixel that the layers, one after the other, leave covered.

    Every layer has two sets of rings, its own and its holes. `known` is each set's mean winding number in the pixels.
    """
    pixels = int(lines.pixel[-1]) + 1
    parts = [slice(begin, begin + BATCH) for begin in range(0, pixels, BATCH)]
    return np.concatenate([_covered(lines.within(part), layers, [mean[part] for mean in known]) for part in parts])


def _covered(lines: Lines, layers: list[LayerFacts], known: list[Floats]) -> Floats:
    edges = _band_edges(lines)
    middle, height = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    pixel = middle.astype(np.int64)

    # Every band starts at its left border; then come the pieces that cross its middle, from left to right.
    band, piece = _meetings(lines, middle)
    x = lines.x0[piece] + (middle[band] - pixel[band] - lines.y0[piece]) * _slope(lines)[piece]
    turn = np.sign(lines.y1 - lines.y0).astype(np.int64)[piece]
    order = np.argsort((band << 32) + (np.clip(x, 0, 1) * (2**32 - 1)).astype(np.int64), kind="stable")
    begins = np.arange(middle.size) + np.searchsorted(band[order], np.arange(middle.size))
    step = np.ones(order.size + middle.size, np.bool_)
    step[begins] = False
    band, left = _placed(step, band[order]), _placed(step, np.clip(x, 0, 1)[order])
    turn, whose = _placed(step, turn[order]), _placed(step, lines.ring_set[piece][order])
    band[begins] = np.arange(middle.size)
    right = np.append(left[1:], 1.0)
    right[begins[1:] - 1] = 1.0

    def members(number: int) -> NDArray[np.bool_]:
        mine = lines.ring_set == number
        wound = np.cumsum(np.where(whose == number, turn, 0))
        wound += (_left_winding(lines, mine, middle, known[number]) - wound[begins])[band]
        alternating = layers[number // 2].evenodd and number % 2 == 0  # holes add up whatever the rule
        member: NDArray[np.bool_] = (wound & 1 if alternating else wound) != 0
        return member

    inside = np.zeros(band.size, np.bool_)
    for number, layer in enumerate(layers):
        member = members(2 * number)
        if layer.holes:
            member &= ~members(2 * number + 1)
        inside = inside & ~member if layer.subtract else inside | member
    return np.bincount(pixel[band], inside * (right - left) * height[band]).astype(np.float64)


def simple_pixels(
    lines: Lines, ring: Ints, number: Ints, following: Ints, doubtful: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell in which pixels only one ring passes, and one that nowhere touches itself.

    Its winding number takes two neighbouring values there, so the mean says it all. Every piece has a number, and that
    of the next piece of its ring; `doubtful` are the rings of which not all pieces are here.
    """
    counts = np.bincount(lines.pixel)
    few = counts[lines.pixel] <= MOST_EXACT
    i, j, t, u = _pairs(lines, few)
    joined = (following[i] == number[j]) & (lines.x1[i] == lines.x0[j]) & (lines.y1[i] == lines.y0[j])
    joined |= (following[j] == number[i]) & (lines.x1[j] == lines.x0[i]) & (lines.y1[j] == lines.y0[i])
    touch = (np.minimum(t, u) > -THINNEST) & (np.maximum(t, u) < 1 + THINNEST) | np.isnan(t) | np.isnan(u)
    touch &= ~joined & (ring[i] == ring[j])
    doubtful = doubtful.copy()
    doubtful[ring[i[touch]]] = True
    doubtful[ring[~few]] = True
    first = np.cumsum(counts) - counts
    alone = np.minimum.reduceat(ring, first) == np.maximum.reduceat(ring, first)
    simple: NDArray[np.bool_] = alone & ~doubtful[ring[first]]
    return simple


def _band_edges(lines: Lines) -> Floats:
    """Return the places where bands begin and end."""
    counts = np.bincount(lines.pixel)
    exact = counts[lines.pixel] <= MOST_EXACT
    crowded = np.flatnonzero(counts > MOST_EXACT)[:, np.newaxis] + np.linspace(0, 1, EVEN_BANDS, endpoint=False)
    ends = np.concatenate([lines.y0, lines.y1])[np.tile(exact, 2)]
    i, _, t, u = _pairs(lines, exact)
    meet = (t > 0) & (t < 1) & (u > 0) & (u < 1)
    i, t = i[meet], t[meet]
    edges = np.concatenate(
        [
            np.arange(counts.size + 1),
            np.clip(ends, 0, 1) + np.tile(lines.pixel[exact], 2),
            np.clip(lines.y0[i] + t * (lines.y1 - lines.y0)[i], 0, 1) + lines.pixel[i],
            crowded.reshape(-1),
        ]
    )
    edges.sort()
    return edges[np.diff(edges, prepend=-1) > THINNEST]


def _pairs(lines: Lines, wanted: NDArray[np.bool_]) -> tuple[Ints, Ints, Floats, Floats]:
    """Return all pairs of pieces in the same pixel, and how far along each the other one's line is met.

    Pieces on one line give NaN.
    """
    last = np.cumsum(np.bincount(lines.pixel))[lines.pixel] - 1
    partners = np.where(wanted, last - np.arange(last.size), 0)
    i = np.repeat(np.arange(last.size), partners)
    j = i + 1 + np.arange(i.size) - (np.cumsum(partners) - partners)[i]
    dx, dy = lines.x1 - lines.x0, lines.y1 - lines.y0
    ax, ay, bx, by = dx[i], dy[i], dx[j], dy[j]
    x, y = lines.x0[j] - lines.x0[i], lines.y0[j] - lines.y0[i]
    along_i, along_j, cross = x * by - y * bx, x * ay - y * ax, ax * by - ay * bx
    cross[np.maximum(np.abs(along_i), np.abs(along_j)) < THINNEST] = np.nan  # on one line, or starting in one point
    with np.errstate(divide="ignore", invalid="ignore"):
        return i, j, along_i / cross, along_j / cross


def _slope(lines: Lines) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        slope: Floats = np.where(lines.y1 != lines.y0, (lines.x1 - lines.x0) / (lines.y1 - lines.y0), 0.0)
    return slope


def _meetings(lines: Lines, middle: Floats) -> tuple[Ints, Ints]:
    """Return all pairs of a band and a piece that crosses its middle."""
    low = np.searchsorted(middle, lines.pixel + np.minimum(lines.y0, lines.y1))
    high = np.searchsorted(middle, lines.pixel + np.maximum(lines.y0, lines.y1))
    piece = np.repeat(np.arange(low.size), high - low)
    return low[piece] + np.arange(piece.size) - (np.cumsum(high - low) - (high - low))[piece], piece


def _left_winding(lines: Lines, mine: NDArray[np.bool_], middle: Floats, mean: Floats) -> Ints:
    """Return one set's winding number at the left border of every band.

    It changes where a piece crosses that border. What is left open, one whole number per pixel, follows from the mean.
    """
    enters, leaves = mine & (lines.x0 == 0), mine & (lines.x1 == 0)
    area = mine * (lines.y1 - lines.y0) * (1 - (lines.x0 + lines.x1) / 2)
    known = np.bincount(lines.pixel, area + enters * lines.y0 - leaves * lines.y1)
    whole = np.rint(mean - known).astype(np.int64)

    change = np.zeros(middle.size + 1, np.int64)
    for crosses, y, sign in ((enters, lines.y0, 1), (leaves, lines.y1, -1)):
        at = lines.pixel[crosses]
        np.add.at(change, np.searchsorted(middle, at), sign)
        np.add.at(change, np.searchsorted(middle, at + y[crosses]), -sign)
    return np.cumsum(change[:-1]) + whole[middle.astype(np.int64)]


def _placed(where: NDArray[np.bool_], values: NDArray[Number]) -> NDArray[Number]:
    """Spread values over the marked places of an array of zeros."""
    spread = np.zeros(where.size, values.dtype)
    spread[where] = values
    return spread
