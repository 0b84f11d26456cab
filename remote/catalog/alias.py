"""Ids that people know from guides, and the endpoints they stand for."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = ["Alias"]


class Alias(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An id under which people know an endpoint, and what to send instead.

    Attributes
    ----------
    verdict
        ``"real"``: published under this id. ``"renamed"``: published under another. ``"unpublished"``: not published;
        `successor` is the nearest endpoint that is.
    rename, values
        From its argument to a path of the successor's, and translations of values.
    set, default
        Arguments the successor needs: always, and where the caller gave none.
    drop
        Arguments that have no counterpart, each with the reason.
    image
        Its argument for the picture, where that is not the successor's.
    kind, kinds
        The argument that fills ``{kind}`` in `rename`, and the words for its values; the first is the default.
    """

    verdict: Literal["real", "renamed", "unpublished"]
    successor: str | None = None
    alternatives: tuple[str, ...] = ()
    rename: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    set: dict[str, Any] = {}
    default: dict[str, Any] = {}
    drop: dict[str, str] = {}
    image: str | None = None
    kind: str | None = None
    kinds: dict[str, str] = {}
    note: str = ""
