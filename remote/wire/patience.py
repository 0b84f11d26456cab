"""How long whoever waits for a job will wait: what is asked and fetched for it meanwhile is given up in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Patience", "is_over", "patient", "within"]

_LEAST_S = 1.0


class Patience:
    """An end in time, which may be moved closer from another thread.

    Parameters
    ----------
    seconds
        How long from now; a request that is begun late still has one second, since a wait of 0 s asks once.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + max(seconds, _LEAST_S)

    @property
    def left_s(self) -> float:
        """The seconds that are left; below 0 when it is over."""
        return self._end - time.monotonic()

    def end(self) -> None:
        """Let it be over now."""
        self._end = 0.0


_PATIENCE: ContextVar[Patience | None] = ContextVar("_PATIENCE", default=None)


@contextmanager
def patient(patience: Patience | None) -> Iterator[None]:
    """Give up what is asked or fetched in this block when the patience ends; None leaves each request its own limit."""
    token = _PATIENCE.set(patience)
    try:
        yield
    finally:
        _PATIENCE.reset(token)


def is_over() -> bool:
    """Tell whether there was a patience around this, and it has ended."""
    patience = _PATIENCE.get()
    return patience is not None and patience.left_s <= 0


def within(limit_s: float) -> float:
    """Return how long a request may take: `limit_s`, or what is left of the patience around it.

    Examples
    --------
    >>> with patient(Patience(7)):
    ...     within(5.0), round(within(30.0))
    (5.0, 7)
    >>> within(30.0)
    30.0
    """
    patience = _PATIENCE.get()
    return limit_s if patience is None else min(limit_s, patience.left_s)
