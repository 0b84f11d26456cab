"""Find canvas that was filled with the mirrored picture."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import narrow
from .cut import NAMES, Cut, deepest_overlap

__all__ = ["MirroredSide", "mirrored_side"]

# The least canvas, how many px beside a seam are compared to find it, and how many at a time to follow it outwards.
_LEAST, _REACH, _BLOCK = 8, 16, 16

# A seam may lie so far outside the mask, in px: resizing and lossy files move edges.
_OUTSIDE = 2.5

# Away from a seam, by so many px, nothing mirrors: what differs there is the measure of what differs at the seam. Noise,
# lossy files and resizing leave a third of it, pictures that are symmetric by chance half and more.
_AWAY, _ALIKE, _ALIKE_ALL, _GOES_BACK = (3, 5, 8), 0.4, 0.3, 0.6

# Levels that must differ away from a seam, on average, and the share of blocks in which they do. Less will do where
# the seam mirrors to the last level: no chance either, however smooth the picture.
_CLEAR, _CLEAR_BLOCKS, _STEPS = 1.0, 0.5, 64
_EXACT = 1e-3

# So many seams are looked at closely; those beside a better one are the same one.
_TRIES, _BESIDE = 3, 6

# Levels between neighbours in mirrored canvas: where it is flat, only its end is mirrored.
_ITSELF = 0.15

_Lines = NDArray[np.float32]


class MirroredSide(NamedTuple):
    """Canvas on one side that repeats the picture beside it, mirrored."""

    name: str
    first: bool
    """Whether it lies left of the seam, or above it."""


def mirrored_side(lines: _Lines, cut: Cut) -> MirroredSide | None:
    """Return the side of the cut with mirrored canvas; None where neither has it, or it cannot be told which.

    Along a seam both sides are mirror images of each other. The canvas is the one that ends there: the mirror image
    reaches as far as the canvas border, and the other side goes on beyond it. The mask covers it, so that its edge lies
    at the seam or, with an overlap, in the picture behind it.
    """
    found = []
    for first in (True, False):
        seen = lines if first else lines[:, ::-1]
        at = cut.at if first else lines.shape[1] - cut.at
        if _has_mirror(np.ascontiguousarray(seen.transpose(1, 0, 2)), at):
            found.append(first)
    if len(found) != 1:
        return None
    return MirroredSide(NAMES[2 * (not cut.upright) + (not found[0])], found[0])


def _has_mirror(sharp: _Lines, at: int) -> bool:
    """Tell whether the first columns, up to a seam at or before `at`, are the mirror image of those behind it."""
    length = len(sharp)
    least = max(_LEAST, at - deepest_overlap(length), (4 * at - length) / 3 - _OUTSIDE)
    # In the middle neither side goes on, so it is not told which is the picture.
    most = min(at + _OUTSIDE, length / 2 - 2)
    if least > most:
        return False
    soft = narrow(cv2.GaussianBlur(sharp, (1, 5), 1.0, borderType=cv2.BORDER_REFLECT)).astype(np.float32)
    # Twice the seams: pictures are mirrored about the line between two columns or about one column.
    seams = np.arange(2 * _LEAST, int(2 * min(most + 3 * _LEAST, length - _LEAST)) + 1)
    apart = np.array([_apart(soft, int(seam)) for seam in seams])
    away = np.array([_median_around(apart, index) for index in range(len(seams))])
    scores = np.where((seams >= 2 * least) & (seams <= 2 * most), apart / np.maximum(away, 1e-2), np.inf)
    for _ in range(_TRIES):
        best = int(scores.argmin())
        if scores[best] >= _ALIKE:
            return False
        if _mirrors(soft, sharp, int(seams[best])):
            return True
        scores[max(0, best - _BESIDE) : best + _BESIDE + 1] = np.inf
    return False


def _median_around(values: NDArray[np.float64], index: int) -> float:
    near = np.concatenate(
        [values[max(0, index - 24) : max(0, index - _BESIDE + 1)], values[index + _BESIDE : index + 25]]
    )
    return float(np.median(near)) if near.size else 0.0


def _apart(columns: _Lines, seam: int) -> float:
    before, behind = seam // 2, (seam + 1) // 2
    reach = min(_REACH, before, len(columns) - behind)
    return float(np.abs(columns[before - reach : before][::-1] - columns[behind : behind + reach]).mean())


def _mirrors(columns: _Lines, sharp: _Lines, seam: int) -> bool:
    """Follow the mirror image from the seam out to the canvas border."""
    before, behind = seam // 2, (seam + 1) // 2
    clear, blocks, here, there, exact = 0, 0, 0.0, 0.0, True
    for near in range(0, before, _BLOCK):
        far = min(near + _BLOCK, before)
        if near and far - near < _BLOCK // 2:
            break
        canvas = columns[before - far : before - near][::-1]
        apart = float(np.abs(canvas - columns[behind + near : behind + far]).mean())
        away = _away(columns, canvas, behind + near)
        itself = float(np.abs(np.diff(canvas, axis=0)).mean())
        blocks, here, there, exact = blocks + 1, here + apart, there + away, exact and apart <= _EXACT
        if away >= _CLEAR and itself >= _ITSELF:
            clear += 1
            if apart > _ALIKE * away:
                return False
    sure = clear >= _CLEAR_BLOCKS * blocks and here <= _ALIKE_ALL * there
    mirrored = sharp[:before][::-1]
    steps = int(np.count_nonzero(np.diff(mirrored, axis=0).any(axis=2)))
    return (sure or (exact and steps >= _STEPS)) and not _goes_back(columns, before, behind)


def _away(columns: _Lines, canvas: _Lines, start: int) -> float:
    """Return how much the canvas differs from what lies a little beside its mirror image."""
    places = [start + sign * by for by in _AWAY for sign in (-1, 1)]
    differences = [
        float(np.abs(canvas - columns[place : place + len(canvas)]).mean())
        for place in places
        if place >= 0 and place + len(canvas) <= len(columns)
    ]
    return float(np.median(differences)) if differences else 0.0


def _goes_back(columns: _Lines, before: int, behind: int) -> bool:
    """Tell whether the longer side only turns back where the shorter one ends: it may be the canvas then, and longer."""
    outwards = columns[behind:]
    rest, canvas = outwards[before:], outwards[: 2 * before - behind][::-1]
    count = min(len(rest), len(canvas))
    apart = float(np.abs(rest[:count] - canvas[:count]).mean())
    return apart <= _GOES_BACK * max(_away(columns, canvas[:count], behind + before), _EXACT)
