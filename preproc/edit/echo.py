"""Tell pixels that came back as they were sent from pixels that were painted, through compression and resizing."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..arrays import Image, Mask, narrow, size_of_array
from ..geometry import Size
from .resample import resample

__all__ = ["Echo"]

_BLOCK_PX = 16  # that of JPEG with halved colours
_QUALITY = 75
_LEVELS = (1.0, 1.75, 1.75)  # most that compression moves the mean of a block: luma and the two chroma
_COMMON_LEVELS = 0.6  # most that it moves all of them together
_TEXTURE = 0.15  # and more where it is rough, by this share of its standard deviation
_SPOT_PX, _SPOT_LEVELS = 5, 5.0
_SHARPENED = 0.1  # detail gained, as a share of what there was; compression and resizing lose some


class Echo:
    """What a picture that came back has to look like wherever nothing was painted.

    Compression and resizing move single pixels by many levels, but hardly the mean of a block of them, while painting
    does. What repaints a texture and keeps its means is told from them by how much it changes: not more than JPEG of
    quality 75 on the same way.

    Parameters
    ----------
    scene
        What was sent, uint8 RGB.
    at_sent
        What came back, at the same size.
    returned
        The size it came back at.
    """

    def __init__(self, scene: Image, at_sent: Image, returned: Size) -> None:
        self._scene, self._at_sent, self._returned = scene, at_sent, returned
        self._compressed: Image | None = None
        size = size_of_array(scene)
        block = _BLOCK_PX * max(1.0, size.width / returned.width)
        self._blocks = max(1, math.ceil(size.width / block)), max(1, math.ceil(size.height / block))
        loses = returned.pixels < size.pixels  # a result that is larger than this holds all of it
        plain = resample(resample(scene, returned), size) if loses else scene
        self._shift = self._means(_luma_chroma(at_sent) - _luma_chroma(plain))
        moved = np.abs(self._shift)
        gray = cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY).astype(np.float32)
        texture = np.sqrt(np.maximum(self._means(gray * gray) - self._means(gray) ** 2, 0))
        self._moved = (moved > np.array(_LEVELS, np.float32) + _TEXTURE * texture[:, :, np.newaxis]).any(axis=2)

    def holds(self, area: Mask) -> bool:
        """Tell whether what came back is what was sent, within `area` (non-zero), which holds a pixel at least."""
        share = self._means((area > 0).astype(np.float32))
        within = share >= min(0.5, float(share.max()))
        if self._moved[within].any() or self._is_sharper(area):
            return False
        if (np.abs(self._shift[within].mean(axis=0)) > _COMMON_LEVELS).any():
            return False
        if self._compressed is None:
            packed = io.BytesIO()
            PIL.Image.fromarray(resample(self._scene, self._returned)).save(packed, "JPEG", quality=_QUALITY)
            unpacked = narrow(np.asarray(PIL.Image.open(packed).convert("RGB")))
            self._compressed = resample(unpacked, size_of_array(self._scene))
        changed, usual = (_rms(self._scene, other, area) for other in (self._at_sent, self._compressed))
        return changed <= 1.2 * usual + 0.5 and not self._has_spot(self._compressed, area)

    def _means(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(plane, self._blocks, interpolation=cv2.INTER_AREA))

    def _has_spot(self, compressed: Image, area: Mask) -> bool:
        """Find what is too small to move the mean of a block: a few pixels that all change much and the same way."""
        window = (_SPOT_PX, _SPOT_PX)
        scene = _luma_chroma(self._scene)
        changed = np.abs(cv2.blur(_luma_chroma(self._at_sent) - scene, window))
        usual = cv2.dilate(cv2.blur(np.abs(_luma_chroma(compressed) - scene), window), np.ones(window, np.uint8))
        return bool((changed > _SPOT_LEVELS + 2 * usual)[area > 0].any())

    def _is_sharper(self, area: Mask) -> bool:
        before, after = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (self._scene, self._at_sent))
        detail = (before.astype(np.float32) - cv2.GaussianBlur(before, (0, 0), 1.5))[area > 0]
        gained = (after.astype(np.float32) - before)[area > 0]
        return float(detail @ gained) > _SHARPENED * float(detail @ detail)


def _luma_chroma(picture: Image) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2YCrCb))


def _rms(one: Image, other: Image, area: Mask) -> float:
    difference = (one.astype(np.float32) - other)[area > 0]
    return float(np.sqrt((difference * difference).mean())) if difference.size else 0.0
