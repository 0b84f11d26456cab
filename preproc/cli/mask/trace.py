"""Masks as vectors."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

import preproc

from ..exits import UsageError
from ..many import MANY, Done, Many, Task, each
from ..outputs import SAVING, STDOUT, Saving, to_stdout
from ..products import MASKS
from ..ranges import Length
from ..talk import TALK, Talk
from ..writing import uninterrupted

__all__ = ["trace"]


def trace(
    *pictures: str,
    tolerance: Length = 0.05,
    form: Annotated[Literal["svg", "json"] | None, Parameter(name=["--format", "-f"])] = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Trace the outline of masks as SVG or JSON.

    Parameters
    ----------
    pictures
        Masks: files, folders, patterns, or -.
    tolerance
        How far the outline may be simplified, in pixels.
    form
        svg, or json as mask.Drawing reads it; by the output's suffix, if left out.

    Examples
    --------
    preproc mask trace mask.png -o outline.svg

    preproc mask trace masks/ -o outlines/ --format json --tolerance 0.5
    """
    from ...files import write_file

    found = many.find(pictures, made=MASKS)
    named = "json" if (saving.output or "").lower().endswith(".json") else "svg"
    suffix = f".{form or named}"
    targets = saving.targets(found, tag="outline", suffix=suffix)
    for target in targets:
        if target != STDOUT and target.suffix.lower() not in {".svg", ".json"}:
            raise UsageError(f"{target}: outlines are written as SVG or JSON", fix=f"-o {target.with_suffix('.svg')}")

    def work(task: Task) -> Done:
        drawing = preproc.mask.trace(preproc.load_mask(task.source.picture), tolerance_px=tolerance)
        text = drawing.to_json() if suffix == ".json" else drawing.to_svg()
        if task.target == STDOUT:
            to_stdout(text.encode())
        else:
            with uninterrupted():
                write_file(text.encode(), task.target, overwrite=saving.overwrite)
        rings = sum(len(shape.rings) for shape in drawing.shapes if isinstance(shape, preproc.mask.Polygon))
        words = "nothing to trace" if not rings else f"{rings} outline{'s' if rings > 1 else ''}"
        return Done({"size": drawing.size, "outlines": rings}, f"{task.target}: {words}")

    return each([Task(*pair) for pair in zip(found, targets, strict=True)], work, saving=saving, many=many, talk=talk)
