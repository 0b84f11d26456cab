"""How much of the object shows in the pixels of a cut's edge, by their colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow
from .distance import exact_distance

__all__ = ["by_colour"]

Plane = NDArray[np.float32]

MIXED_PX = 2  # pixels closer to the cut may hold both colours
WINDOW = 15  # side of the square in which both colours are looked for
SHIFT_PX = 1.0  # how far colours may move the edge


def by_colour(image: Image, hard: Mask, smooth: Mask) -> Mask:
    """Refine an anti-aliased edge: where object and background differ clearly, their mix is the coverage.

    `hard` is 1 inside the cut and 0 outside, `smooth` the coverage of its outline. The mean colours of both sides close
    by are taken from pixels clear of the edge. The more these vary in themselves, the more `smooth` decides.
    """
    distance = _signed_distance(hard)
    edge = (np.abs(distance) < MIXED_PX).view(np.uint8)
    left, top, width, height = cv2.boundingRect(edge)
    if not width:
        return smooth
    margin = WINDOW // 2
    part = (
        slice(max(top - margin, 0), top + height + margin),
        slice(max(left - margin, 0), left + width + margin),
    )
    colours = image[part].astype(np.float32)
    distance, geometric = distance[part], smooth[part] / np.float32(255)
    object_mean, object_variance = _surroundings(colours, distance > MIXED_PX - 0.5)
    ground_mean, ground_variance = _surroundings(colours, distance < 0.5 - MIXED_PX)
    contrast = object_mean - ground_mean
    power = np.square(contrast).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ((colours - ground_mean) * contrast).sum(axis=2) / power
        trust = power / (power + 4 * (object_variance + ground_variance))
    trust = np.where(np.isfinite(share) & np.isfinite(trust), trust, 0)
    mixed = geometric + trust * (np.nan_to_num(share) - geometric)
    nearest, farthest = np.clip(distance + 0.5 - SHIFT_PX, 0, 1), np.clip(distance + 0.5 + SHIFT_PX, 0, 1)
    result = smooth.copy()
    result[part] = np.rint(255 * np.clip(mixed, nearest, farthest))
    return result


def _signed_distance(hard: Mask) -> Plane:
    """Return how far each pixel's centre lies inside the cut, or outside as a negative number."""
    inside = exact_distance(hard)
    outside = exact_distance(narrow(1 - hard))
    distance: Plane = np.where(hard, inside - 0.5, 0.5 - outside).astype(np.float32)
    return distance


def _surroundings(colours: Plane, clear: NDArray[np.bool_]) -> tuple[Plane, Plane]:
    """Return the mean colour of the clear pixels around each pixel, and their variance; NaN where there are none."""
    weight = clear.astype(np.float32)
    share = _sum_around(weight)[:, :, np.newaxis]
    share = np.where(share > 0.5, share, np.float32(np.nan))
    kept = colours * weight[:, :, np.newaxis]
    mean = _sum_around(kept) / share
    variance = np.maximum(_sum_around(kept * colours) / share - np.square(mean), 0).sum(axis=2)
    return mean, variance


def _sum_around(plane: Plane) -> Plane:
    total: Plane = cv2.boxFilter(
        plane, cv2.CV_32F, (WINDOW, WINDOW), normalize=False, borderType=cv2.BORDER_CONSTANT
    ).astype(np.float32, copy=False)
    return total
