"""``preproc crop``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

import preproc

from .control import rule_of
from .edits import Made, write_edits
from .exits import UsageError
from .known import OptionalEndpointId
from .many import MANY, Many, Task
from .outputs import SAVING, Saving
from .pairs import pair, warn_of_unpaired
from .products import MASKS
from .ranges import Factor, Length
from .talk import TALK, Talk
from .values import read_aspect

__all__ = ["crop"]


def crop(
    *photos: str,
    mask: Annotated[list[str] | None, Parameter(name=["--mask", "-m"])] = None,
    endpoint: OptionalEndpointId = None,
    context_ratio: Factor = 1.5,
    context_px: Length | None = None,
    margin_px: Length = 8,
    feather_px: Length | None = None,
    sent_feather_px: Length = 0,
    aspect: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Cut out what an endpoint has to see around a mask, and remember where it came from.

    Writes NAME.edit.json and beside it the pictures to send, NAME.sent.png and NAME.sent-mask.png. Afterwards, preproc
    finish pastes what the endpoint returned back, and nothing outside the mask moves.

    Parameters
    ----------
    photos
        Files, folders or patterns.
    mask
        The mask: one for all photos, or a folder of masks that are named like them.
    endpoint
        An endpoint's id: size and shape of the crop are chosen to fit it.
    context_ratio
        How much of the surroundings is sent: 1.5 sends half the region's size more.
    context_px
        The same in pixels on each side; replaces --context-ratio.
    margin_px
        How far beyond the pasted area the endpoint may paint.
    feather_px
        Width of the soft edge of what is pasted; 16 for a hard mask, if left out.
    sent_feather_px
        Width of a ramp outside the sent mask, for endpoints that use soft masks.
    aspect
        Width over height of what is sent, such as 1:1.

    Examples
    --------
    preproc crop photo.jpg -m mask.png --endpoint fal-ai/flux-pro/v1/fill

    preproc crop photos/ -m masks/ -o edits/ --feather-px 24
    """
    if not mask:
        raise UsageError("a crop goes around a mask", fix="-m mask.png, or a folder of masks")
    rule, shape = rule_of(endpoint), read_aspect(aspect)
    masks = many.find(mask, made=MASKS)
    pairs = pair(many.find(photos), masks)
    warn_of_unpaired(pairs, masks)

    def make(task: Task) -> Made:
        assert task.other is not None
        return Made(
            preproc.crop.around(
                task.source.picture,
                task.other.picture,
                context_ratio=context_ratio,
                context_px=context_px,
                margin_px=margin_px,
                feather_px=feather_px,
                sent_feather_px=sent_feather_px,
                aspect=shape,
                rule=rule,
            )
        )

    return write_edits(pairs, make, tag="crop", saving=saving, many=many, talk=talk)
