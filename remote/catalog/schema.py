"""What a JSON schema allows, with its references followed and its spellings made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .pattern import is_bounded

__all__ = ["Schema", "choices_of", "counts", "items_of", "joined", "limits_of", "resolved", "side_limits"]

Schema: TypeAlias = Mapping[str, Any]
_DEEPEST = 32
_USUAL_SIDE = {"above": 0, "maximum": 14142}  # of every size at fal: not worth saying of each
_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def resolved(schema: Schema, schemas: Schema, /) -> dict[str, Any]:
    """Follow references and join ``allOf``; the type's name is kept as ``_name``.

    What stands beside a reference counts, too. ``const`` is written as ``enum``, and a list of types as ``anyOf``.

    Raises
    ------
    KeyError
        If a reference leads nowhere, or round in a circle.

    Examples
    --------
    >>> resolved({"$ref": "#/components/schemas/Share", "default": 1}, {"Share": {"type": "number", "maximum": 1}})
    {'type': 'number', 'maximum': 1, 'default': 1, '_name': 'Share'}
    """
    found = dict(schema)
    for _ in range(_DEEPEST):
        if "$ref" in found:
            name = str(found.pop("$ref")).rpartition("/")[2]
            found = {**schemas[name], **found, "_name": name}
        elif "allOf" in found:
            parts = [resolved(part, schemas) for part in found.pop("allOf")]
            found = _all_of([*parts, found])
        else:
            found.setdefault("_name", str(found.get("title", "")))
            return _plain(found)
    raise KeyError(f"{found.get('_name')} refers to itself")


def _all_of(parts: Sequence[Schema]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in parts:
        properties = {**made.get("properties", {}), **part.get("properties", {})}
        required = [*made.get("required", ()), *part.get("required", ())]
        named = part.get("_name") or made.get("_name")
        made = {**made, **part, **({"properties": properties} if properties else {})}
        made |= {"required": required} if required else {}
        made |= {"_name": named} if named else {}
    return made


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("type"), list):
        kinds = [kind for kind in found["type"] if kind != "null"]
        if len(kinds) == 1:
            found["type"] = kinds[0]
        else:
            rest = {name: value for name, value in found.items() if name not in {"type", "_name", "default"}}
            found["anyOf"] = [{**rest, "type": kind} for kind in kinds]
    if "enum" in found:
        _set_enum(found)
    return found


def _set_enum(found: dict[str, Any]) -> None:
    # null says that the argument may be left out; what a Field cannot list is any value of its type
    values = [value for value in found.pop("enum") if value is not None]
    kinds = {_TYPES.get(type(value), "object") for value in values}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if "type" not in found and len(kinds) == 1:
        [found["type"]] = kinds
    if values and not kinds & {"boolean", "object"}:
        found["enum"] = values


def choices_of(schema: Schema, schemas: Schema, /) -> list[dict[str, Any]]:
    """Return what ``anyOf`` or ``oneOf`` offers, without null; empty where there is no choice."""
    parts = [resolved(part, schemas) for part in schema.get("anyOf") or schema.get("oneOf") or ()]
    return [
        inner for part in parts if part.get("type") != "null" and part for inner in choices_of(part, schemas) or [part]
    ]


def joined(choices: Sequence[Schema], /) -> tuple[dict[str, Any], bool]:
    """Return one schema for several choices, and whether its words are examples among others.

    Nothing that one of them allows is refused: of several numbers the widest limits count, of several lists of words all
    words, and where the choices are of several kinds that no `remote.catalog.Field` can say at once, any value.
    """
    lists = [part for part in choices if part.get("type") == "array"]
    words = [part for part in choices if "enum" in part]
    free = [part for part in choices if part.get("type") == "string" and "enum" not in part]
    numbers = [part for part in choices if part.get("type") in {"number", "integer"} and "enum" not in part]
    if lists:
        return dict(lists[0]), False
    if words:
        values = list(dict.fromkeys(value for part in words for value in part["enum"]))
        kinds = {part.get("type") for part in words}
        strays = len(words) + len(free) < len(choices) or (free and kinds != {"string"})
        kind = {"type": kinds.pop()} if len(kinds) == 1 and not strays else {}
        return ({} if strays else {"enum": values}) | kind | {"_name": ""}, bool(free)
    if numbers and len(numbers) == len(choices):
        return _widest(numbers), False
    if len({part.get("type") for part in choices}) > 1:
        return {"_name": ""}, False
    return dict(choices[0]), False


def _widest(numbers: Sequence[Schema]) -> dict[str, Any]:
    if len(numbers) == 1:
        return dict(numbers[0])
    limits = [limits_of(part) for part in numbers]
    kinds = {part["type"] for part in numbers}
    made: dict[str, Any] = {"type": "number" if "number" in kinds else "integer", "_name": ""}
    for name, widest in (("minimum", min), ("maximum", max)):
        if all(name in one for one in limits):
            made[name] = widest(one[name] for one in limits)
    return made


def items_of(schema: Schema, schemas: Schema, /) -> dict[str, Any]:
    """Return what each item of a list is; any value, where the items differ from each other."""
    items = schema.get("prefixItems") or schema.get("items") or {}
    if isinstance(items, list):
        parts = [resolved(part, schemas) for part in items]
        return joined(parts)[0] if parts else {"_name": ""}
    inner = resolved(items, schemas)
    choices = choices_of(inner, schemas)
    made = joined(choices)[0] if choices else inner
    return {"_name": ""} if made.get("type") == "array" else made


def counts(schema: Schema, /) -> dict[str, Any]:
    """Return how many items a list has, by the names of `remote.catalog.Field`."""
    tuple_of = schema.get("prefixItems") or schema.get("items")
    least, most = schema.get("minItems"), schema.get("maxItems")
    if isinstance(tuple_of, list):
        least = most = len(tuple_of)
    if least is not None and least == most:
        return {"length": least}
    return _given(min_items=least or None, max_items=most)


def limits_of(schema: Schema, /) -> dict[str, Any]:
    """Return the limits of one value, by the names of `remote.catalog.Field`; a pattern only if its time is bounded.

    Examples
    --------
    >>> limits_of({"type": "number", "minimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25})
    {'minimum': 0, 'below': 1, 'multiple_of': 0.25}
    >>> limits_of({"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": True})
    {'above': 0, 'below': 9}
    """
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(above, bool):  # as OpenAPI 3.0 writes it
        least, above = (None, least) if above else (least, None)
    if isinstance(below, bool):
        most, below = (None, most) if below else (most, None)
    pattern = schema.get("pattern") if schema.get("format") is None else None
    return _given(
        minimum=least,
        maximum=most,
        above=above,
        below=below,
        multiple_of=schema.get("multipleOf"),
        min_length=schema.get("minLength") or None,
        max_length=schema.get("maxLength"),
        pattern=pattern if pattern and is_bounded(pattern) else None,
        enum=tuple(schema["enum"]) if "enum" in schema else None,
    )


def side_limits(schema: Schema, schemas: Schema, /) -> dict[str, Any]:
    """Return the limits of the sides of a size, where it has others than every size at fal."""
    sides = [limits_of(resolved(schema["properties"][name], schemas)) for name in ("width", "height")]
    found: dict[str, Any] = {}
    for name, widest in (("minimum", min), ("maximum", max), ("multiple_of", min)):
        if all(name in side for side in sides):
            limit = widest(side[name] for side in sides)
            found |= {name: limit} if limit != _USUAL_SIDE.get(name) else {}
    return found


def _given(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
