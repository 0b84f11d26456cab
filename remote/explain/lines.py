"""The form an explanation has: a label, and what is said of it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Line", "listed", "value_named"]


class Line(NamedTuple):
    """One thing that is known.

    Attributes
    ----------
    label
        What it is about, in a word.
    words
        What is known; one line, however long.
    """

    label: str
    words: str


def listed(words: list[str], *, last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def value_named(value: object) -> str:
    """Write a value as one types it.

    Examples
    --------
    >>> value_named(""), value_named([]), value_named(False), value_named("png")
    ('empty', 'empty', 'False', 'png')
    """
    return "empty" if value in ("", [], {}) else str(value)
