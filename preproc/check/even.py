"""Find even canvas, flat or of repeated columns, under noise and lossy files."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cut import Cut, deepest_overlap

__all__ = ["even_side"]

# The least canvas, and how far behind it is looked for what ends it.
_LEAST, _BEHIND = 7, 40

# The seam may lie so far outside the mask, in px: resizing and lossy files move edges.
_OUTSIDE = 3

# What lies in even canvas stays within so many levels of its line's mean, on average, a little more in its worst place;
# and so few lines may hold more. Lossy files ring beside a seam: there a step that is so many times higher excuses more.
_LEVEL, _WORST, _SOONER, _RINGING, _STEP = 1.6, 1.5, 0.05, 4.0, 16

# Deep canvas drifts by less from end to end.
_DRIFT, _DEEP = 1.0, 24

# Flat canvas ends on one line in nearly all rows. Repeated columns are told by what they repeat as well: neighbouring
# lines are so many times less alike than what lies along one. Each with the share of rows that must end on a line.
_ON_A_LINE = ((0.0, 0.9), (2.0, 0.3), (3.0, 0.15), (8.0, 0.05))

# What takes less of the canvas and is even all over is blank: no picture, and what is not even beside it no canvas.
# More of the canvas has to end on a line in such a share of the rows.
_BLANK, _NEARLY_BLANK, _SOME_ON_A_LINE, _HALF_ON_A_LINE = 0.34, 0.45, 0.4, 0.5

# What is even and takes more of the canvas may be the picture.
_MOST = 0.36

_Lines = NDArray[np.float32]


class _Strip(NamedTuple):
    """What lies before a cut, up to the column that ends it; in levels of the averaged lines."""

    depth: int
    level: float
    worst: float
    drift: float
    sooner: float
    on_a_line: float
    striped: float
    behind: float


def even_side(lines: _Lines, cut: Cut) -> bool | None:
    """Tell whether the canvas before the cut (True) or behind it (False) is even; None if neither or both."""
    length = lines.shape[1]
    strips = _strip_before(lines, cut.at), _strip_before(lines[:, ::-1], length - cut.at)
    told = [
        strip is not None and _is_canvas(strip, at, length)
        for strip, at in zip(strips, (cut.at, length - cut.at), strict=True)
    ]
    even = [strip is not None and strip.level <= 2 * _LEVEL for strip in strips]
    return None if told[0] == told[1] or all(even) else told[0]


def _is_canvas(strip: _Strip, at: int, length: int) -> bool:
    step = strip.behind / max(strip.level, 0.3)
    most = _LEVEL if step < _STEP or strip.on_a_line < _HALF_ON_A_LINE else _RINGING
    drift = _DRIFT if strip.depth > _DEEP else most
    if strip.depth > _MOST * length:
        return False
    if strip.level > most or strip.worst > _WORST * most or strip.drift > drift or strip.sooner > _SOONER:
        return False
    if at <= _BLANK * length and (2 * strip.depth >= at or strip.on_a_line >= _SOME_ON_A_LINE):
        return True
    if at <= _NEARLY_BLANK * length and 2 * strip.depth >= at and strip.on_a_line >= _HALF_ON_A_LINE:
        return True
    striped = strip.striped / max(strip.level, 0.3)
    return step >= 3 and any(striped >= times and strip.on_a_line >= share for times, share in _ON_A_LINE)


def _strip_before(lines: _Lines, at: int) -> _Strip | None:
    """Measure the first columns up to what ends them soon before the cut at `at`, or up to the cut."""
    length = lines.shape[1]
    least, most = max(_LEAST, at - deepest_overlap(length)), min(at + _OUTSIDE, length - 8)
    if least > most:
        return None
    seen = lines[:, : most + _BEHIND]
    apart = np.abs(seen - seen[:, :least].mean(axis=1, keepdims=True)).max(axis=2)
    profile = apart.mean(axis=0)
    beyond = profile > max(2.5 * float(profile[:least].mean()), 1.0)
    ends = np.flatnonzero(beyond[least:-1] & beyond[least + 1 :])
    depth = least + int(ends[0]) if ends.size and least + ends[0] <= most else at
    own = seen[:, : depth - 1].mean(axis=1, keepdims=True)
    apart = np.abs(seen - own).max(axis=2)
    inside = apart[:, : depth - 1]
    level, third = float(inside.mean()), max(1, depth // 3)
    near, far = seen[:, :third].mean(axis=1), seen[:, depth - 1 - third : depth - 1].mean(axis=1)
    leaves = apart > max(4 * level, 1.5)
    leaves[:, : max(0, depth - 8)] = False
    first = np.where(leaves.any(axis=1), leaves.argmax(axis=1), length)
    return _Strip(
        depth,
        level,
        worst=float(np.convolve(inside.mean(axis=0), np.ones(3) / 3, "valid").max()),
        drift=float(np.abs(far - near).mean()),
        sooner=float(np.mean(apart[:, : max(1, depth - 2)].max(axis=1) > max(8 * level, 4))),
        on_a_line=float(np.mean(np.abs(first - depth) <= 2)),
        striped=float(np.abs(np.diff(own[:, 0], n=2, axis=0)).mean()) / 2 if len(own) > 2 else 0.0,
        behind=float(apart[:, depth + 1 : depth + 17].mean()),
    )
