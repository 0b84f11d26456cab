"""Slow files of many jobs, fetched aside by a few helpers, so that whoever looks after the jobs need not stand still."""

from __future__ import annotations

import queue
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from ..wire.patience import Patience
from .job import Job
from .result import Result

__all__ = ["Aside"]

_HELPERS = 4
_INLINE_S = 1.0
T = TypeVar("T")


class Aside(Generic[T]):
    """The helpers; there are none until something is slow.

    Attributes
    ----------
    count
        How many jobs they have.
    """

    def __init__(self) -> None:
        self.count = 0
        self._pool: ThreadPoolExecutor | None = None
        self._patiences: dict[int, Patience] = {}
        self._ended: queue.SimpleQueue[tuple[T, Future[Result | None]]] = queue.SimpleQueue()

    @property
    def inline_s(self) -> float:
        """How long to fetch a job's files without help: not at all while the helpers are at it."""
        return 0.0 if self.count else _INLINE_S

    def take(self, ticket: T, job: Job, left_s: float, /) -> None:
        """Fetch the files of a job that is done; `ready` returns the ticket with what came of it."""
        self._pool = self._pool or ThreadPoolExecutor(_HELPERS, thread_name_prefix="files")
        patience = self._patiences[id(ticket)] = Patience(left_s)
        self.count += 1
        future = self._pool.submit(job.poll, patience=patience)
        future.add_done_callback(lambda ended: self._ended.put((ticket, ended)))

    def ready(self, wait_s: float = 0.0) -> tuple[T, Future[Result | None]] | None:
        """Return the next job that is through, its result None where the files did not come in time; None if none is."""
        try:
            ticket, ended = self._ended.get(timeout=wait_s) if wait_s > 0 else self._ended.get_nowait()
        except queue.Empty:
            return None
        self.count -= 1
        del self._patiences[id(ticket)]
        return ticket, ended

    def close(self) -> None:
        """Let go of what is not through; the jobs are in the journal."""
        for patience in self._patiences.values():
            patience.end()
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
