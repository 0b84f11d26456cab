"""Submit once, remember, wait, find again, and what came back."""

from __future__ import annotations

from .budget import Budget
from .job import Desk, Job, Pace
from .journal import Entry, Journal
from .result import Fetcher, RemoteFile, Result
from .storage import Storage
from .submit import submit

__all__ = [
    "Budget",
    "Desk",
    "Entry",
    "Fetcher",
    "Job",
    "Journal",
    "Pace",
    "RemoteFile",
    "Result",
    "Storage",
    "submit",
]
