"""What is wrong with one argument, in words and for programs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one argument.

    Attributes
    ----------
    field
        Where, as a path: ``"strength"``, ``"controlnet_unions.0.controls"``.
    value
        What was given, or None where something is missing.
    message
        What is wrong with it, with the allowed range.
    code
        A short word for programs, such as ``"less_than_equal"``; may be empty.
    fix
        How to mend it, where that is more than the message says.
    """

    field: str
    value: object
    message: str
    code: str = ""
    fix: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" + (f"; {self.fix}" if self.fix else "")
