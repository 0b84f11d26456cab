"""Results on this machine: fal keeps them for a limited time, and a job is paid for once.

Files lie beside the journal, named by their hash, and the journal knows which URL is which file. The oldest are dropped
when there is no more room.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from preproc.files.write import write_file

from ..errors import RemoteError
from ..wire.hosts import bare
from .journal import Journal

__all__ = ["Shelf"]


class Shelf:
    """A folder of results.

    Parameters
    ----------
    journal
        What knows which file is which; the folder lies beside its file.
    max_bytes
        How much there is room for.
    """

    def __init__(self, journal: Journal, *, max_bytes: int) -> None:
        self._journal = journal
        self._max_bytes = max_bytes
        self.folder = journal.path.with_name(f"{journal.path.stem}.results")

    def find(self, backend: str, url: str) -> str | None:
        """Return the hash of the file that came from a URL; None where it was never kept."""
        try:
            return self._journal.shelved(backend=backend, url=_key(url))
        except RemoteError:
            return None

    def read(self, sha256: str) -> bytes | None:
        """Return a file that is here and as it was when it came; None where it is not."""
        try:
            data = self._path(sha256).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def keep(self, backend: str, url: str, data: bytes) -> str | None:
        """Keep a file, as a whole or not at all, and return its hash; None where there is no room for it."""
        if len(data) > self._max_bytes or url.startswith("data:"):
            return None
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            write_file(data, self._path(sha256), overwrite=True)
            dropped = self._journal.shelve(
                backend=backend, url=_key(url), sha256=sha256, byte_count=len(data), room=self._max_bytes
            )
            for old in dropped:
                self._path(old).unlink(missing_ok=True)
        except (OSError, RemoteError):
            return None
        return sha256

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256


def _key(url: str) -> str:
    return bare(url, longest=len(url))
