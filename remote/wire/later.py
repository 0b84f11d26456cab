"""Pauses that are not slept through: whoever looks after many jobs leaves the one that has to wait, and comes back to it.

Work that pauses is written straight on, with `rest` where it waits. In a `leaving` block, `rest` raises `Later` instead
of sleeping. The work is then begun again from its start when the pause is over, so it has to be such that what it did
before is found done, and how often it tried is kept in `Tries` meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["Later", "Tries", "is_leaving", "leaving", "rest", "tried"]


class Later(BaseException):
    """Come back after `wait_s` seconds.

    Parameters
    ----------
    wait_s
        How long the work wants to pause.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(slots=True)
class Tried:
    """How far one piece of work has come with trying.

    Attributes
    ----------
    count
        How often it failed so far.
    waited_s
        All its pauses together.
    began
        When it was tried first, by `time.monotonic`.
    """

    count: int = 0
    waited_s: float = 0.0
    began: float = field(default_factory=time.monotonic)


class Tries:
    """What was tried for one job, by the name of each piece of work; kept while the job is left."""

    def __init__(self) -> None:
        self._known: dict[str, Tried] = {}

    def of(self, work: str) -> Tried:
        """Return how far a piece of work has come; it begins now where it was not known."""
        return self._known.setdefault(work, Tried())

    def forget(self, work: str) -> None:
        """Let a piece of work begin anew the next time, since it is through."""
        self._known.pop(work, None)


_TRIES: ContextVar[Tries | None] = ContextVar("_TRIES", default=None)


@contextmanager
def leaving(tries: Tries | None) -> Iterator[None]:
    """Within this block, and in this thread, pauses are raised as `Later`; with None they are slept through again.

    Examples
    --------
    >>> tries = Tries()
    >>> with leaving(tries):
    ...     try:
    ...         rest(3.0, time.sleep)
    ...     except Later as later:
    ...         print(later.wait_s)
    3.0
    """
    token = _TRIES.set(tries)
    try:
        yield
    finally:
        _TRIES.reset(token)


def is_leaving() -> bool:
    """Tell whether pauses are raised here, so that one thread does everything."""
    return _TRIES.get() is not None


@contextmanager
def tried(work: str) -> Iterator[Tried]:
    """Give a piece of work its count: kept when it is left with `Later`, and over however else it ends.

    Examples
    --------
    >>> with tried("upload") as so_far:
    ...     so_far.count
    0
    """
    tries = _TRIES.get() or Tries()
    try:
        yield tries.of(work)
    except Later:
        raise
    except BaseException:
        tries.forget(work)
        raise
    tries.forget(work)


def rest(wait_s: float, sleep: Callable[[float], object]) -> None:
    """Sleep for `wait_s` seconds, with `sleep`.

    Raises
    ------
    Later
        Instead, in a `leaving` block.
    """
    if is_leaving():
        raise Later(wait_s)
    sleep(wait_s)
