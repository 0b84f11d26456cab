"""Read a done job's answer and bring its files home."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from ..errors import RemoteError
from ..wire.patience import Patience, is_over, patient, within
from .desk import Desk
from .entry import Entry
from .fetch import Fetcher
from .files import find_files
from .result import Result

__all__ = ["Reader", "holds_files"]


class Reader:
    """Reads the answer of one job, with pauses where its files take longer than there is time.

    Attributes
    ----------
    is_late
        True where the files did not come within the time that was left.
    """

    def __init__(self, job_id: str, desk: Desk) -> None:
        self.is_late = False
        self._job_id = job_id
        self._desk = desk
        self._answered: dict[str, Any] | None = None
        self._fetcher: Fetcher | None = None

    def read(self, entry: Entry, fresh: dict[str, Any] | None, *, files_s: float) -> Result | None:
        """Return a done job's answer with its files; None where they did not come in time.

        Parameters
        ----------
        entry
            The job.
        fresh
            The answer, where it has just come from fal; None for the one that the journal has.
        files_s
            How long fetching may take; 0 does not begin.

        Raises
        ------
        NoPictureError
            If the answer lacks the picture that the endpoint promises.
        """
        if fresh is not None:
            self._answered = fresh  # and keep it for when fetching has to pause: its URLs are whole
        self.is_late = files_s <= 0
        if self.is_late:
            return None
        with patient(Patience(files_s)) if files_s < within(float("inf")) else nullcontext():
            result = self._result(entry, self._answered or entry.result or {})
            if fresh is None and (result.is_unfetched or result.lacks_pictures) and entry.submitted is not None:
                # the journal keeps URLs without their queries, and without a signature some are refused
                with suppress(RemoteError):
                    answer = self._desk.backend.result(entry.endpoint, entry.submitted)
                    if result.lacks_pictures and holds_files(answer):
                        self._desk.journal.done(self._job_id, answer)
                    result = self._result(entry, answer)
            self.is_late = result.is_unfetched and is_over()
        if self.is_late:
            return None
        result.check_pictures()
        self._answered = self._fetcher = None
        return result

    def _result(self, entry: Entry, answer: dict[str, Any]) -> Result:
        self._fetcher = self._fetcher or Fetcher(
            self._desk.backend,
            self._desk.shelf,
            job_id=self._job_id,
            max_bytes=self._desk.max_file_bytes,
            max_pixels=self._desk.max_pixels,
        )
        return Result.read(
            answer,
            endpoint=entry.endpoint,
            request_id=entry.submitted.request_id if entry.submitted else "",
            job_id=entry.id,
            plan=entry.plan,
            fetcher=self._fetcher,
        )


def holds_files(answer: dict[str, Any]) -> bool:
    """Tell whether an answer names any file."""
    return any(find_files(value, [], None) for value in answer.values())
