"""Many jobs at once, from one thread."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preproc.errors import InputError

from .core import Core
from .errors import RemoteError, WaitTimeout
from .jobs import Job
from .jobs.result import Result
from .running import check_waiting

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
        without an end. One thread does it all. Stopping early is safe: what is in flight is in the journal.

        Parameters
        ----------
        plans
            What to run.
        concurrency
            How many jobs are in flight at most.
        timeout
            Seconds one job may take.
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
        pace = self._desk.pace
        waiting = enumerate(plans)
        flights: list[_Flight] = []
        exhausted = False
        while flights or not exhausted:
            room = min(concurrency - len(flights), _SUBMITS_BETWEEN_POLLS)
            taken = 0
            for number, plan in itertools.islice(waiting, 0 if exhausted else room):
                taken += 1
                try:
                    job = self.submit(plan, again=again, max_price=max_price)
                except RemoteError as error:
                    yield Outcome(number, getattr(error, "job_id", None), None, error)
                    continue
                now = pace.now()
                heapq.heappush(flights, _Flight(now, number, job, pace.first_s, now + timeout))
            exhausted = exhausted or taken < room
            in_a_hurry = not exhausted and len(flights) < concurrency
            if flights and (outcome := self._next(flights, in_a_hurry=in_a_hurry)):
                yield outcome

    def _next(self, flights: list[_Flight], *, in_a_hurry: bool) -> Outcome | None:
        """Ask after the job that is due first; sleep until then unless there is something else to do."""
        pace = self._desk.pace
        early = flights[0].due - pace.now()
        if early > 0:
            if in_a_hurry:
                return None
            pace.sleep(early)
        flight = heapq.heappop(flights)
        try:
            result = flight.job.poll()
        except RemoteError as error:
            return Outcome(flight.number, flight.job.id, None, error)
        if result is not None:
            return Outcome(flight.number, flight.job.id, result, None)
        now = pace.now()
        if now >= flight.deadline:
            late = WaitTimeout(
                f"{flight.job.endpoint} was not done in time; it goes on",
                fix=f"fal.resume({flight.job.id!r}).wait()",
                endpoint=flight.job.endpoint,
                job_id=flight.job.id,
            )
            return Outcome(flight.number, flight.job.id, None, late)
        heapq.heappush(
            flights, _Flight(now + flight.pause, flight.number, flight.job, pace.after(flight.pause), flight.deadline)
        )
        return None
