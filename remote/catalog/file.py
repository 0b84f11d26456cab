"""The catalog's data file: how it is written, so that a person can read it and compare two versions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from .alias import Alias
from .facts import Spec
from .field import Fact, Field

__all__ = ["CatalogFile", "read_file", "read_spec", "render", "without_circles", "write"]


class CatalogFile(Fact, frozen=True):
    """The data file as a whole; each endpoint is decoded when it is asked for."""

    endpoints: dict[str, msgspec.Raw]
    types: dict[str, dict[str, Field]] = msgspec.field(default_factory=dict)
    guide: dict[str, Alias] = msgspec.field(default_factory=dict)
    checked: str = ""
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    presets: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    max_side: int = 0
    max_input_bytes: int = 0


read_spec = msgspec.json.Decoder(Spec).decode
"""Decode one endpoint."""
read_file = msgspec.json.Decoder(CatalogFile).decode
"""Decode a catalog. Both are made while this module is imported, which one thread does: where several threads have
msgspec learn a type at the same moment, the interpreter crashes."""


def without_circles(types: Mapping[str, dict[str, Field]], /) -> dict[str, dict[str, Field]]:
    """Return nested types of which none holds itself, at any depth: where one would, any object is taken.

    Examples
    --------
    >>> without_circles({"Tree": {"kid": Field("object", of="Tree"), "text": Field("string")}})["Tree"]["kid"].of
    ''
    """
    made: dict[str, dict[str, Field]] = {}

    def walk(name: str, above: frozenset[str]) -> None:
        if name in made or name not in types:
            return
        above |= {name}
        for field in types[name].values():
            if field.of and field.of not in above:
                walk(field.of, above)
        made[name] = {
            key: msgspec.structs.replace(field, of="") if field.of in above else field
            for key, field in types[name].items()
        }

    for name in types:
        walk(name, frozenset())
    return made


def render(file: CatalogFile, /) -> str:
    """Write a catalog as JSON for reading: one line per fact and per field, in a fixed order."""
    lines = ["{"]
    for name in ("checked", "sources", "presets", "max_side", "max_input_bytes"):
        value = msgspec.to_builtins(getattr(file, name))
        if value:
            lines += _block(1, name, value, depth=1 if isinstance(value, dict) else 0)
    lines += _block(1, "types", msgspec.to_builtins(file.types), depth=2)
    lines += _block(1, "guide", msgspec.to_builtins(file.guide), depth=2)
    specs = {name: msgspec.to_builtins(read_spec(raw)) for name, raw in file.endpoints.items()}
    lines += _block(1, "endpoints", specs, depth=2, deeper="fields")
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "}"]) + "\n"


def _block(indent: int, name: str, value: Any, *, depth: int, deeper: str = "") -> list[str]:
    # the lines of one member: opened up `depth` levels, and one more for the member called `deeper`
    pad = " " * indent
    if not value or (depth == 0 and name != deeper):
        return [f"{pad}{_line(name)}: {_line(value)},"]
    lines = [f"{pad}{_line(name)}: {{"]
    for key, item in value.items():
        lines += _block(indent + 1, key, item, depth=max(0, depth - 1), deeper="" if name == deeper else deeper)
    lines[-1] = lines[-1].removesuffix(",")
    return [*lines, f"{pad}}},"]


def _line(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def write(file: CatalogFile, path: Path, /) -> None:
    """Write a catalog whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(render(file))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
