"""The keywords of everything that runs a job, and a word about those that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TypedDict

from preproc.errors import InputError

from .errors import PlanError, Problem
from .wire import Status

__all__ = ["Running", "check_waiting", "refuse_unknown"]


class Running(TypedDict, total=False):
    """Options of everything that submits a job and waits for it.

    Attributes
    ----------
    timeout
        Seconds to wait, 600 unless stated; None waits for ever. The job goes on afterwards, and can be resumed.
    again
        Pay for a new job even where an identical one is done already.
    max_price
        The most it may cost in US dollars: what is known to cost more is refused, and where the price is not known,
        limits count this.
    on_update
        Is called with each `Status`.
    """

    timeout: float | None
    again: bool
    max_price: float | None
    on_update: Callable[[Status], None] | None


def refuse_unknown(where: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that nothing would read.

    Raises
    ------
    PlanError
        With the nearest known name for each.
    """
    known = list(known)
    problems = []
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"perhaps {near[0]}" if near else f"it takes {', '.join(known)}"
            problems.append(Problem(name, None, f"is not an argument of {where}: {hint}", "unknown_field"))
    if problems:
        fix = "what only the endpoint knows goes into arguments={...}" if "arguments" in known else None
        raise PlanError("; ".join(map(str, problems)), fix=fix, problems=problems)


def check_waiting(timeout: object, on_update: object) -> None:
    """Refuse options of waiting before anything is paid for that could not be waited for.

    Raises
    ------
    preproc.InputError
    """
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout >= 0):
        raise InputError(
            f"timeout={timeout!r} is no number of seconds", fix="a number of at least 0; None waits for ever"
        )
    if on_update is not None and not callable(on_update):
        raise InputError(f"on_update={on_update!r} cannot be called", fix="a function that takes a Status")
