"""``preproc control``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

import preproc

from ..choices import FitMode
from ..errors import InputError
from .exits import UsageError
from .fixes import typed, without_resolve
from .inputs import PICTURES, Source
from .known import OptionalEndpointId, OptionalMapType
from .many import MANY, WARNED, Done, Many, Task, each
from .outputs import SAVING, STDOUT, Saving, check_formats, free
from .talk import TALK, Talk
from .values import read_settings, read_size, read_value
from .writing import put, uninterrupted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..control import Recipe
    from ..geometry import SizeRule

__all__ = ["check_options", "control", "find_sources", "read_options", "rule_of"]

_SUFFIXES = {
    "photo": PICTURES,
    "depth": PICTURES | {".npy", ".npz"},
    "people": {".json"},
    "labels": PICTURES | {".npy"},
}
_SMALL, _LARGE = 64, 1024


def _noise(side: int) -> NDArray[Any]:
    import numpy as np

    return (np.arange(side * side * 3, dtype=np.uint32) * 2654435761 >> 24).astype(np.uint8).reshape(side, side, 3)


def _ramp(side: int) -> NDArray[Any]:
    import numpy as np

    return np.linspace(1, 2, side * side, dtype=np.float32).reshape(side, side)


_ANY: Mapping[str, Callable[[int], NDArray[Any]]] = {"photo": _noise, "depth": _ramp}
"""Pictures of a side in pixels to try options out on."""


def control(
    kind: OptionalMapType = None,
    /,
    *sources: str,
    size: str | None = None,
    endpoint: OptionalEndpointId = None,
    fit: FitMode = "crop",
    option: Annotated[list[str] | None, Parameter(name=["--option", "-p"])] = None,
    recipe: bool = False,
    list: Annotated[bool, Parameter(name="--list")] = False,  # noqa: A002 - what people type
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Make control maps of any type, at the size that will be generated.

    Parameters
    ----------
    kind
        The type, such as canny, soft_edge, lineart, depth or pose; --list tells them all.
    sources
        Photos; for depth and normal depth files, for pose files of key points, for segmentation files of class numbers.
        Files, folders, patterns, or -.
    size
        Width x height to make the map at, such as 1024x768.
    endpoint
        An endpoint's id: the size is chosen to fit it.
    fit
        How the source meets that size.
    option
        name=value of an option of the type; may be given several times.
    recipe
        Also write NAME.control.json, from which the same map can be made again.
    list
        List the types and their options.

    Examples
    --------
    preproc control soft_edge photo.jpg -o edges.png

    preproc control canny photos/ -o maps/ --size 1024x1024 -p profile=flux
    """
    if list:
        return _list(talk)
    if kind is None:
        raise UsageError("which type of map?", fix=f"one of {', '.join(preproc.control.TYPES)}; --list says more")
    options = read_options(option)
    wanted, rule = read_size(size) if size else None, rule_of(endpoint)
    check_options(kind, options)
    found = find_sources(kind, sources, many)
    targets = saving.targets(found, tag=kind)
    check_formats(targets, exact=True)
    if recipe and saving.to_stdout:
        raise UsageError("--recipe writes a file beside the map, and -o - writes none", fix="-o FILE")

    def work(task: Task) -> Done:
        made = preproc.control.make(kind, task.source.picture, size=wanted, rule=rule, fit=fit, options=options)
        if recipe:
            free(task.target.with_name(f"{task.target.stem}.control.json"), overwrite=saving.overwrite)
            with uninterrupted():
                made.save(task.target, overwrite=saving.overwrite)
        else:
            put(made.image, task.target, overwrite=saving.overwrite)
        words = [_words(task.target, made.recipe), *(f"warning: {_typed(each)}" for each in made.warnings)]
        odd = WARNED if made.warnings else ""
        return Done({"recipe": made.recipe, "warnings": made.warnings}, "\n".join(words), odd=odd)

    tasks = [Task(*both) for both in zip(found, targets, strict=True)]
    return each(tasks, work, saving=saving, many=many, talk=talk)


def find_sources(kind: str, names: Sequence[str], many: Many) -> list[Source]:
    """Find what maps of a type are made from."""
    from ..control.registry import control_type

    return many.find(names, suffixes=_SUFFIXES[control_type(kind).source])


def read_options(words: Sequence[str] | None) -> dict[str, Any]:
    """Read ``name=value`` options; their types are checked by `preproc.control.make`."""
    settings = read_settings(words or (), example="low=100")
    return {name.replace("-", "_"): read_value(value) for name, value in settings.items()}


def check_options(kind: str, options: Mapping[str, Any]) -> None:
    """Refuse options that a type does not have, or is not made without, before any picture is read."""
    from ..control.registry import control_type
    from ..control.registry import read_options as check_names

    try:
        of = control_type(kind)
        check_names(of, options)
        if options and of.source in _ANY:
            _try_out(kind, _ANY[of.source], options)
    except InputError as error:
        raise UsageError(error.message, fix=error.fix) from error


def _try_out(kind: str, source: Callable[[int], NDArray[Any]], options: Mapping[str, Any]) -> None:
    """Refuse values that no picture suits; one that only a small picture does not suit is left to the pictures."""
    try:
        preproc.control.make(kind, source(_SMALL), options=options)
    except InputError:
        preproc.control.make(kind, source(_LARGE), options=options)


def rule_of(endpoint: str | None) -> SizeRule | None:
    """Return what an endpoint of the catalog accepts."""
    if endpoint is None:
        return None
    from remote.plan.resolve import resolve

    with without_resolve():
        spec = resolve(endpoint).spec
    return spec.rule if spec else None


def _words(target: Path, recipe: Recipe) -> str:
    drawn = "" if recipe.density is None else f", {recipe.density:.1%} drawn"
    where = "" if target == STDOUT else f"{target}: "
    return f"{where}{recipe.type} {recipe.map_size[0]}x{recipe.map_size[1]}{drawn}"


def _typed(warning: str) -> str:
    """Return a warning as it is typed here, where options of a type are ``-p name=value``."""
    return typed(warning).replace("--density ", "-p density=")


def _list(talk: Talk) -> int:
    facts: list[Mapping[str, Any]] = [
        {"name": each.name, "about": each.about, "source": each.source, "options": sorted(each.options)}
        for each in preproc.control.TYPES.values()
    ]
    if talk.json:
        for fact in facts:
            talk.record(fact)
        return 0
    for fact in facts:
        print(f"{fact['name']:<13} {fact['about']}")
        print(f"{'':<13} from {fact['source']}{''.join(f', -p {name}=' for name in fact['options'])}")
    return 0
