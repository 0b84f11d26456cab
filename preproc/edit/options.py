"""Options of an edit, checked by name before anything is computed with them."""

from __future__ import annotations

import math
import numbers
from typing import Any

from ..errors import InputError
from ..geometry import SizeRule

__all__ = ["as_number", "as_rule", "as_size", "as_whole"]


def as_number(name: str, value: Any, *, at_least: float = 0, fix: str | None = None) -> float:
    """Return a finite number of at least so much."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not at_least <= float(value) < math.inf:
        raise InputError(f"{name} is at least {at_least:g} and finite, got {value!r}", fix=fix)
    return float(value)


def as_whole(name: str, value: Any, *, at_least: int = 0, fix: str | None = None) -> int:
    """Return a whole number of at least so much."""
    whole = isinstance(value, numbers.Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or value < at_least:
        raise InputError(f"{name} is a whole number of at least {at_least}, got {value!r}", fix=fix)
    return int(value)


def as_size(name: str, value: Any) -> tuple[int, int]:
    """Return a width and a height."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__len__") or len(value) != 2:
        raise InputError(f"{name} is (width, height), got {value!r}", fix=f"{name}=(1920, 1080)")
    width, height = (as_whole(f"{name}: a side", side, at_least=1) for side in value)
    return width, height


def as_rule(value: Any) -> SizeRule:
    """Return a size rule; None is the one without limits."""
    if value is None:
        return SizeRule()
    if not isinstance(value, SizeRule):
        raise InputError(f"rule is a SizeRule, got {value!r}", fix="rule=fal.rule(endpoint_id), or SizeRule(...)")
    return value
