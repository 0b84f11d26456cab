"""Find the straight edge at which a mask cuts the canvas from side to side."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, size_of_array

__all__ = ["NAMES", "Cut", "cut_of", "deepest_overlap", "lines_across"]

NAMES = ("left", "right", "top", "bottom")

# So many lines are looked at, each the mean of eight rows at least: noise goes, and what is drawn across the cut stays.
_LINES, _ROWS = 96, 8

# Share of a mask's pixels that may lie on the wrong side of its edge.
_ASTRAY = 0.03

# An overlap covers so many px of the picture at most, or such a share of the canvas; half of the picture in any case.
_OVERLAP, _LARGEST, _SHARE = 96, 256, 6


class Cut(NamedTuple):
    """One straight edge along rows or columns; white on one side of it."""

    upright: bool
    """Whether it runs from top to bottom."""
    at: int
    """So many columns, or rows, lie before it."""
    white_first: bool
    """Whether white lies to its left, or above it."""


def cut_of(mask: Mask) -> Cut | None:
    """Return the edge that cuts a mask in two from side to side; None for masks of another form."""
    size = size_of_array(mask)
    few = mask[:: max(1, size.height // 256), :: max(1, size.width // 256)] > 127
    for upright in (True, False):
        rows = mask[:: max(1, size.height // 256)] if upright else mask[:, :: max(1, size.width // 256)].T
        white = np.median(rows, axis=0) > 127
        changes = np.flatnonzero(white[1:] != white[:-1])
        sampled = white[:: max(1, len(white) // 256)]
        if len(changes) == 1 and np.mean((few if upright else few.T) != sampled) <= _ASTRAY:
            return Cut(upright, int(changes[0]) + 1, bool(white[0]))
    return None


def lines_across(image: Image, cut: Cut) -> NDArray[np.float32]:
    """Average the picture's rows to few lines that run across the cut: (lines, length, channels)."""
    height, width, channels = image.shape
    along, across = (height, width) if cut.upright else (width, height)
    ends = np.linspace(0, along, int(np.clip(along // _ROWS, min(along, 4), _LINES)) + 1).round().astype(int)
    lines = np.empty((len(ends) - 1, across, channels), np.float32)
    for line, (start, end) in zip(lines, itertools.pairwise(ends), strict=True):
        part = image[start:end] if cut.upright else image[:, start:end]
        line[:] = cv2.reduce(part, 0 if cut.upright else 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).reshape(across, channels)
    return lines


def deepest_overlap(length: int) -> int:
    """Return how far, in px, a mask may reach into the picture beyond the new canvas."""
    return max(_OVERLAP, min(_LARGEST, length // _SHARE))
