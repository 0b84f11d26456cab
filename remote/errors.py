"""What can go wrong between this machine and fal.

::

    PreprocError
    └─ RemoteError                .endpoint .request_id
       ├─ MissingKeyError         no credentials anywhere
       ├─ PlanError               (also ValueError)  .problems   refused here, before any request
       ├─ LimitError              .limit .price      a spending limit would be passed
       ├─ UnknownJobError         (also LookupError) .job_id     the journal does not hold this job
       ├─ TransferError           .host              bytes did not arrive
       │  ├─ UploadError
       │  └─ DownloadError
       ├─ EndpointError           .status_code .body .error_type  fal answered, and the answer is no
       │  ├─ RejectedError        422, .fields       arguments or pictures the endpoint refuses
       │  ├─ AccessError          401, 403           the key is wrong or may not do this
       │  ├─ BudgetError          402, 429, 403 for a locked account
       │  ├─ UnknownEndpointError 404
       │  ├─ BlockedError         the safety filter blackened the picture
       │  ├─ NoPictureError       .body              the job is done, and its answer holds no picture
       │  └─ ServerError          5xx, and answers that make no sense
       ├─ WaitTimeout             (also TimeoutError) .job_id  the job goes on, and can be resumed
       ├─ JobCancelled            .job_id            it was called back before it was done
       └─ UnknownOutcome          .job_id            the submit's answer was lost: perhaps billed, never sent again by itself

Every error says what was wrong and, in `fix`, how to mend it. All are hashable and survive pickling. None holds a key,
a request header or the query of a URL.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from preproc.errors import PreprocError

from .problem import Problem

__all__ = [
    "AccessError",
    "BlockedError",
    "BudgetError",
    "DownloadError",
    "EndpointError",
    "JobCancelled",
    "LimitError",
    "MissingKeyError",
    "NoPictureError",
    "PlanError",
    "Problem",
    "RejectedError",
    "RemoteError",
    "ServerError",
    "SuccessorWarning",
    "TransferError",
    "UnknownEndpointError",
    "UnknownJobError",
    "UnknownOutcome",
    "UploadError",
    "WaitTimeout",
]


NOT_TAKEN = "fal had not taken the job: it was out of reach, or had no room for now (429)"
"""The note on an interruption, such as Ctrl-C, that came when nothing was on its way."""


class RemoteError(PreprocError):
    """Base of everything `remote` raises on purpose.

    Parameters
    ----------
    message, fix
        As in `preproc.PreprocError`.
    endpoint
        The endpoint's id, where one was involved.
    request_id
        fal's id of the request, where there is one.
    """

    def __init__(
        self, message: str, *, fix: str | None = None, endpoint: str | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message, fix=fix)
        self.endpoint = endpoint
        self.request_id = request_id


class MissingKeyError(RemoteError):
    """There are no credentials for fal."""


class PlanError(RemoteError, ValueError):
    """A plan breaks the endpoint's rules; nothing was sent.

    Parameters
    ----------
    message, fix, endpoint, request_id
        As in `RemoteError`.
    problems
        Everything that is wrong, not only the first thing.
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        fix: str | None = None,
        endpoint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix, endpoint=endpoint, request_id=request_id)
        self.problems = tuple(problems)


class LimitError(RemoteError):
    """A spending limit would be passed; nothing was sent.

    Parameters
    ----------
    message, fix, endpoint, request_id
        As in `RemoteError`.
    limit
        The limit, in US dollars.
    price
        What the job would cost, or None where that is unknown.
    """

    def __init__(
        self,
        message: str,
        *,
        limit: float,
        price: float | None,
        fix: str | None = None,
        endpoint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix, endpoint=endpoint, request_id=request_id)
        self.limit = limit
        self.price = price


class _JobError(RemoteError):
    """An error about one job of the journal."""

    def __init__(
        self,
        message: str,
        *,
        job_id: str | None = None,
        fix: str | None = None,
        endpoint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix, endpoint=endpoint, request_id=request_id)
        self.job_id = job_id


class UnknownJobError(_JobError, LookupError):
    """The journal does not hold this job, or nothing of it can be resumed."""


class TransferError(RemoteError):
    """Bytes did not get through.

    Parameters
    ----------
    message, fix, endpoint, request_id
        As in `RemoteError`.
    host
        The machine at the other end.
    gone
        True where the file no longer exists there, so that fetching it again is of no use.
    by_settings
        True where settings of this machine are in the way, such as its certificates or proxy, so that waiting is of no use.
    """

    def __init__(
        self,
        message: str,
        *,
        host: str | None = None,
        gone: bool = False,
        by_settings: bool = False,
        fix: str | None = None,
        endpoint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix, endpoint=endpoint, request_id=request_id)
        self.host = host
        self.gone = gone
        self.by_settings = by_settings


class UploadError(TransferError):
    """A file could not be uploaded."""


class DownloadError(TransferError):
    """A result could not be fetched, or is not what it should be.

    Attributes
    ----------
    byte_count
        How many bytes have to be allowed for it, where it is larger than allowed; else None.
    """

    byte_count: int | None = None


class EndpointError(RemoteError):
    """The endpoint answered, and the answer is no.

    Parameters
    ----------
    message, fix, endpoint, request_id
        As in `RemoteError`.
    status_code
        The HTTP status, or None where the failure was reported without one.
    body
        The decoded answer.
    error_type
        fal's own word for it, such as ``"content_policy_violation"``.
    fields
        What was wrong with which argument; filled for a 422.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        body: Any = None,
        error_type: str | None = None,
        fields: Iterable[Problem] = (),
        fix: str | None = None,
        endpoint: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix, endpoint=endpoint, request_id=request_id)
        self.status_code = status_code
        self.body = body
        self.error_type = error_type
        self.fields = tuple(fields)


class RejectedError(EndpointError):
    """The endpoint refuses the arguments or a picture (422)."""


class AccessError(EndpointError):
    """The key is not accepted, or may not use this endpoint (401, 403)."""


class BudgetError(EndpointError):
    """The account is locked or out of balance, or asks too often (402, 403, 429)."""


class UnknownEndpointError(EndpointError):
    """No such endpoint, or no such request (404)."""


class BlockedError(EndpointError):
    """The safety filter blackened the picture. The job is billed all the same."""


class NoPictureError(EndpointError):
    """The job is done and its answer lacks the picture that the endpoint promises. The answer is in `body`, and kept."""


class ServerError(EndpointError):
    """fal failed (5xx), or answered something that makes no sense."""


class WaitTimeout(_JobError, TimeoutError):  # noqa: N818 - it is a time-out, not a mistake
    """Nobody waits any longer; the job itself goes on and can be resumed by its id."""


class JobCancelled(_JobError):  # noqa: N818
    """The job was cancelled before it was done."""


class UnknownOutcome(_JobError):  # noqa: N818 - neither success nor failure
    """The submit went out and its answer was lost: the job may run and be billed. It is never sent again by itself.

    `Job.adopt` and `Job.declare_not_taken` settle it. Where fal did answer and the journal could not be written,
    `request_id` is known.
    """


class SuccessorWarning(UserWarning):
    """A job runs on another endpoint than the one that was asked for, which fal does not publish under that id."""
