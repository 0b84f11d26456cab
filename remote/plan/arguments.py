"""Arguments against an endpoint's schema: everything that is wrong at once, and the pictures that have to be uploaded."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import catalog
from ..catalog.facts import Spec
from ..catalog.field import Field
from ..errors import Problem
from . import paths
from .reading import MISSING, FileValue, Read, shown, wrong
from .values import listed, read_json, read_number, read_size, read_text

__all__ = ["read_arguments"]


def read_arguments(spec: Spec, arguments: Mapping[str, Any], /) -> Read:
    """Check arguments against an endpoint's fields. An argument that is None counts as not given.

    Parameters
    ----------
    spec
        The endpoint, from `remote.catalog.endpoint`.
    arguments
        By the endpoint's own names; nested objects as dictionaries, sizes as ``(width, height)`` or as the endpoint
        writes them, files in any form. `strength` and conditioning scales take the names of `remote.plan.levels`.

    Examples
    --------
    >>> spec = catalog.endpoint("fal-ai/flux/dev/image-to-image")
    >>> read = read_arguments(spec, {"prompt": "a barn", "image_url": "https://a.b/c.png", "strenght": 0.5, "seed": 1.5})
    >>> for problem in read.problems:
    ...     print(problem)
    strenght: is not an argument of this endpoint; perhaps strength
    seed: 1.5 is not a whole number
    """
    read = Read()
    read.payload = _object(read, spec.fields, arguments, "")
    return read


def _object(read: Read, fields: Mapping[str, Field], values: Mapping[str, Any], path: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        place = paths.join(path, name)
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, n=1, cutoff=0.6)
            hint = f"; perhaps {near[0]}" if near else f"; it takes {', '.join(fields)}"
            where = "of this endpoint" if not path else f"of {path}"
            read.problems.append(Problem(place, value, f"is not an argument {where}{hint}", "unknown_field"))
            continue
        result = _value(read, fields[name], value, place)
        if result is not MISSING:
            made[name] = result
    for name, fact in fields.items():
        if fact.required and values.get(name) is None:
            read.problems.append(Problem(paths.join(path, name), None, f"is required{_about(fact)}", "missing"))
        elif fact.required and _is_empty(fact, values[name]):
            read.problems.append(
                Problem(paths.join(path, name), values[name], f"is required, and empty{_about(fact)}", "too_short")
            )
    return made


def _about(fact: Field) -> str:
    return f" ({fact.about})" if fact.about else ""


def _is_empty(fact: Field, value: Any) -> bool:
    """Tell whether a value is there and says nothing: a text of blanks, a list without items."""
    if fact.many:
        return _is_list(value) and len(value) == 0
    return fact.type == "string" and fact.default != "" and isinstance(value, str) and not value.strip()


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _value(read: Read, fact: Field, value: Any, path: str) -> Any:
    if not fact.many:
        return _one(read, fact, value, path)
    if fact.type == "url" and not isinstance(value, (list, tuple)):
        value = [value]
    if not _is_list(value):
        return wrong(read, path, value, f"{shown(value)} is not a list", "list_type")
    if fact.length is not None and len(value) != fact.length:
        return wrong(read, path, value, f"{len(value)} values where {fact.length} belong", "list_length")
    if fact.min_items is not None and len(value) < fact.min_items:
        return wrong(read, path, value, f"{len(value)} of them where at least {fact.min_items} belong", "too_short")
    if fact.max_items is not None and len(value) > fact.max_items:
        return wrong(read, path, value, f"{len(value)} of them where {fact.max_items} is supported", "too_long")
    items = [_one(read, fact, item, paths.join(path, number)) for number, item in enumerate(value)]
    return [item for item in items if item is not MISSING]


def _one(read: Read, fact: Field, value: Any, path: str) -> Any:
    match fact.type:
        case "url":
            read.files.append(FileValue(path, fact, value))
            return None
        case "object" if fact.of and isinstance(value, Mapping):
            return _object(read, catalog.nested(fact.of), value, path)
        case "object" if isinstance(value, Mapping):
            return read_json(read, value, path)
        case "object":
            what = f" with {', '.join(catalog.nested(fact.of))}" if fact.of else ""
            return wrong(read, path, value, f"{shown(value)} is not a dictionary{what}", "dict_type")
        case "size":
            return read_size(read, fact, value, path)
        case "boolean":
            if isinstance(value, (bool, np.bool_)):
                return bool(value)
            return wrong(read, path, value, f"{shown(value)} is not True or False", "bool_type")
        case "integer" | "number":
            return read_number(read, fact, value, path)
        case "string":
            if not isinstance(value, str):
                return wrong(read, path, value, f"{shown(value)} is not a string", "string_type")
            if path.rpartition(".")[2] == "path" and os.path.isfile(value):  # noqa: PTH113 - Path.is_file raises for long strings
                message = (
                    f"{value!r} is a file here, and fal reads weights from the network: fal.upload(path) gives a URL"
                )
                return wrong(read, path, value, message, "file")
            return read_text(read, fact, value, path)
        case "any":
            if fact.enum and value not in fact.enum:
                return wrong(read, path, value, f"{shown(value)} is not one of {listed(fact)}", "literal_error")
            return read_json(read, value, path)
