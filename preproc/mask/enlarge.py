"""Enlarge anti-aliased outlines without blurring them."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Mask, narrow
from ..geometry import Size
from .strips import Lines, Plane, area, find_strips

__all__ = ["enlarged"]


def enlarged(mask: Mask, size: Size) -> Mask:
    """Draw the outline anew: in every pixel that it crosses it is the line that leaves this pixel's coverage.

    The line's direction is that of the gradient (Youngs 1982, as volume-of-fluid methods place an interface). Lines
    of a pixel or less are strips between two such lines. Everything else is cubic interpolation, steepened.
    """
    height, width = mask.shape
    cubic = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    scale = math.sqrt(size.pixels / mask.size)
    result = narrow(np.rint((cubic - 127.5) * np.float32(scale) + np.float32(127.5)).clip(0, 255).astype(np.uint8))

    around = np.ones((3, 3), np.uint8)
    between = cv2.inRange(mask, 1, 254) > 0
    crossed = between & (cv2.erode(mask, around) == 0) & (cv2.dilate(mask, around) == 255)
    strips = find_strips(mask, between)
    crossed &= ~strips.where
    if not (crossed.any() or strips.where.any()):
        return result
    y, row = _positions(size.height, height)
    x, column = _positions(size.width, width)
    beside = ~between & (cv2.dilate((crossed | strips.where).view(np.uint8), around) > 0)
    np.copyto(result, mask[row][:, column], where=beside[row][:, column])

    for where, lines in ((crossed, _lines(mask, crossed)), (strips.where, strips.lines)):
        at_row, at_column = np.nonzero(where[row][:, column])
        index = np.zeros(mask.shape, np.int32)
        index[where] = np.arange(np.count_nonzero(where), dtype=np.int32)
        line = index[row[at_row], column[at_column]]
        right, down = lines.right[line], lines.down[line]
        beyond = lines.offset[line] + right * x[at_column] + down * y[at_row]
        across = np.abs(right) * np.float32(width / size.width)
        along = np.abs(down) * np.float32(height / size.height)
        total, smaller = across + along, np.minimum(across, along) / (across + along)
        share = area(beyond / total + np.float32(0.5), smaller)
        if lines.width is not None:
            share -= area((beyond - lines.width[line]) / total + np.float32(0.5), smaller)
        result[at_row, at_column] = np.rint(255 * share)
    return result


def _positions(count: int, old: int) -> tuple[Plane, NDArray[np.intp]]:
    """Where the centres of new pixels lie: from the centre of an old one, and in which."""
    centres = (np.arange(count) + 0.5) * old / count
    inside = np.minimum(centres.astype(np.intp), old - 1)
    return (centres - inside - 0.5).astype(np.float32), inside


def _lines(mask: Mask, crossed: NDArray[np.bool_]) -> Lines:
    """Return the line through every crossed pixel."""
    values = mask.astype(np.float32) / np.float32(255)
    # Without the factor 1/8, which the division by the sum cancels.
    right: Plane = cv2.Sobel(values, cv2.CV_32F, 1, 0, borderType=cv2.BORDER_REPLICATE)[crossed].astype(np.float32)
    down: Plane = cv2.Sobel(values, cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REPLICATE)[crossed].astype(np.float32)
    total = np.abs(right) + np.abs(down)
    right = np.where(total > 0, right / np.maximum(total, np.float32(1e-6)), np.float32(1))
    down = np.where(total > 0, down / np.maximum(total, np.float32(1e-6)), np.float32(0))
    smaller = np.minimum(np.abs(right), np.abs(down))
    return Lines(right, down, _reach(values[crossed], smaller) - np.float32(0.5))


def _reach(area: Plane, smaller: Plane) -> Plane:
    """Invert `area`."""
    low = np.minimum(area, 1 - area)
    triangle = 2 * low * (1 - smaller) < smaller
    reach = np.where(triangle, np.sqrt(2 * smaller * (1 - smaller) * low), (1 - smaller) * low + smaller / 2)
    return np.where(area > 0.5, 1 - reach, reach).astype(np.float32, copy=False)
