"""Translate the numbers of other tools into ours."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, overload

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from ..adapt import turns_mask
from ..arrays import Mask, narrow
from ..choices import Curve, Position
from ..errors import InputError
from ..files import ImageSource
from .arguments import as_amount, as_choice, as_number, as_whole
from .feathering import feather
from .growing import grow, shrink

__all__ = ["Softening", "from_settings"]

Beyond = Literal["mirrored", "repeated"]
Tool = Literal["a1111", "comfyui", "crop-and-stitch", "diffusers"]


@dataclass(frozen=True, slots=True)
class Softening:
    """How a mask is grown and feathered.

    Parameters
    ----------
    grow_px
        The edge moves outwards by this, inwards when negative.
    feather_px, position, curve
        As in `feather`; 0 px leaves the edge as it is.
    border_px
        Left, top, right, bottom: over so many whole pixels the mask fades linearly to the canvas border.
    beyond
        What the feather takes the mask for beyond the canvas: ``"mirrored"``, as `feather` does, or ``"repeated"``: its
        outermost pixels go on. A centred Gaussian is Pillow's then, bit for bit: three box blurs.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[255, 255, 0, 0, 0, 0, 0]], np.uint8)
    >>> Softening(grow_px=2, feather_px=2, curve="linear").apply(edge).tolist()
    [[255, 255, 255, 255, 191, 64, 0]]
    """

    grow_px: float = 0
    feather_px: float = 0
    position: Position = "outer"
    curve: Curve = "smooth"
    border_px: tuple[int, int, int, int] = (0, 0, 0, 0)
    beyond: Beyond = "mirrored"

    def __post_init__(self) -> None:
        if not math.isfinite(as_number(self.grow_px, "grow_px")):
            raise InputError(f"grow_px is finite, got {self.grow_px}")
        as_amount(self.feather_px, "feather_px")
        as_choice(self.position, ("outer", "inner", "centre"), "position")
        as_choice(self.curve, ("smooth", "linear", "gaussian"), "curve")
        as_choice(self.beyond, ("mirrored", "repeated"), "beyond")
        if not isinstance(self.border_px, (tuple, list)) or len(self.border_px) != 4:
            raise InputError(
                f"border_px is (left, top, right, bottom), got {self.border_px!r:.60}", fix="border_px=(8, 8, 8, 8)"
            )
        sides = tuple(as_whole(side, "each side of border_px", least=0) for side in self.border_px)
        object.__setattr__(self, "border_px", sides)

    @overload
    def apply(self, mask: PIL.Image.Image) -> PIL.Image.Image: ...
    @overload
    def apply(self, mask: ImageSource) -> Mask: ...
    def apply(self, mask: PIL.Image.Image | ImageSource) -> PIL.Image.Image | Mask:
        """Grow, feather, then fade a mask of any form at the border.

        Returns
        -------
        ndarray of uint8, shape (H, W)
            Or a Pillow image, where it was given one.
        """
        moved = shrink(mask, -self.grow_px) if self.grow_px < 0 else grow(mask, self.grow_px)
        soft = (_feathered if self.beyond == "mirrored" else _feathered_beyond)(moved, self)
        return _faded(soft, self.border_px) if any(self.border_px) else soft


@turns_mask
def _feathered(mask: Mask, settings: Softening) -> Mask:
    return feather(mask, settings.feather_px, position=settings.position, curve=settings.curve)


@turns_mask
def _feathered_beyond(mask: Mask, settings: Softening) -> Mask:
    """Blur as Pillow does, by boxes that repeat what the one before left at the border; feather with room around."""
    if settings.position == "centre" and settings.curve == "gaussian":
        sigma = min(settings.feather_px / 6, 9999)  # Pillow overflows far beyond
        return np.array(PIL.Image.fromarray(mask).filter(PIL.ImageFilter.GaussianBlur(sigma)))
    # Three canvases of room are as good as any more.
    room = min(math.ceil(settings.feather_px), 3 * max(mask.shape))
    padded = narrow(cv2.copyMakeBorder(mask, room, room, room, room, cv2.BORDER_REPLICATE))
    return _feathered(padded, settings)[room : room + mask.shape[0], room : room + mask.shape[1]].copy()


@turns_mask
def _faded(mask: Mask, border_px: tuple[int, int, int, int]) -> Mask:
    """Multiply by ramps whose outermost pixel is one step above nothing."""
    left, top, right, bottom = border_px
    share = np.outer(_ramps(mask.shape[0], top, bottom), _ramps(mask.shape[1], left, right))
    return narrow(np.rint(mask * share).astype(np.uint8))


def _ramps(length: int, first: int, last: int) -> NDArray[np.float64]:
    share = np.ones(length)
    for ramp, end in ((share, min(first, length)), (share[::-1], min(last, length))):
        ramp[:end] *= np.arange(1, end + 1) / max(end, 1)
    return share


@overload
def from_settings(tool: Literal["a1111"], *, mask_blur: float = 4) -> Softening: ...
@overload
def from_settings(
    tool: Literal["comfyui"], *, expand: float = 0, tapered_corners: bool = True, blur_radius: float = 0
) -> Softening: ...
@overload
def from_settings(
    tool: Literal["comfyui"], *, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0
) -> Softening: ...
@overload
def from_settings(tool: Literal["diffusers"], *, blur: float = 4) -> Softening: ...
@overload
def from_settings(
    tool: Literal["crop-and-stitch"], *, mask_expand_pixels: float = 0, mask_blend_pixels: float = 32
) -> Softening: ...
def from_settings(
    tool: Tool,
    *,
    mask_blur: float | None = None,
    expand: float | None = None,
    tapered_corners: bool | None = None,
    blur_radius: float | None = None,
    left: float | None = None,
    top: float | None = None,
    right: float | None = None,
    bottom: float | None = None,
    blur: float | None = None,
    mask_expand_pixels: float | None = None,
    mask_blend_pixels: float | None = None,
) -> Softening:
    """Say what another tool's mask settings amount to, so that a workflow looks the same here.

    Parameters
    ----------
    tool
        ``"a1111"`` (also Forge), ``"comfyui"``, ``"diffusers"`` or ``"crop-and-stitch"``.
    mask_blur
        A1111's: the standard deviation of a Gaussian over the mask's edge. 16 runs from 10 to 90 % in 41 px.
    expand, tapered_corners, blur_radius
        Of ComfyUI's GrowMask and KJNodes' GrowMaskWithBlur. 16 moves straight edges by 16 px, as here; slanted ones by
        11.3 with tapered corners and by 22.6 without, where it is 16 px in every direction here. `blur_radius` is a
        standard deviation again. A negative `expand` shrinks.
    left, top, right, bottom
        Of ComfyUI's FeatherMask, whole pixels: it fades linearly towards the canvas border, not along the mask's edge,
        so a mask in the middle stays as it is; `feather` is what softens its edge.
    blur
        Of diffusers' ``VaeImageProcessor.blur``: a standard deviation. Its pipelines then cut the mask at 50 %, so
        that only the contour's rounding reaches the model.
    mask_expand_pixels, mask_blend_pixels
        Of Inpaint Crop & Stitch: a square of ``ceil(pixels / 4 * 1.5 + 1)`` px is the dilation, so 16 moves the edge by
        3 px and 20 by 4. Blending dilates the same way, then blurs with a standard deviation of pixels / 8.

    Returns
    -------
    Softening
        ``from_settings(...).apply(mask)`` applies it. Gaussians come centred on the edge, as those tools have them,
        and then weaken the mask's own edge to one half; ``dataclasses.replace(settings, position="outer")`` does not.

    Raises
    ------
    InputError
        For an unknown tool, a setting that is not this tool's, or a negative or non-finite number.

    Notes
    -----
    What still differs, in levels of 255. A1111 cuts its Gaussian off at 2.5 standard deviations and rounds between its
    two passes: up to 6 levels, and its faint tail ends where ours goes on for as much as half a standard deviation;
    within a few px of the canvas border, up to 20. diffusers blurs with Pillow's boxes, and so does its
    setting here, bit for bit. Crop & Stitch's square dilates straight edges as far as ours, but
    slanted ones up to 1.41 times as far: on a disc of 200 px that is 2 to 5 % of the area.

    Examples
    --------
    >>> from_settings("a1111", mask_blur=8)
    Softening(grow_px=0, feather_px=48.0, position='centre', curve='gaussian', border_px=(0, 0, 0, 0), beyond='mirrored')
    >>> from_settings("crop-and-stitch", mask_expand_pixels=20, mask_blend_pixels=0).grow_px
    4.0
    """
    given = {
        name: value
        for name, value in {
            "mask_blur": mask_blur,
            "expand": expand,
            "tapered_corners": tapered_corners,
            "blur_radius": blur_radius,
            "left": left,
            "top": top,
            "right": right,
            "bottom": bottom,
            "blur": blur,
            "mask_expand_pixels": mask_expand_pixels,
            "mask_blend_pixels": mask_blend_pixels,
        }.items()
        if value is not None
    }
    if not isinstance(tool, str) or tool not in _SETTINGS:
        raise InputError(
            f"mask.from_settings does not know {tool!r:.60}", fix=f"one of {', '.join(map(repr, _SETTINGS))}"
        )
    known = _SETTINGS[tool]
    for name, value in given.items():
        if name not in known:
            raise InputError(f"{tool} has no setting {name}", fix=f"it has {', '.join(known)}")
        amount = as_number(value, name)
        if not math.isfinite(amount) or (amount < 0 and name != "expand"):
            raise InputError(f"{name} is {amount:g}, it is finite and not negative")
    number = known | {name: float(value) for name, value in given.items()}
    if tool == "a1111":
        return _gaussian(0, number["mask_blur"])
    if tool == "diffusers":
        return replace(_gaussian(0, number["blur"]), beyond="repeated")
    if tool == "crop-and-stitch":
        blend = number["mask_blend_pixels"]
        grown = _square(number["mask_expand_pixels"]) + _square(blend)
        return _gaussian(grown, blend / 8)
    return _comfyui(given, number)


_SETTINGS: dict[str, dict[str, float]] = {
    "a1111": {"mask_blur": 4},
    "comfyui": {
        "expand": 0,
        "tapered_corners": True,
        "blur_radius": 0,
        "left": 0,
        "top": 0,
        "right": 0,
        "bottom": 0,
    },
    "crop-and-stitch": {"mask_expand_pixels": 0, "mask_blend_pixels": 32},
    "diffusers": {"blur": 4},
}


def _comfyui(given: dict[str, float], number: dict[str, float]) -> Softening:
    sides = {side: number[side] for side in ("left", "top", "right", "bottom")}
    if not any(sides.values()):
        return _gaussian(number["expand"], number["blur_radius"])
    if others := set(given) - set(sides):
        raise InputError(
            f"{', '.join(sorted(others))} and left, top, right, bottom belong to different nodes",
            fix="ask for each node's settings, and apply them in turn",
        )
    for side, amount in sides.items():
        if amount != int(amount):
            raise InputError(f"{side} is {amount:g}; FeatherMask counts whole pixels")
    left, top, right, bottom = (int(amount) for amount in sides.values())
    return Softening(border_px=(left, top, right, bottom))


def _gaussian(grow_px: float, sigma: float) -> Softening:
    """Blurred with `sigma`: `feather` calls it six times as wide."""
    return Softening(grow_px, 6 * sigma, "centre", "gaussian") if sigma else Softening(grow_px)


def _square(pixels: float) -> float:
    """How far Crop & Stitch's dilation moves an edge, between its two sides where they differ."""
    return (math.ceil(pixels / 4 * 1.5 + 1) - 1) / 2 if pixels else 0
