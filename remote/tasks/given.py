"""Arguments that were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import PlanError

__all__ = ["given"]


def given(arguments: Mapping[str, Any] | None, /, **named: Any) -> dict[str, Any]:
    """Join an endpoint's further arguments and named ones; None is not given.

    Raises
    ------
    PlanError
        If something is said twice.

    Examples
    --------
    >>> given({"raw": True}, prompt="a barn", seed=None)
    {'raw': True, 'prompt': 'a barn'}
    """
    said = {name: value for name, value in named.items() if value is not None}
    twice = sorted(said.keys() & (arguments or {}).keys())
    if twice:
        raise PlanError(f"{', '.join(twice)} given twice, by name and in arguments", fix="leave one of the two out")
    return {**(arguments or {}), **said}
