"""How jobs end badly, as errors and in the journal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .. import errors
from ..errors import (
    EndpointError,
    Problem,
    RemoteError,
    ServerError,
    TransferError,
    UnknownEndpointError,
    UnknownOutcome,
    WaitTimeout,
)
from ..wire.translate import PICTURE_ERRORS, UNREADABLE
from .entry import Entry

if TYPE_CHECKING:
    from .job import Job

__all__ = ["is_final", "is_odd", "is_passing", "late", "resumable", "retold", "told", "unknown", "unwritten"]

_FINAL = frozenset({400, 422})  # a 404 may be the gateway's, and the job is paid
_PASSING = frozenset({408, 409, 425, 429, 499})
_OF_THE_GATEWAY = frozenset({None, "internal_error"})


def is_final(error: EndpointError) -> bool:
    """Tell whether the answer to asking for a result is the end of the job itself, not of this one request.

    A job that is taken for failed is paid for again by the next identical submit, so doubts count as no.
    """
    status = error.status_code or 0
    if error.error_type in PICTURE_ERRORS:
        return True
    if status in _FINAL:  # in fal's own form: a page is a gateway's
        return isinstance(error.body, dict) and "in progress" not in error.message
    return status >= 500 and error.error_type not in _OF_THE_GATEWAY


def is_passing(error: RemoteError) -> bool:
    """Tell whether asking again, later and unchanged, may be answered."""
    if not isinstance(error, EndpointError):
        return isinstance(error, TransferError) and not error.by_settings
    status = error.status_code or 0
    # a failure of the server itself is final only as a completed job's answer, and is told there
    return status in _PASSING or status >= 500 or (status in _FINAL and not is_final(error))


def is_odd(error: RemoteError) -> bool:
    """Tell whether an answer makes no sense for a job that fal has taken; a few in a row may be a gateway's."""
    return isinstance(error, UnknownEndpointError) or (
        isinstance(error, ServerError) and error.error_type == UNREADABLE
    )


def resumable(error: RemoteError, job_id: str) -> None:
    """Say with an error that came while a job was asked after that the job itself goes on, and how to ask again."""
    kept = f"fal.resume({job_id!r}).wait() asks again"
    if isinstance(error, UnknownEndpointError):  # first what costs nothing
        error.fix = f"{kept}; if it stays so: {error.fix}"
        return
    kept = f"the job itself goes on at fal: {kept}"
    error.fix = f"{error.fix}; {kept}" if error.fix else kept


def late(job: Job, waited_s: float) -> WaitTimeout:
    """Say that nobody waits any longer."""
    if job.is_late:
        said = f"{job.endpoint} is done, and its files did not come within {waited_s:g} s"
        fix = f"fetch them, which costs nothing, while fal keeps them: fal.resume({job.id!r}).wait()"
    else:
        trouble = f"; asking was last answered with: {job.trouble.message}" if job.trouble else ""
        said = f"{job.endpoint} was not done after {waited_s:g} s; it goes on{trouble}"
        fix = f"wait again, later or elsewhere: fal.resume({job.id!r}).wait()"
    return WaitTimeout(said, fix=fix, endpoint=job.endpoint, request_id=job.request_id, job_id=job.id)


def unknown(entry: Entry) -> UnknownOutcome:
    """Say that nobody knows whether a job was taken."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(entry.created))
    reason = f": {entry.error['message']}" if entry.error and entry.error.get("message") else ""
    return UnknownOutcome(
        f"job {entry.id} was posted to {entry.endpoint} at {when} UTC and nobody knows whether fal took it{reason}",
        fix=f"look for it on fal's dashboard; if it is there: fal.resume({entry.id!r}).adopt(request_id), "
        "else .declare_not_taken(), or submit the plan with again=True",
        endpoint=entry.endpoint,
        job_id=entry.id,
    )


def unwritten(entry: Entry, request_id: str, error: RemoteError) -> UnknownOutcome:
    """Say that fal took a job and the journal could not note under which name."""
    return UnknownOutcome(
        f"fal took job {entry.id} as request {request_id}: it runs and is billed, but {error.message}",
        fix=f"do not submit it again; mend that, then: fal.resume({entry.id!r}).adopt({request_id!r})",
        endpoint=entry.endpoint,
        request_id=request_id,
        job_id=entry.id,
    )


def told(error: RemoteError) -> dict[str, Any]:
    """Turn an error into JSON values."""
    facts = {name: getattr(error, name, None) for name in ("request_id", "status_code", "error_type", "body")}
    problems = [[p.field, p.value, p.message, p.code] for p in getattr(error, "fields", ())]
    return {"type": type(error).__name__, "message": error.message, "fix": error.fix, "fields": problems, **facts}


def retold(entry: Entry) -> RemoteError:
    """Return the error that ended a job, from the journal."""
    facts = entry.error or {}
    kind: Any = getattr(errors, str(facts.get("type")), None)
    message = str(facts.get("message") or f"job {entry.id} failed")
    common: dict[str, Any] = {
        "fix": facts.get("fix"),
        "endpoint": entry.endpoint,
        "request_id": facts.get("request_id"),
    }
    if not (isinstance(kind, type) and issubclass(kind, EndpointError)):
        return RemoteError(message, **common)
    fields = [Problem(*problem) for problem in facts.get("fields") or ()]
    found: dict[str, Any] = {name: facts.get(name) for name in ("status_code", "error_type", "body")}
    return kind(message, fields=fields, **found, **common)
