"""From the OpenAPI schema that fal publishes for an endpoint to the catalog's form. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .field import Field, Role
from .schema import choices_of, counts, items_of, joined, limits_of, resolved, side_limits

__all__ = ["Published", "read_openapi", "role_of"]

_FILES = frozenset(
    {
        "additional_embedding_url",
        "additional_lora_url",
        "base_model_url",
        "config_url",
        "control_method_url",
        "face_images_data_url",
        "ic_light_model_url",
        "image_archive_url",
    }
)
_FILE_WORDS = ("video", "audio", "archive", "zip", "lora", "model", "weights", "embedding", "config", "_data_")
_CONTROLS = frozenset({"change_map_image_url", "control_lora_image_url", "control_image_url"})
_CONTROL_WORDS = ("canny", "depth", "normal", "openpose", "segmentation", "teed")
_DEEPEST = 8
_SCALARS = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


@dataclass(slots=True)
class Published:
    """What an endpoint's schema says.

    Attributes
    ----------
    fields, outputs
        As in `remote.catalog.Spec`.
    types
        The nested types by the schema's own names.
    limits
        Limits of the pictures, by fal's names, such as ``{"max_width": 4096}``.
    category
        fal's word for what it is for.
    notes
        What of the schema is not kept.
    above
        The nested types that are being read just now; one of them inside itself is any object.
    """

    fields: dict[str, Field] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    types: dict[str, dict[str, Field]] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    category: str = ""
    notes: list[str] = field(default_factory=list)
    above: set[str] = field(default_factory=set)


def role_of(name: str) -> Role:
    """Return what a file is for, by its argument's name.

    Examples
    --------
    >>> [role_of(name) for name in ("image_url", "mask_image_url", "canny_image_url", "config_url", "video_url")]
    ['image', 'mask', 'control', 'file', 'file']
    """
    if name in _FILES or ("image" not in name and any(word in name for word in _FILE_WORDS)):
        return "file"
    if "mask" in name:
        return "mask"
    if name in _CONTROLS or name.startswith(tuple(f"{word}_image" for word in _CONTROL_WORDS)):
        return "control"
    return "image"


def read_openapi(document: Mapping[str, Any], endpoint_id: str, /) -> Published:
    """Read the schema of one endpoint.

    Parameters
    ----------
    document
        What ``https://fal.ai/api/openapi/queue/openapi.json?endpoint_id=…`` answers.
    endpoint_id
        The endpoint's id.

    Raises
    ------
    ValueError
        If the document does not describe that endpoint.
    """
    try:
        return _read(document, endpoint_id)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"this is no whole schema of {endpoint_id} ({type(error).__name__}: {error})") from error


def _read(document: Mapping[str, Any], endpoint_id: str) -> Published:
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    routes: Mapping[str, Any] = document.get("paths", {})
    try:
        posted = routes[f"/{endpoint_id}"]["post"]["requestBody"]
        answered = routes[f"/{endpoint_id}/requests/{{request_id}}"]["get"]["responses"]["200"]
        given, made = (resolved(part["content"]["application/json"]["schema"], schemas) for part in (posted, answered))
    except KeyError as error:
        raise ValueError(f"this schema does not describe {endpoint_id}: {error} is missing") from error
    published = Published(category=document.get("info", {}).get("x-fal-metadata", {}).get("category", ""))
    published.fields = _fields(given, schemas, published)
    published.outputs = {
        name: _output(part, schemas) + ("" if name in made.get("required", ()) else "?")
        for name, part in made.get("properties", {}).items()
    }
    return published


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], published: Published) -> dict[str, Field]:
    required = frozenset(schema.get("required", ()))
    found = {
        name: _field(name, part, schemas, published, required=name in required)
        for name, part in schema.get("properties", {}).items()
    }
    return dict(sorted(found.items(), key=lambda item: (not item[1].required, item[0])))


def _field(
    name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any], published: Published, *, required: bool
) -> Field:
    inner = resolved(schema, schemas)
    published.limits.update(schema.get("x-fal") or inner.get("x-fal") or {})
    choices = choices_of(inner, schemas)
    default = inner.get("default")
    sizes = [part for part in choices if set(part.get("properties", ())) == {"width", "height"}]
    if sizes:
        presets = tuple(word for part in choices for word in part.get("enum", ()))
        limits = side_limits(sizes[0], schemas)
        return Field("size", required=required, default=default, enum=presets, **limits)
    addresses = [part for part in choices if part.get("type") in {"string", "array"} and "enum" not in part]
    if name.endswith(("_url", "_urls")) and addresses:
        choices = addresses
    inner, opened = joined(choices) if choices else (inner, False)
    many = inner.get("type") == "array"
    how_many = counts(inner) if many else {}
    if many:
        inner = items_of(inner, schemas)
    kind = inner.get("type")
    is_file = kind == "string" and name.endswith(("_url", "_urls")) and "enum" not in inner
    nested = inner.get("properties") if inner["_name"] not in published.above else None
    if nested:
        inner["_name"] = inner["_name"] or _unused(name, published)
        if inner["_name"] not in published.types:
            published.types[inner["_name"]] = {}
            published.above.add(inner["_name"])
            published.types[inner["_name"]] = _fields(inner, schemas, published)
            published.above.remove(inner["_name"])
    limits = {} if is_file else limits_of(inner)
    if not is_file and inner.get("pattern") and "pattern" not in limits and inner.get("format") is None:
        published.notes.append(
            f"{name}: its form is not checked here, the schema's pattern is none whose time is bounded"
        )
    return Field(
        "url"
        if is_file
        else "object"
        if kind == "object" or inner.get("properties")
        else _SCALARS.get(str(kind), "any"),  # type: ignore[arg-type]
        many=many,
        of=inner["_name"] if nested else "",
        role=role_of(name) if is_file else None,
        required=required,
        default=default,
        open=opened,
        **how_many,
        **limits,
    )


def _unused(name: str, published: Published) -> str:
    """Return a name for a nested type that has none."""
    names = itertools.chain([name], (f"{name}{number}" for number in itertools.count(2)))
    return next(free for free in names if free not in published.types)


def _output(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, depth: int = 0) -> str:
    if depth > _DEEPEST:  # lists of itself
        return "object"
    inner = resolved(schema, schemas)
    for part in inner.get("anyOf") or inner.get("oneOf") or ():
        if part.get("type") != "null":
            return _output(part, schemas, depth=depth + 1)
    if inner.get("type") == "array":
        return f"{_output(inner.get('items', {}), schemas, depth=depth + 1)}[]"
    held = inner.get("properties", {})
    if "url" in held:
        return "image" if "width" in held or "image" in inner["_name"].lower() else "file"
    return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}.get(
        str(inner.get("type")), "object"
    )
