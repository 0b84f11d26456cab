"""Tell a body in front of its surroundings from land under a sky, where both fill the lower corners of the canvas."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["stands"]

# How much of the canvas' diagonal is smoothed away: hair, leaves and rough edges.
_SMOOTH, _SMOOTH_OUTLINE = 0.015, 0.01

# A head stands clear of the shoulders: below it the outline doubles back on both sides, by so much of the width. Land
# and houses do not overhang, and trees that do are several, so that the outline goes up and down more than once.
_NECK, _NECK_WANDERS, _NECK_RISE = 0.01, 1.08, 0.12

# The widest head that leaves the canvas at the top, and the least neck then.
_CROPPED, _CROPPED_NECK = 0.6, 0.02

# A body without a neck rises as a dome: once, round, and fuller than hills and peaks, which are hollow too; a house has
# straight sides.
_DOME_WANDERS, _DOME_RISE, _DOME_FULL, _DOME_ROUND, _DOME_STRAIGHT = 1.03, 0.25, 0.72, 0.98, 0.3


class _Crest(NamedTuple):
    """The outline of what fills both lower corners, from the left side of the canvas to the right; in canvas widths."""

    neck: float
    """How far it doubles back below its top, on the side where that is less."""
    wanders: float
    """How far it goes up and down, over what rising once takes."""
    rise: float
    """How far its top is above the higher of its ends."""
    full: float
    """Share of the box around what lies above that end which is filled."""
    round: float
    """Its share of its own convex hull: the rest is hollow."""
    straight: float
    """Share of its length that runs level or upright."""
    cropped: float
    """Share of the canvas' upper border that it covers."""


def stands(white: NDArray[np.bool_]) -> bool | None:
    """Tell whether white (True) or black (False) is a body that stands in front; None where nothing tells.

    Photos are upright: what fills both lower corners and rises between the upper ones with the outline of a bust or a
    dome is a body.
    """
    found = _crest(white)
    if found is None:
        return None
    neck = _NECK if found.cropped == 0 else _CROPPED_NECK
    bust = found.neck >= neck and found.wanders <= _NECK_WANDERS and found.rise >= _NECK_RISE
    dome = found.wanders <= _DOME_WANDERS and found.rise >= _DOME_RISE
    dome = dome and found.full >= _DOME_FULL and found.round >= _DOME_ROUND and found.straight <= _DOME_STRAIGHT
    return bool(white[-1, 0]) if found.cropped <= _CROPPED and (bust or (dome and found.cropped == 0)) else None


def _crest(white: NDArray[np.bool_]) -> _Crest | None:
    """Measure the outline; None unless one part fills both lower corners and the other both upper ones."""
    corners = white[[0, 0, -1, -1], [0, -1, 0, -1]].tolist()
    if corners not in ([False, False, True, True], [True, True, False, False]) or min(white.shape) < 9:
        return None
    width = white.shape[1]
    body = _body((white == white[-1, 0]).view(np.uint8))
    outline = None if body is None else _outline(body)
    if body is None or outline is None:
        return None
    step = np.diff(outline, axis=0)
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
    at, y = int(outline[:, 1].argmin()), outline[:, 1]
    back = np.maximum(-step[:, 0], 0)
    climb = y[0] + y[-1] - 2 * y.min()
    shoulder = int(min(y[0], y[-1]))
    above = body[:shoulder]
    _, _, across, down = cv2.boundingRect(above.astype(np.uint8)) if above.size else (0, 0, 0, 0)
    level = np.abs(step).min(axis=1) < 0.087 * length  # within 5 degrees
    return _Crest(
        neck=float(min(back[:at].sum(), back[at:].sum()) / width),
        wanders=float(np.abs(step[:, 1]).sum() / max(1.0, climb)),
        rise=float(max(0.0, min(y[0], y[-1]) - y.min()) / width),
        full=float(np.count_nonzero(above) / max(1, across * down)),
        round=_roundness(above),
        straight=float(length[level].sum() / length.sum()),
        cropped=float(body[0].mean()),
    )


def _roundness(above: NDArray[np.bool_]) -> float:
    if not above.any():
        return 0.0
    hull = cv2.convexHull(np.argwhere(above).astype(np.int32))
    # It runs through the centres of pixels: half a pixel inside all round.
    return float(np.count_nonzero(above) / (cv2.contourArea(hull) + cv2.arcLength(hull, closed=True) / 2 + 1))


def _body(lower: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Smooth what fills the lower corners, and fill what does not hang together with the upper ones."""
    sigma = _SMOOTH * float(np.hypot(*lower.shape))
    soft = cv2.GaussianBlur(lower.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    above = (soft < 0.5).view(np.uint8)
    labels = cv2.connectedComponents(above, connectivity=4)[1]
    ends = {int(labels[0, 0]), int(labels[0, -1])}
    if 0 in ends or labels[-1, 0] in ends or labels[-1, -1] in ends:
        return None
    below: NDArray[np.bool_] = np.isin(labels, list(ends), invert=True)
    parts = cv2.connectedComponents(below.view(np.uint8), connectivity=4)[1]
    return np.asarray(parts == parts[-1, 0], np.bool_) if parts[-1, 0] == parts[-1, -1] else None


def _outline(body: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Follow the outline from the left side of the canvas over the top to the right side, smoothed."""
    height, width = body.shape
    padded = np.pad(body, 1).astype(np.uint8)
    outlines, _ = cv2.findContours(padded, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = max(outlines, key=len)[:, 0].astype(np.float64) - 1
    start = int(np.flatnonzero((points == (0, height - 1)).all(axis=1))[0])
    points = np.roll(points, -start, axis=0)
    end = int(np.flatnonzero((points == (width - 1, height - 1)).all(axis=1))[0])
    ways = (points[: end + 1], np.concatenate([points[end:], points[:1]])[::-1])
    way = min(ways, key=lambda one: float(one[:, 1].mean()))
    inside = np.flatnonzero((way[:, 0] > 0) & (way[:, 0] < width - 1))
    if len(inside) < 9:
        return None
    way = way[max(0, int(inside[0]) - 1) : int(inside[-1]) + 2]
    sigma = _SMOOTH_OUTLINE * float(np.hypot(height, width))
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / sigma))
    kernel /= kernel.sum()
    long = np.pad(way, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(long[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)
