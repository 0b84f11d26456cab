"""What each argument takes, nested objects to their end."""

from __future__ import annotations

from collections.abc import Mapping

from .. import catalog
from ..catalog.facts import Spec
from ..catalog.field import Field, Role
from .lines import Line, value_named

__all__ = ["argument", "explain_arguments"]

_FILES: dict[Role, tuple[str, str]] = {
    "image": ("a picture", "pictures"),
    "mask": ("a mask", "masks"),
    "control": ("a control map", "control maps"),
    "file": ("a file", "files"),
}


def explain_arguments(spec: Spec, /) -> list[Line]:
    """Name each argument with its type, range and default."""
    return _lines("argument", "", spec.fields)


def _lines(label: str, path: str, fields: Mapping[str, Field]) -> list[Line]:
    lines = []
    for name, field in fields.items():
        place = f"{path}{name}"
        lines.append(Line(label, f"{place}: {argument(field)}"))
        if field.of:
            lines += _lines("  inside", f"{place}.N." if field.many else f"{place}.", catalog.nested(field.of))
    return lines


def argument(field: Field, /) -> str:
    """Describe an argument.

    Examples
    --------
    >>> argument(Field("number", minimum=0, maximum=1, default=0.5, about="share of the steps"))
    'number, 0 to 1, default 0.5, share of the steps'
    >>> argument(Field("url", many=True, role="image", max_items=4, required=True))
    'list of url of pictures, required, at most 4 of them'
    """
    words = [_type(field)]
    if field.required:
        words.append("required")
    if field.length is not None:
        words.append(f"{field.length} of them")
    if field.min_items is not None:
        words.append(f"at least {field.min_items} of them")
    if field.max_items is not None:
        words.append(f"at most {field.max_items} of them")
    if field.enum:
        words.append(f"one of {', '.join(map(str, field.enum))}{', or others like these' if field.open else ''}")
    if allowed := _allowed(field):
        words.append(allowed)
    if field.multiple_of is not None:
        words.append(f"in multiples of {field.multiple_of}")
    if field.min_length is not None:
        words.append(f"at least {field.min_length} letters")
    if field.max_length is not None:
        words.append(f"at most {field.max_length} letters")
    if field.pattern:
        words.append(f"of the form {field.pattern}")
    if field.default is not None:
        words.append(f"default {value_named(field.default)}")
    return ", ".join([*words, field.about] if field.about else words)


def _type(field: Field) -> str:
    name: str = field.type
    if field.role is not None:
        one, several = _FILES[field.role]
        name = f"{name} of {several if field.many else one}"
    return f"list of {name}" if field.many else name


def _allowed(field: Field) -> str:
    least = f"above {field.above}" if field.above is not None else ""
    if field.minimum is not None:
        least = f"{field.minimum}" if field.maximum is not None else f"at least {field.minimum}"
    most = "" if field.maximum is None else f"to {field.maximum}" if least else f"at most {field.maximum}"
    below = f"below {field.below}" if field.below is not None else ""
    said = ", ".join(filter(None, [f"{least} {most}".strip(), below]))
    return f"{said} (as its description says; its schema states no limit)" if field.documented and said else said
