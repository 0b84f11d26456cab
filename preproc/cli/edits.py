"""What `crop` and `outpaint` share: edits written as a record with its pictures beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import preproc

from ..errors import FileFormatError
from .exits import UsageError
from .many import Done, Many, Task, each
from .outputs import Saving, free
from .pairs import Pair
from .talk import Talk
from .writing import uninterrupted

if TYPE_CHECKING:
    from ..edit import Edit

__all__ = ["Made", "facts_of_edit", "load_edit", "write_edits"]


class Made(NamedTuple):
    """An edit, and what there is to say besides: for programs, and for people."""

    edit: Edit
    facts: dict[str, Any] = {}  # noqa: RUF012 - read only
    words: str = ""


def write_edits(
    photos: Sequence[Pair],
    make: Callable[[Task], Made],
    *,
    tag: str,
    saving: Saving,
    many: Many,
    talk: Talk,
) -> int:
    """Make an edit of each photo, with its mask if there is one, and write it."""
    if saving.to_stdout:
        raise UsageError("an edit is a record and four pictures, too much for standard output", fix="-o NAME.edit.json")
    targets = [_record(path) for path in saving.targets([one.photo for one in photos], tag=tag, suffix=".edit.json")]

    def work(task: Task) -> Done:
        for picture in _pictures(task.target):
            free(picture, overwrite=saving.overwrite)
        if task.source.path is None:
            raise UsageError("the record has to name its photo, and standard input has no name", fix="save it first")
        edit, more, note = make(task)
        with uninterrupted():
            edit.save(task.target, overwrite=saving.overwrite)
        words = f"{task.target}: sent {edit.sent}, crop {edit.crop.size} at ({edit.crop.left}, {edit.crop.top})"
        words += "" if edit.kind == "crop" else f" of {edit.canvas}"
        return Done(facts_of_edit(edit) | more, f"{words}\n{note}" if note else words)

    tasks = [Task(one.photo, target, one.other, one.missing) for one, target in zip(photos, targets, strict=True)]
    return each(tasks, work, saving=saving, many=many, talk=talk)


def facts_of_edit(edit: Edit) -> dict[str, Any]:
    """Return what there is to say of an edit, as plain values."""
    return {
        "kind": edit.kind,
        "canvas": edit.canvas,
        "crop": edit.crop,
        "sent": edit.sent,
        "scale": edit.scale,
        "padding": edit.padding,
        "coverage": float(edit.mask.mean()) / 255,
    }


def load_edit(record: Path, original: Path | None = None) -> Edit:
    """Read an edit and its photo with all that the photo's file holds; the photo may have moved along with the record."""
    named = original or _named_photo(record)
    beside = None if named is None else record.parent / named.name
    try:
        if named is None or beside is None:
            return preproc.Edit.load(record)
        return preproc.Edit.load(
            record, original=preproc.Photo.open(named if named.exists() or not beside.exists() else beside)
        )
    except FileFormatError as error:
        if error.path == str(record) and error.fix is None:
            made = sorted(one.name for one in record.parent.glob("*.edit.json"))
            error.fix = (
                f"such as {', '.join(made[:3])}" if made else "preproc crop and preproc outpaint write NAME.edit.json"
            )
        elif original is None and named is not None and not named.exists() and error.path == str(named):
            error.fix = 'pass it: Edit.load(path, original="photo.png")'
        raise


def _named_photo(record: Path) -> Path | None:
    """Return the photo that a record names; what is wrong with the record is left to `Edit.load`."""
    try:
        name = json.loads(record.read_bytes())["original_path"]
        return record.parent / name if name else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _record(path: Path) -> Path:
    """Name the record, whatever suffix was asked for."""
    if path.name.endswith(".edit.json"):
        return path
    if path.suffix.lower() not in {"", ".json"}:
        raise UsageError(f"{path}: the record of an edit is JSON", fix=f"-o {path.with_suffix('.edit.json')}")
    return path.with_suffix(".edit.json")


def _pictures(record: Path) -> list[Path]:
    stem = record.name.removesuffix(".edit.json")
    return [record.with_name(f"{stem}.{part}.png") for part in ("mask", "blend", "sent", "sent-mask")]
