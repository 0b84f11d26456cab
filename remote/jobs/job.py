"""One job: wait with patience, call it back, settle what nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..errors import EndpointError, JobCancelled, RemoteError, TransferError, UnknownJobError
from ..wire import Status, Submitted
from ..wire.patience import Patience, patient
from ..wire.translate import endpoint_error
from .abandoned import stop_if_abandoned
from .desk import Desk
from .endings import is_final, is_odd, is_passing, late, resumable, retold, told, unknown
from .entry import Entry
from .reader import Reader, holds_files
from .result import Result
from .settle import adopt, declare_not_taken

__all__ = ["Job"]

_CANCELLED = "client_cancelled"
_ODD_ANSWERS = 10


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
    trouble
        What asking after it was last answered with, where that may pass.
    """

    def __init__(self, job_id: str, endpoint: str, desk: Desk, *, reused: bool = False) -> None:
        self.id = job_id
        self.endpoint = endpoint
        self.reused = reused
        self._desk = desk
        self.trouble: RemoteError | None = None
        self._odd_answers = 0
        self._reader = Reader(job_id, desk)

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

    @property
    def is_late(self) -> bool:
        """Whether it is done, and its files did not come within the time that was left."""
        return self._reader.is_late

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
            If the job's outcome is known, it is being submitted at this moment, or another job has that request.
        EndpointError, TransferError
            If fal does not confirm that there is such a request; the job stays as it was.
        """
        adopt(self.entry, request_id, self._desk)

    def declare_not_taken(self) -> None:
        """Say that fal never took this job, where the submit's answer was lost and fal's dashboard does not show it.

        An identical plan is then submitted as if this job had never been.

        Raises
        ------
        UnknownJobError
            If the job's outcome is known, or it is being submitted at this moment.
        """
        declare_not_taken(self.entry, self._desk)

    def wait(self, timeout: float | None = 600.0, *, on_update: Callable[[Status], None] | None = None) -> Result:
        """Wait for the answer.

        Failures that may pass (no connection, 408, 429, 5xx and the like) are waited out, and so are a few answers in a row
        that make no sense or say that there is no such request. Interrupting it is safe: the job goes on, and `Fal.resume`
        with its id finds it.

        Parameters
        ----------
        timeout
            Seconds, for the answer and for fetching its files; a request under way is given up then, at the latest a second
            later. None waits for ever.
        on_update
            Is called with each `Status`; logs are asked for only where there is somebody to read them.

        Raises
        ------
        WaitTimeout
            If it took longer. The job goes on; or it is done, and its files can still be fetched.
        EndpointError
            If it went badly.
        NoPictureError
            If it is done, and its answer lacks the picture that the endpoint promises. The answer is kept; the next `wait`
            asks fal for it again.
        JobCancelled, UnknownOutcome
        """
        pace = self._desk.pace
        deadline = None if timeout is None else pace.now() + timeout
        pause = pace.first_s
        while True:
            patience = None if deadline is None else Patience(deadline - pace.now())
            if (result := self.poll(on_update=on_update, patience=patience)) is not None:
                return result
            left = pause if deadline is None else deadline - pace.now()
            if left <= 0:
                raise late(self, max(timeout or 0.0, 0.0)) from self.trouble
            stop_if_abandoned()
            pace.sleep(min(pause, left))
            pause = pace.after(pause)

    def poll(
        self,
        *,
        on_update: Callable[[Status], None] | None = None,
        patience: Patience | None = None,
        files_s: float = float("inf"),
    ) -> Result | None:
        """Return the answer if there is one by now; ask fal at most once. What may pass counts as no answer yet.

        Parameters
        ----------
        on_update
            Is called with the `Status`.
        patience
            When to give up what is asked and fetched.
        files_s
            How long fetching a done job's files may take, where that is sooner; 0 does not begin. Where they did not come
            in time there is no answer yet, and `is_late` is true.
        """
        with patient(patience):
            entry = self.entry
            fresh = None
            if entry.state != "done":
                fresh = self._answer(entry, on_update)
                if fresh is None:
                    return None
                entry = self.entry
            return self._reader.read(entry, fresh, files_s=files_s)

    def _answer(self, entry: Entry, on_update: Callable[[Status], None] | None) -> dict[str, Any] | None:
        """Return the answer of a job that is not known to be done; None where there is none yet."""
        if entry.state == "failed":
            raise retold(entry)
        if entry.state == "cancelled":
            self._cancelled()
        if self._desk.journal.is_leaving(entry):
            return None
        submitted = self._submitted(entry)
        self.trouble = None
        try:
            answer = self._ask(submitted, on_update)
        except RemoteError as error:
            if self.entry.state != "submitted":
                raise
            if is_odd(error) and self._odd_answers < _ODD_ANSWERS:
                self._odd_answers += 1
            elif not is_passing(error):
                resumable(error, self.id)
                raise
            self.trouble = error
            return None
        self._odd_answers = 0
        return answer

    def _ask(self, submitted: Submitted, on_update: Callable[[Status], None] | None) -> dict[str, Any] | None:
        status = self._desk.backend.status(self.endpoint, submitted, logs=on_update is not None)
        if on_update:
            on_update(status)
        if status.state == "cancelled" or status.error_type == _CANCELLED:
            self._cancelled()
        if status.state == "completed":
            return self._collect(submitted, status)
        return None

    def _collect(self, submitted: Submitted, status: Status) -> dict[str, Any]:
        """Fetch a completed job's answer and write it down."""
        answer: dict[str, Any] = {}
        try:
            answer = self._desk.backend.result(self.endpoint, submitted)
        except EndpointError as error:
            if error.error_type == _CANCELLED:
                self._cancelled()
            if is_final(error):
                self._failed(error)
            if not status.error:
                raise
            if self._odd_answers < _ODD_ANSWERS and (is_passing(error) or is_odd(error)):
                self._odd_answers += 1  # the answer itself says more of why a job failed than its status
                raise
        if status.error and not holds_files(answer):
            said = {"detail": status.error, "error_type": status.error_type}
            self._failed(endpoint_error(None, said, endpoint=self.endpoint, request_id=submitted.request_id))
        self._desk.journal.done(self.id, answer)
        return answer

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
        if (error.status_code or 0) >= 500:  # which fal does not bill
            self._desk.budget.give_back(self.id)
        if error.error_type in {"file_download_error", "image_load_error"}:
            self._desk.storage.forget(upload["sha256"] for upload in self.entry.plan.get("uploads", ()))
        raise error

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
