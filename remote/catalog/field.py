"""What can be known of one argument."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

__all__ = ["Fact", "Field", "Role"]

Role: TypeAlias = Literal["image", "mask", "control", "file"]
"""What a file that is sent is for."""


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One record of the data file."""


class Field(Fact, frozen=True):
    """One argument of an endpoint, or one field of a nested object.

    Attributes
    ----------
    type
        ``"size"`` is a preset's name or width and height; ``"url"`` is a file: a URL, a data URI, or a local picture
        that is uploaded; ``"any"`` is any JSON value.
    many
        A list of them; `length` says how many where that is fixed, `min_items` and `max_items` how many at least and most.
    of
        Name of the nested type of an ``"object"``; empty where its fields are not published.
    role
        What a ``"url"`` is for.
    required, default, minimum, maximum, above, below, multiple_of, enum
        As published; `minimum` and `maximum` are included, `above` and `below` are not. None is no limit known. Of a
        ``"size"`` they are limits of each side.
    min_length, max_length, pattern
        Of a text: how many letters it has, and a regular expression that is found in it.
    documented
        `minimum` and `maximum` are those of the endpoint's description; its schema states none.
    open
        Other values than those of `enum` are taken too.
    about
        A few words.
    """

    type: Literal["string", "integer", "number", "boolean", "size", "url", "object", "any"]
    many: bool = False
    length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    of: str = ""
    role: Role | None = None
    required: bool = False
    default: Any = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None
    below: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    documented: bool = False
    enum: tuple[str | int | float, ...] = ()
    open: bool = False
    about: str = ""
