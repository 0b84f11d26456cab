"""Keywords of a task that do not exist, and endpoints for something else, are refused before anything is done."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ..core import Core
from ..running import Running, refuse_unknown
from .purpose import check_purpose

__all__ = ["task"]

S = TypeVar("S", bound=Core)
P = ParamSpec("P")
R = TypeVar("R")


def task(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Refuse keywords that are neither the method's own nor those of `Running`, and endpoints of no use to it."""
    own = [name for name, one in inspect.signature(method).parameters.items() if one.kind is one.KEYWORD_ONLY]
    known = (*own, *Running.__annotations__)

    @wraps(method)
    def checked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        refuse_unknown(method.__name__, kwargs, known)
        if isinstance(endpoint := kwargs.get("endpoint"), str):
            check_purpose(method.__name__, endpoint)
        return method(self, *args, **kwargs)

    return checked
