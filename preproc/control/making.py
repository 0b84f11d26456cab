"""Make a control map of any type, at the size the endpoint will generate, with its recipe."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from .. import __version__
from ..arrays import Image, size_of_array
from ..errors import InputError
from ..files.load import canvas_of
from ..geometry import Size, SizeRule
from .recipe import ControlMap, Recipe, fingerprint, read_recipe
from .registry import control_type, read_options
from .sizing import FitMode, check_mode, generation_size
from .sources import draw_from, load_source, own_size, refuse_cut_off

__all__ = ["make", "rebuild"]


def make(
    name: str,
    source: Any,
    /,
    *,
    size: tuple[int, int] | None = None,
    rule: SizeRule | None = None,
    fit: FitMode = "crop",
    options: Mapping[str, Any] | None = None,
) -> ControlMap:
    """Make a control map of any type.

    Parameters
    ----------
    name
        A type of `TYPES`, such as ``"canny"``.
    source
        What the type is made from, see `ControlType.source`: a picture in any form; for ``"depth"`` and ``"normal"``
        what `load_depth` reads; for ``"pose"`` people as `draw_pose` takes them, or what `read_pose` reads or
        returned; for ``"segmentation"`` an array of class numbers.
    size
        Width and height that will be generated. The map is made at that size, not resized to it, where it is made
        from a photo or from people.
    rule
        What the endpoint accepts: the size is chosen by it (`generation_size`), or a given size is checked against it.
        With neither, the map has the source's size.
    fit
        How the source meets that size: ``"crop"``, ``"pad"`` (lines are padded black, pictures by their border) or
        ``"stretch"``.
    options
        The keyword options of the type's own function.

    Returns
    -------
    ControlMap
        The map, and the recipe that `rebuild` makes it from again.

    Raises
    ------
    InputError
        For an unknown type or option (the nearest name is given), values that an option does not take, a source of
        another kind, or a size that the rule forbids.

    Notes
    -----
    The order, first the source to the final size and then the map of it, is this project's own rule. Each type's
    function names the source of its algorithm.

    Examples
    --------
    >>> photo = np.zeros((60, 80, 3), np.uint8)
    >>> photo[:, 40:] = 255
    >>> edges = make("canny", photo, size=(64, 64), options={"profile": "flux"})
    >>> edges.image.shape, edges.recipe.settled["low"], edges.recipe.density
    ((64, 64), 50.0, 0.015625)
    """
    of = control_type(name)
    check_mode(fit)
    if rule is not None and not isinstance(rule, SizeRule):
        raise InputError(f"a rule is a SizeRule, got {type(rule).__name__}", fix="SizeRule(multiple_of=32)")
    checked = read_options(of, options)
    loaded = load_source(of, source, checked)
    target = _target(loaded, size, rule)
    refuse_cut_off(source, loaded, target)
    drawn, settled = draw_from(of, loaded, target, fit, checked)
    if target is not None and size_of_array(drawn) != target:
        raise InputError(f"these options make a map of {size_of_array(drawn)}, not {target}", fix="leave out size")
    recipe = Recipe(
        type=name,
        options={option: checked[option] for option in options or {}},
        settled=read_options(of, settled),
        size=None if target is None else (target.width, target.height),
        fit=fit,
        map_size=(drawn.shape[1], drawn.shape[0]),
        density=_drawn_share(drawn) if of.draws_lines else None,
        source_sha256=fingerprint(loaded),
        map_sha256=fingerprint(drawn),
        versions={"fal-preproc": __version__, "numpy": np.__version__, "opencv": cv2.__version__},
    )
    return ControlMap(drawn, recipe)


def _drawn_share(drawn: Image) -> float:
    return float(int(drawn.sum(dtype=np.int64)) / 255 / drawn.size)


def rebuild(recipe: Recipe | str | os.PathLike[str], source: Any, /) -> ControlMap:
    """Make a map again from its recipe.

    Parameters
    ----------
    recipe
        The recipe, or the path of its file or of the map beside it.
    source
        What the map was made from.

    Returns
    -------
    ControlMap
        Equal to the first one byte for byte.

    Raises
    ------
    InputError
        If the source is another one, or other versions make another map of it.
    FileFormatError
        If the recipe cannot be read.

    Notes
    -----
    The source and the map are told by their SHA-256 (FIPS 180-4); that other bytes are refused is this project's
    own rule.

    Examples
    --------
    >>> photo = np.zeros((60, 80, 3), np.uint8)
    >>> photo[20:40, 20:60] = 255
    >>> first = make("scribble", photo)
    >>> bool((rebuild(first.recipe, photo).image == first.image).all())
    True
    """
    known = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    of = control_type(known.type)
    found = fingerprint(load_source(of, source, read_options(of, known.settled)))
    if found != known.source_sha256:
        raise InputError(
            f"the recipe is for another source: SHA-256 {known.source_sha256[:12]}…, this one has {found[:12]}…",
            fix="pass the pixels the map was made from",
        )
    again = make(known.type, source, size=known.size, fit=known.fit, options=known.settled)
    if again.recipe.map_sha256 != known.map_sha256:
        changed = {name: f"{was} then" for name, was in known.versions.items() if again.recipe.versions[name] != was}
        raise InputError(
            f"the rebuilt map differs from the recipe's; versions: {changed or 'the same'}",
            fix="install the recipe's versions, or make the map anew",
        )
    return ControlMap(again.image, replace(again.recipe, options=known.options))


def _target(loaded: Any, size: tuple[int, int] | None, rule: SizeRule | None) -> Size | None:
    if size is None:
        if rule is None:
            return None
        return generation_size(own_size(loaded), rule)
    target = canvas_of(size)
    problems = rule.problems(target) if rule is not None else []
    if problems:
        raise InputError(f"size {target}: {'; '.join(problems)}", fix="leave size out and let the rule choose it")
    return target
