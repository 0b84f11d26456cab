"""Several separate regions of one photo: the fewest or the cheapest crops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Literal

import cv2
import numpy as np
import PIL.Image

from ..arrays import Mask, same_size
from ..edit import Edit, Finished
from ..edit.arrive import Generated
from ..edit.finish import Repair, finish_one
from ..edit.masks import blend_mask, require_content
from ..edit.options import as_number, as_rule
from ..edit.placement import place
from ..edit.source import open_original
from ..errors import InputError, PlacementError
from ..files import ImageSource, Photo, load_mask
from ..geometry import Box, SizeRule
from .cropping import around, context_box
from .grouping import Cost, group

__all__ = ["finish_regions", "regions"]

_MOST_REGIONS = 200


def regions(
    image: PIL.Image.Image | ImageSource,
    mask: PIL.Image.Image | ImageSource,
    /,
    *,
    prefer: Literal["cheapest", "fewest"] = "cheapest",
    context_ratio: float = 1.5,
    context_px: float | None = None,
    margin_px: float = 8,
    feather_px: float | None = None,
    rule: SizeRule | None = None,
) -> list[Edit]:
    """Plan one edit for each group of separate regions.

    Parameters
    ----------
    image, mask, context_ratio, context_px, margin_px, feather_px, rule
        As in `preproc.crop.around`.
    prefer
        ``"cheapest"`` joins regions where one crop has fewer pixels to pay (in started billing steps, where the rule
        knows them) than two, or as many and is not scaled down; ``"fewest"`` joins them as long as the common crop is
        not scaled down. Up to nine regions, no other grouping is better; more are joined two by two.

    Returns
    -------
    list of Edit
        From top to bottom, then left to right. Their blends share no pixel, so `finish_regions` may paste them one
        after the other.

    Examples
    --------
    >>> photo, m = np.zeros((1000, 1000, 3), np.uint8), np.zeros((1000, 1000), np.uint8)
    >>> m[50:100, 50:100] = m[60:110, 130:180] = m[900:950, 900:950] = 255
    >>> [edit.crop.size for edit in regions(photo, m)]
    [Size(width=240, height=176), Size(width=144, height=144)]
    """
    context_ratio = as_number("context_ratio", context_ratio, at_least=1)
    if context_px is not None:
        context_px = as_number("context_px", context_px)
    rule = as_rule(rule)
    original, photo, path = open_original(image)
    core = load_mask(mask)
    canvas = same_size(original, core)
    require_content(core)
    blend = blend_mask(core, feather_px=feather_px)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((blend > 0).astype(np.uint8), connectivity=8)
    if count - 1 > _MOST_REGIONS:
        raise InputError(
            f"the mask has {count - 1} separate regions, at most {_MOST_REGIONS} are planned one by one",
            fix="mask.drop_islands(m, min_area_px=...) or mask.clean(m) first, or one crop.around for all",
        )
    boxes = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]

    def cost(box: Box) -> Cost:
        need = context_box(box, canvas, context_ratio=context_ratio, context_px=context_px)
        placed = place(need, must=box, canvas=canvas, rule=rule)
        pixels = placed.sent.pixels
        paid = math.ceil(pixels / rule.billed_pixels) * rule.billed_pixels if rule.billed_pixels else pixels
        return paid, placed.scale < 1

    if prefer not in {"cheapest", "fewest"}:
        raise InputError(f"prefer is 'cheapest' or 'fewest', got {prefer!r}", fix="leave it out for 'cheapest'")
    groups = [
        (members, reduce(Box.union, (boxes[member] for member in members)))
        for members in group(boxes, cost, prefer=prefer)
    ]
    source: Photo | Mask = photo if photo is not None else original
    edits = []
    for members, _ in sorted(groups, key=lambda group: (group[1].top, group[1].left)):
        own = np.where(np.isin(labels, [member + 1 for member in members]), core, 0).astype(np.uint8)
        edit = around(
            source,
            own,
            context_ratio=context_ratio,
            context_px=context_px,
            margin_px=margin_px,
            feather_px=feather_px,
            rule=rule,
        )
        edits.append(replace(edit, original_path=path))
    return edits


def finish_regions(
    edits: Sequence[Edit], generated: Sequence[Generated], /, *, repair: Repair = "auto", align: bool = False
) -> list[Finished]:
    """Paste the results of several edits of one photo into it, one after the other.

    Parameters
    ----------
    edits
        From `regions`.
    generated
        One result for each, in the same order.
    repair, align
        As in `preproc.Edit.finish`.

    Returns
    -------
    list of Finished
        Each with its own receipt; the last one's picture holds all edits.

    Raises
    ------
    InputError
        If there are not as many results as edits.
    PlacementError
        If the edits are not crops of one photo.
    """
    if len(edits) != len(generated):
        raise InputError(f"{len(edits)} edits and {len(generated)} results: one result for each edit is needed")
    for number, edit in enumerate(edits):
        if edit.kind != "crop" or not np.array_equal(edit.original, edits[0].original):
            raise PlacementError(
                f"edit {number} is no crop of the photo that edit 0 is of",
                fix="take all edits from one crop.regions(...)",
            )
    done: list[Finished] = []
    for edit, result in zip(edits, generated, strict=True):
        onto = replace(edit, original=done[-1].image, photo=done[-1].photo) if done else edit
        done.append(finish_one(edit, result, repair=repair, align=align, onto=onto))
    return done
