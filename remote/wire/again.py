"""Another try for requests that cost nothing. Each is told to the package's logger, which nobody hears unless asked."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from .later import is_leaving, rest, tried

__all__ = ["again"]

_log = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 5.0
T = TypeVar("T")


def again(
    work: Callable[[], T],
    /,
    *,
    what: str,
    on: Callable[[Exception], bool | float],
    attempts: int,
    pause_s: float,
    timeout_s: float = float("inf"),
) -> T:
    """Do some work, and once more after a pause when it fails in a way that may pass.

    Parameters
    ----------
    work
        Returns what is wanted, or raises.
    what
        Its name among everything that is done for one job, under which its tries are counted; see `later`.
    on
        Says of an error whether to try again; a number is how many seconds to wait before.
    attempts
        How often the work is done at most.
    pause_s
        The first pause. Each later one is twice as long, up to 5 s, and up to the first pause is added by chance, so that
        many who failed together do not come back together.
    timeout_s
        A pause that would end later than this after the first try is not made; unless it is left instead, since whoever
        leaves it has a time limit of its own.

    Raises
    ------
    Exception
        The last error of the work, as it was.

    Examples
    --------
    >>> answers = iter([ConnectionError(), "here"])
    >>> def ask():
    ...     answer = next(answers)
    ...     if isinstance(answer, Exception):
    ...         raise answer
    ...     return answer
    >>> again(ask, what="ask", on=lambda error: isinstance(error, ConnectionError), attempts=2, pause_s=0.01)
    'here'
    """
    with tried(what) as so_far:
        while True:
            try:
                return work()
            except Exception as error:
                so_far.count += 1
                wait = on(error)
                if wait is False or so_far.count >= attempts:
                    raise
                if wait is True:
                    wait = min(pause_s * 2.0 ** (so_far.count - 1), _LONGEST_PAUSE_S) + random.uniform(0.0, pause_s)  # noqa: S311
                if not is_leaving() and time.monotonic() - so_far.began + wait > timeout_s:
                    raise
                _log.info("%s; try %d of %d follows in %.1f s", type(error).__name__, so_far.count + 1, attempts, wait)
            rest(wait, time.sleep)
