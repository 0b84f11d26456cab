"""Many jobs at once, from one thread."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from preproc.errors import InputError

from .core import Core
from .jobs.flights import Flights, Outcome
from .running import check_waiting

if TYPE_CHECKING:
    from .plan import Plan

__all__ = ["MapTasks", "Outcome"]

_SUBMITS_BETWEEN_POLLS = 8


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
        without an end. Stopping early is safe: what is in flight is in the journal.

        Parameters
        ----------
        plans
            What to run.
        concurrency
            How many jobs are in flight at most.
        timeout
            Seconds one job may take once it is submitted, with fetching its files.
        again, max_price
            As in `Fal.submit`.

        Yields
        ------
        Outcome
            In the order in which they end. A job that fails is yielded with its error; the others go on.

        Notes
        -----
        The thread that asks for the outcomes does it all, one request after the other, and starts no other, with two
        exceptions: results that take more than a second to come are fetched aside, by up to four threads, and a file of
        over 100 MiB is uploaded by those of fal's client. Nothing pauses in it: a job that has to wait, because fal has no
        room for it (429), cannot be reached, or answers a request for an upload, a status or a file with an error, is left
        until its time has come, and the others go on. While a few jobs wait to be taken, no further plan is begun.
        """
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InputError(f"concurrency is a whole number of at least 1, got {concurrency!r}")
        check_waiting(timeout, None)
        submit = partial(self.submit, again=again, max_price=max_price)
        with closing(Flights(submit, self._desk.pace, timeout_s=timeout)) as flights:
            waiting = enumerate(plans)
            exhausted = False
            while flights.count or not exhausted:
                room = (
                    0 if exhausted or flights.has_to_wait else min(concurrency - flights.count, _SUBMITS_BETWEEN_POLLS)
                )
                taken = 0
                for number, plan in itertools.islice(waiting, room):
                    taken += 1
                    if outcome := flights.begin(number, plan):
                        yield outcome
                exhausted = exhausted or taken < room
                in_a_hurry = not exhausted and not flights.has_to_wait and flights.count < concurrency
                if flights.count and (outcome := flights.next(in_a_hurry=in_a_hurry)):
                    yield outcome
