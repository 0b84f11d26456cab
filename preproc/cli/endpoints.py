"""``preproc endpoints``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .exits import BAD_INPUT, NETWORK, UsageError, complain
from .fixes import without_resolve
from .known import OptionalEndpointId
from .labelled import WIDTH, labelled
from .talk import TALK, Talk, facts_of_error, table

if TYPE_CHECKING:
    from remote.catalog import Field, Spec

__all__ = ["endpoints"]

_Group = Literal[
    "image_to_image",
    "controlnet",
    "inpaint",
    "fill",
    "outpaint",
    "erase",
    "upscale",
    "background",
    "face",
    "ip_adapter",
    "preprocess",
    "segment",
]


def endpoints(
    endpoint: OptionalEndpointId = None,
    /,
    *,
    group: _Group | None = None,
    verify: bool = False,
    add: bool = False,
    talk: Talk = TALK,
) -> int:
    """List the endpoints that are known, or say all that is known of one.

    Parameters
    ----------
    endpoint
        An endpoint's id; left out: list all.
    group
        List only those for one purpose; with --add, what the endpoint is for, where its arguments do not say it.
    verify
        Compare what is known with what fal publishes now; ends with 3 where something differs. Needs no key.
    add
        Take an endpoint that is not known yet into your own list, from what fal publishes; of one that is there already, take
        what fal publishes now, and say what changed.

    Examples
    --------
    preproc endpoints --group inpaint

    preproc endpoints fal-ai/flux-pro/v1/fill
    """
    from remote import catalog

    if add:
        return _add(endpoint, group, talk)
    if verify:
        return _verify([endpoint] if endpoint else [spec.id for spec in catalog.endpoints(group)], talk)
    if endpoint is not None:
        _explain(endpoint, talk)
        return 0
    _list([spec for spec in catalog.endpoints(group) if spec.live], talk)
    return 0


def _explain(endpoint: str, talk: Talk) -> None:
    """Say what is known of an endpoint; of an id from guides, also what runs in its place and what its arguments become."""
    from remote import catalog
    from remote.explain import explain_successor
    from remote.plan.resolve import resolve

    if (spec := catalog.find(endpoint)) is not None:
        talk.answer(_described(spec), _facts(spec))
        return
    with without_resolve():
        there = resolve(endpoint)
    assert there.spec is not None
    facts = {"asked": endpoint, "alias": msgspec.to_builtins(there.alias), **_facts(there.spec)}
    becomes = labelled(explain_successor(there.alias)) if there.alias else ""
    said = [textwrap.fill(" ".join(there.warnings), WIDTH, break_on_hyphens=False), becomes, _described(there.spec)]
    talk.answer("\n".join(filter(None, said)), facts)


def _list(specs: Sequence[Spec], talk: Talk) -> None:
    if talk.json:
        for spec in specs:
            talk.record(msgspec.to_builtins(spec))
        return
    from remote.explain.masks import polarity
    from remote.explain.price import rate

    rows = [
        (spec.id, spec.group, polarity(spec), rate(spec), ", ".join(spec.control.types) if spec.control else "")
        for spec in specs
    ]
    print(table(rows, heads=("endpoint", "for", "mask", "price", "control maps")))


def _described(spec: Spec) -> str:
    from remote.explain import explain

    return f"{spec.id}\n{labelled(explain(spec))}"


def _facts(spec: Spec) -> dict[str, Any]:
    """Return all that is known as JSON values, with the nested types that its arguments name in ``of``."""
    facts: dict[str, Any] = msgspec.to_builtins(spec)
    types = _types(spec.fields)
    return {**facts, "types": msgspec.to_builtins(types)} if types else facts


def _types(fields: Mapping[str, Field]) -> dict[str, Mapping[str, Field]]:
    from remote import catalog

    found: dict[str, Mapping[str, Field]] = {}
    for field in fields.values():
        if field.of:
            inner = catalog.nested(field.of)
            found |= {field.of: inner, **_types(inner)}
    return found


def _verify(ids: Sequence[str], talk: Talk) -> int:
    from remote import catalog
    from remote.catalog import lookup, refresh
    from remote.catalog.revise import compare
    from remote.errors import DownloadError

    differ = failed = reached = False
    for name in ids:
        spec = catalog.endpoint(name)
        try:
            change = compare(spec, refresh.fetch_schema(name))
        except (DownloadError, ValueError) as error:
            if isinstance(error, DownloadError) and (
                len(ids) == 1 or error.by_settings or ("could not be reached" in str(error) and not reached)
            ):
                raise  # nothing of all the rest can be fetched either
            failed = True
            talk.record({"endpoint": name, "error": facts_of_error(error)})
            complain(error, source=name)
            continue
        reached = True
        differ = differ or bool(change.differences)
        talk.record({"endpoint": name, "differences": change.differences})
        if not talk.json:
            print("\n".join(f"{name}: {line}" for line in change.differences or ("as fal publishes it",)))
        if change.published and change.differences and lookup.is_own(name):
            talk.say(f"to take what fal publishes: preproc endpoints --add {name}")
    return NETWORK if failed else BAD_INPUT if differ else 0


def _add(endpoint: str | None, group: _Group | None, talk: Talk) -> int:
    from remote import catalog
    from remote.catalog import lookup, refresh
    from remote.catalog.revise import compare

    if endpoint is None:
        raise UsageError("which endpoint is added?", fix="preproc endpoints --add ID")
    before = catalog.find(endpoint)
    if before is not None and not lookup.is_own(endpoint):
        raise UsageError(
            f"{endpoint} is known already, from the catalog that comes with this toolkit",
            fix=f"preproc endpoints {endpoint} --verify",
        )
    schema = refresh.fetch_schema(endpoint)
    changed: tuple[str, ...] | None = None
    if before is not None and schema is not None:
        with suppress(ValueError):  # what is no schema is refused below
            changed = compare(before, schema).differences
    spec = refresh.add(endpoint, group=group, fetch=lambda _: schema)
    facts: dict[str, Any] = msgspec.to_builtins(spec)
    said = [_described(spec), f"written to {catalog.user_file()}"]
    if changed is not None:
        facts["changed"] = changed
        said += [f"changed: {line}" for line in changed or ("nothing, it is as fal publishes it",)]
    talk.answer("\n".join(said), facts)
    return 0
