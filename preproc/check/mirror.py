"""Find canvas that was filled with the mirrored picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, size_of_array
from ..geometry import Box

__all__ = ["MirroredSide", "mirrored_side"]

# How many px beside a seam are compared to find it, and the lines and the levels that are looked at.
_LEAST, _LINES, _SAME = 8, 96, 3

# Share of the compared values that must agree, and the mean step between neighbours below which all is flat.
_AGREE, _FLAT = 0.98, 1.0

# So many steps between neighbours, mirrored to the last level, are no chance either, however smooth the picture.
_STEPS = 64


class MirroredSide(NamedTuple):
    """Canvas on one side that repeats the picture beside it, mirrored."""

    name: str
    canvas: Box
    picture: Box


def mirrored_side(image: Image) -> MirroredSide | None:
    """Return the only side with mirrored canvas; None where no side has it, or it cannot be told which.

    Along a seam both sides are mirror images of each other. The canvas is the one that ends there: the mirror image
    reaches as far as the canvas border, and the other side goes on beyond it.
    """
    size = size_of_array(image)
    found = []
    for names, turned, length in (
        (("left", "right"), image, size.width),
        (("top", "bottom"), image.transpose(1, 0, 2), size.height),
    ):
        for seam in _seams(turned):
            depth = min(seam, length - seam)
            at_start = seam < length - seam
            first, second = (0, depth) if at_start else (length - depth, length)
            canvas, picture = (first, second), ((depth, length) if at_start else (0, length - depth))
            found.append(MirroredSide(names[not at_start], *(_box(part, names, size) for part in (canvas, picture))))
    return found[0] if len(found) == 1 else None


def _box(part: tuple[int, int], names: tuple[str, str], size: tuple[int, int]) -> Box:
    width, height = size
    return Box(part[0], 0, part[1], height) if names[0] == "left" else Box(0, part[0], width, part[1])


def _seams(image: Image) -> list[int]:
    """Return the columns at which the picture is its own mirror image out to the nearer border."""
    columns = np.ascontiguousarray(image[:: max(1, len(image) // _LINES)].transpose(1, 0, 2)).astype(np.int16)
    width = len(columns)
    if width < 4 * _LEAST or _steps(columns) < _STEPS:
        return []
    found = []
    for between in (0, 1):  # mirrored about the line between two columns, or about one column
        for seam in range(_LEAST, width - _LEAST - between):
            depth = min(seam, width - seam - between)
            # In the middle neither side goes on, so it is not told which is the picture.
            told = abs(2 * seam + between - width) > 2 and _mirrored(columns, seam, between, depth)
            if told and not _goes_back(columns, seam, between, depth):
                found.append(seam)
    return found


def _mirrored(columns: NDArray[np.int16], seam: int, between: int, depth: int) -> bool:
    clear = True
    for reach in (_LEAST, depth):
        left, right = columns[seam - reach : seam][::-1], columns[seam + between : seam + between + reach]
        apart = np.abs(left - right)
        if np.count_nonzero(apart <= _SAME) < _AGREE * left.size:
            return False
        clear = clear and bool(np.abs(np.diff(left, axis=0)).mean() >= _FLAT)
    return clear or (not apart.any() and _steps(left) >= _STEPS)


def _steps(columns: NDArray[np.int16]) -> int:
    return int(np.count_nonzero(np.diff(columns, axis=0).any(axis=2)))


def _goes_back(columns: NDArray[np.int16], seam: int, between: int, depth: int) -> bool:
    """Tell whether the longer side only turns back where the shorter one ends: it may be the canvas then, and longer."""
    outwards = columns[:seam][::-1] if seam > depth else columns[seam + between :]
    rest, before = outwards[depth:], outwards[: depth - between][::-1]
    count = min(len(rest), len(before))
    return bool(np.count_nonzero(np.abs(rest[:count] - before[:count]) <= _SAME) >= _AGREE * rest[:count].size)
