"""Many jobs, looked after in turn by one thread: each is asked after, or tried again, when its time has come."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import RemoteError
from ..wire.later import Later, Tries, leaving
from ..wire.patience import Patience
from .aside import Aside
from .endings import late
from .job import Job
from .pace import Pace
from .result import Result

if TYPE_CHECKING:
    from ..plan import Plan

__all__ = ["Flights", "Outcome"]

_MOST_UNTAKEN = 16
_ASKING_S = 5.0


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
    """A plan on its way; ordered by when it has its turn next.

    Attributes
    ----------
    due
        When that is.
    number
        The plan's place.
    plan
        What is to be submitted; None from when fal has it, since it holds pictures.
    job
        Its job, from then.
    pause, asking_s, deadline
        How long until the next question, how long that may stay unanswered, and when to give up.
    tries
        What was tried for it.
    """

    due: float
    number: int
    plan: Plan | None = field(compare=False)
    job: Job | None = field(compare=False, default=None)
    pause: float = field(compare=False, default=0.0)
    asking_s: float = field(compare=False, default=0.0)
    deadline: float = field(compare=False, default=0.0)
    tries: Tries = field(compare=False, default_factory=Tries)

    def outcome(self, result: Result | None, error: RemoteError | None = None) -> Outcome:
        job_id = self.job.id if self.job else getattr(error, "job_id", None)
        return Outcome(self.number, job_id, result, error)


class Flights:
    """The jobs in flight: those that have their turn some time, and those whose files are fetched aside.

    Parameters
    ----------
    submit
        Submits a plan; it may raise `Later`, and is then called again.
    pace
        How often to ask.
    timeout_s
        How long one job may take from when it is submitted.
    """

    def __init__(self, submit: Callable[[Plan], Job], pace: Pace, *, timeout_s: float) -> None:
        self._submit = submit
        self._pace = pace
        self._timeout_s = timeout_s
        self._turns: list[_Flight] = []
        self._untaken = 0
        self._aside: Aside[_Flight] = Aside()

    @property
    def count(self) -> int:
        """How many are in flight."""
        return len(self._turns) + self._aside.count

    @property
    def has_to_wait(self) -> bool:
        """Whether so many wait to be taken that further ones would only wait with them, and fill the memory."""
        return self._untaken >= _MOST_UNTAKEN

    def begin(self, number: int, plan: Plan) -> Outcome | None:
        """Submit a plan, now or when there is room; return what became of it where it is over already."""
        self._untaken += 1
        return self._send(_Flight(0.0, number, plan), plan)

    def close(self) -> None:
        """Let go of what is fetched aside."""
        self._aside.close()

    def next(self, *, in_a_hurry: bool) -> Outcome | None:
        """Look after the flight whose turn is first; wait until then unless there is something else to do."""
        if fetched := self._aside.ready():
            return self._landed(*fetched)
        early = self._turns[0].due - self._pace.now() if self._turns else self._pace.longest_s
        if early > 0:
            if in_a_hurry:
                return None
            if not self._aside.count:
                self._pace.sleep(early)
            elif fetched := self._aside.ready(early):
                return self._landed(*fetched)
        if not self._turns:
            return None
        flight = heapq.heappop(self._turns)
        if flight.plan is not None:
            return self._send(flight, flight.plan)
        return self._ask(flight, flight.job) if flight.job else None

    def _send(self, flight: _Flight, plan: Plan) -> Outcome | None:
        try:
            with leaving(flight.tries):
                flight.job = self._submit(plan)
        except Later as later:
            self._leave(flight, later.wait_s)
            return None
        except RemoteError as error:
            self._untaken -= 1
            return flight.outcome(None, error)
        self._untaken -= 1
        flight.plan, flight.pause, flight.asking_s = None, self._pace.first_s, _ASKING_S
        flight.deadline = self._pace.now() + self._timeout_s
        self._leave(flight, 0.0)
        return None

    def _ask(self, flight: _Flight, job: Job) -> Outcome | None:
        left_s = flight.deadline - self._pace.now()
        try:
            with leaving(flight.tries):
                result = job.poll(patience=Patience(min(left_s, flight.asking_s)), files_s=self._aside.inline_s)
        except Later as later:
            self._leave(flight, min(later.wait_s, max(0.0, flight.deadline - self._pace.now())))
            return None
        except RemoteError as error:
            return flight.outcome(None, error)
        if result is not None:
            return flight.outcome(result)
        left_s = flight.deadline - self._pace.now()
        if left_s <= 0:
            return flight.outcome(None, late(job, self._timeout_s))
        if job.is_late:
            self._aside.take(flight, job, left_s)
            return None
        if job.trouble:
            flight.asking_s *= 2  # a large answer may take longer
        pause, flight.pause = flight.pause, self._pace.after(flight.pause)
        self._leave(flight, pause)
        return None

    def _leave(self, flight: _Flight, wait_s: float) -> None:
        flight.due = self._pace.now() + wait_s
        heapq.heappush(self._turns, flight)

    def _landed(self, flight: _Flight, fetched: Future[Result | None]) -> Outcome:
        try:
            result = fetched.result()
        except RemoteError as error:
            return flight.outcome(None, error)
        return flight.outcome(result, None if result or not flight.job else late(flight.job, self._timeout_s))
