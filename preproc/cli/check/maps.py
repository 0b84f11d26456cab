"""Control maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

import preproc

from ...choices import CheckedType
from ..exits import UsageError
from ..many import MANY, Done, Many, Task, each
from ..outputs import SAVING
from ..talk import TALK, Talk
from ..values import read_box, read_points, read_size
from .words import FAULTY, facts_of, said

__all__ = ["control"]


def control(
    *maps: str,
    kind: Annotated[CheckedType, Parameter(name=["--kind", "-k", "--type", "--control"])],
    photo: Path | None = None,
    size: str | None = None,
    near: str | None = None,
    far: str | None = None,
    sky: str | None = None,
    reference: Path | None = None,
    palette: Literal["ade20k", "coco", "coco-contiguous"] = "ade20k",
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Check that control maps are what a model of their type was trained on.

    Parameters
    ----------
    maps
        Files, folders, patterns, or -.
    kind
        What they are meant to be; photo for endpoints that make the map themselves.
    photo
        The photo they were made from.
    size
        Width x height that will be generated.
    near
        For depth: a place x,y that is nearer to the camera than --far.
    far
        For depth: a place x,y that is farther away.
    sky
        For depth: a box left,top,right,bottom that shows sky.
    reference
        For depth: a second map of the same view, in which near is white.
    palette
        For segmentation: the colours that are expected.

    Examples
    --------
    preproc check control edges.png --kind canny --photo photo.jpg

    preproc check control depth.png --kind depth --near 320,400 --far 320,20
    """
    wanted = read_size(size) if size else None
    box = read_box(sky) if sky else None
    near_point, far_point = (read_points(text)[0] if text else None for text in (near, far))
    found = many.find(maps, only=kind)
    if photo is not None and photo.is_dir():
        raise UsageError(f"--photo {photo} is a folder", fix="--photo PHOTO.jpg, for one photo's maps at a time")
    gray = kind not in {"pose", "normal", "segmentation"}

    def work(task: Task) -> Done:
        report = preproc.check.control(
            task.source.picture,
            kind,
            image=photo,
            size=wanted,
            near_point=near_point,
            far_point=far_point,
            sky=box,
            reference=reference,
            palette=palette,
        )
        name, of = task.source.name, None if photo is None else str(photo)
        words = said(report, checked=name, photo=of, gray=gray)
        if len(found) > 1:
            words = "\n".join([task.source.name, *(f"  {line}" for line in words.splitlines())])
        return Done(
            facts_of(report, checked=name, photo=of, gray=gray),
            words,
            ok=report.ok,
            asked=True,
            odd="" if report.ok else FAULTY,
        )

    return each([Task(source) for source in found], work, saving=SAVING, many=many, talk=talk)
