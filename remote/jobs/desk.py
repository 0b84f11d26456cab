"""What a job works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from preproc.files import MAX_PIXELS

from ..wire import Backend
from .budget import Budget
from .fetch import MAX_BYTES
from .journal import Journal
from .pace import Pace
from .shelf import Shelf
from .storage import Storage

__all__ = ["Desk"]


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
    max_file_bytes, max_pixels
        The largest file of a result that is fetched, and the largest picture that is opened.
    """

    backend: Backend
    storage: Storage
    journal: Journal
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    shelf: Shelf | None = None
    max_file_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS
