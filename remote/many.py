"""Many jobs at once, from one thread."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preproc.errors import InputError

from .core import Core
from .errors import RemoteError
from .jobs import Job, Pace
from .jobs.aside import Aside
from .jobs.endings import late
from .jobs.result import Result
from .running import check_waiting
from .wire.patience import Patience

if TYPE_CHECKING:
    from .plan import Plan

__all__ = ["MapTasks", "Outcome"]

_SUBMITS_BETWEEN_POLLS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plan.

    Attributes
    ----------
    number
        Its place among the plans, from 0.
    job_id
        Its job; None where it was refused before there was one.
    result, error
        One of the two.
    """

    number: int
    job_id: str | None
    result: Result | None
    error: RemoteError | None


@dataclass(order=True, slots=True)
class _Flight:
    """A job in flight; ordered by when it is asked after next."""

    due: float
    number: int
    job: Job
    pause: float
    deadline: float

    def outcome(self, result: Result | None, error: RemoteError | None = None) -> Outcome:
        return Outcome(self.number, self.job.id, result, error)


class MapTasks(Core):
    """Run many plans."""

    def map(
        self,
        plans: Iterable[Plan],
        /,
        *,
        concurrency: int = 16,
        timeout: float = 3600.0,
        again: bool = False,
        max_price: float | None = None,
    ) -> Iterator[Outcome]:
        """Keep many jobs in flight and yield each as it is done.

        Plans are taken one by one as there is room, and nothing is kept of what was yielded, so their number may be
        without an end. One thread does it all, unless files take more than a second to come: these are fetched aside
        by a few helpers, so that the other jobs go on meanwhile. Stopping early is safe: what is in flight is in the
        journal.

        Parameters
        ----------
        plans
            What to run.
        concurrency
            How many jobs are in flight at most.
        timeout
            Seconds one job may take, with fetching its files.
        again, max_price
            As in `Fal.submit`.

        Yields
        ------
        Outcome
            In the order in which they end. A job that fails is yielded with its error; the others go on.
        """
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InputError(f"concurrency is a whole number of at least 1, got {concurrency!r}")
        check_waiting(timeout, None)
        with closing(_Round(self._desk.pace, timeout)) as flying:
            waiting = enumerate(plans)
            exhausted = False
            while flying.count or not exhausted:
                room = min(concurrency - flying.count, _SUBMITS_BETWEEN_POLLS)
                taken = 0
                for number, plan in itertools.islice(waiting, 0 if exhausted else room):
                    taken += 1
                    try:
                        flying.add(number, self.submit(plan, again=again, max_price=max_price))
                    except RemoteError as error:
                        yield Outcome(number, getattr(error, "job_id", None), None, error)
                exhausted = exhausted or taken < room
                in_a_hurry = not exhausted and flying.count < concurrency
                if flying.count and (outcome := flying.next(in_a_hurry=in_a_hurry)):
                    yield outcome


class _Round:
    """The jobs in flight: those that are asked after in turn, and those whose files are fetched aside."""

    def __init__(self, pace: Pace, timeout_s: float) -> None:
        self._pace = pace
        self._timeout_s = timeout_s
        self._flights: list[_Flight] = []
        self._aside: Aside[_Flight] = Aside()

    @property
    def count(self) -> int:
        """How many jobs are in flight."""
        return len(self._flights) + self._aside.count

    def add(self, number: int, job: Job) -> None:
        """Take a job that was submitted just now."""
        now = self._pace.now()
        heapq.heappush(self._flights, _Flight(now, number, job, self._pace.first_s, now + self._timeout_s))

    def close(self) -> None:
        """Let go of what is fetched aside."""
        self._aside.close()

    def next(self, *, in_a_hurry: bool) -> Outcome | None:
        """Ask after the job that is due first; wait until then unless there is something else to do."""
        if fetched := self._aside.ready():
            return self._landed(*fetched)
        early = self._flights[0].due - self._pace.now() if self._flights else self._pace.longest_s
        if early > 0:
            if in_a_hurry:
                return None
            if not self._aside.count:
                self._pace.sleep(early)
            elif fetched := self._aside.ready(early):
                return self._landed(*fetched)
        return self._ask(heapq.heappop(self._flights)) if self._flights else None

    def _ask(self, flight: _Flight) -> Outcome | None:
        left_s = flight.deadline - self._pace.now()
        try:
            result = flight.job.poll(patience=Patience(left_s), files_s=self._aside.inline_s)
        except RemoteError as error:
            return flight.outcome(None, error)
        if result is not None:
            return flight.outcome(result)
        now = self._pace.now()
        if now >= flight.deadline:
            return flight.outcome(None, late(flight.job, self._timeout_s))
        if flight.job.is_late:
            self._aside.take(flight, flight.job, flight.deadline - now)
            return None
        flight.due, flight.pause = now + flight.pause, self._pace.after(flight.pause)
        heapq.heappush(self._flights, flight)
        return None

    def _landed(self, flight: _Flight, fetched: Future[Result | None]) -> Outcome:
        try:
            result = fetched.result()
        except RemoteError as error:
            return flight.outcome(None, error)
        return flight.outcome(result, None if result else late(flight.job, self._timeout_s))
