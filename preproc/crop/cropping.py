"""Cut out the working region around a mask, at a size the endpoint takes."""

from __future__ import annotations

import warnings
from fractions import Fraction

import cv2
import PIL.Image

from ..arrays import Image, narrow, same_size, size_of_array
from ..edit import Edit
from ..edit.aspect import is_met_exactly, parse_aspect
from ..edit.masks import blend_mask, require_content, sent_mask
from ..edit.options import as_number, as_rule
from ..edit.placement import Placement, place
from ..edit.resample import resample
from ..edit.source import open_original
from ..errors import ScaleWarning
from ..files import ImageSource, load_mask
from ..geometry import Box, Size, SizeRule

__all__ = ["around", "context_box"]

_LEAST_CONTEXT_PX = 32
_MANY_TIMES = 4


def around(
    image: PIL.Image.Image | ImageSource,
    mask: PIL.Image.Image | ImageSource,
    /,
    *,
    context_ratio: float = 1.5,
    context_px: float | None = None,
    context_mask: PIL.Image.Image | ImageSource | None = None,
    margin_px: float = 8,
    feather_px: float | None = None,
    sent_feather_px: float = 0,
    aspect: str | tuple[int, int] | Fraction | None = None,
    rule: SizeRule | None = None,
) -> Edit:
    """Plan an edit of the masked part of a photo.

    Parameters
    ----------
    image
        The photo, in any form. A path is opened as a `Photo`, so its depth, alpha, profile and EXIF come back too.
    mask
        What to change, of the photo's size: 255 edit, 0 keep, between blend. Everything above 0 counts: specks far off
        widen the crop (`preproc.check.mask` names them, `preproc.mask.clean` drops them).
    context_ratio
        How much the endpoint sees: the region's longer side is scaled by it and the difference is added evenly on all
        four sides, at least 32 px each. At least 1.
    context_px
        The same in pixels on each side; replaces `context_ratio`.
    context_mask
        More that the endpoint has to see, such as what a shadow belongs to; anything above 0 counts.
    margin_px
        How far beyond the pasted area the endpoint may paint, so that its own edge stays out of sight.
    feather_px
        Width of the outer feather of what is pasted, in photo pixels. None: 16 px for a hard mask, and a soft mask
        keeps its own ramp. 0 pastes with the mask's own edge.
    sent_feather_px
        Width of a ramp outside the sent mask, in sent pixels, for endpoints that use soft values. 0 sends only 0 and
        255, which is right for all of them.
    aspect
        Width over height of what is sent, such as ``"1:1"``, exactly. A ratio of numbers above 32, such as ``"1.91:1"``,
        is met to within 1 %, as exactly it would take a large picture. A `ScaleWarning` says what is sent then, and
        where the aspect makes that at least four times as large as the region asks for. None: whatever suits the region.
    rule
        What the endpoint accepts, such as ``fal.rule(endpoint)``. None: sides in multiples of 16, never scaled.

    Returns
    -------
    Edit
        The crop holds all of the blend; it is shifted to stay inside the photo, and padded by repeated border pixels
        only where photo and rule leave no other way. Its scale is the same on both axes to the last pixel.

    Raises
    ------
    ShapeError
        If photo and mask differ in size.
    MaskError
        If the mask is empty.
    InputError
        If an option is out of range or no size satisfies the rule.

    Examples
    --------
    >>> import numpy as np
    >>> photo, m = np.zeros((600, 800, 3), np.uint8), np.zeros((600, 800), np.uint8)
    >>> m[200:300, 300:500] = 255
    >>> edit = around(photo, m, feather_px=8)
    >>> edit.crop, edit.sent, edit.scale
    (Box(left=240, top=138, right=560, bottom=362), Size(width=320, height=224), 1.0)
    """
    context_ratio = as_number(
        "context_ratio", context_ratio, at_least=1, fix="context_ratio=1 sends the region with 32 px around it"
    )
    if context_px is not None:
        context_px = as_number("context_px", context_px, fix="context_px=0 sends the region without any")
    margin_px = as_number("margin_px", margin_px)
    sent_feather_px = as_number("sent_feather_px", sent_feather_px)
    rule = as_rule(rule)
    original, photo, path = open_original(image)
    core = load_mask(mask)
    canvas = same_size(original, core)
    require_content(core)
    blend = blend_mask(core, feather_px=feather_px)
    must = require_content(blend)
    wanted = must
    if context_mask is not None:
        extra = load_mask(context_mask)
        same_size(original, extra, names=("image", "context_mask"))
        wanted = wanted.union(require_content(extra, name="context_mask"))
    need = context_box(wanted, canvas, context_ratio=context_ratio, context_px=context_px)
    ratio = None if aspect is None else parse_aspect(aspect)
    placed = place(need, must=must, canvas=canvas, rule=rule, aspect=ratio)
    if ratio is not None and (said := _cost_of_aspect(placed, ratio, need, rule=rule)):
        warnings.warn(said, ScaleWarning, stacklevel=2)
    return Edit(
        kind="crop",
        original=original,
        photo=photo,
        origin=(0, 0),
        mask=core,
        blend=blend,
        crop=placed.crop,
        sent_image=resample(_cut(original, placed.crop), placed.sent),
        sent_mask=sent_mask(
            blend, crop=placed.crop, sent=placed.sent, margin_px=margin_px, cell=rule.cell, feather_px=sent_feather_px
        ),
        rule=rule,
        original_path=path,
    )


def _cost_of_aspect(placed: Placement, aspect: Fraction, need: Box, *, rule: SizeRule) -> str | None:
    """Say where an aspect is not met exactly, or only by a size far larger than the region asks for."""
    if aspect != placed.sent.aspect and not is_met_exactly(aspect):
        return (
            f"aspect {float(aspect):.3f} is sent as {placed.sent} ({float(placed.sent.aspect):.3f}), the nearest that suits "
            f"the region in multiples of {rule.step}"
        )
    widened = Size(
        max(need.size.width, round(need.size.height * aspect)), max(need.size.height, round(need.size.width / aspect))
    )
    plain = place(Box(0, 0, *widened), must=Box(0, 0, 1, 1), canvas=None, rule=rule).sent
    if placed.sent.pixels < _MANY_TIMES * plain.pixels:
        return None
    return (
        f"aspect {aspect.numerator}:{aspect.denominator} in multiples of {rule.step} sends {placed.sent}, {placed.sent.pixels / plain.pixels:.1f} times the pixels "
        f"of {plain}, which would do without it: choose one of smaller numbers, or leave it out"
    )


def context_box(region: Box, canvas: Size, *, context_ratio: float, context_px: float | None) -> Box:
    """Add the context on all four sides, as far as the photo reaches."""
    if context_px is None:
        context_px = max(_LEAST_CONTEXT_PX, (context_ratio - 1) / 2 * max(region.size))
    return region.grow(round(context_px)).intersect(canvas.box)


def _cut(original: Image, crop: Box) -> Image:
    """Copy the crop; beyond the photo its border pixels repeat."""
    canvas = size_of_array(original).box
    inside = crop.intersect(canvas)
    part = original[inside.slices]
    if inside == crop:
        return part.copy()
    return narrow(
        cv2.copyMakeBorder(
            part,
            inside.top - crop.top,
            crop.bottom - inside.bottom,
            inside.left - crop.left,
            crop.right - inside.right,
            cv2.BORDER_REPLICATE,
        )
    )
