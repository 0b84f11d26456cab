"""Submit once.

The order is what keeps money safe: upload, write the job into the journal, post once, write fal's id, then wait. A
process may die at any point of it; what it submitted is in the journal.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import NOT_TAKEN, RemoteError, UnknownOutcome
from ..wire.later import Later
from .abandoned import stop_if_abandoned
from .desk import Desk
from .endings import told, unknown, unwritten
from .entry import Entry
from .job import Job

if TYPE_CHECKING:
    from ..plan import Plan

__all__ = ["submit"]


def submit(plan: Plan, desk: Desk, *, again: bool = False, max_price: float | None = None) -> Job:
    """Upload a plan's files and post it, once.

    Parameters
    ----------
    plan
        What to run.
    desk
        With what.
    again
        False: an identical plan that runs or is done already is not paid for a second time, its job is returned
        (`Job.reused`). True: a new job, whatever there is.
    max_price
        The most it may cost, in US dollars: a plan known to cost more is refused; where the price is unknown, limits
        count this.

    Returns
    -------
    Job
        It is in the journal and running.

    Raises
    ------
    UnknownOutcome
        If the answer was lost, now or when an identical plan was submitted before.
    LimitError
        If a spending limit or `max_price` would be passed; nothing was sent.
    UploadError, EndpointError, TransferError, MissingKeyError
        If it was not taken; nothing is billed.
    Later
        In a `leaving` block, where it was not taken so far; the journal is as it was.
    """
    journal, backend = desk.journal, desk.backend
    known_by = None if again else plan.fingerprints
    if not again and (known := journal.find(plan, backend=backend.name, known_by=known_by)):
        return _reuse(known, desk)
    spent = journal.spent_today(backend=backend.name)
    price = desk.budget.price_of(plan, max_price, spent)
    desk.budget.check(price, spent, plan.endpoint)
    payload = plan.fill(desk.storage.place(plan.uploads))
    stop_if_abandoned()
    entry, fresh = journal.start(
        plan,
        backend=backend.name,
        price=price,
        again=again,
        known_by=known_by,
        allow=lambda spent: desk.budget.take(price, spent, plan.endpoint),
    )
    if not fresh:
        return _reuse(entry, desk)
    desk.budget.book(entry.id, price)
    try:
        submitted = backend.submit(plan.endpoint, payload)
    except UnknownOutcome as error:
        error.job_id, error.fix = entry.id, unknown(entry).fix
        with suppress(RemoteError):  # that the job may be out matters more than a journal that cannot be written
            journal.ended(entry.id, "unknown", told(error))
        raise
    except RemoteError as error:
        journal.ended(entry.id, "failed", told(error))
        desk.budget.give_back(entry.id)
        raise
    except Later:
        journal.drop(entry.id)
        desk.budget.give_back(entry.id)
        raise
    except BaseException as error:
        if NOT_TAKEN in getattr(error, "__notes__", ()):
            journal.ended(entry.id, "failed", told(RemoteError(NOT_TAKEN)))
            desk.budget.give_back(entry.id)
        else:
            journal.ended(entry.id, "unknown", None)
            lost = unknown(entry)
            error.add_note(f"{lost.message}; it may run and be billed\n{lost.fix}")
        raise
    try:
        journal.submitted(entry.id, submitted)
    except RemoteError as error:
        raise unwritten(entry, submitted.request_id, error) from error
    return Job(entry.id, plan.endpoint, desk)


def _reuse(entry: Entry, desk: Desk) -> Job:
    """Return the job that an identical plan has; one whose outcome nobody knows is not repeated."""
    if entry.state == "unknown":
        raise unknown(entry)
    return Job(entry.id, entry.endpoint, desk, reused=True)
