"""Spoil a picture on purpose, by a seed, for models that restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import cv2
import numpy as np

from ..adapt import turns_image
from ..arrays import Image, narrow
from ..errors import InputError
from .options import checks_options
from .tone import blur, reduced_and_back

__all__ = ["Degradation", "degradation", "low_quality", "settled_degradation"]

_RANGES = {"blur_sigma_px": (0, 50), "reduction_ratio": (1, 32), "noise_levels": (0, 64), "jpeg_quality": (1, 100)}


@dataclass(frozen=True, slots=True)
class Degradation:
    """What `low_quality` does, in this order.

    Attributes
    ----------
    blur_sigma_px
        Standard deviation of a Gaussian blur in pixels.
    reduction_ratio
        By how much both sides are reduced and enlarged again.
    noise_levels
        Standard deviation of normal noise, in levels of 255, independent in each channel.
    jpeg_quality
        Quality of a JPEG round trip, 1 to 100.
    """

    blur_sigma_px: float
    reduction_ratio: float
    noise_levels: float
    jpeg_quality: int


@checks_options
def degradation(seed: int, /, *, short_side: int = 512) -> Degradation:
    """Draw the strengths that `low_quality` uses for a seed.

    Parameters
    ----------
    seed
        Any whole number from 0.
    short_side
        Short side of the picture; blurs grow with it.

    Returns
    -------
    Degradation
        Blur 0.5 to 4 px per 512 px, reduction 1 to 6, noise 0 to 12 levels, JPEG quality 20 to 80. No published model
        says what it was trained on; these ranges are within those of the xinsir tile scripts.

    Raises
    ------
    InputError
        For a negative seed.

    Notes
    -----
    The kinds and their order are those of Real-ESRGAN's first-order model, see `low_quality`; the ranges are this
    project's own rule.

    Examples
    --------
    >>> degradation(7) == degradation(7)
    True
    """
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"a seed is a whole number from 0, got {seed!r}")
    draw = np.random.default_rng([seed, 0]).random(4)
    return Degradation(
        blur_sigma_px=round(float(0.5 + 3.5 * draw[0]) * short_side / 512, 2),
        reduction_ratio=round(float(1 + 5 * draw[1]), 2),
        noise_levels=round(float(12 * draw[2]), 1),
        jpeg_quality=round(float(20 + 60 * draw[3])),
    )


@turns_image
@checks_options
def low_quality(
    image: Image,
    *,
    seed: int = 0,
    blur_sigma_px: float | None = None,
    reduction_ratio: float | None = None,
    noise_levels: float | None = None,
    jpeg_quality: int | None = None,
) -> Image:
    """Spoil a picture: blur, lost resolution, noise, JPEG, in this order.

    Parameters
    ----------
    image
        The picture.
    seed
        Draws the noise, and every strength that is not given; see `degradation`.
    blur_sigma_px
        Standard deviation of the blur in pixels, 0 to 50.
    reduction_ratio
        By how much both sides are reduced in between, 1 to 32.
    noise_levels
        Standard deviation of the noise in levels of 255, 0 to 64.
    jpeg_quality
        1 to 100.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        The same for the same picture, seed and strengths.

    Raises
    ------
    InputError
        For a strength out of range.

    Notes
    -----
    The order blur, reduction, noise, JPEG is that of the first-order model in [1]_.

    References
    ----------
    .. [1] X. Wang, L. Xie, C. Dong and Y. Shan, "Real-ESRGAN: training real-world blind super-resolution with pure
       synthetic data", International Conference on Computer Vision Workshops (ICCVW), 2021.

    Examples
    --------
    >>> picture = np.full((8, 8, 3), 200, np.uint8)
    >>> clean = low_quality(picture, blur_sigma_px=0, reduction_ratio=1, noise_levels=0, jpeg_quality=100)
    >>> int(np.abs(clean.astype(int) - 200).max())
    0
    """
    given: dict[str, Any] = {
        "blur_sigma_px": blur_sigma_px,
        "reduction_ratio": reduction_ratio,
        "noise_levels": noise_levels,
        "jpeg_quality": jpeg_quality,
    }
    for name, value in given.items():
        least, most = _RANGES[name]
        if value is not None and not least <= value <= most:
            raise InputError(f"{name}={value:g} is not within {least} to {most}")
    drawn = degradation(seed, short_side=min(image.shape[:2]))
    steps = replace(drawn, **{name: value for name, value in given.items() if value is not None})
    spoilt = blur(image, sigma_px=steps.blur_sigma_px)
    spoilt = reduced_and_back(spoilt, steps.reduction_ratio)
    noise = np.random.default_rng([seed, 1]).standard_normal(image.shape, np.float32)
    noise *= np.float32(steps.noise_levels)
    spoilt = np.clip(spoilt + np.rint(noise), 0, 255).astype(np.uint8)
    return _through_jpeg(spoilt, steps.jpeg_quality)


def settled_degradation(image: Image, options: Mapping[str, Any]) -> dict[str, Any]:
    """Replace what `low_quality` would draw for this picture by what it draws."""
    drawn = asdict(degradation(options["seed"], short_side=min(image.shape[:2])))
    return dict(options) | {name: value for name, value in drawn.items() if options[name] is None}


def _through_jpeg(image: Image, quality: int) -> Image:
    _, encoded = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return narrow(cv2.cvtColor(narrow(cv2.imdecode(encoded, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB))
