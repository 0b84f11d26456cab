"""What comes back: its fields, its file format, and the safety check."""

from __future__ import annotations

import re

from ..catalog.facts import Spec
from .arguments import argument
from .lines import Line, listed

__all__ = ["explain_result"]

_WORDS = {"image": ("picture", "pictures"), "boolean": ("yes or no", "yes or no")}


def explain_result(spec: Spec, /) -> list[Line]:
    """Name the fields of the result, and the arguments that choose its format and its safety check."""
    return [
        Line("result", "; ".join(f"{name}: {_kind(kind)}" for name, kind in spec.outputs.items())),
        Line("format", _format(spec)),
        Line("safety", _safety(spec)),
    ]


def _kind(kind: str) -> str:
    name, many, missing = re.fullmatch(r"(\w+)((?:\[\])*)(\??)", kind).groups()  # type: ignore[union-attr]
    one, several = _WORDS.get(name, (name, f"{name}s"))
    said = f"list of {several}" if many else one
    return f"{said}, may be missing" if missing else said


def _format(spec: Spec) -> str:
    if spec.format_field is None:
        return "no argument chooses it"
    field = spec.fields[spec.format_field]
    if "png" not in field.enum:
        return f"{spec.format_field}: {_choices(spec, spec.format_field)}"
    return f"{spec.format_field}: {_choices(spec, spec.format_field)}; a plan asks for png unless you say otherwise"


def _safety(spec: Spec) -> str:
    if spec.safety_field is not None:
        beside = [name for name in spec.fields if "safety" in name and name != spec.safety_field]
        return f"{spec.safety_field}: {argument(spec.fields[spec.safety_field])}{f'; see also {listed(beside)}' if beside else ''}"
    if "has_nsfw_concepts" in spec.outputs:
        return "no argument switches it; has_nsfw_concepts of the result says where it struck"
    return "no argument of it is known"


def _choices(spec: Spec, name: str) -> str:
    # what the argument's own line says of type and purpose is left out
    from msgspec.structs import replace

    return argument(replace(spec.fields[name], about="")).removeprefix("string, ")
