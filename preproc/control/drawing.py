"""Drawings of a picture, white on black: soft edges, line art and scribbles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..adapt import turns_image
from ..arrays import Image, Mask, narrow
from ..errors import InputError
from .gradient import gradient_field, magnitude
from .options import checks_options
from .smoothing import STEPS, enlarged, sigma_for, smoothed

__all__ = ["lineart", "scribble", "soft_edge"]

_EDGE_SIGMA = 1.2  # at a short side of 512, as all of these
_LINEART_SIGMA = 0.9
_SCRIBBLE_SIGMA = 1.6
_LEAST_SIGMA = 0.5  # below, the pixels are coarser than the lines
_WHITE_STEP = 24  # a step of so many levels is white in the softest picture
_WIDER = 1.6  # second Gaussian of the difference, the ratio that comes nearest to a Laplacian
_TAU = 98  # percent of the second Gaussian, so that bright areas need more contrast


@turns_image
@checks_options
def soft_edge(image: Image, *, sigma_px: float | None = None, safe: bool = False) -> Mask:
    """Draw the contours softly, strong ones bright and broad, weak ones dim.

    The gradients after three blurs, each twice as wide as the one before, are multiplied: what is an edge at all three
    scales stays, texture of one scale fades.

    Parameters
    ----------
    image
        The picture.
    sigma_px
        Standard deviation of the narrowest blur in pixels, 0.5 to 100. None: 1.2 px per 512 px of the short
        side, at least 0.5.
    safe
        Round the map to the three levels 0, 127 and 255. That hides what a soft map still tells about the picture's
        shading, and is what "safe" maps are that soft-edge models were partly trained on.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        White on black, scaled so that the strongest 2 % are white; a picture of weak contrast is not stretched
        beyond what a step of 24 levels needs.

    Raises
    ------
    InputError
        For a sigma out of range.

    Notes
    -----
    A product over scales [1]_. Networks such as HED or PiDiNet know objects and do better: `remote` can ask for them.

    References
    ----------
    .. [1] A. Rosenfeld, "A nonlinear edge detection technique", Proceedings of the IEEE 58(5), 1970.

    Examples
    --------
    >>> picture = np.zeros((64, 64, 3), np.uint8)
    >>> picture[:, 32:] = 255
    >>> soft_edge(picture, sigma_px=1)[32, 28:36].tolist()
    [9, 49, 149, 255, 255, 149, 49, 9]
    """
    sigma = _sigma(image, sigma_px, at_512=_EDGE_SIGMA)
    height, width = image.shape[:2]
    product = np.ones((height, width), np.float32)
    for wider in (1, 2, 4):
        field = gradient_field(image, sigma_px=sigma * wider)
        slopes = magnitude(*field.derivatives(0, field.rows)).view(np.int16)
        # times sigma: a step is equally steep at all scales
        product *= enlarged(slopes, field.scale)[:height, :width] * np.float32(sigma * wider / field.gain)
    strength = np.sqrt(product, out=product)
    least_white = (8 / np.sqrt(2 * np.pi) * _WHITE_STEP) ** 1.5
    strength *= np.float32(255 / max(least_white, float(np.percentile(strength, 98))))
    soft = np.rint(np.minimum(strength, 255)).astype(np.uint8)
    return np.repeat(np.array([0, 127, 255], np.uint8), [85, 85, 86])[soft] if safe else soft


@turns_image
@checks_options
def lineart(image: Image, *, sigma_px: float | None = None, least_levels: float = 1.0, inverted: bool = False) -> Mask:
    """Draw a picture with thin lines along its darker sides and strokes.

    An extended difference of Gaussians. Photos become line drawings; drawings in dark ink on light paper keep their
    lines and change colour.

    Parameters
    ----------
    image
        The picture.
    sigma_px
        Standard deviation of the narrower Gaussian in pixels, 0.5 to 100: about half the stroke. None: 0.9 px per
        512 px of the short side, at least 0.5.
    least_levels
        Contrast in levels of 255 from which a line is drawn, 0 to 255. Higher leaves grain and texture out.
    inverted
        Draw black on white instead, for people and for the few tools that ask for it. ControlNets for line art,
        those called "lineart_anime" and "lineart_inverted" too, are shown white on black.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        Gray lines with soft edges, white where contrast is strong.

    Raises
    ------
    InputError
        For options out of range.

    References
    ----------
    .. [1] H. Winnemöller, J. E. Kyprianidis and S. C. Olsen, "XDoG: an extended difference-of-Gaussians compendium
       including advanced image stylization", Computers & Graphics 36(6), 2012.

    Examples
    --------
    >>> picture = np.full((32, 32, 3), 250, np.uint8)
    >>> picture[:, 16] = 20
    >>> lineart(picture, sigma_px=0.5)[16, 13:20].tolist()
    [0, 0, 0, 255, 0, 0, 0]
    """
    sigma = _sigma(image, sigma_px, at_512=_LINEART_SIGMA)
    contrast = _line_contrast(image, sigma, least_levels)
    levels = np.arange(256 * STEPS) / STEPS
    ink = np.rint(255 * np.tanh(0.15 * levels)).astype(np.uint8)
    return narrow((255 - ink if inverted else ink)[contrast])


@turns_image
@checks_options
def scribble(image: Image, *, sigma_px: float | None = None, least_levels: float = 2.0) -> Mask:
    """Draw a picture with few broad strokes, as if by hand.

    Parameters
    ----------
    image
        The picture.
    sigma_px
        Standard deviation of the narrower Gaussian in pixels, 0.5 to 100: strokes are about three times as wide. None:
        1.6 px per 512 px of the short side, at least 0.5. Scribble models learnt strokes of 1 to 24 px at 512.
    least_levels
        Contrast in levels of 255 from which a stroke is drawn, 0 to 255.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        255 on strokes, 0 elsewhere. Specks smaller than a short stroke are left out.

    Raises
    ------
    InputError
        For options out of range.

    Notes
    -----
    The thresholded form of what `lineart` draws, an extended difference of Gaussians [1]_.

    References
    ----------
    .. [1] H. Winnemöller, J. E. Kyprianidis and S. C. Olsen, "XDoG: an extended difference-of-Gaussians compendium
       including advanced image stylization", Computers & Graphics 36(6), 2012.

    Examples
    --------
    >>> picture = np.full((64, 64, 3), 250, np.uint8)
    >>> picture[:, 31:33] = 20
    >>> scribble(picture, sigma_px=1)[32, 28:36].tolist()
    [0, 0, 0, 255, 255, 0, 0, 0]
    """
    sigma = _sigma(image, sigma_px, at_512=_SCRIBBLE_SIGMA)
    strokes = (_line_contrast(image, sigma, least_levels) > 0).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= 24 * sigma * sigma
    kept[0] = False
    return narrow((kept * np.uint8(255))[labels])


def _sigma(image: Image, given: float | None, *, at_512: float) -> float:
    return max(_LEAST_SIGMA, sigma_for(image, given, at_512=at_512, least=_LEAST_SIGMA))


def _line_contrast(image: Image, sigma_px: float, least_levels: float) -> NDArray[np.int32]:
    """How much darker each pixel is than its surroundings, beyond `least_levels`, in sixteenths."""
    if not 0 <= least_levels <= 255:
        raise InputError(f"least_levels={least_levels:g} is not within 0 to 255")
    luma = narrow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    around = smoothed(luma, _WIDER * sigma_px).astype(np.int32)
    darker = around * _TAU // 100 - smoothed(luma, sigma_px) - round(least_levels * STEPS)
    return np.asarray(np.maximum(darker, 0), np.int32)
