"""``preproc run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.types import NonNegativeFloat

from ..choices import Repair
from .fixes import typed
from .known import EndpointId
from .outputs import SAVING, Saving
from .planning import plan_from, shown
from .results import checked_targets, collect, image_target, resume_command
from .talk import TALK, Talk

if TYPE_CHECKING:
    from remote import Plan

__all__ = ["run"]


def run(
    endpoint: EndpointId,
    /,
    *arguments: str,
    image: str | None = None,
    mask: str | None = None,
    edit: Path | None = None,
    original: Path | None = None,
    reference: str | None = None,
    resolve: Literal["successor", "strict", "verbatim"] = "successor",
    dry_run: Annotated[bool, Parameter(name=["--dry-run", "-n"])] = False,
    rehearsal: bool = False,
    again: bool = False,
    timeout: NonNegativeFloat = 600,
    max_price: NonNegativeFloat | None = None,
    limit_per_day: NonNegativeFloat | None = None,
    repair: Repair = "auto",
    align: bool = False,
    journal: Path | None = None,
    saving: Saving = SAVING,
    talk: Talk = TALK,
) -> None:
    """Run a job on fal: plan it, upload each file once, submit once, wait, and save what comes back.

    With --edit the result is pasted back into the photo and the receipt printed. The job is in the journal before it is
    waited for: should anything break, preproc jobs ID --resume brings its result home without paying again.

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
    dry_run
        Print the plan with its price, and send nothing.
    rehearsal
        Play fal on this machine: no key, no network, labelled stand-ins for results. preproc jobs lists it only where
        --journal keeps it.
    again
        Pay for a new job even where an identical one was done already.
    timeout
        Seconds to wait; the job goes on afterwards.
    max_price
        The most it can cost in US dollars, where its price is not known and there is a limit.
    limit_per_day
        What may be spent on one day (UTC), in US dollars.
    repair
        With --edit: what may be done to colours and seam of the new part.
    align
        With --edit: undo a drift of the picture of more than half a pixel.
    journal
        The file that jobs are written to; your own, if left out.

    Examples
    --------
    preproc run fal-ai/flux-pro/v1/fill prompt="a barn" --edit photo.crop.edit.json --dry-run

    preproc run fal-ai/esrgan --image photo.jpg -o large.png --rehearsal
    """
    from remote import Fal

    talk.check(saving)
    staged = rehearsal or dry_run  # which writes no journal
    with Fal(
        "rehearsal" if staged else "fal", journal=None if dry_run else journal, limit_per_day=limit_per_day
    ) as fal:
        plan = plan_from(
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
        if dry_run:
            talk.answer(shown(plan), plan.to_json(), piped=saving.to_stdout)
            return
        target = image_target(endpoint, image=image, edit=edit, saving=saving)
        with checked_targets(target, _count(plan), saving):
            for warning in plan.warnings:
                talk.say(f"warning: {typed(warning)}")
            talk.say(f"{plan.endpoint}: {plan.price}")
            job = fal.submit(plan, again=again, max_price=max_price)
            collect(
                job,
                target,
                plan.edit,
                timeout=timeout,
                repair=repair,
                align=align,
                again=None if rehearsal and journal is None else resume_command(job, edit=edit, journal=journal),
                saving=saving,
                talk=talk,
            )


def _count(plan: Plan) -> int:
    """Return how many pictures will come back, as far as the arguments say."""
    count = plan.payload.get("num_images", plan.defaults.get("num_images", 1))
    return count if isinstance(count, int) else 1
