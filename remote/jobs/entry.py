"""One job as the journal has it, and whose it is."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..errors import UnknownJobError
from ..wire import Submitted

__all__ = ["COLUMNS", "Entry", "State", "lives", "me", "read_entry"]

State: TypeAlias = Literal["submitting", "submitted", "done", "failed", "cancelled", "unknown"]
"""``"submitting"``: the request may be on its way. ``"unknown"``: it went out and its answer was lost."""
COLUMNS = "id, backend, endpoint, fingerprint, state, created, updated, owner, price, plan, submitted, result, error"
"""What `read_entry` reads, in this order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One job, as the journal has it.

    Attributes
    ----------
    id
        Ours; `Fal.resume` takes it.
    backend, endpoint, fingerprint
        Where it went, and the hash of everything that was asked.
    state
        See `State`.
    created, updated
        Seconds since 1970.
    owner
        Machine and number of the process that submitted it.
    price
        What it was expected to cost, in US dollars; None where unknown.
    plan
        `Plan.to_json`, without credentials and queries of URLs.
    submitted
        fal's names for it, once it has answered.
    result, error
        How it ended.
    """

    id: str
    backend: str
    endpoint: str
    fingerprint: str
    state: State
    created: float
    updated: float
    owner: str
    price: float | None
    plan: dict[str, Any] = field(repr=False)
    submitted: Submitted | None = None
    result: dict[str, Any] | None = field(default=None, repr=False)
    error: dict[str, Any] | None = None


def me() -> str:
    """Return machine and number of this process."""
    return f"{platform.node()}:{os.getpid()}"


def lives(owner: str) -> bool:
    """Tell whether a process may still run; one of another machine may."""
    node, _, pid = owner.rpartition(":")
    if os.name != "posix" or node != platform.node():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def read_entry(row: tuple[Any, ...]) -> Entry:
    """Make an entry of a row of `COLUMNS`.

    Raises
    ------
    UnknownJobError
        If it is damaged.
    """
    job_id, backend, endpoint, fingerprint, state, created, updated, owner, price, *texts = row
    try:
        plan, submitted, result, error = (json.loads(text) if text else None for text in texts)
        names = Submitted(**submitted) if submitted else None
    except (ValueError, TypeError):
        raise UnknownJobError(
            f"what the journal holds of job {job_id} is damaged",
            fix="restore the journal from a copy; a job can still be found on fal's dashboard",
            endpoint=endpoint,
            job_id=job_id,
        ) from None
    return Entry(
        id=job_id,
        backend=backend,
        endpoint=endpoint,
        fingerprint=fingerprint,
        state=state,
        created=created,
        updated=updated,
        owner=owner,
        price=price,
        plan=plan or {},
        submitted=names,
        result=result,
        error=error,
    )
