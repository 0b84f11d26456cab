"""The frozen copy of what fal published, read apart from the catalog, with its own validator and its own samples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

URL = "https://v3.fal.media/files/a/picture.png"
STALE = {("fal-ai/flux-lora-canny", "guidance_scale")}
"""Ranges the catalog widens: the older schema's range excludes the newer schema's default."""

TIGHTER = {("openai/gpt-image-2/edit", "image_size")}
"""Ranges that fal's page narrows further than its schema."""


@cache
def read() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "data" / "published.json").read_text(encoding="utf-8"))


def endpoints() -> dict[str, Any]:
    return read()["endpoints"]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = read()["definitions"][schema["$ref"]]
    return schema


def errors(schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """What a JSON Schema validator would say of a value, for the words that are used here."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return [] if any(not errors(part, value, path) for part in schema["anyOf"]) else [f"{path}: fits nothing"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{path}: {value!r} is not one of {schema['enum']}"]
    kinds = {"string": str, "boolean": bool, "array": list, "object": dict, "integer": int, "number": (int, float)}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind in {"integer", "number"} and isinstance(value, bool))):
        return [f"{path}: {value!r} is no {kind}"]
    found = []
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{path}: {value} < {schema['minimum']}")
    if "maximum" in schema and value > schema["maximum"]:
        found.append(f"{path}: {value} > {schema['maximum']}")
    if kind == "array":
        found += [e for n, item in enumerate(value) for e in errors(schema.get("items", {}), item, f"{path}.{n}")]
    if kind == "object" and "properties" in schema:
        found += [f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        found += [f"{path}.{name} is unknown" for name in value if name not in schema["properties"]]
        held = schema["properties"]
        found += [e for name, item in value.items() if name in held for e in errors(held[name], item, f"{path}.{name}")]
    return found


def payload_errors(endpoint: str, payload: dict[str, Any]) -> list[str]:
    return errors({"type": "object", **endpoints()[endpoint]}, payload)


def sample(schema: dict[str, Any], name: str = "") -> Any:
    """The plainest value that fits."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return sample(schema["anyOf"][-1], name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string" if name == "aspect_ratio":  # the schema says no more; fal's pages name ratios
            return "16:9"
        case "string":
            return URL if name.endswith(("_url", "_urls")) else "a barn"
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", min(1, schema.get("maximum", 1)))
        case "array":
            many = {"canvas_size": 2, "original_image_location": 2, "original_image_size": 2, "shot_size": 2}
            count = {**many, "padding_values": 4}.get(name, 1)
            return [sample(schema.get("items", {}), name) for _ in range(count)]
        case "object":
            return {n: sample(schema["properties"][n], n) for n in schema.get("required", ())}
    return "anything"


def minimal(endpoint: str) -> dict[str, Any]:
    """The required arguments and nothing else."""
    known = endpoints()[endpoint]
    return {name: sample(known["properties"][name], name) for name in known["required"]}


def bounds(schema: dict[str, Any], value_at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each number with a limit, as the path from `schema` to it."""
    schema = resolved(schema)
    if "minimum" in schema or "maximum" in schema:
        yield value_at, schema
    for part in schema.get("anyOf", ()):
        yield from bounds(part, value_at)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        yield from bounds(schema["items"], f"{value_at}.0")
    for name, part in schema.get("properties", {}).items():
        yield from bounds(part, f"{value_at}.{name}")


def with_value(schema: dict[str, Any], path: list[str], value: Any, name: str = "") -> Any:
    """The plainest value of `schema` with `value` at `path` inside it."""
    schema = resolved(schema)
    if not path:
        return value
    if "anyOf" in schema:
        part = next(p for p in schema["anyOf"] if resolved(p).get("type") in {"object", "array"})
        return with_value(part, path, value, name)
    step, *rest = path
    if schema["type"] == "array":
        return [with_value(schema["items"], rest, value, name)]
    made = sample(schema, name)
    if resolved(schema).get("properties", {}).keys() == {"width", "height"}:
        made = {"width": 512, "height": 512}
    made[step] = with_value(schema["properties"][step], rest, value, step)
    return made
