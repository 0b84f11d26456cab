"""Open what jobs need: a backend, a journal, and a shelf for results."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Literal

from preproc.errors import InputError

from .errors import RemoteError
from .jobs import Desk, Pace
from .jobs.budget import Budget
from .jobs.journal import Journal
from .jobs.shelf import Shelf
from .jobs.storage import Storage
from .wire import Backend

__all__ = ["KEEP_BYTES", "open_desk"]

KEEP_BYTES = 2 * 1024**3
"""How many bytes of results are kept beside the journal unless stated otherwise."""


def open_desk(
    backend: Literal["fal", "rehearsal"] | Backend,
    *,
    journal: str | os.PathLike[str] | None,
    budget: Budget,
    inline_bytes: int,
    keep_bytes: int,
    max_file_bytes: int,
    max_pixels: int,
    pace: Pace,
) -> tuple[Desk, weakref.finalize[[Journal, Callable[[], object] | None], Desk]]:
    """Return everything a job needs, and what closes it.

    Raises
    ------
    preproc.InputError
        If `keep_bytes`, `max_file_bytes` or `max_pixels` is no whole number of at least 0.
    RemoteError
        If there is no such backend, or the journal cannot be used.
    """
    for name, bound in (("keep_bytes", keep_bytes), ("max_file_bytes", max_file_bytes), ("max_pixels", max_pixels)):
        if isinstance(bound, bool) or not isinstance(bound, int) or bound < 0:
            raise InputError(
                f"{name}={bound!r} is no number of {name.rpartition('_')[2]}", fix="a whole number of at least 0"
            )
    wire = _backend(backend)
    book = Journal(":memory:" if journal is None and wire.name == "rehearsal" else journal)
    shelf = Shelf(book, max_bytes=keep_bytes) if keep_bytes and str(book.path) != ":memory:" else None
    desk = Desk(
        wire, Storage(wire, book, inline_bytes=inline_bytes), book, budget, pace, shelf, max_file_bytes, max_pixels
    )
    # Tied to the desk, which jobs share: they go on when its `Fal` is gone. A backend from elsewhere stays open.
    close = getattr(wire, "close", None) if isinstance(backend, str) else None
    return desk, weakref.finalize(desk, _close, book, close)


def _backend(choice: str | Backend) -> Backend:
    if choice == "rehearsal":
        from .rehearsal import Rehearsal

        return Rehearsal()
    if choice == "fal":
        from .wire.backend import FalBackend

        return FalBackend()
    if isinstance(choice, Backend):
        return choice
    raise RemoteError(f"{choice!r} is no backend", fix='"fal", "rehearsal", or an object like remote.wire.Backend')


def _close(journal: Journal, close: Callable[[], object] | None) -> None:
    journal.close()
    if close is not None:
        close()
