"""``preproc endpoints``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .exits import BAD_INPUT, NETWORK, UsageError, complain
from .fixes import without_resolve
from .known import OptionalEndpointId
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
        Take an endpoint that is not known yet into your own list, from what fal publishes.

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
    from remote.plan.resolve import resolve

    if (spec := catalog.find(endpoint)) is not None:
        talk.answer(_described(spec), _facts(spec))
        return
    with without_resolve():
        there = resolve(endpoint)
    assert there.spec is not None
    alias = there.alias
    lines, facts = [*there.warnings], {"asked": endpoint, "alias": alias, **_facts(there.spec)}
    if alias is not None:
        lines += [f"  becomes    {name}: {path}" for name, path in alias.rename.items()]
        lines += [f"  left out   {name}: {reason}" for name, reason in alias.drop.items()]
    talk.answer("\n".join([*lines, _described(there.spec)]), msgspec.to_builtins(facts))


def _list(specs: Sequence[Spec], talk: Talk) -> None:
    if talk.json:
        for spec in specs:
            talk.record(msgspec.to_builtins(spec))
        return
    rows = [
        (spec.id, spec.group, _mask(spec), _price(spec), ", ".join(spec.control.types) if spec.control else "")
        for spec in specs
    ]
    print(table(rows, heads=("endpoint", "for", "mask", "price", "control maps")))


def _described(spec: Spec) -> str:
    state = "" if spec.live else f", gone since {spec.gone_since or 'some time'}"
    lines = [f"{spec.id}  ({spec.group}{state}; facts of {spec.checked})"]
    lines += [f"  successor  {spec.successor}"] if spec.successor else []
    lines += [f"  mask       {spec.mask.field}: {_mask(spec)} ({spec.mask.evidence})"] if spec.mask else []
    if spec.control:
        kinds = ", ".join(spec.control.types) or "as its weights say"
        lines.append(f"  control    {kinds}; the map is made by: {spec.control.maker}")
    lines.append(f"  price      {_dated_price(spec)}")
    lines.append(f"  result     {', '.join(spec.outputs)}")
    for name, field in spec.fields.items():
        lines.append(f"  argument   {name}: {_argument(field)}")
        lines += _inside(name, field)
    return "\n".join([*lines, *(f"  note       {note}" for note in spec.notes)])


def _inside(path: str, field: Field) -> list[str]:
    """Explain the fields of a nested object, at any depth, by the path that errors name them with."""
    from remote import catalog

    lines = []
    for name, inner in catalog.nested(field.of).items() if field.of else ():
        place = f"{path}.N.{name}" if field.many else f"{path}.{name}"
        lines += [f"    inside   {place}: {_argument(inner)}", *_inside(place, inner)]
    return lines


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


def _dated_price(spec: Spec) -> str:
    from remote.plan.price import seen_when

    price = _price(spec)
    if not price or spec.price is None:
        return "no rate is published"
    source = f" ({spec.price.source})" if spec.price.source else ""
    return f"{price}, {seen_when(spec)}{source}"


def _mask(spec: Spec) -> str:
    if spec.mask is None:
        return ""
    return {True: "white is edited", False: "black is edited", None: "polarity unknown"}[spec.mask.white_is_edit]


def _price(spec: Spec) -> str:
    price = spec.price
    if price is None or price.amount is None:
        return ""
    return f"{price.amount:g} USD per {price.unit}"


def _argument(field: Field) -> str:
    words = [f"list of {field.type}" if field.many else field.type]
    if field.required:
        words.append("required")
    if field.enum:
        words.append("one of " + ", ".join(map(str, field.enum)))
    if allowed := _allowed(field):
        words.append(allowed)
    if field.default not in {None, ""} if not isinstance(field.default, (dict, list)) else field.default:
        words.append(f"default {field.default}")
    return ", ".join([*words, field.about] if field.about else words)


def _allowed(field: Field) -> str:
    least = f"above {field.above}" if field.above is not None else ""
    if field.minimum is not None:
        least = f"{field.minimum}" if field.maximum is not None else f"at least {field.minimum}"
    most = "" if field.maximum is None else f"to {field.maximum}" if least else f"at most {field.maximum}"
    return f"{least} {most}".strip()


def _verify(ids: Sequence[str], talk: Talk) -> int:
    from remote import catalog
    from remote.catalog import refresh
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
    return NETWORK if failed else BAD_INPUT if differ else 0


def _add(endpoint: str | None, group: _Group | None, talk: Talk) -> int:
    from remote import catalog
    from remote.catalog import refresh

    if endpoint is None:
        raise UsageError("which endpoint is added?", fix="preproc endpoints --add ID")
    if catalog.find(endpoint) is not None:
        raise UsageError(f"{endpoint} is known already", fix=f"preproc endpoints {endpoint} --verify")
    spec = refresh.add(endpoint, group=group)
    facts: dict[str, Any] = msgspec.to_builtins(spec)
    talk.answer(f"{_described(spec)}\nwritten to {catalog.user_file()}", facts)
    return 0
