"""``preproc finish``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..edit import Finished
from ..edit.finish import Repair
from .edits import load_edit
from .exits import UsageError, complain
from .inputs import find
from .outputs import SAVING, STDOUT, Saving, free
from .talk import TALK, Talk
from .writing import put

__all__ = ["finish", "finished_targets", "write_finished"]


def finish(
    edit: Path,
    /,
    *generated: str,
    original: Path | None = None,
    repair: Repair = "auto",
    align: bool = False,
    saving: Saving = SAVING,
    talk: Talk = TALK,
) -> int:
    """Paste what an endpoint returned back into the photo, and prove that the rest is unchanged.

    Parameters
    ----------
    edit
        NAME.edit.json, from preproc crop or preproc outpaint.
    generated
        What came back: one file or several, or -.
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
    talk.check(saving)
    sources = find(generated)
    loaded = load_edit(edit, original)
    targets = finished_targets(edit, len(sources), saving)
    for target in targets:
        free(target, overwrite=saving.overwrite)
    done = [loaded.finish(source.picture, repair=repair, align=align) for source in sources]
    write_finished(done, targets, saving=saving, talk=talk)
    return 0


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
        target = Path(saving.output)
        if target.is_dir() or saving.output.endswith(("/", "\\")):
            target.mkdir(parents=True, exist_ok=True)
            target /= f"{stem}.png"
    return [target] if count == 1 else [target.with_stem(f"{target.stem}-{n}") for n in range(1, count + 1)]


def write_finished(
    done: Sequence[Finished],
    targets: Sequence[Path],
    *,
    saving: Saving,
    talk: Talk,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Write finished pictures and print their receipts."""
    for target in targets:
        if target.suffix.lower() in {".jpg", ".jpeg"}:
            complain(f"warning: {target} is JPEG, which changes every pixel; .png keeps the photo's as they are")
    for one, target in zip(done, targets, strict=True):
        put(one.image if one.photo is None else one.photo, target, overwrite=saving.overwrite)
        where = {"output": None if target == STDOUT else str(target), "is_preserved": one.receipt.is_preserved}
        receipt: dict[str, Any] = json.loads(one.receipt.to_json())
        talk.answer(f"{one.receipt}\nwritten    {target}", {**receipt, **facts, **where}, piped=saving.to_stdout)
