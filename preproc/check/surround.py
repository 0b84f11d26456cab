"""Tell which of a mask's two parts is a thing, and which surrounds it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from .standing import stands

__all__ = ["Surrounding", "rectangle_of", "surrounding"]

# Looked at is a copy whose longer side has so many px.
_SIDE = 256

# How far an outline that cuts the canvas in two must bulge out of a thing, as a share of its chord's square. Horizons,
# skylines and wobbly cuts bulge either way: valleys two thirds as deep as they are wide stay below the first. In a corner, a
# quarter of a disc reaches 0.14; what is left by the outline of something larger bulges the other way.
_BULGE, _BULGE_IN_A_CORNER, _CORNER_BULGE = 0.5, 0.36, 0.06

# The power of the canvas' area over the chord's square that this takes more in a high canvas: canyons of streets stay below.
_HIGH = 0.6

# A part in one corner that is no larger a share of the canvas cannot be the surroundings of all the rest.
_PATCH = 0.06

# A part is a rectangle if it fills so much of the box around it; feathers round its corners.
_FULL = 0.97


class Surrounding(NamedTuple):
    """Which part surrounds the other."""

    white: bool | None
    """Whether white does; None where nothing tells: a straight cut from side to side looks the same both ways."""
    border: float
    """White share of the canvas border, every side counted alike."""
    words: str
    """What tells it."""


def surrounding(mask: Mask) -> Surrounding:
    """Weigh what tells a thing from its surroundings; an inverted mask gets the opposite answer.

    In this order: the border is of one value; a body fills both lower corners and rises clear of both upper ones (see
    `stands`); all corners are of one value, and most of the border; where one line cuts off a rectangle in a corner, the
    rest surrounds it; where it cuts off a small corner or the canvas in two, it bulges far out of the thing (the area
    between it and its chord counts, so that wobbles cancel); where several do, more of the border is the surrounding's.
    """
    white = _small(mask) > 127
    sides = (white[0], white[-1], white[:, 0], white[:, -1])
    border = float(np.mean([side.mean() for side in sides]))
    most, lead = border > 0.5, abs(2 * border - 1)
    loop = np.concatenate([white[0, :-1], white[:-1, -1], white[-1, :0:-1], white[:0:-1, 0]])
    loop = _smoothed(loop) if loop.size else white.ravel()
    stretches = int(np.count_nonzero(loop != np.roll(loop, 1))) // 2
    if stretches == 0:
        return Surrounding(bool(loop[0]), border, "runs all round the canvas")
    body = stands(white)
    if body is not None:
        return Surrounding(
            not body, border, "lies round a body that fills both lower corners and rises clear of both upper ones"
        )
    bulge, chords = _bulge(white)
    by_bulge, strength = bulge < 0, abs(bulge)
    if lead == 0:
        most = by_bulge  # an inverted mask gets the opposite answer
    held = [bool(white[row, column]) for row in (0, -1) for column in (0, -1)].count(most)
    if stretches == 4 and (bulge if loop[0] else -bulge) >= _CORNER_BULGE and _four_corners(white):
        return Surrounding(None, border, "")  # a thing in each corner, or what is seen round a body
    if stretches > 1 and (lead < 0.3 or held <= 3) and _pieces(white == most) < _pieces(white != most):
        # It hangs together and cuts the other's border into pieces: it may as well be a thing that fills the canvas.
        decided = strength >= 0.02 and by_bulge != most and (lead < 0.3 or held <= 2)
        return Surrounding(by_bulge if decided else None, border, "lies round what bulges into it")
    if held == 4:
        return Surrounding(most, border, "has all corners of the canvas and most of its border")
    if stretches == 1:
        if held == 3 and _fills_its_box(white != most):
            return Surrounding(most, border, "lies round a rectangle in one corner")
        if held == 3 and np.mean(white != most) < _PATCH and by_bulge == most and strength >= _CORNER_BULGE:
            return Surrounding(most, border, "is all but a patch in one corner")
        # Cut from side to side, a high canvas has valleys that are deep for their width.
        least = _BULGE * max(1.0, white.size / chords) ** _HIGH if held == 2 else _BULGE_IN_A_CORNER
        decided = strength >= least and by_bulge == most
        return Surrounding(most if decided else None, border, "lies round what bulges into it")
    if (lead >= (0.3 if held == 2 else 0.1) and held >= 2) or (held != 2 and strength >= 0.02 and by_bulge == most):
        return Surrounding(most, border, "has most of the canvas border")
    return Surrounding(None, border, "")


def rectangle_of(mask: Mask) -> bool | None:
    """Tell whether white (True) or black (False) is one rectangle of the canvas; None if neither or both."""
    found = [_fills_its_box((mask > 127) == value) for value in (True, False)]
    return None if found[0] == found[1] else found[0]


def _fills_its_box(chosen: NDArray[np.bool_]) -> bool:
    _, _, width, height = cv2.boundingRect(chosen.view(np.uint8))
    return bool(width and np.count_nonzero(chosen) >= _FULL * width * height)


def _small(mask: Mask) -> Mask:
    """Bring the longer side to at most `_SIDE` px; areas decide what each pixel is then."""
    height, width = mask.shape
    if max(height, width) <= _SIDE:
        return mask
    scale = _SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return narrow(cv2.resize(mask, size, interpolation=cv2.INTER_AREA))


def _smoothed(loop: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take the majority of neighbours all along the border: where a rough edge meets it, it is crossed many times."""
    half = len(loop) // 50
    near = np.concatenate([loop[len(loop) - half :], loop, loop[:half]]).astype(np.int64)
    return np.convolve(near, np.ones(2 * half + 1, np.int64), "valid") > half


def _four_corners(white: NDArray[np.bool_]) -> bool:
    """Tell whether one value fills the four corners, in a piece each and not as patches, and the other hangs together."""
    corners = white == white[0, 0]
    return (
        bool(corners[[0, 0, -1, -1], [0, -1, 0, -1]].all())
        and float(corners.mean()) > _PATCH
        and _pieces(corners) == 4
        and _pieces(~corners) == 1
    )


def _pieces(chosen: NDArray[np.bool_]) -> int:
    count, labels = cv2.connectedComponents(chosen.view(np.uint8), connectivity=8)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return int(np.count_nonzero(np.bincount(border, minlength=count)[1:] > 3))


def _bulge(white: NDArray[np.bool_]) -> tuple[float, float]:
    """How much white bulges out of the straight lines between the places where outlines meet the canvas border.

    Relative to the square of those lines' lengths, which comes second; negative where black bulges into white.
    """
    (area, chords), (other_area, other_chords) = _beyond_chords(white), _beyond_chords(~white)
    squares = max(chords, other_chords, 1.0)
    return float((area - other_area) / 2 / squares), squares


def _beyond_chords(chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Area of a part beyond its chords, and the sum of their squared lengths."""
    height, width = chosen.shape
    area, squares = float(np.count_nonzero(chosen)), 0.0
    outlines, _ = cv2.findContours(chosen.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    last = np.array([width - 1, height - 1])
    for outline in outlines:
        points = outline[:, 0]
        # Only where it runs along the border: what is left out between is cut short by a chord.
        ends = points[((points == 0) | (points == last)).any(axis=1)].astype(np.float32)
        if len(ends) < 3:
            continue
        ends *= (np.array([width, height]) / np.maximum(last, 1)).astype(np.float32)
        area -= cv2.contourArea(ends)
        steps = np.square(np.roll(ends, -1, axis=0) - ends).sum(axis=1)
        squares += float(steps[steps > 9].sum())
    return area, squares
