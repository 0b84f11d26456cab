"""Canny edge maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from ..adapt import takes_image, turns_image
from ..arrays import Image, Mask, narrow
from ..errors import InputError
from .gradient import edge_map
from .options import checks_options
from .thresholding import CannyOptions, Profile, Thresholds, choose, density_of, density_warnings

__all__ = ["canny", "thresholds"]

_SCALES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@turns_image
@checks_options
def canny(
    image: Image,
    *,
    low: float | None = None,
    high: float | None = None,
    profile: Profile | None = None,
    density: float | None = None,
    l2: bool = False,
    denoise_sigma_px: float | None = None,
    multi_scale: bool = False,
    compat: Literal["controlnet_aux"] | None = None,
    resolution: int | None = None,
) -> Mask:
    """Draw the edges of a picture, white on black.

    With `low` and `high`, or a `profile`, this is ``cv2.Canny`` on the three channels of the RGB picture, byte for
    byte. With neither, the picture is smoothed by a Gaussian of 2 px per 512 px of its short side, `high` is Otsu's
    threshold of the gradient and `low` 0.4 of it; `thresholds` tells what was chosen. No step of less than 4 levels
    counts, so that noise and soft skies stay black. Pictures of more than 64 megapixels are worked through in strips,
    which saves memory and changes nothing.

    Parameters
    ----------
    image
        The picture, at the size the model will see: the same thresholds draw ever fewer edges as a picture grows.
    low, high
        Thresholds of the hysteresis, 0 to 2040 (|dx| + |dy| of the 3x3 Sobel operator, greatest of the channels);
        both or none.
    profile
        Fixed thresholds by name: ``"controlnet_aux"`` 100/200, ``"flux"`` 50/200 and the others of `PROFILES`.
    density
        Share of edge pixels to aim at, between 0 and 1: `high` is searched by bisection, `low` stays 0.4 of it.
        Costs about ten times as much. A picture that has not so many edges gives all it has.
    l2
        Measure the gradient as the root of dx² + dy² (at most 1443).
    denoise_sigma_px
        Standard deviation of the Gaussian before everything else; 0 for none. By default none with given thresholds,
        else 2 px per 512 px of the short side.
    multi_scale
        Average the maps of nine sizes from 0.2 to 1: lines that hold at many sizes are bright, fine texture is dim.
        The result is gray.
    compat
        ``"controlnet_aux"`` reproduces that package's CannyDetector, distortion included: the short side is scaled
        to `resolution`, both sides are rounded to multiples of 64. The map has that size. Thresholds 100/200 unless
        given.
    resolution
        For `compat` only: short side in pixels, 512 unless given.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 on edges, 0 elsewhere; edges are one pixel wide.

    Raises
    ------
    InputError
        For thresholds that are out of range, the wrong way round or given twice, and options that contradict.

    Notes
    -----
    The edges are Canny's [1]_, the thresholds that are found Otsu's [2]_. That his statistics are taken from the gradient,
    after a blur that grows with the picture, was chosen on human-drawn edges (UDED, BSDS500), where it beats fixed
    thresholds and every rule that reads brightness, such as the median.

    References
    ----------
    .. [1] J. Canny, "A computational approach to edge detection", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 8(6), 1986.
    .. [2] N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man, and
       Cybernetics 9(1), 1979.

    Examples
    --------
    >>> picture = np.zeros((5, 6, 3), np.uint8)
    >>> picture[:, 3:] = 255
    >>> canny(picture, low=100, high=200).tolist()[2]
    [0, 0, 255, 0, 0, 0]
    """
    if compat is None:
        if resolution is not None:
            raise InputError(f"resolution={resolution} goes with compat only", fix="resize the picture instead")
        options = CannyOptions(low, high, profile, density, l2, denoise_sigma_px)
        return _multi_scale(image, options) if multi_scale else edge_map(*choose(image, options))
    if compat != "controlnet_aux":
        raise InputError(f"unknown compat {compat!r}", fix='"controlnet_aux" is the only one')
    if profile is not None or density is not None or l2 or denoise_sigma_px is not None or multi_scale:
        raise InputError(f"compat={compat!r} knows low, high and resolution only", fix="leave the other options out")
    if low is None and high is None:
        low, high = 100, 200
    return _controlnet_aux(
        image, CannyOptions(low, high, None, None, False, None), 512 if resolution is None else resolution
    )


@takes_image
@checks_options
def thresholds(
    image: Image,
    *,
    low: float | None = None,
    high: float | None = None,
    profile: Profile | None = None,
    density: float | None = None,
    l2: bool = False,
    denoise_sigma_px: float | None = None,
) -> Thresholds:
    """Tell the thresholds, the smoothing and the density of the map that `canny` draws.

    Parameters
    ----------
    image, low, high, profile, density, l2, denoise_sigma_px
        As in `canny`.

    Returns
    -------
    Thresholds
        Costs as much as the map: its density is counted.

    Raises
    ------
    InputError
        As `canny`.

    References
    ----------
    .. [1] N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man, and
       Cybernetics 9(1), 1979.

    Examples
    --------
    >>> picture = np.zeros((64, 64, 3), np.uint8)
    >>> picture[:, 32:] = 255
    >>> thresholds(picture, profile="flux")
    Thresholds(low=50, high=200, sigma_px=0.0, density=0.015625)
    """
    options = CannyOptions(low, high, profile, density, l2, denoise_sigma_px)
    field, lower, upper = choose(image, options)
    edges = edge_map(field, lower, upper)
    density = density_of(edges)
    return Thresholds(lower, upper, field.sigma_px, density, density_warnings(density, (field.width, field.height)))


def _multi_scale(image: Image, options: CannyOptions) -> Mask:
    """Blend the maps of growing sizes, a quarter of each new one, and stretch the sum to 255."""
    height, width = image.shape[:2]
    total = np.zeros((1, 1), np.uint8)
    for scale in _SCALES:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        level = narrow(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        sigma = None if options.denoise_sigma_px is None else options.denoise_sigma_px * scale
        edges = edge_map(*choose(level, replace(options, denoise_sigma_px=sigma)))
        larger = cv2.resize(total, size, interpolation=cv2.INTER_LINEAR)
        total = narrow(cv2.addWeighted(larger, 0.75, edges, 0.25, 0))
    return narrow(cv2.convertScaleAbs(total, alpha=255 / max(1, int(total.max()))))


def _controlnet_aux(image: Image, options: CannyOptions, resolution: int) -> Mask:
    """Scale the short side to `resolution`, round both sides to multiples of 64 as that package does, and trace."""
    height, width = image.shape[:2]
    factor = resolution / min(height, width)
    size = (round(width * factor / 64) * 64, round(height * factor / 64) * 64)
    if resolution < 1 or min(size) < 64:
        raise InputError(f"resolution={resolution} makes a map of {size[0]}x{size[1]}", fix="at least 64, usually 512")
    scaling = cv2.INTER_LANCZOS4 if factor > 1 else cv2.INTER_AREA
    return edge_map(*choose(narrow(cv2.resize(image, size, interpolation=scaling)), options))
