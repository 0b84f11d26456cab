"""One sheet of a control type over a grid of its options, to choose from by looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from .arrays import Image
from .control import TYPES, Recipe, make
from .control.sizing import FitMode
from .errors import InputError
from .geometry import SizeRule
from .preview import contact_sheet
from .preview.draw import theme_of

__all__ = ["Sweep", "SweepRow", "over"]

Grid: TypeAlias = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
"""Values for each option, all combined; or the combinations themselves."""


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One map of a sweep.

    Attributes
    ----------
    options
        What was varied.
    density
        Share of the map that is drawn, gray by its value, for maps of lines; else None.
    recipe
        Makes the map again: ``control.rebuild(row.recipe, source)``.
    """

    options: dict[str, Any]
    density: float | None
    recipe: Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """What `over` found.

    Attributes
    ----------
    sheet
        The contact sheet, RGB.
    rows
        One for each map, in the sheet's order.
    refused
        Combinations that the type does not take, such as a low threshold above the high one, and why.
    """

    sheet: Image
    rows: tuple[SweepRow, ...]
    refused: tuple[tuple[dict[str, Any], str], ...]


def over(
    name: str,
    source: Any,
    /,
    *,
    grid: Grid | None = None,
    size: tuple[int, int] | None = None,
    rule: SizeRule | None = None,
    fit: FitMode = "crop",
    options: Mapping[str, Any] | None = None,
    columns: int | None = None,
    tile_px: int = 320,
) -> Sweep:
    """Make a control type's maps over a grid of options and lay them out on one sheet.

    Parameters
    ----------
    name, source, size, rule, fit
        As in `preproc.control.make`.
    grid
        Values for each option, all combined: ``{"low": [50, 100], "high": [150, 300]}``; or a list of combinations:
        ``[{"profile": "flux"}, {"density": 0.05}]``. None: what is worth comparing for this type.
    options
        Options that all maps share.
    columns, tile_px
        As in `preproc.preview.contact_sheet`. Where values of several options are combined and `columns` is left out,
        a row holds the values of the last one, and what the type does not take leaves its place empty.

    Returns
    -------
    Sweep
        The sheet, with the density and the options below each map, and the same as a table.

    Raises
    ------
    InputError
        If the grid is empty or every combination is refused, and as `make`.

    Examples
    --------
    >>> import numpy as np
    >>> photo = np.zeros((64, 64, 3), np.uint8)
    >>> photo[:, 32:] = 100
    >>> found = over("canny", photo, grid={"low": [50, 300], "high": [200, 800]})
    >>> [(row.options, row.density) for row in found.rows]
    [({'low': 50, 'high': 200}, 0.015625), ({'low': 50, 'high': 800}, 0.0), ({'low': 300, 'high': 800}, 0.0)]
    """
    if not (
        isinstance(tile_px, int) and tile_px > 0 and (columns is None or (isinstance(columns, int) and columns > 0))
    ):
        raise InputError(f"columns={columns!r} and tile_px={tile_px!r} are whole numbers from 1")
    grid = _grid_of(name, grid)
    rows: list[SweepRow] = []
    captions: list[str] = []
    maps: list[Image | None] = []
    refused: list[tuple[dict[str, Any], InputError]] = []
    for varied in _combinations(grid):
        try:
            made = make(name, source, size=size, rule=rule, fit=fit, options={**(options or {}), **varied})
        except InputError as error:
            refused.append((varied, error))
            maps.append(None)
            captions.append(f"not taken: {_words(varied)}")
            continue
        rows.append(SweepRow(varied, made.recipe.density, made.recipe))
        maps.append(made.image)
        captions.append(_caption(rows[-1]))
    if not rows:
        raise refused[0][1]
    across = _row_length(grid) if columns is None else None
    width, height = rows[0].recipe.map_size
    empty = np.full((height, width, 3), theme_of("dark").ground, np.uint8)
    tiles = [
        (words, empty if drawn is None else drawn)
        for words, drawn in zip(captions, maps, strict=True)
        if across or drawn is not None
    ]
    sheet = contact_sheet(tiles, columns=columns or across, tile_px=tile_px)
    return Sweep(sheet, tuple(rows), tuple((varied, error.message) for varied, error in refused))


_WORTH_COMPARING: Mapping[str, Grid] = {
    "blur": {"sigma_px": [4, 8, 16, 32]},
    "canny": [
        {"profile": "controlnet_aux"},
        {"profile": "flux"},
        {"profile": "fooocus"},
        {},
        {"density": 0.02},
        {"density": 0.04},
        {"density": 0.08},
        {"density": 0.16},
    ],
    "lineart": {"least_levels": [0.5, 1, 2, 4, 8, 16]},
    "lines": {"least_length_px": [10, 20, 40, 80]},
    "low_quality": {"seed": [0, 1, 2, 3, 4, 5, 6, 7]},
    "recolor": {"luminance": ["lab", "hsv"], "gamma": [0.7, 1, 1.4]},
    "scribble": {"sigma_px": [1.5, 3], "least_levels": [1, 2, 4, 8]},
    "soft_edge": {"safe": [False, True], "sigma_px": [1, 2, 4]},
    "tile": {"reduction_ratio": [2, 4, 8, 16]},
}


def _grid_of(name: str, grid: Any) -> Grid:
    """Return the grid, checked, or what is worth comparing where none is given."""
    if grid is None:
        if name in TYPES and name not in _WORTH_COMPARING:
            raise InputError(f"{name} has no usual grid", fix='pass grid={"option": [values, …]}')
        return _WORTH_COMPARING.get(name, [{}])
    if isinstance(grid, (str, bytes)) or not isinstance(grid, (Mapping, Sequence)):
        raise InputError(f"a grid is values by option, or a list of combinations, got {type(grid).__name__}")
    if isinstance(grid, Mapping):
        if not all(isinstance(values, Sequence) and not isinstance(values, str) for values in grid.values()):
            raise InputError("a grid has a list of values for each option", fix='grid={"low": [50, 100]}')
    elif not all(isinstance(varied, Mapping) for varied in grid):
        raise InputError("a grid's combinations are mappings", fix='grid=[{"profile": "flux"}, {"density": 0.05}]')
    if not grid or (isinstance(grid, Mapping) and not all(grid.values())):
        raise InputError("the grid is empty", fix="give at least one value for each option")
    return grid


def _combinations(grid: Grid) -> list[dict[str, Any]]:
    if isinstance(grid, Mapping):
        return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    return [dict(varied) for varied in grid]


def _row_length(grid: Grid) -> int | None:
    """Return how many values the last option has that is varied, if another is varied too."""
    counts = [len(values) for values in grid.values() if len(values) > 1] if isinstance(grid, Mapping) else []
    return counts[-1] if len(counts) > 1 else None


def _caption(row: SweepRow) -> str:
    words = _words(row.options)
    return words if row.density is None else f"{row.density:.1%}: {words}"


def _words(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items()) or "automatic"
