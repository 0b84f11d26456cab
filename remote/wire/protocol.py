"""What a backend is, and the small records it speaks in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

__all__ = ["Backend", "Downloaded", "Status", "StoredFile", "Submitted"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that endpoints can read.

    Attributes
    ----------
    url
        Where it lies.
    expires_at
        Seconds since 1970 when it goes away; None where that is not known.
    """

    url: str
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What fal calls a job it has taken."""

    request_id: str
    status_url: str
    response_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Status:
    """How far a job is.

    Attributes
    ----------
    state
        ``"queued"``, ``"running"``, ``"completed"`` (well or badly) or ``"cancelled"``.
    position
        Jobs before it in the queue, while it is queued.
    logs
        What the endpoint printed so far, where logs were asked for.
    error, error_type
        Why it went badly, where it did and fal says so.
    """

    state: Literal["queued", "running", "completed", "cancelled"]
    position: int | None = None
    logs: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    error: str | None = None
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A fetched file.

    Attributes
    ----------
    data
        The bytes.
    content_type
        As the server declared it, without parameters; empty where it did not.
    """

    data: bytes = field(repr=False)
    content_type: str


@runtime_checkable
class Backend(Protocol):
    """Something that stores files and runs jobs."""

    name: str

    def upload(self, data: bytes | Path, *, content_type: str, file_name: str) -> StoredFile:
        """Store bytes, or a file of this machine, where endpoints can read it."""

    def exists(self, url: str) -> bool:
        """Tell whether a stored file is still there."""

    def submit(self, endpoint: str, payload: dict[str, Any]) -> Submitted:
        """Hand in a job, once."""

    def locate(self, endpoint: str, request_id: str) -> Submitted:
        """Return how a job is asked after, by its request id alone."""

    def status(self, endpoint: str, submitted: Submitted, *, logs: bool = False) -> Status:
        """Tell how far a job is."""

    def result(self, endpoint: str, submitted: Submitted) -> dict[str, Any]:
        """Return a completed job's answer."""

    def cancel(self, endpoint: str, submitted: Submitted) -> bool:
        """Ask for a job's end; False where it is over already."""

    def download(self, url: str, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Fetch a file."""
