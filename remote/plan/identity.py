"""When two plans are one job: the same endpoint with the same arguments, however these are spelt.

An argument that says what the endpoint takes anyway says nothing, at any depth; 2 and 2.0 are one number, and the order of
names does not count. So the job that was paid for without ``strength`` answers for the one with the default written out:
as long as that is still the default that it ran with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .. import catalog
from ..catalog.field import Field

__all__ = ["fingerprint_as_written", "fingerprint_of", "is_run_alike"]


def fingerprint_of(endpoint: str, payload: Mapping[str, Any], /) -> str:
    """Return the SHA-256 of what a job is, in hex.

    Examples
    --------
    >>> def of(**arguments):
    ...     return fingerprint_of("fal-ai/esrgan", {"image_url": "https://a.b/c.png", **arguments})
    >>> of() == of(scale=2) == of(scale=2.0, face=False), of() == of(scale=4)
    (True, False)
    """
    spec = catalog.find(endpoint)
    return _hash(endpoint, _plain(_without_defaults(spec.fields if spec else {}, payload)))


def fingerprint_as_written(endpoint: str, payload: Mapping[str, Any], /) -> str:
    """Return the hash that journals of earlier versions know a job by: of its arguments as they are written."""
    return _hash(endpoint, payload)


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
    spec = catalog.find(endpoint)
    ran, runs = ({**plan.get("defaults", {}), **plan.get("payload", {})} for plan in (one, other))
    known = {name: fact for name, fact in (spec.fields if spec else {}).items() if fact.default is not None}
    return all(
        _is_same(_inner(fact, ran[name]), _inner(fact, runs[name]))
        for name, fact in known.items()
        if name in ran and name in runs
    )


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
        inner = _inner(fact, value)
        if fact.default is None or not _is_same(inner, _inner(fact, fact.default)):
            kept[name] = inner
    return kept


def _inner(fact: Field, value: Any) -> Any:
    """Leave the defaults inside nested objects out."""
    if fact.type != "object" or not fact.of:
        return value
    if isinstance(value, list):
        return [_inner(fact, item) for item in value]
    return _without_defaults(catalog.nested(fact.of), value) if isinstance(value, Mapping) else value


def _is_same(value: Any, default: Any) -> bool:
    return _text(_plain(value)) == _text(_plain(default))


def _plain(value: Any) -> Any:
    """Write each whole number as such: 2.0 is 2."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
