"""A larger canvas with the photo inside, ready to be painted."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple, get_args

import cv2
import numpy as np
import PIL.Image

from ..arrays import Image, bounds, narrow, size_of_array
from ..choices import Anchor
from ..edit import Edit
from ..edit.aspect import parse_aspect
from ..edit.masks import blend_mask, sent_mask
from ..edit.options import as_number, as_rule, as_size, as_whole
from ..edit.placement import place
from ..edit.resample import resample
from ..edit.source import open_original
from ..errors import InputError
from ..files import MAX_PIXELS, ImageSource, Photo
from ..geometry import Box, Size, SizeRule
from .fill import Fill, cover, fill_canvas

__all__ = ["Anchor", "Opened", "canvas_edit", "extend", "margins"]


_MAX_SIDE_PX = 32_767  # OpenCV resamples nothing larger


def extend(
    image: PIL.Image.Image | ImageSource,
    /,
    *,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    left_ratio: float = 0,
    top_ratio: float = 0,
    right_ratio: float = 0,
    bottom_ratio: float = 0,
    aspect: str | tuple[int, int] | Fraction | None = None,
    size: tuple[int, int] | None = None,
    zoom_out: float | None = None,
    anchor: Anchor = "center",
    fill: Fill = "blur",
    color: tuple[int, int, int] = (128, 128, 128),
    overlap: float = 32,
    context_px: float | None = None,
    margin_px: float = 8,
    sent_feather_px: float = 0,
    rule: SizeRule | None = None,
    seed: int = 0,
) -> Edit:
    """Plan the extension of a photo beyond its border.

    Parameters
    ----------
    image
        The photo, in any form. A path is opened as a `Photo`, so its depth, alpha, profile and EXIF come back too.
    left, top, right, bottom
        Pixels to add on each side.
    left_ratio, top_ratio, right_ratio, bottom_ratio
        The same as a share of the photo's width (left, right) or height (top, bottom).
    aspect
        Extend to this width over height, such as ``"16:9"``: the smallest canvas of that aspect, to the nearest pixel.
    size
        Extend to `(width, height)`.
    zoom_out
        Extend both sides by this factor: 1.5 makes a canvas of 1.5 times the width and height.
    anchor
        Where the photo goes for `aspect`, `size` and `zoom_out`.
    fill
        What the endpoint finds in the new part; most read it, some want a certain colour there.
        ``"blur"`` repeats the border pixels and blurs them along the border the more the further out they lie;
        ``"replicate"`` repeats them; ``"reflect"`` mirrors the picture; ``"solid"`` is one `color`; ``"noise"`` is
        featureless texture [1]_ of the picture's colours and grain; ``"telea"`` inpaints [2]_ at up to 1024 px, slow;
        ``"transparent"`` is clear.
    color
        R, G, B for ``fill="solid"``.
    overlap
        Width in pixels over which the result fades into the photo; cut to half the photo's shorter side.
    context_px
        How much of the photo beside the new part the endpoint sees. None: all of it. A large photo that grows on one
        side is better sent in part, at its own scale, than as a whole, scaled down to what the endpoint takes.
    margin_px, sent_feather_px, rule
        As in `preproc.crop.around`.
    seed
        For ``fill="noise"``.

    Returns
    -------
    Edit
        `mask` is 255 on every new pixel and 0 on the photo. Where the rule's multiples ask for more than the canvas,
        what is sent is extended further with the same fill and cut off again by `finish`.

    Raises
    ------
    InputError
        If nothing is added, a side is negative, the canvas would be larger than 32767 px a side or than `MAX_PIXELS`
        pixels, the ways to say how much are mixed, or no size satisfies the rule.

    References
    ----------
    .. [1] B. Galerne, Y. Gousseau and J.-M. Morel, "Random phase textures: theory and synthesis", IEEE Transactions on
       Image Processing 20(1), 2011.
    .. [2] A. Telea, "An image inpainting technique based on the fast marching method", Journal of Graphics Tools 9(1),
       2004.

    Examples
    --------
    >>> photo = np.zeros((480, 640, 3), np.uint8)
    >>> extend(photo, left=128, right=64).canvas
    Size(width=832, height=480)
    >>> extend(photo, aspect="16:9").canvas
    Size(width=853, height=480)
    """
    rule = as_rule(rule)
    original, photo, path = open_original(image)
    whole = size_of_array(original)
    added = margins(
        whole,
        px=(left, top, right, bottom),
        ratio=(left_ratio, top_ratio, right_ratio, bottom_ratio),
        aspect=aspect,
        size=size,
        zoom_out=zoom_out,
        anchor=anchor,
    )
    return canvas_edit(
        Opened(original, photo, path),
        added,
        fill=fill,
        color=color,
        overlap=overlap,
        context_px=context_px,
        margin_px=margin_px,
        sent_feather_px=sent_feather_px,
        rule=rule,
        seed=seed,
    )


class Opened(NamedTuple):
    """A photo with what its file holds, and its path; the latter two where there are any."""

    rgb: Image
    photo: Photo | None
    path: str | None


def canvas_edit(
    opened: Opened,
    added: tuple[int, int, int, int],
    *,
    fill: Fill,
    color: tuple[int, int, int],
    overlap: float,
    context_px: float | None,
    margin_px: float,
    sent_feather_px: float,
    rule: SizeRule,
    seed: int,
) -> Edit:
    """Plan one extension by `added` pixels, `(left, top, right, bottom)`; the rest as in `extend`."""
    overlap = as_number("overlap", overlap)
    if context_px is not None:
        context_px = as_number("context_px", context_px)
    margin_px = as_number("margin_px", margin_px)
    sent_feather_px = as_number("sent_feather_px", sent_feather_px)
    whole = size_of_array(opened.rgb)
    origin = (added[0], added[1])
    canvas = Size(whole.width + added[0] + added[2], whole.height + added[1] + added[3])
    mask = np.full((canvas.height, canvas.width), 255, np.uint8)
    mask[whole.box.shift(*origin).slices] = 0
    overlap = min(overlap, min(whole) / 2)
    blend = blend_mask(mask, feather_px=overlap)
    # in a corner the feather of both sides together runs out a pixel later
    left, top, right, bottom = (math.ceil(overlap) if side else 0 for side in added)
    blend[Box(left, top, whole.width - right, whole.height - bottom).shift(*origin).slices] = 0
    must = canvas.box if context_px is None else bounds(blend)
    placed = (
        place(canvas.box, must=must, canvas=None, rule=rule)
        if context_px is None
        else place(must.grow(math.ceil(context_px)).intersect(canvas.box), must=must, canvas=canvas, rule=rule)
    )
    crop, view = placed.crop, placed.crop.union(canvas.box)
    filled = fill_canvas(
        opened.rgb, view.size, (origin[0] - view.left, origin[1] - view.top), fill=fill, color=color, seed=seed
    )
    sent_image = resample(np.ascontiguousarray(filled[crop.shift(-view.left, -view.top).slices]), placed.sent)
    if fill == "transparent":
        sent_image = narrow(cv2.merge([sent_image, cover(whole.box.shift(*origin), crop, placed.sent)]))
    return Edit(
        kind="outpaint",
        original=opened.rgb,
        photo=opened.photo,
        origin=origin,
        mask=mask,
        blend=blend,
        crop=crop,
        sent_image=sent_image,
        sent_mask=sent_mask(
            blend,
            crop=crop,
            sent=placed.sent,
            margin_px=margin_px,
            cell=rule.cell,
            beyond="edit",
            feather_px=sent_feather_px,
        ),
        rule=rule,
        original_path=opened.path,
    )


def margins(
    photo: Size,
    *,
    px: tuple[int, int, int, int],
    ratio: tuple[float, float, float, float],
    aspect: str | tuple[int, int] | Fraction | None,
    size: tuple[int, int] | None,
    zoom_out: float | None,
    anchor: Anchor,
) -> tuple[int, int, int, int]:
    """Work out the pixels to add on each side, `(left, top, right, bottom)`, from whichever way it was said."""
    ways = [any(px) or any(ratio), aspect is not None, size is not None, zoom_out is not None]
    if anchor not in get_args(Anchor):
        raise InputError(f"no anchor is called {anchor!r}", fix=", ".join(get_args(Anchor)))
    if sum(ways) > 1:
        raise InputError(
            "say once how far to extend: sides, aspect, size and zoom_out exclude each other",
            fix="pass one of left/top/right/bottom (px or ratio), aspect, size or zoom_out",
        )
    names, cut = ("left", "top", "right", "bottom"), "to cut a photo, index the array or use crop.around"
    added = [as_whole(name, value, fix=cut) for name, value in zip(names, px, strict=True)]
    shares = [as_number(f"{name}_ratio", value, fix=cut) for name, value in zip(names, ratio, strict=True)]
    target = photo
    if aspect is not None:
        wanted = parse_aspect(aspect)
        target = Size(max(photo.width, round(photo.height * wanted)), max(photo.height, round(photo.width / wanted)))
    elif size is not None:
        target = Size(*as_size("size", size))
        if target.width < photo.width or target.height < photo.height:
            raise InputError(
                f"the photo is {photo}, the wanted canvas {target} is smaller",
                fix="resize the photo first, or a larger size",
            )
    elif zoom_out is not None:
        zoom_out = as_number("zoom_out", zoom_out, at_least=1)
        target = Size(round(photo.width * zoom_out), round(photo.height * zoom_out))
    else:
        sides = (photo.width, photo.height, photo.width, photo.height)
        added = [one + round(share * side) for one, share, side in zip(added, shares, sides, strict=True)]
        px = (added[0], added[1], added[2], added[3])
    if target != photo:
        wide, high = target.width - photo.width, target.height - photo.height
        before = wide if "right" in anchor else 0 if "left" in anchor else wide // 2
        above = high if "bottom" in anchor else 0 if "top" in anchor else high // 2
        px = (before, above, wide - before, high - above)
    if not any(px):
        raise InputError(
            f"nothing is added to the {photo} photo", fix="pass left=256, aspect='16:9', size=... or zoom_out=..."
        )
    _check_canvas(photo, Size(photo.width + px[0] + px[2], photo.height + px[1] + px[3]))
    return px


def _check_canvas(photo: Size, canvas: Size) -> None:
    """Refuse what no memory should be taken for."""
    if max(canvas) > _MAX_SIDE_PX or canvas.pixels > MAX_PIXELS:
        raise InputError(
            f"the {photo} photo would become {canvas}: a canvas has at most {_MAX_SIDE_PX} px a side and "
            f"{MAX_PIXELS} pixels",
            fix="add less, or resize the photo first",
        )
