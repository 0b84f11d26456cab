"""Masks, alone or with their photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

import preproc

from ...choices import Edge, Intent
from ...errors import InputError
from ..exits import UsageError
from ..inputs import Source
from ..many import MANY, Done, Many, Task, each
from ..outputs import NOWHERE, SAVING, Saving, check_formats
from ..pairs import pair as pairs_of
from ..pairs import warn_of_unpaired
from ..products import MASKS
from ..ranges import Count
from ..talk import TALK, Talk
from ..values import read_reference
from ..writing import put
from .words import FAULTY, facts_of, said

__all__ = ["mask", "pair"]


def mask(
    *masks: str,
    photo: Path | None = None,
    reference: str | None = None,
    intent: Intent | None = None,
    edge: Edge | None = None,
    cell: Count | None = None,
    fix: bool = False,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Find what is wrong with masks: inverted, empty, misplaced, spoilt by JPEG and more.

    Parameters
    ----------
    masks
        Files, folders, patterns, or -.
    photo
        The picture they belong to.
    reference
        Where the edit is meant to be, so that inverted masks are caught: left,top,right,bottom or another mask.
    intent
        What the edit is: an object that the kept picture surrounds, the background around what is kept, or outpaint.
    edge
        Whether only 0 and 255 are allowed, or a feather is meant.
    cell
        Side of the endpoint's latent cell in pixels.
    fix
        Write the mask with everything mended that does not change what is edited, as NAME.fixed.png or to -o.

    Examples
    --------
    preproc check mask mask.png --photo photo.jpg --intent object

    preproc check mask masks/ --reference 300,60,430,340 --fix -o mended/
    """
    found = many.find(masks, made=MASKS)
    other = None if photo is None else Source(photo)
    if photo is not None:
        if photo.is_dir():
            raise UsageError(f"--photo {photo} is a folder", fix=f"preproc check pair {photo} -m {' '.join(masks)}")
        preproc.load_image(photo)
    options = {"reference": read_reference(reference), "intent": intent, "edge": edge, "cell": cell}
    tasks = [Task(one) for one in found]
    return _check_each(tasks, options, photo=other, fix=fix, saving=saving, many=many, talk=talk)


def pair(
    *photos: str,
    mask: Annotated[list[str] | None, Parameter(name=["--mask", "-m"])] = None,
    reference: str | None = None,
    intent: Intent | None = None,
    edge: Edge | None = None,
    cell: Count | None = None,
    fix: bool = False,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Check photos with the masks that belong to them.

    Parameters
    ----------
    photos
        Files, folders or patterns.
    mask
        One mask for all photos, or a folder of masks that are named like them.
    reference
        Where the edit is meant to be: left,top,right,bottom or another mask.
    intent
        What the edit is: an object that the kept picture surrounds, the background around what is kept, or outpaint.
    edge
        Whether only 0 and 255 are allowed, or a feather is meant.
    cell
        Side of the endpoint's latent cell in pixels.
    fix
        Write the mask with everything mended that does not change what is edited, as NAME.fixed.png or to -o.

    Examples
    --------
    preproc check pair photo.jpg -m mask.png

    preproc check pair photos/ -m masks/ --json
    """
    if not mask:
        raise UsageError("a pair is a photo and a mask", fix="-m mask.png, or a folder of masks")
    masks = many.find(mask, made=MASKS)
    pairs = pairs_of(many.find(photos), masks)
    warn_of_unpaired(pairs, masks)
    options = {"reference": read_reference(reference), "intent": intent, "edge": edge, "cell": cell}
    tasks = [Task(one.photo, NOWHERE, one.other, one.missing) for one in pairs]
    return _check_each(tasks, options, paired=True, fix=fix, saving=saving, many=many, talk=talk)


def _check_each(
    tasks: Sequence[Task],
    options: dict[str, Any],
    *,
    photo: Source | None = None,
    paired: bool = False,
    fix: bool,
    saving: Saving,
    many: Many,
    talk: Talk,
) -> int:
    if saving.output is not None and not fix:
        raise UsageError("-o is where a mended mask goes", fix="add --fix, or leave -o out")
    if fix:
        masks = [task.other or task.source if paired else task.source for task in tasks]
        targets = saving.targets(masks, tag="fixed")
        check_formats(targets, exact=True)
        tasks = [replace(task, target=target) for task, target in zip(tasks, targets, strict=True)]

    def work(task: Task) -> Done:
        mask, beside = (task.other or task.source, task.source) if paired else (task.source, photo)
        picture = None if beside is None else beside.picture
        if paired and picture is not None:
            preproc.load_image(picture)  # a check of sizes reads no more than its header
        report = preproc.check.mask(mask.picture, picture, **options)
        names: dict[str, Any] = {"checked": mask.name, "photo": None if beside is None else beside.name}
        facts, lines = facts_of(report, **names), [said(report, **names)]
        if paired:
            facts["mask"] = mask.name
        ok = report.ok
        if fix:
            mended = report.fixed()
            if mended.mask is None:
                report.raise_if_bad()
                raise InputError("no mask could be read, so none can be mended")
            put(mended.mask, task.target, overwrite=saving.overwrite)
            facts["fixed"], facts["left"] = mended.done, [finding.code for finding in mended.left]
            lines += [f"mended: {', '.join(mended.done) or 'nothing'}", f"written {task.target}"]
            ok = preproc.check.mask(mended.mask, picture, **options).ok
        if len(tasks) > 1:
            lines = [task.source.name, *(f"  {line}" for line in "\n".join(lines).splitlines())]
        return Done(facts, "\n".join(lines), ok=ok, asked=True, odd="" if ok else FAULTY)

    return each(tasks, work, saving=saving, many=many, talk=talk)
