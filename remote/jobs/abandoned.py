"""Work in a thread whose caller has gone, such as a task of asyncio that was cancelled."""

from __future__ import annotations

import threading
from contextvars import ContextVar

from ..errors import RemoteError

__all__ = ["GONE", "stop_if_abandoned"]

GONE: ContextVar[threading.Event | None] = ContextVar("GONE", default=None)
"""Is set when nobody waits any more for what runs in this context; None where somebody always does."""


def stop_if_abandoned() -> None:
    """Go no further where nobody waits: nothing more is submitted, and nothing more is asked.

    Raises
    ------
    RemoteError
        To whom it may concern, which is nobody.
    """
    gone = GONE.get()
    if gone is not None and gone.is_set():
        raise RemoteError("nobody waits for this any more", fix="jobs that run are in the journal: fal.jobs()")
