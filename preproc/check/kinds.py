"""Tell what kind of picture this is, or say that it cannot be told."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import takes_image
from ..arrays import Image, narrow
from ..control.segmentation import PaletteChoice, match_colours, palette_of
from ..control.skeleton import FACE_COLOUR, HAND_JOINT_COLOUR, HAND_LIMB_COLOURS, JOINT_COLOURS, LIMB_COLOURS
from .picture_facts import Facts, Tones, facts_of, highest

__all__ = ["Kind", "kind_of"]

Kind: TypeAlias = Literal[
    "photo", "edges", "inverted-edges", "depth", "pose", "normal", "segmentation", "blank", "unknown"
]


@takes_image
def kind_of(picture: Image, /) -> Kind:
    """Tell what kind of picture this is.

    It looks at tones, texture and colours, never at content, and abstains where they do not decide: an answer other
    than ``"unknown"`` can be relied on, silence cannot.

    Parameters
    ----------
    picture
        RGB of shape `(H, W, 3)`.

    Returns
    -------
    str
        ``"photo"``, ``"edges"`` (light lines on black: canny, line art and the like), ``"inverted-edges"`` (dark
        lines on white), ``"depth"``, ``"pose"``, ``"normal"``, ``"segmentation"`` (ADE20K or COCO colours),
        ``"blank"`` or ``"unknown"``.

    Examples
    --------
    >>> edges = np.zeros((64, 64), np.uint8)
    >>> edges[8:56, 20] = 255
    >>> kind_of(edges), kind_of(255 - edges)
    ('edges', 'inverted-edges')
    """
    return kind_from(picture, facts_of(picture))


def kind_from(picture: Image, facts: Facts) -> Kind:
    """Judge a measured picture."""
    if facts.blank:
        return "blank"
    if facts.coloured < 0.002:
        if facts.tones.black >= facts.inverse.black and is_lines(facts.tones):
            return "edges"
        if is_lines(facts.inverse):
            return "inverted-edges"
        if facts.midtones > 0.5 and facts.smooth > 0.8 and facts.steps > 0.002:
            return "depth"
        # Soft edges of rough surfaces have grain too, but little light.
        return "photo" if is_grainy(facts) and facts.tones.lit > 0.65 else "unknown"
    if facts.tones.black > 0.5 and pose_share(picture) > 0.6:
        return "pose"
    errors = normal_error(picture), normal_error(picture[:, :, ::-1]), normal_error(narrow(~picture))
    if (errors[0] < 0.035 or errors[1] < 0.012) and is_turned(picture):
        return "normal"
    areas = narrow(cv2.medianBlur(np.ascontiguousarray(picture), 5))  # takes out what JPEG leaves along borders
    classes = max(palette_share(areas, name, tolerance=6) for name in ("ade20k", "coco"))
    if classes > 0.65:
        return "segmentation"
    # Between the two limits lie JPEG copies of such maps: no photos, but not sure enough to be named.
    return "photo" if is_grainy(facts) and min(errors) > 0.06 and classes < 0.25 else "unknown"


def is_grainy(facts: Facts) -> bool:
    """Tell whether there is texture or grain nearly everywhere."""
    first, median = (0.27, 0.55) if facts.coloured >= 0.002 else (0.3, 0.6)  # gray could be depth out of a JPEG
    grain = facts.grain[0] > first and facts.grain[1] > median
    return grain and facts.midtones > 0.1 and facts.tones.black < 0.5


def is_lines(tones: Tones) -> bool:
    """Tell whether the light is drawn as thin lines on black."""
    return (tones.black > 0.25 and tones.thin > 0.42) or (tones.black > 0.03 and tones.thin > 0.58)


def pose_share(picture: Image, tolerance: int = 40) -> float:
    """Return how much of what is not black has a colour that poses are drawn in."""
    lit = some_pixels(picture[highest(picture) > 48])
    if len(lit) < 20:
        return 0.0
    drawn = {*JOINT_COLOURS, *LIMB_COLOURS, *HAND_LIMB_COLOURS, HAND_JOINT_COLOUR, FACE_COLOUR}
    red, green, blue = lit.T.astype(np.int16)
    near = np.zeros(len(lit), bool)
    used = 0
    for r, g, b in sorted(drawn):
        found = (abs(red - r) <= tolerance) & (abs(green - g) <= tolerance) & (abs(blue - b) <= tolerance)
        used += bool(found.any())
        near |= found
    return float(near.mean()) if used >= 3 else 0.0


def normal_error(picture: Image) -> float:
    """Return how far, in the median, the colours are from directions of length 1; 1 if they cannot be directions."""
    vectors = some_pixels(picture.reshape(-1, 3)).astype(np.float32) / 127.5 - 1
    errors = np.abs(np.linalg.norm(vectors, axis=1) - 1)
    facing = (vectors[:, 2] > -0.1).mean()
    return float(np.median(errors)) if facing > 0.93 and (errors < 0.2).mean() > 0.7 else 1.0


def is_turned(picture: Image) -> bool:
    """Tell whether there is more than one direction in it: a plain wall looks like a plain sky."""
    return bool(np.ptp(np.percentile(some_pixels(picture.reshape(-1, 3)), (5, 95), axis=0), axis=0)[:2].max() > 19)


def palette_share(picture: Image, choice: PaletteChoice, tolerance: int = 0) -> float:
    """Return how much of what is not black has a colour of the palette; 0 with fewer than three of its colours."""
    pixels = some_pixels(picture.reshape(-1, 3))
    pixels = pixels[pixels.max(axis=1) > tolerance]
    labels, strange = match_colours(pixels[None], palette_of(choice), tolerance)
    used = np.unique(labels[labels >= 0], return_counts=True)[1]
    return 1 - float(np.mean(strange)) if np.count_nonzero(used > 0.002 * labels.size) >= 3 else 0.0


def some_pixels(pixels: NDArray[np.uint8], most: int = 20_000) -> NDArray[np.uint8]:
    """Return evenly spaced pixels, so that large pictures cost no more than small ones."""
    return pixels[:: max(1, math.ceil(len(pixels) / most))]
