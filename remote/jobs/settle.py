"""Jobs of which nobody knows whether fal took them, settled by whoever has looked at fal's dashboard."""

from __future__ import annotations

from ..errors import RemoteError, UnknownEndpointError, UnknownJobError
from .desk import Desk
from .endings import told
from .entry import Entry

__all__ = ["adopt", "declare_not_taken"]


def adopt(entry: Entry, request_id: str, desk: Desk) -> None:
    """Write down which request a job is, where fal confirms that there is such a one; see `Job.adopt`."""
    _check_unsettled(entry, desk)
    submitted = desk.backend.locate(entry.endpoint, request_id)
    try:
        desk.backend.status(entry.endpoint, submitted)
    except UnknownEndpointError as error:
        error.fix = f"compare the id with fal's dashboard; job {entry.id} stays {entry.state}, and nothing is submitted"
        raise
    desk.journal.adopted(entry.id, submitted)


def declare_not_taken(entry: Entry, desk: Desk) -> None:
    """Write down that fal never took a job, which then counts for no limit; see `Job.declare_not_taken`."""
    _check_unsettled(entry, desk)
    desk.journal.ended(entry.id, "failed", told(RemoteError(f"job {entry.id} was declared as not taken by fal")))
    desk.budget.give_back(entry.id)


def _check_unsettled(entry: Entry, desk: Desk) -> None:
    if entry.state not in {"unknown", "submitting"} or desk.journal.is_leaving(entry):
        raise UnknownJobError(
            f"job {entry.id} is {entry.state}: only one whose outcome nobody knows is settled by hand",
            fix=f"fal.resume({entry.id!r}).wait() tells what became of it",
            endpoint=entry.endpoint,
            job_id=entry.id,
        )
