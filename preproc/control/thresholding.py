"""Where Canny's thresholds come from: given, a profile, Otsu on the gradient, or a density to meet."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import cv2

from ..arrays import Image, Mask
from ..choices import Profile
from ..errors import InputError
from .gradient import GRADIENT_LIMIT, GradientField, edge_map, gradient_field, otsu_threshold
from .smoothing import sigma_for

__all__ = [
    "PROFILES",
    "TRAINED_DENSITY",
    "CannyOptions",
    "CannyProfile",
    "Profile",
    "Thresholds",
    "choose",
    "density_of",
    "density_warnings",
    "settled_thresholds",
    "shares",
    "usual_density",
]


@dataclass(frozen=True, slots=True)
class CannyProfile:
    """Thresholds that a family of models was shown, and where that is written."""

    low: float
    high: float
    source: str


PROFILES: MappingProxyType[str, CannyProfile] = MappingProxyType(
    {
        "controlnet_aux": CannyProfile(
            100, 200, "controlnet_aux CannyDetector defaults; also sd-webui, InvokeAI, diffusers"
        ),
        "flux": CannyProfile(50, 200, "black-forest-labs/flux, CannyImageEncoder"),
        "fooocus": CannyProfile(64, 128, "Fooocus, PyraCanny defaults (add multi_scale=True for its pyramid)"),
        "krita": CannyProfile(80, 200, "krita-ai-diffusion, line preprocessors"),
        "xinsir": CannyProfile(100, 200, "xinsir6/ControlNetPlus, canny scripts at about one megapixel"),
        "xlabs": CannyProfile(100, 200, "XLabs-AI/x-flux, training and inference at 512 or 1024"),
    }
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a Canny map was, or would be, made with.

    ``canny(image, low=t.low, high=t.high, denoise_sigma_px=t.sigma_px)`` makes the same map again.

    Attributes
    ----------
    low, high
        Thresholds of the hysteresis, in levels of the 3x3 Sobel gradient at full size: |dx| + |dy|, at most 2040.
    sigma_px
        Standard deviation of the Gaussian before it, in pixels; 0 is none.
    density
        Share of edge pixels in the map, 0 to 1. Maps of 512 px that ControlNets were trained on hold about 0.01 to
        0.25; the same lines take half of that at twice the size.
    warnings
        Where the density is none that models saw at this size, and what to do.
    """

    low: float
    high: float
    sigma_px: float
    density: float
    warnings: tuple[str, ...] = field(default=(), repr=False)


TRAINED_DENSITY = (0.01, 0.25)
"""Share of edge pixels at a short side of 512 px: 100/200 on 200 photos gave 0.014 to 0.25 (1st to 99th percentile)."""


def usual_density(size: tuple[int, int]) -> tuple[float, float]:
    """Return the range of densities at a size: lines keep their width of one pixel while the picture grows."""
    scale = min(max(min(size) / 512, 0.5), 8.0)
    return TRAINED_DENSITY[0] / scale, TRAINED_DENSITY[1] / min(scale, 1.0)


def density_warnings(density: float, size: tuple[int, int]) -> tuple[str, ...]:
    """Say where a Canny map has fewer or more edges than models saw."""
    low, high = usual_density(size)
    if low <= density <= high:
        return ()
    word, do = ("sparse", "lower") if density < low else ("dense", "higher")
    share, least, most = shares(density, low, high)
    seen = f"models saw {least} to {most} at {size[0]}x{size[1]}"
    return (f"too {word}: {share} of the pixels are edges, and {seen}; {do} thresholds, or density=0.05",)


def shares(share: float, low: float, high: float) -> tuple[str, str, str]:
    """Write a share that lies outside a range, and the range's ends, so that it lies outside also as it is read.

    Examples
    --------
    >>> shares(0.014, 0.02, 0.5), shares(0.01996, 0.02, 0.5), shares(0.428, 0.02, 0.4266)
    (('1.4%', '2%', '50%'), ('1.996%', '2%', '50%'), ('42.8%', '2%', '42.7%'))
    """
    for places in range(1, 8):
        texts = [f"{value:.{places}%}" for value in (share, low, high)]
        if texts[0] not in texts[1:]:
            break
    said, least, most = (re.sub(r"\.?0+%$", "%", text) for text in texts)
    return said, least, most


_AUTO_SIGMA = 2  # px at a short side of 512
_LOW_SHARE = 0.4
_LEAST_STEP = 4


@dataclass(frozen=True, slots=True)
class CannyOptions:
    """How the thresholds of one map are to be found; contradictions are refused."""

    low: float | None
    high: float | None
    profile: Profile | None
    density: float | None
    l2: bool
    denoise_sigma_px: float | None

    def __post_init__(self) -> None:
        given = [name for name in ("low", "profile", "density") if getattr(self, name) is not None]
        if (self.low is None) != (self.high is None):
            raise InputError(
                f"low={self.low} and high={self.high}: give both or none", fix="leave both out to have them chosen"
            )
        if len(given) > 1:
            raise InputError(f"{' and '.join(given)} each choose the thresholds", fix="give one of them")
        if self.profile is not None and self.profile not in PROFILES:
            raise InputError(f"unknown profile {self.profile!r}", fix=f"one of {', '.join(PROFILES)}")
        if self.low is not None and self.high is not None and not 0 <= self.low <= self.high <= GRADIENT_LIMIT:
            raise InputError(
                f"low={self.low:g}, high={self.high:g} are not 0 <= low <= high <= {GRADIENT_LIMIT}",
                fix="low is the smaller one; multiply by 255 where thresholds run from 0 to 1 (kornia, ComfyUI)",
            )
        if self.density is not None and not 0 < self.density < 1:
            raise InputError(f"density={self.density:g} is not a share between 0 and 1", fix="0.02 to 0.2 is usual")


def choose(image: Image, options: CannyOptions) -> tuple[GradientField, float, float]:
    """Prepare the gradient and find the two thresholds."""
    fixed = options if options.profile is None else PROFILES[options.profile]
    if fixed.low is not None and fixed.high is not None:
        sigma = sigma_for(image, options.denoise_sigma_px, at_512=0)
        return gradient_field(image, sigma_px=sigma, l2=options.l2), fixed.low, fixed.high
    sigma = sigma_for(image, options.denoise_sigma_px, at_512=_AUTO_SIGMA)
    slopes = gradient_field(image, sigma_px=sigma, l2=options.l2)
    if options.density is None:
        high = max(otsu_threshold(slopes), _faintest_gradient(sigma))
    else:
        high = _high_for(slopes, options.density)
    return slopes, _LOW_SHARE * high, high


def settled_thresholds(image: Image, options: Mapping[str, Any]) -> dict[str, Any]:
    """Replace what `canny` would choose on this picture by what it chooses."""
    settled = dict(options)
    if options["compat"] is not None:
        thresholds = {"low": 100, "high": 200} if options["low"] is None else {}
        return settled | thresholds | {"resolution": options["resolution"] or 512}
    if options["multi_scale"]:
        return settled
    asked = CannyOptions(**{each.name: options[each.name] for each in fields(CannyOptions)})
    slopes, low, high = choose(image, asked)
    return settled | {"low": low, "high": high, "profile": None, "density": None, "denoise_sigma_px": slopes.sigma_px}


def _faintest_gradient(sigma_px: float) -> float:
    """Gradient of a straight step of `_LEAST_STEP` levels after the blur."""
    return _LEAST_STEP * min(4.0, 8 / (math.sqrt(2 * math.pi) * max(sigma_px, 0.1)))


def _high_for(slopes: GradientField, density: float) -> float:
    """Search the threshold whose map comes nearest to `density`; density falls as it rises."""
    tried: dict[int, float] = {}
    dense, sparse = 0, GRADIENT_LIMIT
    while sparse - dense > 1:
        middle = (dense + sparse) // 2
        high = middle / slopes.scale
        tried[middle] = density_of(edge_map(slopes, _LOW_SHARE * high, high))
        if tried[middle] > density:
            dense = middle
        else:
            sparse = middle
    return min(tried, key=lambda step: abs(tried[step] - density)) / slopes.scale


def density_of(edges: Mask) -> float:
    """Return the share of pixels that are not black."""
    return cv2.countNonZero(edges) / edges.size
