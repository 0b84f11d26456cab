"""Plan an extension that is longer than what is painted well at once."""

from __future__ import annotations

from fractions import Fraction

import PIL.Image

from ..arrays import size_of_array
from ..edit.options import as_number, as_rule, as_whole
from ..edit.source import open_original
from ..files import ImageSource
from ..geometry import SizeRule
from .added_sides import Sides
from .extending import Anchor, Opened, margins
from .fill import Fill
from .schedule import schedule
from .staged import Steps

__all__ = ["steps"]


def steps(
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
    max_step_px: int | None = 512,
    context_px: float | None = None,
    fill: Fill = "blur",
    color: tuple[int, int, int] = (128, 128, 128),
    overlap: float = 32,
    margin_px: float = 8,
    sent_feather_px: float = 0,
    rule: SizeRule | None = None,
    seed: int = 0,
) -> Steps:
    """Plan an extension that is longer than an endpoint takes, or paints well, at once.

    Parameters
    ----------
    image, left, top, right, bottom, left_ratio, top_ratio, right_ratio, bottom_ratio, aspect, size, zoom_out, anchor
        As in `preproc.outpaint.extend`.
    max_step_px
        Most pixels on a side in one step. None: one step, whatever scale it is sent at; `Steps.notes` says so.
    context_px
        How much of the picture a step shows beside its new part; the sides are then extended one after the other.
        None: all of it, and all sides advance together and reach their end in the same step; where `rule` does not
        take the finished canvas unscaled, up to `max_step_px` or 256 px, whichever is more, one side after the other in
        steps so short that each is sent unscaled. A strip along a side that is longer than the rule takes cannot be:
        `Steps.notes` says so.
    fill, color, overlap, margin_px, sent_feather_px, rule, seed
        As in `preproc.outpaint.extend`.

    Returns
    -------
    Steps
        Also where a single step is enough.

    Raises
    ------
    InputError
        As `preproc.outpaint.extend` raises it, and if `max_step_px` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> plan = steps(np.zeros((480, 640, 3), np.uint8), left=1200, right=300)
    >>> plan.sides[0], len(plan)
    (Sides(left=400, top=0, right=100, bottom=0), 3)
    """
    rule = as_rule(rule)
    if max_step_px is not None:
        max_step_px = as_whole("max_step_px", max_step_px, at_least=1)
    overlap = as_number("overlap", overlap)
    opened = Opened(*open_original(image))
    photo = size_of_array(opened.rgb)
    total = Sides(
        *margins(
            photo,
            px=(left, top, right, bottom),
            ratio=(left_ratio, top_ratio, right_ratio, bottom_ratio),
            aspect=aspect,
            size=size,
            zoom_out=zoom_out,
            anchor=anchor,
        )
    )
    overlap = min(overlap, min(photo) / 2)
    plan = schedule(photo, total, max_step_px=max_step_px, context_px=context_px, overlap=overlap, rule=rule)
    return Steps(
        opened,
        plan.sides,
        overlap=overlap,
        context_px=plan.context_px,
        notes=plan.notes,
        fill=fill,
        color=color,
        margin_px=margin_px,
        sent_feather_px=sent_feather_px,
        rule=rule,
        seed=seed,
    )
