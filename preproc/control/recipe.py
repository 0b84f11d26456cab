"""What a control map was made from and how, written beside it, so that it can be made again to the byte."""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..arrays import Image
from ..errors import FileFormatError, InputError
from ..files import save_image, write_file
from .registry import control_type, read_options
from .sizing import FitMode
from .thresholding import density_warnings

__all__ = ["ControlMap", "Recipe", "fingerprint", "read_recipe", "sidecar_of"]

RECIPE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a control map was made.

    Attributes
    ----------
    type
        Name of its type.
    options
        The options asked for.
    settled
        All options as they were used, with the thresholds and strengths that were chosen.
    size
        Width and height that were asked for, or None.
    fit
        How the source met that size.
    map_size
        Width and height of the map.
    density
        Share of the map that is drawn, gray by its value, for maps of lines; else None.
    source_sha256
        Of the source's values and form.
    map_sha256
        Of the map's.
    versions
        Of what made it.
    version
        Of this record.
    """

    type: str
    options: dict[str, Any]
    settled: dict[str, Any]
    size: tuple[int, int] | None
    fit: FitMode
    map_size: tuple[int, int]
    density: float | None
    source_sha256: str
    map_sha256: str
    versions: dict[str, str]
    version: int = RECIPE_VERSION


@dataclass(frozen=True, slots=True, eq=False)
class ControlMap:
    """A control map and its recipe.

    Attributes
    ----------
    image
        uint8, `(H, W)` or `(H, W, 3)` RGB.
    recipe
        How it was made.
    """

    image: Image
    recipe: Recipe

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may be wrong with the map, such as a canny map that is too dense; `preproc.check.control` looks further."""
        if self.recipe.type != "canny" or self.recipe.density is None or self.recipe.settled["multi_scale"]:
            return ()
        return density_warnings(self.recipe.density, self.recipe.map_size)

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> Path:
        """Write the map as ``NAME.png`` and its recipe as ``NAME.control.json`` beside it.

        Parameters
        ----------
        path
            Where to; PNG only, because every other usual format would change or hide pixels.
        overwrite
            Whether existing files may be replaced.

        Returns
        -------
        Path
            Of the map.

        Raises
        ------
        InputError
            If a file exists and may not be replaced, the folder does not exist, or the suffix is not ``.png``.
        """
        target = Path(path)
        if target.suffix.lower() != ".png":
            raise InputError(f"control maps are written as PNG, not {target.suffix!r}", fix=f"{target.stem}.png")
        sidecar = sidecar_of(target)
        if sidecar.exists() and not overwrite:
            raise InputError(f"{sidecar} exists already", fix="choose another name, or pass overwrite=True")
        try:
            text = msgspec.json.format(msgspec.json.encode(_spelled(msgspec.to_builtins(self.recipe))), indent=2)
        except TypeError as error:
            raise InputError(f"the options do not go into JSON: {error}") from error
        save_image(self.image, target, overwrite=overwrite)
        write_file(text, sidecar, overwrite=overwrite)
        return target


def sidecar_of(path: Path) -> Path:
    """Return where the recipe of a map lies."""
    return path.with_name(f"{path.stem}.control.json")


def read_recipe(path: str | os.PathLike[str], /) -> Recipe:
    """Read the recipe of a map.

    Parameters
    ----------
    path
        ``NAME.control.json``, or the map ``NAME.png`` that it lies beside.

    Returns
    -------
    Recipe

    Raises
    ------
    FileFormatError
        If it cannot be read or is no recipe of this version.

    Notes
    -----
    The file is JSON (RFC 8259); what stands in it is this project's own rule.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from preproc.control import make
    >>> with TemporaryDirectory() as folder:
    ...     written = make("gray", np.zeros((4, 6, 3), np.uint8)).save(f"{folder}/map.png")
    ...     read_recipe(written).type
    'gray'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"a recipe is read from a path, got {type(path).__name__}")
    file = Path(path)
    if file.suffix.lower() == ".png":
        file = sidecar_of(file)
    try:
        recipe = msgspec.convert(_read(msgspec.json.decode(file.read_bytes())), Recipe)
    except OSError as error:
        raise FileFormatError(f"cannot read {file}: {error.strerror or error}", path=str(file)) from error
    except msgspec.MsgspecError as error:
        raise FileFormatError(f"{file} is not a control recipe: {error}", path=str(file)) from error
    if recipe.version != RECIPE_VERSION:
        raise FileFormatError(
            f"{file} has version {recipe.version}, this toolkit reads {RECIPE_VERSION}",
            path=str(file),
            fix="make the map anew",
        )
    try:
        of = control_type(recipe.type)
        options, settled = (read_options(of, given) for given in (recipe.options, recipe.settled))
    except InputError as error:
        raise FileFormatError(f"{file}: {error.message}", path=str(file), fix=error.fix) from error
    return replace(recipe, options={name: options[name] for name in recipe.options}, settled=settled)


_NOT_IN_JSON = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}


def _spelled(value: Any) -> Any:
    """Write the numbers that JSON does not have as words."""
    if isinstance(value, dict):
        return {key: _spelled(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _read(value: Any) -> Any:
    """Undo `_spelled`."""
    if isinstance(value, dict):
        return {key: _read(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_read(each) for each in value]
    return _NOT_IN_JSON.get(value, value) if isinstance(value, str) else value


def fingerprint(source: Any) -> str:
    """SHA-256 of an array's form and values, or of a record's JSON."""
    if isinstance(source, np.ndarray):
        digest = hashlib.sha256(f"{source.dtype.str}{source.shape}".encode())
        digest.update(np.ascontiguousarray(source).data)
        return digest.hexdigest()
    return hashlib.sha256(msgspec.json.encode(source)).hexdigest()
