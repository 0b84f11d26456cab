"""When two plans are one job: the same endpoint with the same arguments, however these are spelt.

An argument that says what the endpoint takes anyway says nothing, at any depth; 2 and 2.0 are one number, ``square_hd`` and
1024 x 1024 are one size, and the order of names does not count. So the job that was paid for without ``strength`` answers
for the one with the default written out: as long as that is the default that it ran with.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from .. import catalog
from ..catalog.field import Field
from . import paths

__all__ = ["defaults_of", "fingerprint_as_written", "fingerprint_of", "fingerprints_of", "is_run_alike"]

_MANY = 8  # arguments of which every selection is tried; of more, one, two or all of them


def fingerprint_of(endpoint: str, payload: Mapping[str, Any], /) -> str:
    """Return the SHA-256 of what a job is, in hex.

    Examples
    --------
    >>> def of(**arguments):
    ...     return fingerprint_of("fal-ai/esrgan", {"image_url": "https://a.b/c.png", **arguments})
    >>> of() == of(scale=2) == of(scale=2.0, face=False), of() == of(scale=4)
    (True, False)
    """
    return _hash(endpoint, _plain(_without_defaults(_fields(endpoint), payload)))


def fingerprints_of(endpoint: str, payload: Mapping[str, Any], /) -> tuple[str, ...]:
    """Return what a journal may know a job by.

    That is its fingerprint, the hash of its arguments as they are written, which earlier versions noted, and what the
    fingerprint was while other values were the endpoint's defaults: some of those that are written out, or none, or not
    one that is left out now. `is_run_alike` tells which of the jobs that are found so is the same.
    """
    fields = _fields(endpoint)
    named = _named(fields, payload)
    written = [path for path, _, _ in _settings(fields, named)]
    few = len(written) <= _MANY
    counts = range(len(written) + 1) if few else (0, 1, 2, len(written) - 1, len(written))
    selections = itertools.chain.from_iterable(itertools.combinations(written, count) for count in counts)
    at_other_times = [_without(named, some) for some in selections]
    kept = _without_defaults(fields, payload)
    at_other_times += [{**kept, name: fields[name].default} for name in _left_out(fields, payload)]
    if not few:
        once = [path for path, _, _ in _settings(fields, kept)]
        some = [(), *((path,) for path in once), *itertools.combinations(once, 2), tuple(once)]
        at_other_times += [_without(kept, paths_left) for paths_left in some]
    hashes = (_hash(endpoint, _plain(values)) for values in at_other_times)
    as_written = fingerprint_as_written(endpoint, payload)
    return tuple(dict.fromkeys([fingerprint_of(endpoint, payload), as_written, *hashes]))


def fingerprint_as_written(endpoint: str, payload: Mapping[str, Any], /) -> str:
    """Return the hash that journals of earlier versions know a job by: of its arguments as they are written."""
    return _hash(endpoint, payload)


def defaults_of(fields: Mapping[str, Field], payload: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return what an endpoint takes for what is left out, inside nested objects by the path.

    Examples
    --------
    >>> fields = catalog.endpoint("fal-ai/flux-general").fields
    >>> defaults_of({"loras": fields["loras"]}, {"loras": [{"path": "a/b"}]})
    {'loras.0.scale': 1}
    """
    found: dict[str, Any] = {}
    for name, fact in fields.items():
        place = paths.join(path, name)
        if name not in payload:
            found |= {} if fact.default is None else {place: fact.default}
        for inside, inner in _objects(fact, payload.get(name), place):
            found |= defaults_of(catalog.nested(fact.of), inner, inside)
    return found


def is_run_alike(endpoint: str, one: Mapping[str, Any], other: Mapping[str, Any], /) -> bool:
    """Tell whether two jobs of one fingerprint ran with the same values, those that the endpoint took by itself included.

    Parameters
    ----------
    endpoint
        Where they go.
    one, other
        `Plan.to_json` of either; the ``defaults`` in it are those of its day, which the catalog may have revised since.

    Examples
    --------
    >>> before, now = {"payload": {}, "defaults": {"scale": 4}}, {"payload": {"scale": 2}, "defaults": {}}
    >>> is_run_alike("fal-ai/esrgan", before, now), is_run_alike("fal-ai/esrgan", now, now)
    (False, True)
    """
    fields = _fields(endpoint)
    ran, runs = (
        {path: (fact, value) for path, fact, value in _settings(fields, plan.get("payload", {}))}
        for plan in (one, other)
    )
    took, takes = one.get("defaults", {}), other.get("defaults", {})
    for path, (fact, _) in (ran | runs).items():
        there = ran[path][1] if path in ran else took.get(path, fact.default)
        here = runs[path][1] if path in runs else takes.get(path, fact.default)
        if not _is_same(_spelt(fact, there), _spelt(fact, here)):
            return False
    unsaid_by_both = (took.keys() & takes.keys()) - ran.keys() - runs.keys()
    return all(_is_same(took[path], takes[path]) for path in unsaid_by_both)


def _fields(endpoint: str) -> Mapping[str, Field]:
    spec = catalog.find(endpoint)
    return spec.fields if spec else {}


def _settings(
    fields: Mapping[str, Field], values: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Field, Any]]:
    """Find the values that are written out of arguments that may have a default, now or once, at any depth."""
    for name, value in values.items():
        fact = fields.get(name)
        if fact is None:
            continue
        place = paths.join(path, name)
        if not fact.required and fact.type not in {"object", "url"}:
            yield place, fact, value
        for inside, inner in _objects(fact, value, place):
            yield from _settings(catalog.nested(fact.of), inner, inside)


def _objects(fact: Field, value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the nested objects of one argument, each with its path."""
    if fact.type != "object" or not fact.of:
        return
    items = enumerate(value) if isinstance(value, list) else [(None, value)]
    for number, item in items:
        if isinstance(item, Mapping):
            yield path if number is None else paths.join(path, number), item


def _without(values: Mapping[str, Any], some: tuple[str, ...]) -> dict[str, Any]:
    kept: dict[str, Any] = paths.copy(dict(values))
    for path in some:
        home, _, name = path.rpartition(".")
        (paths.get(kept, home) if home else kept).pop(name)
    return kept


def _hash(endpoint: str, payload: Any) -> str:
    return hashlib.sha256(f"{endpoint}\n{_text(payload)}".encode()).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _without_defaults(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {}
    for name, value in values.items():
        fact = fields.get(name)
        if fact is None:
            kept[name] = value
            continue
        inner = _spelt(fact, value)
        if fact.default is None or not _is_same(inner, _spelt(fact, fact.default)):
            kept[name] = inner
    return kept


def _spelt(fact: Field, value: Any) -> Any:
    """Spell a size by its name, if it has one there, and leave the defaults inside nested objects out."""
    if fact.type == "size" and isinstance(value, Mapping):
        sides = (value.get("width"), value.get("height"))
        named = (name for name, size in catalog.presets().items() if name in fact.enum and sides == size)
        return next(named, value)
    if fact.type != "object" or not fact.of:
        return value
    if isinstance(value, list):
        return [_spelt(fact, item) for item in value]
    return _without_defaults(catalog.nested(fact.of), value) if isinstance(value, Mapping) else value


def _named(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Spell sizes by their names, at any depth, and keep everything."""
    named: dict[str, Any] = {}
    for name, value in values.items():
        fact = fields.get(name)
        if fact is None or (fact.type == "object" and not fact.of):
            named[name] = value
        elif fact.type != "object":
            named[name] = _spelt(fact, value)
        elif value != fact.default:
            inner = catalog.nested(fact.of or "")
            items = [_named(inner, item) if isinstance(item, Mapping) else item for item in _listed(value)]
            named[name] = items if isinstance(value, list) else items[0]
    return named


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _left_out(fields: Mapping[str, Field], values: Mapping[str, Any]) -> list[str]:
    return [name for name, fact in fields.items() if fact.default is not None and name not in values]


def _is_same(value: Any, default: Any) -> bool:
    return _text(_plain(value)) == _text(_plain(default))


def _plain(value: Any) -> Any:
    """Write each whole number as such: 2.0 is 2."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
