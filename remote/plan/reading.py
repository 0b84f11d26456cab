"""Arguments while they are read: what was made of them so far, and all that is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..catalog.field import Field
from ..errors import Problem

__all__ = ["MISSING", "FileValue", "Read", "shown", "wrong"]

MISSING = object()
"""Stands for a value that could not be read."""


@dataclass(frozen=True, slots=True)
class FileValue:
    """A value that stands for a file: a URL, or something to upload.

    Attributes
    ----------
    path
        Where it stands in the payload.
    fact
        What the catalog says of that argument.
    value
        What was given.
    """

    path: str
    fact: Field
    value: Any


@dataclass(slots=True)
class Read:
    """Arguments that were read.

    Attributes
    ----------
    payload
        As JSON values; None where a file belongs.
    files
        The files, in the order of the arguments.
    problems
        All that is wrong.
    warnings
        What was understood, though not written as the endpoint has it.
    """

    payload: dict[str, Any] = field(default_factory=dict)
    files: list[FileValue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def wrong(read: Read, path: str, value: Any, message: str, code: str) -> Any:
    """Write down what is wrong with a value."""
    read.problems.append(Problem(path, value, message, code))
    return MISSING


def shown(value: Any) -> str:
    """Show a value in a message; pictures and other long things by their kind."""
    if isinstance(value, (str, int, float, list, tuple, dict)) and len(repr(value)) <= 60:
        return repr(value)
    return f"a {type(value).__name__}"
