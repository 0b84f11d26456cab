"""Pictures of one colour on another, and the call that reads how much of it there is."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow

__all__ = ["ramp_call"]

# Colours that differ by no more in a channel are one colour and its noise.
_NOISE = 12
# Of what is not the ground, so much may lie off the line between both colours: edges that a JPEG has blurred.
_OFF_LINE_RATIO = 0.1
# A full colour covers a plateau of this share of what is painted, or there is none, as in an airbrush's dab.
_PLATEAU_RATIO, _TOP_RATIO = 0.05, 0.001
# Of so many levels of brightness each is within two of the mask's own; where there are fewer, a channel has more.
_FINE_LEVELS = 64
# Channels that differ by more are a colour.
_VIVID = 48
# Paint this close to the ends of a channel is at them.
_PURE = 8


def ramp_call(image: Image, ground: Iterable[int]) -> str | None:
    """Return the call that reads the share of the one colour painted on a ground, soft as it is; None for other pictures."""
    behind = np.array(list(ground), np.int16)
    pixels = image.reshape(-1, 3)
    apart = pixels[np.abs(pixels - behind).max(axis=1) > _NOISE]
    if not len(apart):
        return None
    painted = _full_colour(apart, behind)
    along = (painted - behind).astype(np.float32)
    away = (apart - behind).astype(np.float32)
    share = away @ along / (along @ along)
    off = np.abs(away - share[:, np.newaxis] * along).max(axis=1) > _NOISE
    spread = np.ptp(apart, axis=1)
    vivid = off[spread > 0.5 * spread.max()]  # a gray photo may have something painted on it
    if max(off.mean(), vivid.mean() if spread.max() > _VIVID else 0) > _OFF_LINE_RATIO:
        return None
    pair = np.stack([painted, behind])[np.newaxis].astype(np.uint8)
    full, empty = narrow(cv2.cvtColor(pair, cv2.COLOR_RGB2GRAY))[0].tolist()
    source = "m"
    if abs(full - empty) < _FINE_LEVELS:
        channel = int(np.abs(along).argmax())
        source, full, empty = f"preproc.load_image(m)[:, :, {channel}]", int(painted[channel]), int(behind[channel])
    limits = f"low={full}" if full > empty else f"low=0, high={full}"
    return f"mask.from_luminance({source}, {limits}, soft={abs(full - empty)})"


def _full_colour(apart: NDArray[np.uint8], behind: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the colour farthest from the ground, where it covers a plateau or is the end of a ramp."""
    distance = np.asarray(np.abs(apart - behind).max(axis=1), np.int16)
    levels = np.bincount(distance, minlength=256)
    full = np.flatnonzero(levels >= _PLATEAU_RATIO * len(apart))
    if len(full):
        top = distance >= full[-1]
    else:
        top = distance >= np.quantile(distance, 1 - _TOP_RATIO)
    colour: NDArray[np.int16] = np.median(apart[top], axis=0).astype(np.int16)
    colour[colour < _PURE] = 0
    colour[colour > 255 - _PURE] = 255
    return colour
