"""``preproc finish``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..choices import Repair
from .edits import load_edit
from .exits import UsageError, complain
from .many import MANY, Done, Many, Task, each
from .outputs import SAVING, STDOUT, Saving, check_formats
from .products import PRODUCTS
from .talk import TALK, Talk
from .writing import put

if TYPE_CHECKING:
    from ..edit import Finished

__all__ = ["finish", "finished_targets", "write_finished"]


def finish(
    edit: Path,
    /,
    *generated: str,
    original: Path | None = None,
    repair: Repair = "auto",
    align: bool = False,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Paste what an endpoint returned back into the photo, and prove that the rest is unchanged.

    Parameters
    ----------
    edit
        NAME.edit.json, from preproc crop or preproc outpaint.
    generated
        What came back: files, folders, patterns, or -.
    original
        The photo, where it is no longer where the record says.
    repair
        What may be done to colours and seam of the new part; pixels outside it are never touched.
    align
        Undo a drift of the picture of more than half a pixel.

    Examples
    --------
    preproc finish photo.crop.edit.json generated.png -o done.png

    preproc finish photo.crop.edit.json result-*.png -o done/ --repair none
    """
    sources = many.find(generated, made=PRODUCTS - {"result"})
    loaded = load_edit(edit, original)
    targets = finished_targets(edit, len(sources), saving)
    check_formats(targets)

    def work(task: Task) -> Done:
        done = loaded.finish(task.source.picture, repair=repair, align=align)
        facts, words = write_finished(done, task.target, overwrite=saving.overwrite)
        if len(sources) > 1:
            words = "\n".join([task.source.name, *(f"  {line}" for line in words.splitlines())])
        return Done(facts, words, asked=True)

    return each([Task(*both) for both in zip(sources, targets, strict=True)], work, saving=saving, many=many, talk=talk)


def finished_targets(edit: Path, count: int, saving: Saving) -> list[Path]:
    """Choose where finished pictures go: ``photo.crop.edit.json`` becomes ``photo.crop.done.png``."""
    stem = edit.name.removesuffix(".json").removesuffix(".edit")
    if saving.to_stdout:
        if count > 1:
            raise UsageError(f"{count} results cannot share standard output", fix="-o FOLDER/")
        return [STDOUT]
    if saving.output is None:
        target = edit.with_name(f"{stem}.done.png")
    else:
        target = saving.target(stem, edit)
    return [target] if count == 1 else [target.with_stem(f"{target.stem}-{n}") for n in range(1, count + 1)]


def write_finished(done: Finished, target: Path, *, overwrite: bool) -> tuple[dict[str, Any], str]:
    """Write a finished picture; return its receipt for programs, and for people."""
    if target.suffix.lower() in {".jpg", ".jpeg"}:
        complain(f"warning: {target} is JPEG, which changes every pixel; .png keeps the photo's as they are")
    put(done.image if done.photo is None else done.photo, target, overwrite=overwrite)
    facts: dict[str, Any] = json.loads(done.receipt.to_json())
    where = "standard output" if target == STDOUT else str(target)
    return facts | {"is_preserved": done.receipt.is_preserved}, f"{done.receipt}\nwritten    {where}"
