"""One job: wait with patience, call it back, settle what nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..errors import EndpointError, JobCancelled, RemoteError, TransferError, UnknownJobError, WaitTimeout
from ..wire import Backend, Status, Submitted
from ..wire.translate import endpoint_error
from .abandoned import stop_if_abandoned
from .budget import Budget
from .endings import is_final, is_passing, resumable, retold, told, unknown
from .entry import Entry
from .fetch import Fetcher
from .files import find_files
from .journal import Journal
from .pace import Pace
from .result import Result
from .shelf import Shelf
from .storage import Storage

__all__ = ["Desk", "Job"]

_CANCELLED = "client_cancelled"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Desk:
    """Everything a job needs while it lives.

    Parameters
    ----------
    backend, storage, journal
        The wire, the files and the book.
    budget
        What may be spent.
    pace
        How often to ask.
    shelf
        Where results are kept; None keeps them in memory.
    """

    backend: Backend
    storage: Storage
    journal: Journal
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    shelf: Shelf | None = None


class Job:
    """One submitted job.

    Attributes
    ----------
    id
        The journal's id: `Fal.resume` finds the job by it, from any process.
    endpoint
        Where it runs.
    reused
        True where `submit` found it in the journal instead of paying again.
    """

    def __init__(self, job_id: str, endpoint: str, desk: Desk, *, reused: bool = False) -> None:
        self.id = job_id
        self.endpoint = endpoint
        self.reused = reused
        self._desk = desk
        self._trouble: RemoteError | None = None

    def __repr__(self) -> str:
        return f"Job({self.id!r}, endpoint={self.endpoint!r}, reused={self.reused})"

    @property
    def entry(self) -> Entry:
        """The job as the journal has it now."""
        return self._desk.journal.get(self.id)

    @property
    def request_id(self) -> str | None:
        """Its id at fal; None while that is not known."""
        submitted = self.entry.submitted
        return submitted.request_id if submitted else None

    def status(self, *, logs: bool = False) -> Status:
        """Ask fal once how far it is.

        Raises
        ------
        UnknownOutcome
            If it is not known whether fal has it.
        UnknownJobError
            If it is being submitted at this moment.
        """
        return self._desk.backend.status(self.endpoint, self._submitted(self.entry), logs=logs)

    def cancel(self) -> bool:
        """Call it back. Returns False where it is over already; a job that has begun may be billed all the same.

        fal takes this as a wish: `wait` tells whether the job was cancelled or came first, and then returns its answer.
        """
        entry = self.entry
        if entry.state in {"done", "failed", "cancelled"}:
            return False
        try:
            return self._desk.backend.cancel(self.endpoint, self._submitted(entry))
        except (EndpointError, TransferError) as error:
            resumable(error, self.id)
            raise

    def adopt(self, request_id: str) -> None:
        """Say which request this job is at fal, where the submit's answer was lost and fal's dashboard shows it.

        Raises
        ------
        UnknownJobError
            If the job's outcome is known, or it is being submitted at this moment.
        EndpointError, TransferError
            If fal does not confirm that there is such a request; the job stays as it was.
        """
        self._check_unsettled()
        submitted = self._desk.backend.locate(self.endpoint, request_id)
        self._desk.backend.status(self.endpoint, submitted)
        self._desk.journal.submitted(self.id, submitted)

    def declare_not_taken(self) -> None:
        """Say that fal never took this job, where the submit's answer was lost and fal's dashboard does not show it.

        An identical plan is then submitted as if this job had never been.

        Raises
        ------
        UnknownJobError
            If the job's outcome is known, or it is being submitted at this moment.
        """
        self._check_unsettled()
        self._desk.journal.ended(
            self.id, "failed", told(RemoteError(f"job {self.id} was declared as not taken by fal"))
        )

    def _check_unsettled(self) -> None:
        entry = self.entry
        if entry.state not in {"unknown", "submitting"} or self._desk.journal.is_leaving(entry):
            raise UnknownJobError(
                f"job {self.id} is {entry.state}: only one whose outcome nobody knows is settled by hand",
                fix="ask it: wait()",
                endpoint=self.endpoint,
                job_id=self.id,
            )

    def wait(self, timeout: float | None = 600.0, *, on_update: Callable[[Status], None] | None = None) -> Result:
        """Wait for the answer.

        Failures that may pass (no connection, 408, 429, 5xx and the like) are waited out. Interrupting it is safe: the job
        goes on, and `Fal.resume` with its id finds it.

        Parameters
        ----------
        timeout
            Seconds; None waits for ever.
        on_update
            Is called with each `Status`; logs are asked for only where there is somebody to read them.

        Raises
        ------
        WaitTimeout
            If it took longer. The job goes on.
        EndpointError
            If it went badly.
        NoPictureError
            If it is done, and its answer lacks the picture that the endpoint promises. The answer is kept.
        JobCancelled, UnknownOutcome
        """
        pace = self._desk.pace
        deadline = None if timeout is None else pace.now() + timeout
        pause = pace.first_s
        while (result := self.poll(on_update=on_update)) is None:
            left = pause if deadline is None else deadline - pace.now()
            if left <= 0:
                trouble = f"; asking was last answered with: {self._trouble.message}" if self._trouble else ""
                raise WaitTimeout(
                    f"{self.endpoint} was not done after {timeout:g} s; it goes on{trouble}",
                    fix=f"wait again, later or elsewhere: fal.resume({self.id!r}).wait()",
                    endpoint=self.endpoint,
                    request_id=self.request_id,
                    job_id=self.id,
                ) from self._trouble
            stop_if_abandoned()
            pace.sleep(min(pause, left))
            pause = pace.after(pause)
        return result

    def poll(self, *, on_update: Callable[[Status], None] | None = None) -> Result | None:
        """Return the answer if there is one by now; ask fal at most once. What may pass counts as no answer yet."""
        entry = self.entry
        if entry.state == "done":
            return self._result(entry)
        if entry.state == "failed":
            raise retold(entry)
        if entry.state == "cancelled":
            self._cancelled()
        if self._desk.journal.is_leaving(entry):
            return None
        submitted = self._submitted(entry)
        self._trouble = None
        try:
            return self._ask(submitted, on_update)
        except RemoteError as error:
            running = self.entry.state == "submitted"
            if not running or not is_passing(error):
                if running:
                    resumable(error, self.id)
                raise
            self._trouble = error
            return None

    def _ask(self, submitted: Submitted, on_update: Callable[[Status], None] | None) -> Result | None:
        status = self._desk.backend.status(self.endpoint, submitted, logs=on_update is not None)
        if on_update:
            on_update(status)
        if status.state == "cancelled" or status.error_type == _CANCELLED:
            self._cancelled()
        if status.state == "completed":
            return self._collect(submitted, status)
        return None

    def _collect(self, submitted: Submitted, status: Status) -> Result:
        """Fetch a completed job's answer and write it down."""
        answer: dict[str, Any] = {}
        try:
            answer = self._desk.backend.result(self.endpoint, submitted)
        except EndpointError as error:
            if error.error_type == _CANCELLED:
                self._cancelled()
            if is_final(error):
                self._failed(error)
            elif not status.error:
                raise
        if status.error and not _holds_files(answer):
            said = {"detail": status.error, "error_type": status.error_type}
            self._failed(endpoint_error(None, said, endpoint=self.endpoint, request_id=submitted.request_id))
        self._desk.journal.done(self.id, answer)
        return self._result(self.entry, answer)

    def _cancelled(self) -> NoReturn:
        if self.entry.state != "cancelled":
            self._desk.journal.ended(self.id, "cancelled", None)
        raise JobCancelled(
            f"job {self.id} was cancelled",
            fix="submit the plan again for a new one",
            endpoint=self.endpoint,
            request_id=self.request_id,
            job_id=self.id,
        )

    def _failed(self, error: EndpointError) -> NoReturn:
        self._desk.journal.ended(self.id, "failed", told(error))
        if error.error_type in {"file_download_error", "image_load_error"}:
            self._desk.storage.forget(upload["sha256"] for upload in self.entry.plan.get("uploads", ()))
        raise error

    def _result(self, entry: Entry, answer: dict[str, Any] | None = None) -> Result:
        result = self._read(entry, answer or entry.result or {})
        if answer is None and result.is_unfetched and entry.submitted is not None:
            # the journal keeps URLs without their queries, and without a signature some are refused
            with suppress(RemoteError):
                result = self._read(entry, self._desk.backend.result(self.endpoint, entry.submitted))
        result.check_pictures()
        return result

    def _read(self, entry: Entry, answer: dict[str, Any]) -> Result:
        return Result.read(
            answer,
            endpoint=entry.endpoint,
            request_id=entry.submitted.request_id if entry.submitted else "",
            job_id=entry.id,
            plan=entry.plan,
            fetcher=Fetcher(self._desk.backend, self._desk.shelf),
        )

    def _submitted(self, entry: Entry) -> Submitted:
        if entry.submitted is not None:
            return entry.submitted
        if self._desk.journal.is_leaving(entry):
            raise UnknownJobError(
                f"job {self.id} is on its way to fal right now", fix="ask again in a moment", job_id=self.id
            )
        if entry.state == "submitting":
            self._desk.journal.ended(self.id, "unknown", None)
        raise unknown(entry)


def _holds_files(answer: dict[str, Any]) -> bool:
    return any(find_files(value, [], None) for value in answer.values())
