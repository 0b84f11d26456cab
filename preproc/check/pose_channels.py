"""Tell whether a pose has red and blue swapped."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image
from ..control.skeleton import JOINT_COLOURS, LIMB_COLOURS, LIMBS
from .colour_shares import pose_share
from .picture_facts import highest

__all__ = ["is_swapped"]

# Swapped, the eighteen hues are the same set but for one: the limb from the nose to the right eye has no counterpart.
_LONELY = 13
_LIMBS = (*LIMB_COLOURS, LIMB_COLOURS[_LONELY][::-1])
_COLOURS = np.array([*_LIMBS, *JOINT_COLOURS], np.int16)
_NONE = -1
_TOLERANCE = 24  # levels: less than half the way from one hue to the next
_DECIDES = 3  # joints with a limb: fewer may be chance


def is_swapped(pixels: Image) -> bool:
    """Tell whether the limbs at the joints are those that belong there once red and blue are swapped.

    A picture that was drawn exactly may prove it by a colour that only one of the two readings has. Else each joint's
    disc is held against the limbs that touch it: where people overlap, strange limbs touch it too, but as many of
    the one reading as of the other.
    """
    if pose_share(pixels[:, :, ::-1], tolerance=2) == 1 > pose_share(pixels, tolerance=2):
        return True
    straight, swapped = _limbs_at_joints(_drawn(pixels))
    return swapped > 1.5 * straight and swapped - straight >= _DECIDES


def _limbs_at_joints(drawn: NDArray[np.int8]) -> tuple[int, int]:
    """Count the limbs at joints that belong there as it is only, and with red and blue swapped only."""
    as_is, as_swapped = _belonging()
    limbs = np.where(drawn < len(_LIMBS), drawn, _NONE)
    counts = [0, 0]
    for joint in range(len(JOINT_COLOURS)):
        discs = cv2.connectedComponents((drawn == len(_LIMBS) + joint).astype(np.uint8))[1]
        around = cv2.dilate(discs.astype(np.float32), np.ones((5, 5), np.uint8))
        touching = (around > 0) & (limbs != _NONE)
        pairs, pixels = np.unique(around[touching].astype(int) * 32 + limbs[touching], return_counts=True)
        found = pairs[pixels > 1] % 32
        counts[0] += int(np.count_nonzero(as_is[found, joint]))
        counts[1] += int(np.count_nonzero(as_swapped[found, joint]))
    return counts[0], counts[1]


def _belonging() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which limb belongs to which joint, in one of the two readings and not in the other."""
    own = np.zeros((len(_LIMBS), len(JOINT_COLOURS)), bool)
    for limb, ends in enumerate(LIMBS):
        own[limb, list(ends)] = True
    limbs = [_LIMBS.index(colour[::-1]) for colour in _LIMBS]
    joints = [JOINT_COLOURS.index(colour[::-1]) for colour in JOINT_COLOURS]
    swapped = own[limbs][:, joints]
    return own & ~swapped, swapped & ~own


def _drawn(pixels: Image) -> NDArray[np.int8]:
    """Tell whose colour each pixel has: a limb's, then from ``len(_LIMBS)`` on a joint's, or none's."""
    step = max(1, min(pixels.shape[:2]) // 512)
    small = np.ascontiguousarray(pixels[::step, ::step])
    lit = highest(small) > 48
    red, green, blue = small[lit].T.astype(np.int32)
    packed, places = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255]).astype(np.int16)
    distances = np.abs(_COLOURS[:, :, None] - colours).max(axis=1)
    nearest = np.where(distances.min(axis=0) > _TOLERANCE, _NONE, distances.argmin(axis=0)).astype(np.int8)
    drawn = np.full(lit.shape, _NONE, np.int8)
    drawn[lit] = nearest[places]
    return drawn
