"""Control images that are the picture itself, with something taken away: colour, detail or quality."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow
from ..errors import InputError
from .options import checks_options
from .smoothing import STEPS, sigma_for, smoothed

__all__ = ["blur", "gray", "recolor", "tile"]

_BLUR_SIGMA = 9


@turns_image
def gray(image: Image) -> Mask:
    """Take the colour away: luma as ITU-R BT.601 weighs it, 0.299 R + 0.587 G + 0.114 B.

    Parameters
    ----------
    image
        The picture.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        ``cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)``, which is what gray ControlNets were trained on.

    Raises
    ------
    InputError
        For what is no picture.

    Notes
    -----
    The weights are those of Recommendation ITU-R BT.601, applied to the values as they are stored, without undoing their
    gamma.

    Examples
    --------
    >>> gray(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8)).tolist()
    [[76, 150]]
    """
    return narrow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


@turns_image
@checks_options
def recolor(image: Image, *, luminance: Literal["lab", "hsv"] = "lab", gamma: float = 1.0) -> Mask:
    """Take the colour away for models that paint it anew.

    Parameters
    ----------
    image
        The picture. Its channels are read in the order red, green, blue; read in the opposite order, as some nodes
        do, pure red would come out at 82 instead of 136.
    luminance
        ``"lab"``: lightness of CIE L*a*b* (D65), ``"hsv"``: the greatest of the three channels.
    gamma
        Exponent of the result, 0.1 to 10: above 1 darker, below 1 lighter.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        0 black, 255 white.

    Raises
    ------
    InputError
        For an unknown luminance or a gamma out of range.

    Notes
    -----
    ``"lab"`` is the lightness of CIE 1976 L*a*b* (ISO/CIE 11664-4), from sRGB (IEC 61966-2-1: the primaries of ITU-R
    BT.709 and D65); ``"hsv"`` is the value of HSV [1]_.

    References
    ----------
    .. [1] A. R. Smith, "Color gamut transform pairs", Computer Graphics (SIGGRAPH) 12(3), 1978.

    Examples
    --------
    >>> recolor(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)).tolist()
    [[136, 82]]
    """
    if luminance not in {"lab", "hsv"}:
        raise InputError(f"unknown luminance {luminance!r}", fix='"lab" or "hsv"')
    if not 0.1 <= gamma <= 10:
        raise InputError(f"gamma={gamma:g} is not within 0.1 to 10", fix="1 leaves the luminance as it is")
    level = image.max(axis=2) if luminance == "hsv" else narrow(cv2.cvtColor(image, cv2.COLOR_RGB2LAB))[:, :, 0]
    curve = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return curve[level]


@turns_image
@checks_options
def blur(image: Image, *, sigma_px: float | None = None) -> Image:
    """Blur a picture by a Gaussian, for models that sharpen.

    Parameters
    ----------
    image
        The picture.
    sigma_px
        Standard deviation in pixels, 0 to 100. None: 9 px per 512 px of the short side.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Within three levels of the exact Gaussian; wide blurs are done on a reduced picture.

    Raises
    ------
    InputError
        For a sigma out of range.

    Notes
    -----
    The Gaussian of scale space [1]_. 9 px is what the preprocessors of sd-webui-controlnet blur by.

    References
    ----------
    .. [1] T. Lindeberg, "Scale-space theory: a basic tool for analysing structures at different scales", Journal of
       Applied Statistics 21(1-2), 1994.

    Examples
    --------
    >>> picture = np.zeros((1, 5, 3), np.uint8)
    >>> picture[0, 2] = 255
    >>> blur(picture, sigma_px=1)[0, :, 0].tolist()
    [15, 62, 102, 62, 15]
    """
    steps = smoothed(image, sigma_for(image, sigma_px, at_512=_BLUR_SIGMA))
    return narrow(((steps + STEPS // 2) // STEPS).astype(np.uint8))


@turns_image
@checks_options
def tile(image: Image, *, reduction_ratio: float = 8.0) -> Image:
    """Take the detail away, for tile models that invent new one: reduce and enlarge again.

    Parameters
    ----------
    image
        The picture.
    reduction_ratio
        By how much both sides are reduced in between, 1 to 64; 1 returns the picture as it is, which tile models also
        take.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Reduced by area averages, enlarged by bicubic interpolation.

    Raises
    ------
    InputError
        For a ratio out of range.

    Notes
    -----
    Area averages down and cubic convolution [1]_ up, as OpenCV has it: its kernel takes a = -0.75, which is sharper than
    the -0.5 that the paper derives. Reducing by 8 is what three pyramid steps of the tile preprocessors come to.

    References
    ----------
    .. [1] R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics,
       Speech, and Signal Processing 29(6), 1981.

    Examples
    --------
    >>> picture = np.zeros((2, 4, 3), np.uint8)
    >>> picture[:, ::2] = 100
    >>> tile(picture, reduction_ratio=2)[0, :, 0].tolist()
    [50, 50, 50, 50]
    """
    if not 1 <= reduction_ratio <= 64:
        raise InputError(f"reduction_ratio={reduction_ratio:g} is not within 1 to 64")
    return reduced_and_back(image, reduction_ratio)


def reduced_and_back(image: Image, ratio: float) -> Image:
    """Reduce both sides by `ratio` and enlarge again; a new array, also at a ratio of 1."""
    height, width = image.shape[:2]
    size = (max(1, round(width / ratio)), max(1, round(height / ratio)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return narrow(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)).copy()
