"""An endpoint from its pictures to its price, then its arguments."""

from __future__ import annotations

from .. import catalog
from ..catalog.facts import Spec
from .arguments import explain_arguments
from .lines import Line, listed
from .maps import explain_map
from .masks import explain_mask
from .price import explain_price
from .result import explain_result
from .sizes import explain_sizes
from .successor import explain_successor

__all__ = ["explain"]


def explain(spec: Spec, /) -> list[Line]:
    """Say all that is known of an endpoint.

    Parameters
    ----------
    spec
        The endpoint, from `remote.catalog.endpoint`.

    Examples
    --------
    >>> from remote.catalog import endpoint
    >>> said = dict(explain(endpoint("fal-ai/flux-pro/v1/fill")))
    >>> said["safety"]
    'safety_tolerance: string, one of 1, 2, 3, 4, 5, 6, default 2, moderation level as a STRING, low = strict'
    """
    return [
        *_state(spec),
        *_in_guides(spec),
        Line(
            "picture",
            f"{spec.image_field} takes the picture to work on" if spec.image_field else "there is none to work on",
        ),
        *explain_sizes(spec),
        *explain_mask(spec),
        *explain_map(spec),
        *explain_result(spec),
        *explain_price(spec),
        *(Line("note", note) for note in spec.notes),
        *explain_arguments(spec),
    ]


def _in_guides(spec: Spec) -> list[Line]:
    others = [name for name, alias in catalog.guide().items() if alias.successor == spec.id]
    lines = [Line("stands for", f"{listed(others)}, as guides call it")] if others else []
    alias = catalog.guide().get(spec.id)
    if alias is None:
        return lines
    lines += [Line("guides", alias.note)] if alias.note else []
    lines += [Line("other choices", ", ".join(alias.alternatives))] if alias.alternatives else []
    return [*lines, *explain_successor(alias)]


def _state(spec: Spec) -> list[Line]:
    seen = f"seen published from {spec.first_seen} to {spec.last_seen}"
    ranges = f", its ranges of {spec.ranges_from}" if spec.ranges_from else ""
    lines = [
        Line("for", spec.group),
        Line("checked", f"{spec.checked}; {seen}; its arguments are of {spec.schema_from}{ranges}"),
    ]
    if not spec.live:
        why = f": {spec.gone_note}" if spec.gone_note else ""
        when = f"since {spec.gone_since or 'some time'}"
        if spec.gone_since == spec.last_seen:
            when = f"last seen on {spec.last_seen}"
        lines.append(Line("gone", f"no longer published, {when}{why}"))
    if spec.successor:
        lines.append(Line("successor", spec.successor))
    return lines
