"""What differs between the catalog and a published schema, and a catalog with the differences in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from . import lookup
from .facts import Group, MaskFact, OutputSize, SizeFact, Spec
from .field import Field
from .file import CatalogFile, read_spec
from .published import Published, read_openapi

__all__ = ["Change", "added", "compare", "update"]

_COUNTS = ("length", "min_items", "max_items")
_DOCUMENTED = ("minimum", "maximum")
_FIELD_FACTS = (
    *("type", "many", "required", "default", "minimum", "maximum", "above", "below", "multiple_of", "enum"),
    *("min_length", "max_length", "pattern", *_COUNTS),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs for one endpoint.

    Attributes
    ----------
    endpoint
        Its id.
    differences
        One line each; empty where nothing differs.
    published
        Its schema, or None where fal publishes it no longer.
    """

    endpoint: str
    differences: tuple[str, ...]
    published: Published | None


def compare(spec: Spec, document: Mapping[str, Any] | None, /) -> Change:
    """Say in which ways the catalog differs from a published schema.

    Parameters
    ----------
    spec
        What the catalog has.
    document
        The OpenAPI document, or None where fal publishes none.
    """
    if document is None:
        gone = (f"no longer published (last seen {spec.last_seen})",) if spec.live else ()
        return Change(spec.id, gone, None)
    published = read_openapi(document, spec.id)
    back = () if spec.live else ("published again",)
    lines = _compare_fields(spec.fields, lookup.nested, published.fields, published.types, "")
    if spec.outputs.keys() != published.outputs.keys():
        lines.append(f"result: {', '.join(spec.outputs)} here, {', '.join(published.outputs)} published")
    return Change(spec.id, (*back, *lines), published)


def _compare_fields(
    ours: Mapping[str, Field],
    nested: Callable[[str], Mapping[str, Field]],
    theirs: Mapping[str, Field],
    types: Mapping[str, Mapping[str, Field]],
    path: str,
    *,
    above: tuple[str, ...] = (),
) -> list[str]:
    lines = [f"{path}{name}: new" for name in theirs if name not in ours]
    lines += [f"{path}{name}: gone" for name in ours if name not in theirs]
    for name in ours.keys() & theirs.keys():
        mine, published = ours[name], theirs[name]
        for fact in _FIELD_FACTS:
            here, there = getattr(mine, fact), getattr(published, fact)
            if here != there and not (
                _same_default(fact, mine, there)
                or _is_documented(fact, mine, there)
                or (fact in _COUNTS and there is None)
            ):
                lines.append(f"{path}{name}.{fact}: {here!r} here, {there!r} published")
        if mine.of and published.of and published.of not in above:
            inner = nested(mine.of), nested, types[published.of], types
            lines += _compare_fields(*inner, f"{path}{name}.", above=(*above, published.of))
    return sorted(lines)


def _same_default(fact: str, mine: Field, published: Any) -> bool:
    # schemas leave out what is their type's own nothing: an empty list, an empty string
    return fact == "default" and published is None and mine.default in ([], "")


def _is_documented(fact: str, mine: Field, published: Any) -> bool:
    return mine.documented and fact in _DOCUMENTED and published is None


def update(file: CatalogFile, changes: Iterable[Change], *, today: str) -> CatalogFile:
    """Return a catalog with the changes in it.

    Parameters
    ----------
    file
        The catalog to start from.
    changes
        From `compare`.
    today
        The date, as ``YYYY-MM-DD``.
    """
    endpoints = {name: read_spec(raw) for name, raw in file.endpoints.items()}
    types = dict(file.types)
    for change in changes:
        spec = endpoints[change.endpoint]
        if change.published is None:
            if spec.live:
                spec = msgspec.structs.replace(spec, live=False, gone_since=today)
        else:
            names = {name: _type_name(name, change.published, types) for name in change.published.types}
            for name, fields in change.published.types.items():
                known = types.get(names[name], {})
                types[names[name]] = {key: _merged(known.get(key), field, names) for key, field in fields.items()}
            fields = {
                name: _merged(spec.fields.get(name), field, names) for name, field in change.published.fields.items()
            }
            spec = msgspec.structs.replace(
                spec,
                fields=fields,
                outputs=change.published.outputs,
                live=True,
                gone_since=None,
                last_seen=today,
                schema_from=today,
                ranges_from=None,
                size=_limited(spec.size, change.published.limits),
                notes=tuple(dict.fromkeys((*spec.notes, *change.published.notes))),
            )
        endpoints[change.endpoint] = spec
    raw = {name: msgspec.Raw(msgspec.json.encode(spec)) for name, spec in endpoints.items()}
    used = _used(endpoints.values(), types)
    kept = {name: fields for name, fields in sorted(types.items()) if name in used}
    return msgspec.structs.replace(file, endpoints=raw, types=kept, checked=today[:7])


def _merged(mine: Field | None, published: Field, names: Mapping[str, str]) -> Field:
    ours = {"about": mine.about} if mine else {}
    if mine and not any(getattr(published, name) for name in _COUNTS):  # they are known from elsewhere
        ours |= {name: getattr(mine, name) for name in _COUNTS}
    role = mine.role if mine and published.type == "url" and mine.role else published.role
    if mine and mine.documented and published.minimum is published.maximum is None:
        ours |= {name: getattr(mine, name) for name in (*_DOCUMENTED, "documented")}
    return msgspec.structs.replace(published, of=names.get(published.of, published.of), role=role, **ours)


def _type_name(name: str, published: Published, types: Mapping[str, Mapping[str, Field]]) -> str:
    # our name of a nested type: that of the one with the same fields, else theirs, made unique
    fields = published.types[name]
    for known, held in types.items():
        if held.keys() == fields.keys() and not _compare_fields(_flat(held), lambda _: {}, _flat(fields), {}, ""):
            return known
    number = 2
    fresh = name
    while fresh in types:
        fresh, number = f"{name}{number}", number + 1
    return fresh


def _flat(fields: Mapping[str, Field]) -> dict[str, Field]:
    return {name: msgspec.structs.replace(field, of="") for name, field in fields.items()}


def _used(specs: Iterable[Spec], types: Mapping[str, Mapping[str, Field]]) -> set[str]:
    used: set[str] = set()
    waiting = [field.of for spec in specs for field in spec.fields.values() if field.of]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += [field.of for field in types[name].values() if field.of]
    return used


def _limited(size: SizeFact, limits: Mapping[str, Any]) -> SizeFact:
    if not limits:
        return size
    largest = [limits[name] for name in ("max_width", "max_height") if limits.get(name)]
    smallest = [limits[name] for name in ("min_width", "min_height") if limits.get(name)]
    return msgspec.structs.replace(
        size,
        multiple_of=limits.get("multiple_of", size.multiple_of),
        max_side=min(largest) if largest else size.max_side,
        min_side=max(smallest) if smallest else size.min_side,
        min_pixels=limits.get("min_area", size.min_pixels),
        max_pixels=limits.get("max_area", size.max_pixels),
        max_aspect=limits.get("max_aspect_ratio", size.max_aspect),
        max_file_bytes=limits.get("max_file_size", size.max_file_bytes),
        source="fal's schema",
    )


def added(
    held: CatalogFile, document: Mapping[str, Any], endpoint_id: str, /, *, group: Group, today: str
) -> CatalogFile:
    """Return a catalog with an endpoint in it of which only the schema is known.

    Of one that it has already, the schema's part is replaced; what no schema says stays: since when it is known, words
    about its arguments, its price, how control maps go in, and how the size of its result follows.
    """
    published = read_openapi(document, endpoint_id)
    endpoints = {name: read_spec(raw) for name, raw in held.endpoints.items()}
    before = endpoints.pop(endpoint_id, None)
    names = {name: _type_name(name, published, held.types) for name in published.types}
    types = dict(held.types)
    for name, nested in published.types.items():
        types[names[name]] = {key: _merged(None, field, names) for key, field in nested.items()}
    about = before.fields if before else {}
    fields = {name: _merged(about.get(name), field, names) for name, field in published.fields.items()}
    mask = _first(fields, "mask_url", "mask_image_url")
    spec = Spec(
        group=group,
        first_seen=today,
        last_seen=today,
        schema_from=today,
        outputs=published.outputs,
        fields=fields,
        image_field=_first(fields, "image_url", "image_urls"),
        mask=MaskFact(mask, None, "not documented in its schema") if mask else None,
        format_field=_first(fields, "output_format", "format", "image_format"),
        safety_field=_first(fields, "enable_safety_checker", "safety_tolerance", "enable_safety_checks"),
        size=_limited(SizeFact(16), published.limits),
        output_size=OutputSize("unknown"),
        notes=("added by the user; only what its schema says is known", *dict.fromkeys(published.notes)),
    )
    endpoints[endpoint_id] = spec if before is None else _with_facts_of(before, spec)
    raw = {name: msgspec.Raw(msgspec.json.encode(one)) for name, one in endpoints.items()}
    used = _used(endpoints.values(), types)
    types = {name: fields for name, fields in types.items() if name in used}
    return msgspec.structs.replace(held, endpoints=raw, types=types, checked=today[:7])


def _with_facts_of(before: Spec, spec: Spec) -> Spec:
    same_mask = before.mask and spec.mask and before.mask.field == spec.mask.field
    return msgspec.structs.replace(
        spec,
        first_seen=before.first_seen,
        mask=before.mask if same_mask else spec.mask,
        control=before.control,
        output_size=before.output_size,
        price=before.price,
    )


def _first(fields: Mapping[str, Field], *names: str) -> str | None:
    return next((name for name in names if name in fields), None)
