"""``preproc sweep``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

import preproc

from ..choices import LARGEST_TILE, SMALLEST_TILE, FitMode
from ..errors import InputError
from .control import check_options, find_sources, read_options, rule_of
from .exits import UsageError
from .known import MapType, OptionalEndpointId
from .many import MANY, Done, Many, Task, each
from .outputs import SAVING, STDOUT, Saving, check_formats
from .ranges import Count, Within
from .talk import TALK, Talk
from .values import read_settings, read_size, read_value
from .writing import put

__all__ = ["sweep"]


def sweep(
    kind: MapType,
    /,
    *sources: str,
    vary: list[str] | None = None,
    option: Annotated[list[str] | None, Parameter(name=["--option", "-p"])] = None,
    size: str | None = None,
    endpoint: OptionalEndpointId = None,
    fit: FitMode = "crop",
    columns: Count | None = None,
    tile_px: Annotated[int, Parameter(validator=Within(SMALLEST_TILE, LARGEST_TILE))] = 320,
    saving: Saving = SAVING,
    many: Many = MANY,
    talk: Talk = TALK,
) -> int:
    """Compare the options of a type of control map: one sheet of maps, with how much each draws.

    Parameters
    ----------
    kind
        The type, such as canny, soft_edge or lineart.
    sources
        What its maps are made from, as for preproc control: files, folders, patterns, or -. Each gets a sheet.
    vary
        name=value,value,... of an option; given several times, all values are combined. Left out: what is worth
        comparing for this type.
    option
        name=value of an option that all maps share; may be given several times.
    size
        Width x height to make the maps at, such as 1024x768.
    endpoint
        An endpoint's id: the size is chosen to fit it.
    fit
        How the source meets that size.
    columns
        How many maps stand side by side.
    tile_px
        Side of each map on the sheet.

    Examples
    --------
    preproc sweep canny photo.jpg -o sheet.png

    preproc sweep canny photo.jpg --vary low=50,100 --vary high=150,200,300 -o sheet.png
    """
    grid, options = _read_grid(vary), read_options(option)
    wanted, rule = read_size(size) if size else None, rule_of(endpoint)
    _check(kind, grid, options)
    found = find_sources(kind, sources, many)
    targets = saving.targets(found, tag="sweep")
    check_formats(targets)

    def work(task: Task) -> Done:
        made = preproc.sweep.over(
            kind,
            task.source.picture,
            grid=grid,
            size=wanted,
            rule=rule,
            fit=fit,
            options=options,
            columns=columns,
            tile_px=tile_px,
        )
        put(made.sheet, task.target, overwrite=saving.overwrite)
        refused = [{"options": varied, "reason": reason} for varied, reason in made.refused]
        return Done({"rows": made.rows, "refused": refused}, _said(task.target, made))

    return each([Task(*both) for both in zip(found, targets, strict=True)], work, saving=saving, many=many, talk=talk)


def _read_grid(words: Sequence[str] | None) -> dict[str, list[Any]] | None:
    """Read ``name=value,value`` words; a list of lists, as JSON, for options whose values are lists."""
    if not words:
        return None
    grid: dict[str, list[Any]] = {}
    for name, values in read_settings(words, example="low=50,100,150").items():
        if values.startswith("["):
            read = read_value(values)
            if not isinstance(read, list):
                raise UsageError(f"{name}={values} is no list", fix=f"{name}={json.dumps([1, 2])}")
        else:
            read = [read_value(value.strip()) for value in values.split(",") if value.strip()]
        if not read:
            raise UsageError(f"{name} has no values to compare", fix="name=value,value, such as low=50,100,150")
        grid[name.replace("-", "_")] = read
    return grid


def _check(kind: str, grid: Mapping[str, Sequence[Any]] | None, options: Mapping[str, Any]) -> None:
    """Refuse what no picture suits before any is read."""
    from ..control.registry import control_type
    from ..control.registry import read_options as check_names

    if grid is None:
        check_options(kind, options)
        return
    twice = sorted(grid.keys() & options.keys())
    if twice:
        raise UsageError(f"{twice[0]} is varied and given", fix=f"leave -p {twice[0]}= or --vary {twice[0]}= out")
    try:
        of = control_type(kind)
        for name, values in grid.items():
            for value in values:
                check_names(of, {**options, **{other: each[0] for other, each in grid.items()}, name: value})
    except InputError as error:
        raise UsageError(error.message, fix=error.fix) from error


def _said(target: Path, made: preproc.sweep.Sweep) -> str:
    where = "" if target == STDOUT else f"{target}: "
    lines = [f"{where}{len(made.rows)} maps of {made.rows[0].recipe.map_size[0]}x{made.rows[0].recipe.map_size[1]}"]
    for row in made.rows:
        drawn = "" if row.density is None else f"{row.density:6.1%} drawn  "
        lines.append(f"  {drawn}{_typed(row.options)}")
    lines += [f"  not taken: {_typed(varied)}: {reason}" for varied, reason in made.refused]
    return "\n".join(lines)


def _typed(options: Mapping[str, Any]) -> str:
    """Return options as preproc control takes them."""
    return " ".join(f"-p {name}={_text(value)}" for name, value in options.items()) or "(nothing given)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
