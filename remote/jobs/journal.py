"""What was submitted, written down before anyone waits for it, and what was uploaded where. One SQLite file.

A job is in the file before its request leaves this machine, so a process that is killed loses nothing: its job is
found again by id. The file holds arguments, hashes and answers; no key, no header and no picture.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import platformdirs

from ..errors import RemoteError, UnknownJobError
from ..plan import Plan
from ..wire import StoredFile, Submitted
from ..wire.translate import clean

__all__ = ["Entry", "Journal", "State", "default_path"]

State: TypeAlias = Literal["submitting", "submitted", "done", "failed", "cancelled", "unknown"]
"""``"submitting"``: the request may be on its way. ``"unknown"``: it went out and its answer was lost."""

_POST_TAKES_S = 300.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, backend TEXT NOT NULL, endpoint TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL,
    created REAL NOT NULL, updated REAL NOT NULL, owner TEXT NOT NULL,
    price REAL, plan TEXT NOT NULL, submitted TEXT, result TEXT, error TEXT
);
CREATE INDEX IF NOT EXISTS jobs_by_plan ON jobs (backend, fingerprint, created);
CREATE INDEX IF NOT EXISTS jobs_by_time ON jobs (created);
CREATE TABLE IF NOT EXISTS uploads (
    backend TEXT NOT NULL, sha256 TEXT NOT NULL, content_type TEXT NOT NULL, url TEXT NOT NULL, expires_at REAL,
    PRIMARY KEY (backend, sha256, content_type)
);
"""
_COLUMNS = "id, backend, endpoint, fingerprint, state, created, updated, owner, price, plan, submitted, result, error"


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


def default_path() -> Path:
    """Where the journal lies when nobody says otherwise."""
    return platformdirs.user_data_path("fal-preproc") / "journal.sqlite3"


class Journal:
    """The file, open.

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
        self.path = Path(path) if path is not None else default_path()
        self._now = now
        self._lock = threading.RLock()
        with self._told():
            if str(path) != ":memory:":
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=30.0, isolation_level=None, check_same_thread=False)
            self.close = weakref.finalize(self, self._db.close)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)

    def start(
        self,
        plan: Plan,
        *,
        backend: str,
        price: float | None,
        again: bool = False,
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
        with self._writing() as db:
            if not again and (found := self._find(backend, plan.fingerprint)):
                return found, False
            allow(self._spent(backend, now))
            described = json.dumps(clean(plan.to_json()), ensure_ascii=False)
            row = (job_id, backend, plan.endpoint, plan.fingerprint, "submitting", now, now, _me(), price, described)
            db.execute(f"INSERT INTO jobs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", row)  # noqa: S608
        return self.get(job_id), True

    def find(self, plan: Plan, *, backend: str) -> Entry | None:
        """Return the newest identical job that runs, is done, or has an unknown outcome."""
        with self._reading():
            return self._find(backend, plan.fingerprint)

    def get(self, job_id: str) -> Entry:
        """Return one job.

        Raises
        ------
        UnknownJobError
        """
        with self._reading() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()  # noqa: S608
        if row is None:
            raise UnknownJobError(
                f"no job {job_id!r} in {self.path}", fix="fal.jobs() lists what is there", job_id=job_id
            )
        return _entry(row)

    def entries(self, *, backend: str | None = None, limit: int = 100) -> list[Entry]:
        """Return jobs, the newest first."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE backend = coalesce(?, backend) ORDER BY created DESC, rowid DESC LIMIT ?",  # noqa: S608
                (backend, limit),
            ).fetchall()
        return [_entry(row) for row in rows]

    def spent_today(self, *, backend: str) -> float:
        """Return the sum of today's prices (UTC), of all jobs but those that failed."""
        with self._reading():
            return self._spent(backend, self._now())

    def is_leaving(self, entry: Entry) -> bool:
        """Tell whether a job's request may be on its way right now: its process lives, and it is not long ago."""
        young = self._now() < entry.updated + _POST_TAKES_S
        return entry.state == "submitting" and young and _lives(entry.owner)

    def submitted(self, job_id: str, submitted: Submitted) -> None:
        """Write down what fal calls the job."""
        self._set(job_id, "submitted", submitted=json.dumps(asdict(submitted)))

    def done(self, job_id: str, result: dict[str, Any]) -> None:
        """Write down a job's answer, without queries of URLs."""
        self._set(job_id, "done", result=json.dumps(clean(result, files=True), ensure_ascii=False))

    def ended(
        self, job_id: str, state: Literal["failed", "cancelled", "unknown"], error: dict[str, Any] | None
    ) -> None:
        """Write down that a job ended without an answer, and why."""
        self._set(job_id, state, error=json.dumps(error, ensure_ascii=False, default=str) if error else None)

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

    def _set(self, job_id: str, state: State, **columns: str | None) -> None:
        names = "".join(f", {name} = ?" for name in columns)
        values = (state, self._now(), *columns.values(), job_id)
        with self._writing() as db:
            db.execute(f"UPDATE jobs SET state = ?, updated = ?{names} WHERE id = ?", values)  # noqa: S608

    def _find(self, backend: str, fingerprint: str) -> Entry | None:
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM jobs WHERE backend = ? AND fingerprint = ? "  # noqa: S608
            "AND state IN ('submitting', 'submitted', 'done', 'unknown') ORDER BY created DESC, rowid DESC LIMIT 1",
            (backend, fingerprint),
        ).fetchone()
        return _entry(row) if row else None

    def _spent(self, backend: str, now: float) -> float:
        midnight = now - now % 86_400
        (total,) = self._db.execute(
            "SELECT total(price) FROM jobs WHERE backend = ? AND created >= ? AND state != 'failed'",
            (backend, midnight),
        ).fetchone()
        return float(total)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise RemoteError(
                f"the journal {self.path} cannot be used: {error}", fix="name another file: Fal(journal='jobs.sqlite3')"
            ) from error


def _me() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _lives(owner: str) -> bool:
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


def _entry(row: tuple[Any, ...]) -> Entry:
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
