"""``preproc finish``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..choices import Repair
from .edits import load_edit
from .exits import UsageError, complain
from .inputs import Source
from .many import MANY, Done, Many, Task, each
from .outputs import SAVING, STDOUT, Saving, check_formats
from .products import PRODUCTS
from .talk import TALK, Talk
from .writing import put

if TYPE_CHECKING:
    from ..edit import Finished

__all__ = ["finish", "finished_target", "write_finished"]


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
        What came back: files, folders, patterns, or -. Of several, each result is called after its picture too.
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
    targets = _targets(edit, sources, saving)
    check_formats(targets)

    def work(task: Task) -> Done:
        done = loaded.finish(task.source.picture, repair=repair, align=align)
        facts, words = write_finished(done, task.target, overwrite=saving.overwrite)
        if len(sources) > 1:
            words = "\n".join([task.source.name, *(f"  {line}" for line in words.splitlines())])
        return Done(facts, words, asked=True)

    return each([Task(*both) for both in zip(sources, targets, strict=True)], work, saving=saving, many=many, talk=talk)


def finished_target(edit: Path, saving: Saving) -> Path:
    """Choose where a finished picture goes: ``photo.crop.edit.json`` becomes ``photo.crop.done.png``."""
    stem = _stem(edit)
    return edit.with_name(f"{stem}.done.png") if saving.output is None else saving.target(stem, edit)


def _targets(edit: Path, sources: Sequence[Source], saving: Saving) -> list[Path]:
    """Choose where each goes; of several, the name tells from which: ``photo.crop.done-NAME.png``."""
    if len(sources) == 1:
        return [finished_target(edit, saving)]
    if saving.to_stdout:
        raise UsageError(f"{len(sources)} results cannot share standard output", fix="-o FOLDER/")
    target = finished_target(edit, saving)
    return [target.with_stem(f"{target.stem}-{name}") for name in _names(sources, _stem(edit))]


def _names(sources: Sequence[Source], edit: str) -> Sequence[str]:
    """Name sources as shortly as tells them apart, without dots, which part what preproc puts behind a name."""
    whole = [source.path or Path("stdin") for source in sources]
    stems = [path.stem.removeprefix(f"{edit}.") for path in whole]
    for names in (stems, [path.name for path in whole], [f"{path.parent.name}-{path.name}" for path in whole]):
        parted = [name.replace(".", "-") for name in names]
        if len(set(parted)) == len(sources):
            return parted
    return [str(number) for number in range(1, len(sources) + 1)]


def _stem(edit: Path) -> str:
    return edit.name.removesuffix(".json").removesuffix(".edit")


def write_finished(done: Finished, target: Path, *, overwrite: bool) -> tuple[dict[str, Any], str]:
    """Write a finished picture; return its receipt for programs, and for people."""
    if target.suffix.lower() in {".jpg", ".jpeg"}:
        complain(f"warning: {target} is JPEG, which changes every pixel; .png keeps the photo's as they are")
    put(done.image if done.photo is None else done.photo, target, overwrite=overwrite)
    facts: dict[str, Any] = json.loads(done.receipt.to_json())
    where = "standard output" if target == STDOUT else str(target)
    return facts | {"is_preserved": done.receipt.is_preserved}, f"{done.receipt}\nwritten    {where}"
