"""What preproc itself wrote into a folder, by its name: no command takes the results of an earlier run for photos."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import get_args

from ..choices import CheckedType

__all__ = ["MAPS", "MASKS", "PRODUCTS", "without_products"]

MAPS = frozenset(get_args(CheckedType)) - {"photo"}
"""The types of control maps."""
_CHANGED = frozenset(
    {
        *("binarize", "clean", "contrast", "feather", "filled", "fixed", "grow", "hull", "intersect", "invert"),
        *("islands", "refined", "resized", "shrink", "smooth", "snapped", "subtract", "union"),
    }
)
_PARTS = frozenset({"blend", "mask", "sent", "sent-mask"})
_EDIT = ".edit.json"

PRODUCTS = MAPS | _CHANGED | {"done", "edit", "mask", "preview", "result", "sweep"}
"""What stands before the suffix of all that is written beside its source: ``photo.canny.png``."""
MASKS = PRODUCTS - {"mask"}
"""The same where masks are read: ``photo.mask.png`` is what is asked for, ``photo.mask.grow.png`` is not."""


def without_products(files: Iterable[Path], made: Collection[str], only: str | None = None) -> list[Path]:
    """Leave out what was made from other files of the same folder.

    Parameters
    ----------
    files
        Those of a folder, or of folders of folders, in order.
    made
        Which of `PRODUCTS` are left out: ``NAME.canny.png`` where something is called ``NAME`` but for its suffix, the
        pictures beside a ``NAME.edit.json``, and the sheet ``preview.png``.
    only
        Of folders that hold ``NAME.ONLY.png`` beside its source, take these alone.

    Examples
    --------
    >>> folder = [Path(name) for name in ("cat.canny.png", "cat.jpg", "dog.canny.png")]
    >>> [str(file) for file in without_products(folder, {"canny"})]
    ['cat.jpg', 'dog.canny.png']
    >>> [str(file) for file in without_products(folder, (), only="canny")]
    ['cat.canny.png']
    """
    files = list(files)
    known: dict[Path, set[str]] = {}
    for file in files:
        names = known.setdefault(file.parent, set())
        names |= {file.name, file.name.removesuffix(_EDIT), file.stem}
    sources = {folder: frozenset(names) for folder, names in known.items()}
    wanted = [file for file in files if only is not None and _tag(file, sources) == only]
    there = {file.parent for file in wanted}
    taken = set(wanted)
    return [
        file
        for file in files
        if (file in taken if file.parent in there else not _is_product(file, frozenset(made), sources))
    ]


def _is_product(file: Path, made: frozenset[str], sources: Mapping[Path, frozenset[str]]) -> bool:
    if not made:
        return False
    if file.name == "preview.png" or file.name.endswith((_EDIT, ".control.json")):
        return "preview" in made if file.name == "preview.png" else "edit" in made
    if "edit" in made and _is_part(file, sources[file.parent]):
        return True
    return _tag(file, sources) in made


def _is_part(file: Path, names: frozenset[str]) -> bool:
    """Tell the pictures beside an edit's record, whose stem is that of the record."""
    stem, _, part = file.stem.rpartition(".")
    if file.suffix != ".png" or part not in _PARTS:
        return False
    return f"{stem}{_EDIT}" in names or bool(re.search(r".\.(?:crop|outpaint(?:-\d+)?)$", stem))


def _tag(file: Path, sources: Mapping[Path, frozenset[str]]) -> str | None:
    """Return what a file says it is, if what it was made from lies beside it."""
    name = file.stem if file.name.endswith(".png.json") else file.name
    read = re.fullmatch(r"(.+)\.([\w-]+?)((?:(?<=done)|(?<=result))-[^.]+)?\.png", name)
    return read[2] if read and read[1] in sources[file.parent] else None
