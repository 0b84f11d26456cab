"""Submit once, remember, wait, find again, and what came back."""

from __future__ import annotations

from .budget import Budget
from .desk import Desk
from .entry import Entry
from .files import RemoteFile
from .job import Job
from .journal import Journal
from .pace import Pace
from .result import Result
from .shelf import Shelf
from .storage import Storage
from .submitting import submit

__all__ = [
    "Budget",
    "Desk",
    "Entry",
    "Job",
    "Journal",
    "Pace",
    "RemoteFile",
    "Result",
    "Shelf",
    "Storage",
    "submit",
]
