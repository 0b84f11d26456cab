"""Where a control map goes, who makes it, and what keeps the endpoint from making one of a finished map."""

from __future__ import annotations

from typing import Any

from ..catalog.facts import Control, Spec
from .lines import Line, listed, value_named

__all__ = ["explain_map"]

_MAKERS = {
    "caller": "made by you, the caller: it takes a finished map",
    "endpoint": "made by the endpoint: it takes a photo",
    "switch": "made by you or by the endpoint, which a switch decides",
    "undocumented": "made by you or by the endpoint: that is undocumented",
}


def explain_map(spec: Spec, /) -> list[Line]:
    """Say which kinds of maps it takes, where they go and who makes them."""
    control = spec.control
    if control is None:
        return []
    lines = [
        Line("control", f"{_kinds(control)}; {_each(control, control.image)} takes it"),
        Line("map", f"{_MAKERS[control.maker]} ({control.evidence})"),
    ]
    for name, value in control.off.items():
        switch = f"{_each(control, name)} = {value_named(value)} with a finished map"
        lines.append(Line("switch off", f"{switch}; a plan sets it by itself"))
    places = {
        "what kind it is": control.mode,
        "how strictly it is followed": control.scale,
        "from which share of the steps": control.start,
        "until which": control.end,
    }
    if said := [f"{path} says {what}" for what, path in places.items() if path]:
        lines.append(Line("map settings", "; ".join(said)))
    if control.set:
        lines.append(Line("map needs", f"{_set(control.set)}, which fal.controlnet sends unless you say otherwise"))
    if control.needs:
        lines.append(Line("map needs", f"{control.needs}, which you have to give"))
    return lines


def _kinds(control: Control) -> str:
    if not control.types:
        return "maps of the kind that the weights want"
    return ", ".join(kind if kind == word else f"{kind} (there {word})" for kind, word in control.types.items())


def _each(control: Control, place: str) -> str:
    if "{type}" not in place:
        return place
    return listed([place.format(type=word) for word in control.types.values()], last="or")


def _set(values: dict[str, Any]) -> str:
    return listed([f"{name}={value_named(value)}" for name, value in values.items()])
