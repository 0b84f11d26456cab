"""Arguments against an endpoint's schema: everything that is wrong at once, and the pictures that have to be uploaded."""

from __future__ import annotations

import difflib
import math
import numbers
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from .. import catalog
from ..catalog.facts import Field, Spec
from ..errors import Problem
from . import paths
from .levels import level_named, levels_of

__all__ = ["FileValue", "Read", "half_letter", "read_arguments"]

_MISSING = object()
_HALF = re.compile("[\ud800-\udfff]")
_RATIO = re.compile(r"([1-9]\d{0,4}):([1-9]\d{0,4})", re.ASCII)
_SIDE = 512  # fal's own default for a side of image_size


@dataclass(frozen=True, slots=True)
class FileValue:
    """A value that stands for a file: a URL, or something to upload.

    Attributes
    ----------
    path
        Where it stands in the payload.
    fact
        What the catalog says of that argument.
    value
        What was given.
    """

    path: str
    fact: Field
    value: Any


@dataclass(slots=True)
class Read:
    """Arguments that were read.

    Attributes
    ----------
    payload
        As JSON values; None where a file belongs.
    files
        The files, in the order of the arguments.
    problems
        All that is wrong.
    warnings
        What was understood, though not written as the endpoint has it.
    """

    payload: dict[str, Any] = field(default_factory=dict)
    files: list[FileValue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
        if result is not _MISSING:
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
        return isinstance(value, (list, tuple, np.ndarray)) and len(value) == 0
    return fact.type == "string" and fact.default != "" and isinstance(value, str) and not value.strip()


def _value(read: Read, fact: Field, value: Any, path: str) -> Any:
    if not fact.many:
        return _one(read, fact, value, path)
    if fact.type == "url" and not isinstance(value, (list, tuple)):
        value = [value]
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, (Sequence, np.ndarray)):
        return _wrong(read, path, value, f"{_shown(value)} is not a list", "list_type")
    if fact.length is not None and len(value) != fact.length:
        return _wrong(read, path, value, f"{len(value)} values where {fact.length} belong", "list_length")
    if fact.max_items is not None and len(value) > fact.max_items:
        return _wrong(read, path, value, f"{len(value)} of them where {fact.max_items} is supported", "too_long")
    items = [_one(read, fact, item, paths.join(path, number)) for number, item in enumerate(value)]
    return [item for item in items if item is not _MISSING]


def _one(read: Read, fact: Field, value: Any, path: str) -> Any:
    match fact.type:
        case "url":
            read.files.append(FileValue(path, fact, value))
            return None
        case "object" if fact.of and isinstance(value, Mapping):
            return _object(read, catalog.nested(fact.of), value, path)
        case "object" if isinstance(value, Mapping):
            return _json(read, value, path)
        case "object":
            what = f" with {', '.join(catalog.nested(fact.of))}" if fact.of else ""
            return _wrong(read, path, value, f"{_shown(value)} is not a dictionary{what}", "dict_type")
        case "size":
            return _size(read, fact, value, path)
        case "boolean":
            if isinstance(value, (bool, np.bool_)):
                return bool(value)
            return _wrong(read, path, value, f"{_shown(value)} is not True or False", "bool_type")
        case "integer" | "number":
            return _number(read, fact, value, path)
        case "string":
            if not isinstance(value, str):
                return _wrong(read, path, value, f"{_shown(value)} is not a string", "string_type")
            if path.rpartition(".")[2] == "path" and os.path.isfile(value):  # noqa: PTH113 - Path.is_file raises for long strings
                message = (
                    f"{value!r} is a file here, and fal reads weights from the network: fal.upload(path) gives a URL"
                )
                return _wrong(read, path, value, message, "file")
            if half := half_letter(value):
                return _wrong(read, path, value, half, "string_unicode")
            return _word(read, fact, value, path)
        case "any":
            return _json(read, value, path)


def _number(read: Read, fact: Field, value: Any, path: str) -> Any:
    name = path.rpartition(".")[2]
    levels = levels_of(name)
    if isinstance(value, str) and (level := level_named(name, value)):
        read.warnings.append(f"{path}: {value!r} sends {level.value:g} ({level.effect})")
        value = level.value
    names = f" or one of {', '.join(levels)}" if levels else ""
    if isinstance(value, (bool, np.bool_)) or not _is_finite(value):
        return _wrong(read, path, value, f"{_shown(value)} is not a number{names}", "float_type")
    if fact.type == "integer" and value % 1:
        return _wrong(read, path, value, f"{_shown(value)} is not a whole number", "int_type")
    number: int | float = int(value) if isinstance(value, numbers.Integral) else float(value)
    if fact.type == "integer":
        number = int(number)
    allowed = _range(fact)
    if fact.minimum is not None and number < fact.minimum:
        return _wrong(read, path, value, f"{number} is below {fact.minimum:g}{allowed}", "greater_than_equal")
    if fact.above is not None and number <= fact.above:
        return _wrong(read, path, value, f"{number} is not above {fact.above:g}", "greater_than")
    if fact.maximum is not None and number > fact.maximum:
        return _wrong(read, path, value, f"{number} is above {fact.maximum:g}{allowed}", "less_than_equal")
    if fact.enum and number not in fact.enum:
        return _wrong(read, path, value, f"{number} is not one of {', '.join(map(str, fact.enum))}", "literal_error")
    return number


def _is_finite(value: Any) -> bool:
    """Tell whether something is a number that JSON and fal can carry."""
    if isinstance(value, numbers.Integral):
        return abs(int(value)) < 2**64
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _range(fact: Field) -> str:
    if fact.minimum is None or fact.maximum is None:
        return ""
    return f" (allowed: {fact.minimum:g} to {fact.maximum:g})"


def half_letter(text: str, /) -> str | None:
    r"""Say where a text holds half of a surrogate pair, which no UTF-8, and so no JSON of fal's, can carry.

    Examples
    --------
    >>> half_letter("a cat \ud83d")
    'letter 7 is half of a pair (U+D83D), as when an emoji was cut in two: leave it out'
    """
    found = _HALF.search(text)
    if found is None:
        return None
    code = f"U+{ord(found[0]):04X}"
    return f"letter {found.start() + 1} is half of a pair ({code}), as when an emoji was cut in two: leave it out"


def _word(read: Read, fact: Field, value: str, path: str) -> Any:
    if not fact.enum or value in fact.enum:
        return value
    if fact.open:
        wrong = _outside(fact, value)
        return value if wrong is None else _wrong(read, path, value, wrong, "literal_error")
    spelt = [choice for choice in fact.enum if str(choice).replace("-", "_") == value.replace("-", "_")]
    if len(spelt) == 1:
        read.warnings.append(f"{path}: {value!r} is written {spelt[0]!r} there")
        return spelt[0]
    near = difflib.get_close_matches(value, map(str, fact.enum), n=1)
    hint = f"; perhaps {near[0]!r}" if near else ""
    choices = ", ".join(map(str, fact.enum[:20])) + (", …" if len(fact.enum) > 20 else "")
    return _wrong(read, path, value, f"{value!r} is not one of {choices}{hint}", "literal_error")


def _outside(fact: Field, value: str) -> str | None:
    """Say what is wrong with a ratio of sides where any is taken between those that are listed."""
    listed = {ratio: str(choice) for choice in fact.enum if (ratio := _ratio(str(choice)))}
    if len(listed) < len(fact.enum):
        return None
    narrowest, widest = min(listed), max(listed)
    allowed = f"from {listed[narrowest]} to {listed[widest]}"
    ratio = _ratio(value)
    if ratio is None:
        return f"{value!r} is no ratio such as {fact.enum[0]!r}; it may be {allowed}"
    return None if narrowest <= ratio <= widest else f"{value!r} is not {allowed}"


def _ratio(text: str) -> Fraction | None:
    found = _RATIO.fullmatch(text)
    return Fraction(int(found[1]), int(found[2])) if found else None


def _size(read: Read, fact: Field, value: Any, path: str) -> Any:
    if isinstance(value, str):
        return _word(read, fact, value, path)
    if isinstance(value, Mapping):
        if not value or not set(value) <= {"width", "height"}:
            return _wrong(read, path, value, f"{_shown(dict(value))} is not a width and a height", "size_type")
        for name in {"width", "height"} - set(value):
            read.warnings.append(f"{path}.{name} was not given: {_SIDE} px, as the endpoint takes it")
        sides: Sequence[Any] = (value.get("width", _SIDE), value.get("height", _SIDE))
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        sides = value
    else:
        names = ", ".join(map(str, fact.enum))
        message = f"{_shown(value)} is not (width, height) or one of {names}"
        return _wrong(read, path, value, message, "size_type")
    limit = Field("integer", minimum=1, maximum=catalog.max_side())
    width = _number(read, limit, sides[0], paths.join(path, "width"))
    height = _number(read, limit, sides[1], paths.join(path, "height"))
    return _MISSING if _MISSING in {width, height} else {"width": width, "height": height}


def _json(read: Read, value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(read, item, paths.join(path, str(name))) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(read, item, paths.join(path, number)) for number, item in enumerate(value)]
    if isinstance(value, str) and (half := half_letter(value)):
        return _wrong(read, path, value, half, "string_unicode")
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, np.generic):
        return _json(read, value.item(), path)
    if isinstance(value, (int, float)) and _is_finite(value):
        return value
    return _wrong(read, path, value, f"{_shown(value)} is not a JSON value", "json_type")


def _wrong(read: Read, path: str, value: Any, message: str, code: str) -> Any:
    read.problems.append(Problem(path, value, message, code))
    return _MISSING


def _shown(value: Any) -> str:
    """Show a value in a message; pictures and other long things by their kind."""
    if isinstance(value, (str, int, float, list, tuple, dict)) and len(repr(value)) <= 60:
        return repr(value)
    return f"a {type(value).__name__}"
