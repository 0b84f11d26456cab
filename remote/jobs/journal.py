"""What was submitted, written down before anyone waits for it, and what was uploaded where. One SQLite file.

A job is in the file before its request leaves this machine, so a process that is killed loses nothing: its job is
found again by id. The file holds arguments, hashes and answers; no key, no header and no picture.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import platformdirs

from ..errors import UnknownJobError
from ..plan import Plan
from ..plan.identity import is_run_alike
from ..wire import StoredFile, Submitted
from ..wire.translate import clean
from .book import Book
from .entry import COLUMNS, Entry, State, lives, me, read_entry

__all__ = ["Entry", "Journal", "State", "default_path"]

_POST_TAKES_S = 300.0
_UNBILLED = """state = 'failed' AND (submitted IS NULL
    OR coalesce(CASE WHEN json_valid(error) THEN json_extract(error, '$.status_code') END, 0) >= 500)"""


def default_path() -> Path:
    """Where the journal lies when nobody says otherwise."""
    return platformdirs.user_data_path("fal-preproc") / "journal.sqlite3"


class Journal(Book):
    """What is written down, in one file.

    Parameters
    ----------
    path
        The SQLite file; made where it does not exist. None stands for `default_path`, ``":memory:"`` for none at all.
    now
        The clock, in seconds since 1970.

    Raises
    ------
    RemoteError
        If the file cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, now: Callable[[], float] = time.time) -> None:
        super().__init__(default_path() if path is None else path)
        self._now = now

    def start(
        self,
        plan: Plan,
        *,
        backend: str,
        price: float | None,
        again: bool = False,
        known_by: tuple[str, ...] | None = None,
        allow: Callable[[float], None] = lambda _: None,
    ) -> tuple[Entry, bool]:
        """Write a job down as ``"submitting"``, unless an identical one is there already.

        Parameters
        ----------
        plan
            What is about to be sent.
        backend
            Name of the backend it goes to; jobs of other backends are not identical.
        price
            What the job counts against limits; None for unknown.
        again
            Write a new job down even where an identical one runs, is done, or has an unknown outcome.
        known_by
            The plan's `fingerprints`, which take many hashes, where the caller has them.
        allow
            Is called with the sum of today's prices, and raises if the job may not be added.

        Returns
        -------
        Entry, bool
            The job, and whether it is new.
        """
        now = self._now()
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
        job_id = f"{stamp}-{secrets.token_hex(4)}"
        if known_by is None and not again:
            known_by = plan.fingerprints  # made before others have to wait
        with self._writing() as db:
            if not again and (found := self._find(backend, plan, known_by or ())):
                return found, False
            allow(self._spent(backend, now))
            described = json.dumps(clean(plan.to_json()), ensure_ascii=False)
            row = (job_id, backend, plan.endpoint, plan.fingerprint, "submitting", now, now, me(), price, described)
            db.execute(f"INSERT INTO jobs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", row)  # noqa: S608
        return self.get(job_id), True

    def find(self, plan: Plan, *, backend: str, known_by: tuple[str, ...] | None = None) -> Entry | None:
        """Return the newest identical job that runs, is done, or has an unknown outcome; `known_by` as in `start`."""
        known_by = plan.fingerprints if known_by is None else known_by
        with self._reading():
            return self._find(backend, plan, known_by)

    def get(self, job_id: str) -> Entry:
        """Return one job.

        Raises
        ------
        UnknownJobError
        """
        with self._reading() as db:
            row = db.execute(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()  # noqa: S608
        if row is None:
            raise UnknownJobError(
                f"no job {job_id!r} in {self.path}", fix="fal.jobs() lists what is there", job_id=job_id
            )
        return read_entry(row)

    def entries(self, *, backend: str | None = None, limit: int = 100) -> list[Entry]:
        """Return jobs, the newest first."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {COLUMNS} FROM jobs WHERE backend = coalesce(?, backend) ORDER BY created DESC, rowid DESC LIMIT ?",  # noqa: S608
                (backend, limit),
            ).fetchall()
        return [read_entry(row) for row in rows]

    def spent_today(self, *, backend: str) -> float:
        """Return the sum of today's prices (UTC), of all jobs but those that fal does not bill; see `Budget`."""
        with self._reading():
            return self._spent(backend, self._now())

    def is_leaving(self, entry: Entry) -> bool:
        """Tell whether a job's request may be on its way right now: its process lives, and it is not long ago."""
        young = self._now() < entry.updated + _POST_TAKES_S
        return entry.state == "submitting" and young and lives(entry.owner)

    def submitted(self, job_id: str, submitted: Submitted) -> None:
        """Write down what fal calls the job."""
        self._set(job_id, "submitted", submitted=json.dumps(asdict(submitted)))

    def adopted(self, job_id: str, submitted: Submitted) -> None:
        """Write down what fal calls the job, unless it is what another one is called.

        Raises
        ------
        UnknownJobError
            If a job of the same backend has that request already.
        """
        named = json.dumps({"request_id": submitted.request_id})[:-1]  # as the column begins
        with self._writing() as db:
            other = db.execute(
                "SELECT id, state FROM jobs WHERE instr(submitted, ?) = 1 AND id != ? "
                "AND backend = (SELECT backend FROM jobs WHERE id = ?)",
                (named, job_id, job_id),
            ).fetchone()
            if other:
                raise UnknownJobError(
                    f"request {submitted.request_id} is not that of job {job_id}: job {other[0]} has it ({other[1]})",
                    fix="compare the times with fal's dashboard, and name the request that no job here has",
                    request_id=submitted.request_id,
                    job_id=job_id,
                )
            db.execute(
                "UPDATE jobs SET state = 'submitted', updated = ?, submitted = ? WHERE id = ?",
                (self._now(), json.dumps(asdict(submitted)), job_id),
            )

    def done(self, job_id: str, result: dict[str, Any]) -> None:
        """Write down a job's answer, without queries of URLs."""
        self._set(job_id, "done", result=json.dumps(clean(result, files=True), ensure_ascii=False))

    def ended(
        self, job_id: str, state: Literal["failed", "cancelled", "unknown"], error: dict[str, Any] | None
    ) -> None:
        """Write down that a job ended without an answer, and why."""
        self._set(job_id, state, error=json.dumps(error, ensure_ascii=False, default=str) if error else None)

    def drop(self, job_id: str) -> None:
        """Strike out a job that fal has not taken and that is submitted again later, as if it had not been written down."""
        with self._writing() as db:
            db.execute("DELETE FROM jobs WHERE id = ? AND state = 'submitting'", (job_id,))

    def remember(self, stored: StoredFile, *, backend: str, sha256: str, content_type: str) -> None:
        """Write down where a file was uploaded to."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?)",
                (backend, sha256, content_type, stored.url, stored.expires_at),
            )

    def recall(self, *, backend: str, sha256: str, content_type: str) -> StoredFile | None:
        """Return where a file was uploaded to, if it was."""
        with self._reading() as db:
            row = db.execute(
                "SELECT url, expires_at FROM uploads WHERE backend = ? AND sha256 = ? AND content_type = ?",
                (backend, sha256, content_type),
            ).fetchone()
        return StoredFile(*row) if row else None

    def forget(self, *, backend: str, sha256: str) -> None:
        """Strike out an upload that is no longer there."""
        with self._writing() as db:
            db.execute("DELETE FROM uploads WHERE backend = ? AND sha256 = ?", (backend, sha256))

    def shelve(self, *, backend: str, url: str, sha256: str, byte_count: int, room: int) -> list[str]:
        """Write down that a result's file is kept here; return the hashes of those to be dropped.

        These are the oldest, where there is no room, and what came from the same URL before.
        """
        with self._writing() as db:
            before = db.execute("SELECT sha256 FROM results WHERE backend = ? AND url = ?", (backend, url)).fetchone()
            db.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", (backend, url, sha256, byte_count, self._now())
            )
            rows = db.execute("SELECT sha256, max(bytes), max(kept) FROM results GROUP BY sha256").fetchall()
            over = sum(size for _, size, _ in rows) - room
            kept = {old for old, _, _ in rows}
            dropped: list[str] = [old for old in before or () if old not in kept]
            for old, size, _ in sorted(rows, key=lambda row: row[2]) if over > 0 else ():
                if over > 0 and old != sha256:
                    db.execute("DELETE FROM results WHERE sha256 = ?", (old,))
                    dropped.append(old)
                    over -= size
        return dropped

    def shelved(self, *, backend: str, url: str) -> str | None:
        """Return the hash of a result's file that is kept here."""
        with self._reading() as db:
            row = db.execute("SELECT sha256 FROM results WHERE backend = ? AND url = ?", (backend, url)).fetchone()
        return str(row[0]) if row else None

    def _set(self, job_id: str, state: State, **columns: str | None) -> None:
        names = "".join(f", {name} = ?" for name in columns)
        values = (state, self._now(), *columns.values(), job_id)
        with self._writing() as db:
            db.execute(f"UPDATE jobs SET state = ?, updated = ?{names} WHERE id = ?", values)  # noqa: S608

    def _find(self, backend: str, plan: Plan, known_by: tuple[str, ...]) -> Entry | None:
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE backend = ? AND fingerprint IN ({', '.join('?' * len(known_by))}) "  # noqa: S608
            "AND state IN ('submitting', 'submitted', 'done', 'unknown') ORDER BY created DESC, rowid DESC",
            (backend, *known_by),
        )
        wanted = clean(plan.to_json())  # as it is written down
        alike = [entry for entry in map(read_entry, rows) if is_run_alike(plan.endpoint, entry.plan, wanted)]
        # An answer that is known serves better than a later one that is not.
        return next((entry for entry in alike if entry.state != "unknown"), alike[0] if alike else None)

    def _spent(self, backend: str, now: float) -> float:
        midnight = now - now % 86_400
        (total,) = self._db.execute(
            f"SELECT total(price) FROM jobs WHERE backend = ? AND created >= ? AND NOT ({_UNBILLED})",  # noqa: S608
            (backend, midnight),
        ).fetchone()
        return float(total)
