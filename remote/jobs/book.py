"""One SQLite file that several threads and processes read and write in turn. What goes wrong with it is told."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import RemoteError
from ..wire.forks import keep_unclosed, renewed_in_children

__all__ = ["Book"]

_TURN_S = 30.0
_VERSION = 1
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
CREATE TABLE IF NOT EXISTS results (
    backend TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, kept REAL NOT NULL,
    PRIMARY KEY (backend, url)
);
CREATE INDEX IF NOT EXISTS results_by_time ON results (kept);
"""


class Book:
    """The file, open.

    Parameters
    ----------
    path
        Made where it does not exist; ``":memory:"`` is no file at all.

    Raises
    ------
    RemoteError
        If the file cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser()
        self._lock = threading.RLock()
        with self._told():
            if str(path) != ":memory:":
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._opened()
            _in_turn(lambda: _prepare(self._db))
        renewed_in_children(self)

    def after_fork(self) -> None:
        """In a forked child, open the file anew: SQLite's connections belong to one process."""
        self._lock = threading.RLock()
        if str(self.path) != ":memory:":
            self.close.detach()
            keep_unclosed(self._db)
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_TURN_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA synchronous = FULL")
        self.close = weakref.finalize(self, db.close)
        return db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Read, while no other thread does anything."""
        with self._lock, self._told():
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write all of it or, where something is raised, nothing."""
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


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables, unless they are there."""
    db.execute("PRAGMA journal_mode = WAL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, and this fal-preproc reads up to {_VERSION}")
    if version < _VERSION:
        db.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")


def _in_turn(work: Callable[[], None]) -> None:
    """Wait while other processes have the file: SQLite does so by itself, except where the file is being made."""
    deadline = time.monotonic() + _TURN_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
                or time.monotonic() > deadline
            ):
                raise
            time.sleep(0.02)
