"""``preproc outpaint``."""

from __future__ import annotations

from .. import outpaint as outpaints
from ..edit import Edit
from ..outpaint import Anchor, Fill
from .control import rule_of
from .edits import MADE, write_edits
from .inputs import find
from .many import MANY, Many, Task
from .outputs import SAVING, Saving
from .talk import TALK, Talk
from .values import read_color, read_size

__all__ = ["outpaint"]


def outpaint(
    *photos: str,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    aspect: str | None = None,
    size: str | None = None,
    zoom_out: float | None = None,
    anchor: Anchor = "center",
    fill: Fill = "blur",
    color: str = "128,128,128",
    overlap: float = 32,
    margin_px: float = 8,
    seed: int = 0,
    endpoint: str | None = None,
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
    aspect
        Extend to this width over height, such as 16:9.
    size
        Extend to this width x height, such as 1920x1080.
    zoom_out
        Extend both sides by this factor, such as 1.5.
    anchor
        Where the photo goes for --aspect, --size and --zoom-out.
    fill
        What the endpoint finds in the new part.
    color
        For --fill solid: a name, #808080, or 128,128,128.
    overlap
        Width in pixels over which the result fades into the photo.
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
    """
    rule = rule_of(endpoint)
    wanted = read_size(size) if size else None
    solid = read_color(color)
    found = find(photos, recursive=many.recursive, made=MADE)

    def make(task: Task) -> Edit:
        return outpaints.extend(
            task.source.picture,
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            aspect=aspect,
            size=wanted,
            zoom_out=zoom_out,
            anchor=anchor,
            fill=fill,
            color=solid,
            overlap=overlap,
            margin_px=margin_px,
            rule=rule,
            seed=seed,
        )

    return write_edits(found, None, make, tag="outpaint", saving=saving, many=many, talk=talk)
