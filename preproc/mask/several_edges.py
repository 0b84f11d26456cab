"""Places where more than one edge crosses a pixel: tips, valleys, and lines side by side.

Edges are fitted to the coverage around them by damped least squares (Levenberg 1944). They cross rows: each is
``x = at + lean * y`` from the middle of the window. For those that cross columns the window is turned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask
from .edge_planes import Plane, Planes, area, misses, row_planes

__all__ = ["find_several"]

# Half the side of the window that is fitted.
_HALF = 3
# What edges may leave unexplained of the coverage of a pixel and of those around it.
_LEFT_OVER = 0.05
# What is explained that well needs no other try.
_CLOSE = 0.015
_ROUNDS, _DAMPING = 8, np.float32(1e-3)
_SETTLED = 1e-4
_FEELER = np.float32(0.85)
# Beyond this lean the edges cross columns rather than rows.
_MOST_LEAN = 1.6
# So many pixels are worth the time: a mask that has more is soft or a texture.
_MOST_LOOKED_AT, _MOST = 1 << 16, 1 << 14
# Pixels worked on at once.
_CHUNK = 1 << 11

_X = np.arange(-_HALF, _HALF + 1, dtype=np.float32)[:, np.newaxis]
_Y = _X[:, np.newaxis]


class _Found(NamedTuple):
    planes: Planes
    error: Plane


def find_several(mask: Mask, open_pixels: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Planes]:
    """Fit two edges that meet, or two lines side by side, to the open pixels; return those where they fit."""
    at_row, at_column = np.nonzero(open_pixels)
    padded = np.pad(mask, _HALF, mode="edge")
    if 0 < len(at_row) <= _MOST_LOOKED_AT:
        steep = _steep(padded, at_row, at_column)
        at_row, at_column = at_row[steep], at_column[steep]
    if not 0 < len(at_row) <= _MOST:
        return np.zeros(mask.shape, np.bool_), Planes.none()
    values: Plane = padded.astype(np.float32) / np.float32(255)
    span = range(2 * _HALF + 1)
    parts = []
    for first in range(0, len(at_row), _CHUNK):
        y, x = at_row[first : first + _CHUNK], at_column[first : first + _CHUNK]
        window = np.stack([[values[y + dy, x + dx] for dx in span] for dy in span])
        parts.append(_explained(window))
    found = _Found(Planes.joined([part.planes for part in parts]), np.concatenate([part.error for part in parts]))
    found = _spread(values, at_row, at_column, mask.shape, found)
    fits = found.error <= _LEFT_OVER
    where = np.zeros(mask.shape, np.bool_)
    where[at_row[fits], at_column[fits]] = True
    return where, found.planes.chosen(fits)


def _steep(values: Mask, row: NDArray[np.intp], column: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell edges from ramps: half of all levels within five pixels, or a thin line with nothing on either side."""
    y, x = row + _HALF, column + _HALF
    around = np.stack([values[y + down, x + right] for down in range(-2, 3) for right in range(-2, 3)])
    steep: NDArray[np.bool_] = around.max(axis=0) - around.min(axis=0) > 127
    for away in (2, 3):
        for down, right in ((0, away), (away, 0)):
            one, other = values[y - down, x - right], values[y + down, x + right]
            steep |= (np.maximum(one, other) == 0) | (np.minimum(one, other) == 255)
    return steep


def _explained(window: Plane) -> _Found:
    """Try what may lie in each window, until something explains it."""
    count = window.shape[2]
    nothing = row_planes(np.zeros((4, count), np.float32), np.zeros((4, count), np.float32), base=2)
    result = _Found(nothing, np.full(count, np.inf, np.float32))
    for attempt, dark in ((_two, False), (_two, True), (_pair, False), (_pair, True)):
        for turned in (False, True):
            rows = window.swapaxes(0, 1) if turned else window
            rows = 1 - rows if dark else rows
            left = np.flatnonzero((result.error > _CLOSE) & (_holds_pair(rows) if attempt is _pair else True))
            if left.size:
                planes = attempt(rows[..., left])
                planes = planes.turned() if turned else planes
                planes = planes.complement() if dark else planes
                error = misses(planes, window[1:-1, 1:-1, left])
                better = error < result.error[left] - np.float32(0.005)
                left = left[better]
                for own, theirs in zip(result.planes, planes.filled(4).chosen(better), strict=True):
                    own[..., left] = theirs
                result.error[left] = error[better]
    return result


def _holds_pair(rows: Plane) -> NDArray[np.bool_]:
    """Two strips end before the window does, on one side at least."""
    ends = np.minimum(rows[2:-2, 0], rows[2:-2, -1]).max(axis=0)
    beyond: NDArray[np.bool_] = ends < 0.5
    return beyond


def _best(found: list[_Found]) -> _Found:
    """Return the best of several for every pixel; of about equals the first."""
    result = found[0]
    for each in found[1:]:
        better = each.error < result.error - np.float32(0.005)
        result = _Found(result.planes.replaced(each.planes, better), np.where(better, each.error, result.error))
    return result


def _two(rows: Plane) -> Planes:
    """Fit the left and the right edge of what lies between them: they may meet."""
    sums = rows.sum(axis=1)
    held = np.maximum(sums, np.float32(1e-6))
    centre = (rows * _X).sum(axis=1) / held
    # Rows that hold nothing, or reach across the window, say little of the edges.
    weight = (sums > 0.02) * np.float32(1) * np.where(sums < 2 * _HALF, 1, np.float32(0.1))
    ends = np.stack([centre - sums / 2, centre + sums / 2])
    at, lean = _line_through(ends, weight)
    found = _fitted(rows, np.concatenate([at, lean]), _between_two)
    return row_planes(found[:2], found[2:], base=1)


# Two strips of the same width, by their middle, width, distance and lean: their four edges, and the lean.
_ALIKE = np.array([[1, -0.5, -1, 0], [1, 0.5, -1, 0], [1, -0.5, 1, 0], [1, 0.5, 1, 0], [0, 0, 0, 1]], np.float32)


def _pair(rows: Plane) -> Planes:
    """Fit two strips side by side, alike at first."""
    middle = rows[_HALF - 1 : _HALF + 2]
    sums = np.maximum(middle.sum(axis=1), np.float32(1e-6))
    centre = (middle * _X).sum(axis=1) / sums
    at, lean = _line_through(centre, np.ones_like(sums), _X[_HALF - 1 : _HALF + 2])
    spread = ((middle * np.square(_X - centre[:, np.newaxis])).sum(axis=1) / sums).mean(axis=0)
    width = sums.mean(axis=0) / 2
    apart = np.sqrt(np.maximum(spread - np.float32(1 / 12) - np.square(width) / 12 - np.square(lean) / 12, 0))
    apart = np.maximum(apart, width / 2 + np.float32(0.05))
    alike = _fitted(rows, np.stack([at, width, apart, lean]), _between_alike)
    found = _fitted(rows, np.einsum("ij,jn->in", _ALIKE, alike), _between_four)
    return row_planes(found[:4], np.repeat(found[4:], 4, axis=0), base=2)


def _line_through(values: Plane, weight: Plane, y: Plane = _X) -> tuple[Plane, Plane]:
    """Return where a line through weighted values lies in the middle, and its lean."""
    total = np.maximum(weight.sum(axis=0), np.float32(1e-6))
    mean_y, mean = (weight * y).sum(axis=0) / total, (weight * values).sum(axis=-2) / total
    off = y - mean_y
    lean = (weight * off * (values - mean[..., np.newaxis, :])).sum(axis=-2)
    lean = lean / np.maximum((weight * off * off).sum(axis=0), np.float32(1e-3))
    lean = lean.clip(-_MOST_LEAN, _MOST_LEAN)
    return mean - lean * mean_y, lean


_Model = Callable[[Plane], tuple[Plane, Plane]]


def _between_two(params: Plane) -> tuple[Plane, Plane]:
    """Return the coverage between two edges, and how it changes with every parameter."""
    covered, change = _right_of(params[:2], params[2:])
    value = covered[0] - covered[1]
    change[1] *= -1
    change = np.where(value > 0, change, np.float32(0))
    return np.maximum(value, 0), np.concatenate([change, change * _Y])


def _between_four(params: Plane) -> tuple[Plane, Plane]:
    covered, change = _right_of(params[:4], np.repeat(params[4:], 4, axis=0))
    change[1::2] *= -1
    value = covered[0] - covered[1] + covered[2] - covered[3]
    return value, np.concatenate([change, (change * _Y).sum(axis=0, keepdims=True)])


def _between_alike(params: Plane) -> tuple[Plane, Plane]:
    value, change = _between_four(_allowed(np.einsum("ij,jn->in", _ALIKE, params)))
    return value, np.einsum("ij,iyxn->jyxn", _ALIKE, change)


def _right_of(at: Plane, lean: Plane) -> tuple[Plane, Plane]:
    at, lean = (each[:, np.newaxis, np.newaxis] for each in (at, lean))
    total = 1 + np.abs(lean)
    smaller = np.minimum(np.abs(lean), 1) / total
    reach = (_X - at - lean * _Y) / total + np.float32(0.5)
    # How fast the area grows, smoothed: an edge also feels the pixels just beyond, or it would never move into them.
    change = ((_FEELER - np.abs(reach - np.float32(0.5))) / (2 * _FEELER - 1)).clip(0, 1)
    return area(reach, smaller), -change / total


def _fitted(rows: Plane, params: Plane, model: _Model) -> Plane:
    """Improve the parameters by least squares; the middle of the window counts most."""
    importance = 1 / (1 + np.square(_X) * np.square(_X) / 4)
    importance = (importance * importance[:, np.newaxis]).astype(np.float32)
    result = params.copy()
    left = np.arange(params.shape[1])
    value, change = model(params)
    missing = rows - value
    error = (importance * missing * missing).sum(axis=(0, 1))
    damping = np.full(error.shape, _DAMPING, np.float32)
    diagonal = range(len(params))
    for _ in range(_ROUNDS):
        weighted = change * importance
        normal = np.einsum("iyxn,jyxn->nij", weighted, change)
        normal[:, diagonal, diagonal] += damping[:, np.newaxis]
        step = np.linalg.solve(normal, np.einsum("iyxn,yxn->ni", weighted, missing)[..., np.newaxis])[..., 0].T
        tried = _allowed(params + step.clip(-1, 1).astype(np.float32))
        value, new_change = model(tried)
        new_missing = rows - value
        new_error = (importance * new_missing * new_missing).sum(axis=(0, 1))
        better = new_error < error
        params, missing = np.where(better, tried, params), np.where(better, new_missing, missing)
        change, error = np.where(better, new_change, change), np.where(better, new_error, error)
        damping = np.where(better, damping / 4, damping * 8).clip(1e-6, 1e3).astype(np.float32)
        result[:, left] = params
        goes_on = (error > _SETTLED) & (damping < 10)
        if 2 * np.count_nonzero(goes_on) < len(goes_on):
            left, params, damping, error = left[goes_on], params[:, goes_on], damping[goes_on], error[goes_on]
            rows, missing, change = rows[..., goes_on], missing[..., goes_on], change[..., goes_on]
            if not left.size:
                break
    return result


def _allowed(params: Plane) -> Plane:
    """Keep the order of the edges."""
    if len(params) == 5:
        params[:4] = np.maximum.accumulate(params[:4], axis=0)
    return params


def _spread(
    values: Plane, at_row: NDArray[np.intp], at_column: NDArray[np.intp], shape: tuple[int, ...], found: _Found
) -> _Found:
    """Let pixels take over the edges of a neighbour where these explain them better: a tip what its flanks say."""
    index = np.full((shape[0] + 2, shape[1] + 2), -1, np.int32)
    index[at_row + 1, at_column + 1] = np.arange(len(at_row), dtype=np.int32)
    around = range(1, 2 * _HALF)
    middle = np.stack([[values[at_row + dy, at_column + dx] for dx in around] for dy in around])
    for _ in range(3):
        options = [found]
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                beside = index[at_row + 1 + down, at_column + 1 + right]
                if right or down:
                    planes = found.planes.chosen(beside).moved(-right, -down)
                    options.append(_Found(planes, np.where(beside >= 0, misses(planes, middle), np.float32(np.inf))))
        found = _best(options)
    return found
