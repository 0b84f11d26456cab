"""What all mask commands share: from sources to written masks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import preproc

from ..exits import UsageError, complain
from ..inputs import Source
from ..many import Done, Many, Task, each
from ..outputs import Saving, check_formats
from ..products import MASKS
from ..talk import Talk
from ..values import read_size
from ..writing import put

if TYPE_CHECKING:
    from ...arrays import Mask

__all__ = ["change_each", "draw_each", "make_each"]


def make_each(
    sources: Sequence[Source], make: Callable[[Source], Mask], *, tag: str, saving: Saving, many: Many, talk: Talk
) -> int:
    """Make a mask from each source and write it."""
    from ...arrays import size_of_array
    from ...opencv import cv2

    targets = saving.targets(sources, tag=tag)
    check_formats(targets, exact=True)

    def work(task: Task) -> Done:
        made = make(task.source)
        put(made, task.target, overwrite=saving.overwrite)
        if not made.any():
            complain(f"warning: {task.source.name}: the mask is empty")
        size, share = size_of_array(made), float(made.mean()) / 255
        x, y, width, height = cv2.boundingRect(made)
        facts = {"size": size, "coverage": share, "bounds": (x, y, x + width, y + height)}
        return Done(facts, f"{task.target}: {size}, {share:.1%} white", odd="" if made.any() else "empty")

    return each([Task(*pair) for pair in zip(sources, targets, strict=True)], work, saving=saving, many=many, talk=talk)


def draw_each(
    photos: Sequence[str],
    size: str | None,
    draw: Callable[[tuple[int, int] | Source], Mask],
    *,
    drawing: str = "",
    saving: Saving,
    many: Many,
    talk: Talk,
) -> int:
    """Draw a mask of each photo's size, or of a given one; `drawing` is the file that is drawn, if it is one."""
    if size is None:
        if not photos:
            raise UsageError("how large is the mask?", fix="name the photo it is for, or --size 1024x768")
        if (typed := next((name for name in photos if _is_size(name)), None)) is not None:
            raise UsageError(f"{typed} is a size, and photos are named here", fix=f"--size {typed}")
        found = many.find(photos)
        return make_each(found, draw, tag="mask", saving=saving, many=many, talk=talk)
    if photos:
        raise UsageError(f"--size {size} and a photo both say how large the mask is", fix="leave one of the two out")
    if saving.output is None or not (saving.to_stdout or Path(saving.output).suffix):
        raise UsageError("with --size there is no photo to call the mask after", fix="-o mask.png")
    wanted = read_size(size)
    return make_each(
        [Source(None, called=drawing)], lambda _: draw(wanted), tag="mask", saving=saving, many=many, talk=talk
    )


def _is_size(name: str) -> bool:
    return bool(re.fullmatch(r"\d+[x×]\d+", name)) and not Path(name).exists()


def change_each(
    masks: Sequence[str], change: Callable[[Mask], Mask], *, tag: str, saving: Saving, many: Many, talk: Talk
) -> int:
    """Change each mask and write what comes of it."""
    found = many.find(masks, made=MASKS)
    return make_each(
        found, lambda source: change(preproc.load_mask(source.picture)), tag=tag, saving=saving, many=many, talk=talk
    )
