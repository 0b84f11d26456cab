"""Surface normals from depth, in the colours normal-map ControlNets were trained on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, narrow
from ..errors import InputError
from .depth import NearEnd, nearest_known, nearness_of
from .depth_files import DepthSource, load_depth
from .options import checks_options

__all__ = ["normal_from_depth"]

TERRACES = (2 / 255) ** 2  # variance of what is taken for the steps of 8-bit depth: about two levels


@checks_options
def normal_from_depth(
    depth: DepthSource,
    /,
    *,
    near: NearEnd,
    relief_ratio: float = 0.5,
    smooth_px: float | None = None,
    percentiles: tuple[float, float] = (0.5, 99.5),
    limits: tuple[float, float] | None = None,
    missing: float | None = None,
) -> Image:
    """Turn depth into a normal map: which way each piece of surface faces.

    The colours are those of ScanNet [1]_, which ControlNet's normal models learnt: blue faces the camera, red the left,
    green the top of the picture; `(128, 128, 255)` is a surface seen straight on. The slope is that of the depth
    values, as if seen from far away: good guidance, but no measurement.

    Parameters
    ----------
    depth, near, percentiles, limits, missing
        As in `normalize_depth`. Pixels without a value take that of the nearest known one.
    relief_ratio
        How deep the scene is, from the nearest to the farthest value, as a share of the picture's short side.
        Higher is steeper.
    smooth_px
        Radius of a smoothing that keeps edges (a guided filter [2]_) and takes out the terraces of 8-bit depth. None: 1/128
        of the short side for depth of 8 bits, 0 (no smoothing) for finer ones.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        RGB; each channel is ``(component + 1) * 127.5``, and blue is never below 127. The outermost row and column
        repeat their neighbours' slope.

    Raises
    ------
    InputError
        As `normalize_depth`, and for a relief or smoothing out of range.

    References
    ----------
    .. [1] A. Dai, A. X. Chang, M. Savva, M. Halber, T. Funkhouser and M. Nießner, "ScanNet: richly-annotated 3D
       reconstructions of indoor scenes", Conference on Computer Vision and Pattern Recognition (CVPR), 2017.
    .. [2] K. He, J. Sun and X. Tang, "Guided image filtering", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 35(6), 2013.

    Examples
    --------
    >>> ramp = np.tile(np.arange(64.0), (64, 1))  # nearer to the right: it faces left
    >>> normal_from_depth(ramp, near="high", relief_ratio=1, percentiles=(0, 100))[32, 32].tolist()
    [218, 128, 217]
    """
    if not 0 < relief_ratio <= 100:
        raise InputError(f"relief_ratio is above 0 and at most 100, got {relief_ratio}")
    values = load_depth(depth)
    short = min(values.shape)
    radius = smooth_px if smooth_px is not None else short / 128 if values.dtype.itemsize == 1 else 0
    if not 0 <= radius <= short:
        raise InputError(f"smooth_px is 0 to the short side of {short} px, got {smooth_px}")
    nearness, known = nearness_of(values, near=near, percentiles=percentiles, limits=limits, missing=missing)
    if not known.all():
        nearness = nearness[nearest_known(known)]
    surface = _without_terraces(nearness.astype(np.float32), round(radius))
    surface *= np.float32(relief_ratio * short)
    left, up = _slope(surface, 1, 0), _slope(surface, 0, 1)
    front = 1 / np.sqrt(left * left + up * up + 1)
    normal = np.stack([left * front, up * front, front], axis=-1)
    normal += 1
    normal *= 127.5
    return narrow(np.rint(normal, out=normal).astype(np.uint8))


def _without_terraces(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Filter with a guided filter that is its own guide."""
    if radius == 0:
        return values
    window = (2 * radius + 1, 2 * radius + 1)
    mean = cv2.blur(values, window)
    variance = cv2.blur(values * values, window) - mean * mean
    gain = variance / (variance + TERRACES)
    filtered = cv2.blur(gain, window) * values + cv2.blur(mean - gain * mean, window)
    return np.asarray(filtered, np.float32)


def _slope(surface: NDArray[np.float32], dx: int, dy: int) -> NDArray[np.float32]:
    slope = np.asarray(cv2.Sobel(surface, cv2.CV_32F, dx, dy, ksize=3, scale=1 / 8), np.float32)
    for lines in (slope, slope.T):
        if len(lines) > 2:  # at the border the Sobel operator sees its own mirror image
            lines[0], lines[-1] = lines[1], lines[-2]
    return slope
