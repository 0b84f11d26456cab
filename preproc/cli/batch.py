"""``preproc batch``."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

import preproc

from .. import __version__
from ..choices import FitMode
from ..errors import FileFormatError
from .control import check_options, find_sources, read_options, rule_of
from .exits import UsageError
from .inputs import Source
from .known import MapType, OptionalEndpointId
from .many import MANY, Done, Many, Task, each
from .outputs import SAVING, Saving, free
from .talk import TALK, Talk
from .values import read_size
from .writing import uninterrupted

__all__ = ["batch"]


def batch(
    *sources: str,
    control: Annotated[MapType, Parameter(name=["--control", "--type", "--kind"])],
    size: str | None = None,
    endpoint: OptionalEndpointId = None,
    fit: FitMode = "crop",
    option: Annotated[list[str] | None, Parameter(name=["--option", "-p"])] = None,
    shard: str | None = None,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Make the control maps of a whole folder, and carry on where it stopped.

    OUT/manifest.jsonl gets one line for each map: its source, recipe and hashes. A second run does only what is not
    done yet, or was done from another source, with other options or by another version.

    Parameters
    ----------
    sources
        Files, folders, patterns.
    control
        The type of the maps; preproc control --list tells them all.
    size
        Width x height to make the maps at, such as 1024x768.
    endpoint
        An endpoint's id: the size is chosen to fit it.
    fit
        How the source meets that size.
    option
        name=value of an option of the type; may be given several times.
    shard
        Do only this part of the work, such as 3/16: so several machines share one folder.

    Examples
    --------
    preproc batch photos/ -o maps/ --control canny

    preproc batch photos/ -r -o maps/ --control soft_edge --shard 3/16 --json
    """
    from ..files import encode_png, write_file
    from .manifest import Key, Line, Manifest, sha256_of

    if saving.output is None or saving.to_stdout or "{" in saving.output:
        raise UsageError("a batch writes into a folder, and its manifest beside the maps", fix="-o maps/")
    folder = Path(saving.output)
    wanted, rule, options = read_size(size) if size else None, rule_of(endpoint), read_options(option)
    check_options(control, options)
    found = find_sources(control, sources, many)
    targets = Saving(output=f"{folder}/").targets(found, tag=control)
    number, count = _shard(shard)
    tasks = [Task(*both) for both in zip(found, targets, strict=True)][number - 1 :: count]
    settings = msgspec.json.encode((control, wanted, rule, fit, options, __version__), order="sorted")
    asked_sha256 = hashlib.sha256(settings).hexdigest()
    manifest = Manifest(folder, number, count)
    known = manifest.read()
    ours = {(key.output, key.output_sha256) for key in known}

    def work(task: Task) -> Done:
        name, source_sha256 = task.target.relative_to(folder).as_posix(), _sha256(task.source)
        if task.target.exists():
            there = sha256_of(task.target)
            if Key(name, there, source_sha256, asked_sha256) in known:
                return Done({"state": "kept"}, f"{task.target}: done already")
            free(task.target, overwrite=saving.overwrite or (name, there) in ours)
        made = preproc.control.make(control, task.source.picture, size=wanted, rule=rule, fit=fit, options=options)
        png = encode_png(made.image)
        output_sha256 = hashlib.sha256(png).hexdigest()
        # first the line: should this process die, a file is never left that nobody knows
        with uninterrupted():
            manifest.add(Line(name, output_sha256, task.source.name, source_sha256, asked_sha256, made.recipe))
            write_file(png, task.target, overwrite=True)
        facts = {"state": "made", "recipe": made.recipe}
        return Done(facts, f"{task.target}: {made.recipe.map_size[0]}x{made.recipe.map_size[1]}")

    if not tasks:
        talk.say(f"shard {number}/{count} of {len(found)} pictures is empty")
        return 0
    return each(tasks, work, saving=Saving(output=f"{folder}/", overwrite=True), many=many, talk=talk)


def _sha256(source: Source) -> str:
    from .manifest import sha256_of

    if source.path is None:
        return hashlib.sha256(source.data).hexdigest()
    try:
        return sha256_of(source.path)
    except OSError as error:
        path = str(source.path)
        raise FileFormatError(f"{path} cannot be opened: {error.strerror}", path=path) from error


def _shard(text: str | None) -> tuple[int, int]:
    """Read ``3/16``."""
    if text is None:
        return 1, 1
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise UsageError(f"{text!r} is no shard", fix="such as 3/16: the third of sixteen parts")
    return int(number), int(count)
