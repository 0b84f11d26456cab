"""``preproc outpaint``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts.types import PositiveInt

import preproc

from ..choices import Anchor, Fill
from ..errors import PlacementError
from .control import rule_of
from .edits import Made, write_edits
from .exits import UsageError
from .fixes import typed
from .inputs import single
from .known import OptionalEndpointId
from .many import MANY, Many, Task
from .outputs import SAVING, Saving
from .pairs import Pair
from .ranges import Aside, Factor, Length
from .talk import TALK, Talk
from .values import read_aspect, read_color, read_size

if TYPE_CHECKING:
    from ..edit import Edit
    from ..outpaint import Steps

__all__ = ["outpaint"]


def outpaint(
    *photos: str,
    left: Aside = 0,
    top: Aside = 0,
    right: Aside = 0,
    bottom: Aside = 0,
    left_ratio: Length = 0,
    top_ratio: Length = 0,
    right_ratio: Length = 0,
    bottom_ratio: Length = 0,
    aspect: str | None = None,
    size: str | None = None,
    zoom_out: Factor | None = None,
    anchor: Anchor = "center",
    fill: Fill = "blur",
    color: str = "128,128,128",
    overlap: Length = 32,
    context_px: Length | None = None,
    max_step_px: PositiveInt | None = None,
    step: PositiveInt = 1,
    after: Path | None = None,
    margin_px: Length = 8,
    seed: Aside = 0,
    endpoint: OptionalEndpointId = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Put photos on larger canvases, ready to be painted.

    Writes NAME.edit.json and beside it the pictures to send, NAME.sent.png and NAME.sent-mask.png. Afterwards, preproc
    finish puts the photo itself back into what the endpoint returned.

    Parameters
    ----------
    photos
        Files, folders or patterns.
    left
        Pixels to add on the left.
    top
        Pixels to add above.
    right
        Pixels to add on the right.
    bottom
        Pixels to add below.
    left_ratio
        Instead of pixels: the share of the photo's width to add on the left, such as 0.25.
    top_ratio
        The share of the photo's height to add above.
    right_ratio
        The share of the photo's width to add on the right.
    bottom_ratio
        The share of the photo's height to add below.
    aspect
        Extend to this width over height, such as 16:9.
    size
        Extend to this width x height, such as 1920x1080.
    zoom_out
        Extend both sides by this factor, such as 1.5.
    anchor
        Where the photo goes for --aspect, --size and --zoom-out.
    fill
        What the endpoint finds in the new part: the border blurred the more the further out, repeated or mirrored; one
        --color; texture of the photo's colours; the border continued (telea, slow); or nothing.
    color
        For --fill solid: a name, #808080, or 128,128,128.
    overlap
        Width in pixels over which the result fades into the photo.
    context_px
        How much of the photo beside the new part is sent; all of it, if left out.
    max_step_px
        Go in steps of at most so many pixels on a side, and write the one that --step says.
    step
        Which step, from 1. Each is run and finished before the next one is written.
    after
        With --step 2 and up: what the step before finished, as PNG.
    margin_px
        How far beyond the pasted area the endpoint may paint.
    seed
        For --fill noise.
    endpoint
        An endpoint's id: what is sent is made to fit it.

    Examples
    --------
    preproc outpaint photo.jpg --aspect 16:9 -o wide.edit.json

    preproc outpaint photos/ --left 256 --right 256 --fill reflect -o edits/

    preproc outpaint photo.jpg --left-ratio 0.25 --right-ratio 0.25

    preproc outpaint photo.jpg --left 900 --max-step-px 512 -o one.edit.json
    """
    rule = rule_of(endpoint)
    wanted = read_size(size) if size else None
    solid, shape = read_color(color), read_aspect(aspect)
    pixels = {"left": left, "top": top, "right": right, "bottom": bottom}
    ratios = {"left": left_ratio, "top": top_ratio, "right": right_ratio, "bottom": bottom_ratio}
    _check_ways(pixels, ratios, {"--aspect": aspect, "--size": size, "--zoom-out": zoom_out})
    found = many.find(photos)

    if max_step_px is None and (step > 1 or after is not None):
        raise UsageError("--step and --after belong to an extension in steps", fix="--max-step-px 512")
    if (step > 1) != (after is not None):
        raise UsageError(
            "each step but the first continues a finished picture", fix=f"--step {max(step, 2)} --after DONE.png"
        )
    if step > 1:
        single(found, "photo")

    def make(task: Task) -> Made:
        if max_step_px is None:
            return Made(
                preproc.outpaint.extend(
                    task.source.picture,
                    left=left,
                    top=top,
                    right=right,
                    bottom=bottom,
                    left_ratio=left_ratio,
                    top_ratio=top_ratio,
                    right_ratio=right_ratio,
                    bottom_ratio=bottom_ratio,
                    aspect=shape,
                    size=wanted,
                    zoom_out=zoom_out,
                    anchor=anchor,
                    fill=fill,
                    color=solid,
                    overlap=overlap,
                    context_px=context_px,
                    margin_px=margin_px,
                    rule=rule,
                    seed=seed,
                )
            )
        steps = preproc.outpaint.steps(
            task.source.picture,
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            left_ratio=left_ratio,
            top_ratio=top_ratio,
            right_ratio=right_ratio,
            bottom_ratio=bottom_ratio,
            aspect=shape,
            size=wanted,
            zoom_out=zoom_out,
            anchor=anchor,
            max_step_px=max_step_px,
            context_px=context_px,
            fill=fill,
            color=solid,
            overlap=overlap,
            margin_px=margin_px,
            rule=rule,
            seed=seed,
        )
        return _one_step(steps, step, after)

    tag = "outpaint" if max_step_px is None else f"outpaint-{step}"
    return write_edits([Pair(one) for one in found], make, tag=tag, saving=saving, many=many, talk=talk)


def _check_ways(pixels: Mapping[str, float], ratios: Mapping[str, float], others: Mapping[str, object]) -> None:
    """Refuse a canvas that is said in two ways, or in none."""
    for side in pixels:
        if pixels[side] and ratios[side]:
            raise UsageError(f"--{side} and --{side}-ratio both say how much is added there", fix="give one of them")
    sides = [f"--{side}" for side in pixels if pixels[side]] + [f"--{side}-ratio" for side in ratios if ratios[side]]
    ways = [*([" ".join(sides)] if sides else []), *(name for name, value in others.items() if value is not None)]
    if len(ways) > 1:
        raise UsageError(f"{' and '.join(ways)} each say how large the canvas is", fix="give one of them")
    if not ways:
        raise UsageError(
            "nothing says how much is added", fix="--left 256, --right-ratio 0.5, --aspect 16:9, or --zoom-out 1.5"
        )


def _one_step(steps: Steps, step: int, after: Path | None) -> Made:
    """Return one step of several, as an edit of the file that the step before left."""
    count = len(steps)
    if step > count:
        raise UsageError(f"there is no step {step}: the last one is {count}", fix=f"--step {count}")
    edit = steps.edit(step - 1, after)
    if after is not None:
        edit = _of_file(edit, after)
    words = f"step {step} of {count}, to {steps.canvas(step)}"
    if step < count:
        words += f"; when it is finished: --step {step + 1} --after DONE.png"
    lines = [words, *(f"note: {typed(note)}" for note in steps.notes)]
    facts = {"step": step, "steps": count, "canvas_after": steps.canvas(step), "notes": steps.notes}
    return Made(edit, facts, "\n".join(lines))


def _of_file(edit: Edit, file: Path) -> Edit:
    """Name the file as the edit's photo, whose own pixels it has to hold still."""
    import numpy as np

    stored, ours = preproc.Photo.open(file), edit.photo
    same = np.array_equal(stored.rgb, edit.original) if ours is None else np.array_equal(stored.pixels, ours.pixels)
    if not same:
        raise PlacementError(
            f"{file} does not hold the photo's own pixels any more", fix="keep what preproc finish wrote, as PNG"
        )
    return replace(edit, original_path=str(file))
