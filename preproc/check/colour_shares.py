"""What colours say: whether they are those of drawn poses, of directions, or of a palette."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..arrays import Image
from ..control.segmentation import PaletteChoice, match_colours, palette_of
from ..control.skeleton import FACE_COLOUR, HAND_JOINT_COLOUR, HAND_LIMB_COLOURS, JOINT_COLOURS, LIMB_COLOURS
from .picture_facts import highest

__all__ = [
    "are_unit_vectors",
    "is_pose",
    "is_turned",
    "normal_error",
    "palette_share",
    "pose_share",
    "some_pixels",
]


def is_pose(picture: Image, black: float) -> bool:
    """Tell whether most of what is not black has the colours of limbs and joints; or all of it, however few there are."""
    if black <= 0.1:
        return False
    if black <= 0.5:  # a crowd: only as it was drawn, for segmentation has such colours too
        exact = max(pose_share(picture, tolerance=2), pose_share(picture[:, :, ::-1], tolerance=2)) == 1
        return exact and bool(np.ptp(picture, axis=2).any())
    if pose_share(picture) > 0.6:
        return True
    if black > 0.8 and pose_share(picture) > 0.4 and pose_share(picture, tolerance=60) > 0.7:
        return True  # thin fingers out of a JPEG
    return pose_share(picture, tolerance=2) == 1 and bool(np.ptp(picture, axis=2).any())


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
    exact = bool(near.all()) and tolerance <= 2
    return float(near.mean()) if used >= 3 or exact else 0.0


def normal_error(picture: Image) -> float:
    """Return how far, in the median, the colours are from directions of length 1; 1 if they cannot be directions."""
    vectors = some_pixels(picture.reshape(-1, 3)).astype(np.float32) / 127.5 - 1
    errors = np.abs(np.linalg.norm(vectors, axis=1) - 1)
    facing = (vectors[:, 2] > -0.1).mean()
    return float(np.median(errors)) if facing > 0.93 and (errors < 0.2).mean() > 0.7 else 1.0


def are_unit_vectors(picture: Image) -> bool:
    """Tell whether all colours are directions to within rounding, as in a normal map that was never resaved."""
    vectors = some_pixels(picture.reshape(-1, 3)).astype(np.float32) / 127.5 - 1
    errors = np.abs(np.linalg.norm(vectors, axis=1) - 1)
    return bool(np.percentile(errors, 90) < 0.008 and (vectors[:, 2] > -0.1).mean() > 0.93)


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
