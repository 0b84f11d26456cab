"""Several separate regions of one photo: the fewest or the cheapest crops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import cv2
import numpy as np
import PIL.Image

from ..arrays import Mask, same_size
from ..edit import Edit, Finished
from ..edit.arrive import Generated
from ..edit.finish import Repair
from ..edit.masks import blend_mask, require_content
from ..edit.placement import place
from ..edit.source import open_original
from ..errors import InputError
from ..files import ImageSource, Photo, load_mask
from ..geometry import Box, Size, SizeRule
from .around import around, context_box

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
        ``"cheapest"`` joins regions where one crop has no more pixels to pay (in started billing steps, where the
        rule knows them) than two; ``"fewest"`` joins them as long as the common crop is not scaled down.

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
    rule = rule or SizeRule()
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
    groups = _join(
        [((label,), box) for label, box in enumerate(boxes, start=1)],
        prefer=prefer,
        context=(context_ratio, context_px),
        canvas=canvas,
        rule=rule,
    )
    source: Photo | Mask = photo if photo is not None else original
    edits = []
    for members, _ in sorted(groups, key=lambda group: (group[1].top, group[1].left)):
        own = np.where(np.isin(labels, members), core, 0).astype(np.uint8)
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


def _join(
    groups: list[tuple[tuple[int, ...], Box]],
    *,
    prefer: Literal["cheapest", "fewest"],
    context: tuple[float, float | None],
    canvas: Size,
    rule: SizeRule,
) -> list[tuple[tuple[int, ...], Box]]:
    """Join the pair that saves most, until none does."""
    costs: dict[Box, tuple[float, bool]] = {}

    def cost(box: Box) -> tuple[float, bool]:
        if box not in costs:
            need = context_box(box, canvas, context_ratio=context[0], context_px=context[1])
            placed = place(need, must=box, canvas=canvas, rule=rule)
            pixels = placed.sent.pixels
            paid = math.ceil(pixels / rule.billed_pixels) * rule.billed_pixels if rule.billed_pixels else pixels
            costs[box] = (paid, placed.scale < 1)
        return costs[box]

    while len(groups) > 1:
        best: tuple[float, int, int] | None = None
        for one, other in combinations(range(len(groups)), 2):
            paid, shrunk = cost(groups[one][1].union(groups[other][1]))
            saved = cost(groups[one][1])[0] + cost(groups[other][1])[0] - paid
            wanted = saved >= 0 if prefer == "cheapest" else not shrunk
            if wanted and (best is None or saved > best[0]):
                best = (saved, one, other)
        if best is None:
            break
        _, one, other = best
        joined = (groups[one][0] + groups[other][0], groups[one][1].union(groups[other][1]))
        groups = [group for index, group in enumerate(groups) if index not in {one, other}] + [joined]
    return groups


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
    """
    if len(edits) != len(generated):
        raise InputError(f"{len(edits)} edits and {len(generated)} results: one result for each edit is needed")
    done: list[Finished] = []
    for edit, result in zip(edits, generated, strict=True):
        if done:
            current = replace(edit, original=done[-1].image, photo=done[-1].photo)
        else:
            current = edit
        done.append(current.finish(result, repair=repair, align=align))
    return done
