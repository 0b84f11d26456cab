"""``preproc plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from .known import EndpointId
from .planning import plan_from, shown
from .talk import TALK, Talk

__all__ = ["plan"]


def plan(
    endpoint: EndpointId,
    /,
    *arguments: str,
    image: str | None = None,
    mask: str | None = None,
    edit: Path | None = None,
    original: Path | None = None,
    reference: str | None = None,
    resolve: Literal["successor", "strict", "verbatim"] = "successor",
    talk: Talk = TALK,
) -> None:
    """Check a job as far as that is possible here, and tell its price. Nothing is sent.

    Parameters
    ----------
    endpoint
        The endpoint's id; preproc endpoints lists them.
    arguments
        name=value for each argument; JSON for lists and objects; loras.0.path=... reaches inside.
    image
        The picture to work on, whatever the endpoint calls it; a file or -.
    mask
        Its mask, sent as it is; white is edited.
    edit
        Instead of both: NAME.edit.json, from preproc crop or preproc outpaint.
    original
        The edit's photo, where it is no longer where the record says.
    reference
        Where the mask is meant to be, so that an inverted one is caught: left,top,right,bottom or another mask.
    resolve
        What happens to ids that fal does not publish: planned on the successor, refused, or sent as written.

    Examples
    --------
    preproc plan fal-ai/flux-pro/v1/fill prompt="a barn" --edit photo.crop.edit.json

    preproc plan fal-ai/flux-general prompt="a watercolour" image_size=square_hd --json
    """
    from remote import Fal

    with Fal(backend="rehearsal") as fal:
        made = plan_from(
            fal,
            endpoint,
            arguments,
            image=image,
            mask=mask,
            edit=edit,
            original=original,
            reference=reference,
            resolve=resolve,
        )
    talk.answer(shown(made), made.to_json())
