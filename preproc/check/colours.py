"""Which call reads the mask out of a picture in colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow
from .ramps import ramp_call

__all__ = ["TINTED", "colour_call"]

TINTED = "mask.from_luminance(m, low=255, soft=255)"
"""The call that takes brightness itself for the mask."""

# Channels that differ by no more are gray that a JPEG or a colour profile has tinted; by so much more, never.
_TINT, _VIVID = 48, 128
# So few vivid pixels are stray ones.
_STRAY = 4
# What is gray crosses these where it is a mask itself.
_DARK, _BRIGHT = 64, 191
# A colour that was painted covers at least this share, or so much of all that is vivid.
_LEAST, _LEAST_OF_VIVID = 0.002, 0.25


# A picture in which so many colours cover nine tenths was painted, not photographed.
_FEW_COLOURS = 8


def colour_call(image: Image) -> str:
    """Return the call that selects the part that is meant to be white.

    That is the brightness where the picture is tinted gray; how much there is of the one colour painted on another;
    else the vivid colour that covers most, unless it is also the ground, which the canvas border shows; else what is
    not a ground that covers most, or what is brighter than the darker half.
    """
    spread = image.max(axis=2) - image.min(axis=2)
    vivid = spread > _TINT
    gray = narrow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    if _is_tint(spread, gray):
        return TINTED
    coarse = _coarse(image)
    counts = np.bincount(coarse.ravel(), minlength=1 << 15)
    ground = int(np.bincount(np.concatenate([coarse[0], coarse[-1], coarse[:, 0], coarse[:, -1]])).argmax())
    behind = np.median(image[coarse == ground], axis=0).astype(np.uint8)
    ramp = ramp_call(image, behind)
    if ramp is not None:
        return ramp
    painted = int(np.bincount(coarse[vivid], minlength=1 << 15).argmax()) if vivid.any() else ground
    if painted == ground:  # a vivid ground may have something vivid on it
        second = int(np.where(_near(ground), 0, counts).argmax())
        painted = second if vivid[coarse == second].any() else painted
    of_vivid = counts[_near(painted)].sum() >= _LEAST_OF_VIVID * np.count_nonzero(vivid)
    few = bool(np.sort(counts)[-_FEW_COLOURS:].sum() > 0.9 * coarse.size)
    if painted != ground and (of_vivid or counts[painted] >= _LEAST * coarse.size):
        return _by_colour(image[coarse == painted], image[coarse == ground], apart=few)
    if (coarse == ground).all():
        return "mask.rectangle(m, box)"  # one colour selects nothing
    unlike = ~_near(ground)[coarse]
    if 0 < np.count_nonzero(unlike) < 0.5 * coarse.size:
        return f"mask.invert({_by_colour(image[coarse == ground], image[unlike], apart=few)})"
    threshold = int(cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]) + 1
    if gray.max() >= threshold > gray.min():
        return f"mask.from_luminance(m, low={threshold})"
    other = np.bincount(coarse[coarse != ground]).argmax()
    return _by_colour(image[coarse == other], image[coarse == ground], apart=True)


def _is_tint(spread: NDArray[np.uint8], gray: NDArray[np.uint8]) -> bool:
    """Tell a mask of grays, from dark to bright, that has a tint; what is vivid on one gray was painted, however small."""
    vivid = spread > _TINT
    if vivid.mean() >= _LEAST or np.count_nonzero(spread > _VIVID) > _STRAY:
        return False
    levels = gray[~vivid]
    return bool(levels.min() < _DARK and levels.max() > _BRIGHT)


def _by_colour(painted: Image, ground: Image, *, apart: bool) -> str:
    """Select a colour, half of the way to the ground's where there are only these two."""
    colour, behind = (np.median(part, axis=0).astype(np.uint8) for part in (painted, ground))
    call = f"mask.from_color(m, ({', '.join(map(str, colour))})"
    if not apart:
        return f"{call})"
    pair = np.stack([colour, behind])[np.newaxis].astype(np.float32) / np.float32(255)
    one, other = cv2.cvtColor(pair, cv2.COLOR_RGB2LAB)[0]
    return f"{call}, tolerance={max(1, round(float(np.hypot.reduce(one - other)) / 2))})"


def _near(coarse: int) -> NDArray[np.bool_]:
    """Return which of all coarse colours are within a JPEG's noise of one."""
    channels = np.stack([np.arange(1 << 15) >> shift & 31 for shift in (10, 5, 0)])
    own = np.array([[coarse >> shift & 31] for shift in (10, 5, 0)])
    return np.asarray((np.abs(channels - own) <= 3).all(axis=0), np.bool_)


def _coarse(image: Image) -> NDArray[np.int32]:
    """Return every colour as a number, of its five highest bits a channel."""
    red, green, blue = (image[:, :, channel].astype(np.int32) >> 3 for channel in range(3))
    return red << 10 | green << 5 | blue
