"""Let a mask follow the edges of the image."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Image, Mask, narrow, same_size
from ..errors import InputError
from ..files import ImageSource, load_image
from .arguments import as_number
from .distance import region

__all__ = ["refine"]

Plane: TypeAlias = NDArray[Any]

# No edge is as strong as this; the sums would overflow.
_STRONGEST = 1e6

# Windows of gray or of two colours have no inverse but for epsilon. Below the first, float32 loses it in its rounding;
# below the second, a quarter of a step of 255, float64 would.
_ROUNDED_BELOW, _WEAKEST = 1e-4, 1e-6


@turns_mask
def refine(mask: Mask, image: PIL.Image.Image | ImageSource, *, radius_px: float = 16, epsilon: float = 1e-4) -> Mask:
    """Pull the mask's edge to the nearest edge of the image, and let it be as soft as that is: hair, fur, blur.

    Parameters
    ----------
    mask
        uint8 `(H, W)`, 255 edit; any other form of a mask.
    image
        The picture it belongs to, of the same size.
    radius_px
        Half the side of the windows looked at, rounded to whole pixels, at least 1. The edge is found where it is off
        by up to a third of that.
    epsilon
        How strong an edge of the image must be, as a variance of colours within 0 to 1: steps below its square root
        (0.01 is 2.5 of 255) are smoothed over. Less than 1e-6, a quarter of a step, counts as that.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Equal to `mask` farther than twice the radius from any edge or ramp of it.

    Raises
    ------
    ShapeError
        If the sizes differ.
    InputError
        If the radius or epsilon is not a positive number.

    Notes
    -----
    The guided filter of [1]_ with the colours as guide: in each window the mask is modelled as a linear function of
    red, green and blue. At the canvas border image and mask are mirrored. Where the mask was off, the result is a mix;
    `contrast` makes it firmer again.

    References
    ----------
    .. [1] K. He, J. Sun and X. Tang, "Guided Image Filtering", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 35(6), 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from preproc.mask import contrast
    >>> picture = np.zeros((40, 40, 3), np.uint8)
    >>> picture[:, 20:] = 200
    >>> rough = np.zeros((40, 40), np.uint8)
    >>> rough[:, 23:] = 255
    >>> contrast(refine(rough, picture), 3)[20, 18:24].tolist()
    [0, 0, 255, 255, 255, 255]
    """
    guide = load_image(image)
    same_size(guide, mask)
    radius_px, epsilon = as_number(radius_px, "mask.refine: radius_px"), as_number(epsilon, "mask.refine: epsilon")
    for name, value in (("radius_px", radius_px), ("epsilon", epsilon)):
        if not math.isfinite(value) or value <= 0:
            raise InputError(f"mask.refine: {name} is {value:g}, it is finite and above 0")
    radius = max(1, round(min(radius_px, max(mask.shape))))
    epsilon = min(max(epsilon, _WEAKEST), _STRONGEST)
    # Full and empty windows stay as they are, so only the surroundings of values that vary are worked on.
    kernel = np.ones((3, 3), np.uint8)
    varying = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, kernel).astype(np.uint8)
    box = region(varying, 4 * radius)
    result = mask.copy()
    if box is not None:
        result[box.slices] = _guided(mask[box.slices], guide[box.slices], radius, epsilon)
    return result


def _guided(mask: Mask, image: Image, radius: int, epsilon: float) -> Mask:
    side = 2 * radius + 1
    kind: Any = np.float32 if epsilon >= _ROUNDED_BELOW else np.float64

    def mean(plane: Plane) -> Plane:
        blurred = cv2.boxFilter(plane, -1, (side, side), borderType=cv2.BORDER_REFLECT)
        return blurred.astype(kind, copy=False)

    # Centred on the mean, so that variances keep their digits.
    colours = image.astype(kind) / kind(255)
    guide: list[Plane] = [colours[..., channel] - colours[..., channel].mean() for channel in range(3)]
    target: Plane = mask.astype(kind) / kind(255) - kind(0.5)
    target_mean, guide_mean = mean(target), [mean(plane) for plane in guide]
    against = [mean(plane * target) - average * target_mean for plane, average in zip(guide, guide_mean, strict=True)]
    covariance = {
        (i, j): mean(guide[i] * guide[j]) - guide_mean[i] * guide_mean[j] for i in range(3) for j in range(i, 3)
    }
    slopes = _solve(covariance, against, epsilon)
    offset = target_mean - sum(slope * average for slope, average in zip(slopes, guide_mean, strict=True))
    value: Plane = mean(offset) + sum(mean(slope) * plane for slope, plane in zip(slopes, guide, strict=True))
    return narrow(np.rint((value + 0.5) * 255).clip(0, 255).astype(np.uint8))


def _solve(covariance: dict[tuple[int, int], Plane], against: list[Plane], epsilon: float) -> list[Plane]:
    """Solve the 3×3 systems of all windows with the inverse's closed form."""
    rr, gg, bb = (covariance[i, i] + covariance[i, i].dtype.type(epsilon) for i in range(3))
    rg, rb, gb = covariance[0, 1], covariance[0, 2], covariance[1, 2]
    inverse = {
        (0, 0): gg * bb - gb * gb,
        (0, 1): rb * gb - rg * bb,
        (0, 2): rg * gb - rb * gg,
        (1, 1): rr * bb - rb * rb,
        (1, 2): rg * rb - rr * gb,
        (2, 2): rr * gg - rg * rg,
    }
    determinant = rr * inverse[0, 0] + rg * inverse[0, 1] + rb * inverse[0, 2]
    return [
        sum((inverse[min(i, j), max(i, j)] * against[j] for j in range(1, 3)), inverse[0, i] * against[0]) / determinant
        for i in range(3)
    ]
