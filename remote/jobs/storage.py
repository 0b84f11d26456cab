"""Bring a plan's files to where the endpoint can read them, each content once."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from ..errors import UploadError
from ..plan import Upload
from ..plan.encode import hash_of
from ..wire import Backend, StoredFile
from ..wire.later import is_leaving
from .journal import Journal
from .turns import turn

__all__ = ["Storage"]

_AT_ONCE = 4
_SPARE_S = 3600.0
_LOCKS = 64
_PATIENCE_S = 60.0
_SLOWEST_BYTES_PER_S = 100_000


class Storage:
    """The files of one backend, and the memory of where they lie.

    A URL is used again while it has an hour left and the file is still there; it is asked for before each use, since
    fal may drop files earlier. Otherwise the content is uploaded again.

    Parameters
    ----------
    backend
        Where files go.
    journal
        What remembers them, across processes.
    inline_bytes
        Files up to this size travel inside the arguments, as data URLs, and are not uploaded at all.
    now
        The clock, in seconds since 1970.
    """

    def __init__(
        self, backend: Backend, journal: Journal, *, inline_bytes: int = 0, now: Callable[[], float] = time.time
    ) -> None:
        self._backend = backend
        self._journal = journal
        self._inline_bytes = inline_bytes
        self._now = now
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def place(self, uploads: Iterable[Upload], *, inline: bool = True) -> dict[str, str]:
        """Return the URL of each file by its SHA-256, uploading what is not there yet; small ones may be data URLs.

        A few are uploaded at once; one after the other where a single thread looks after many jobs.

        Raises
        ------
        UploadError, AccessError, MissingKeyError
        """
        contents = {upload.sha256: upload for upload in uploads}
        if len(contents) < 2 or is_leaving():
            return {sha256: self._place(upload, inline=inline) for sha256, upload in contents.items()}
        with ThreadPoolExecutor(min(_AT_ONCE, len(contents)), thread_name_prefix="upload") as pool:
            return dict(zip(contents, pool.map(partial(self._place, inline=inline), contents.values()), strict=True))

    def forget(self, hashes: Iterable[str]) -> None:
        """Do not use these files' URLs again."""
        for sha256 in hashes:
            self._journal.forget(backend=self._backend.name, sha256=sha256)

    def _place(self, upload: Upload, *, inline: bool) -> str:
        if inline and isinstance(upload.data, bytes) and len(upload.data) <= self._inline_bytes:
            return f"data:{upload.content_type};base64,{base64.b64encode(upload.data).decode()}"
        key = {"backend": self._backend.name, "sha256": upload.sha256, "content_type": upload.content_type}
        with self._turn(upload):
            known = self._journal.recall(**key)
            if known and self._lasts(known) and self._backend.exists(known.url):
                return known.url
            _check_unchanged(upload)
            stored = self._backend.upload(upload.data, content_type=upload.content_type, file_name=upload.file_name)
            self._journal.remember(stored, **key)
            return stored.url

    @contextmanager
    def _turn(self, upload: Upload) -> Iterator[None]:
        """Keep other threads, and other processes with this journal, from uploading the same content meanwhile."""
        with ExitStack() as turns:
            turns.enter_context(self._locks[int(upload.sha256[:2], 16) % _LOCKS])
            if str(self._journal.path) != ":memory:":
                folder = self._journal.path.with_name(f"{self._journal.path.stem}.turns")
                patience_s = _PATIENCE_S + upload.byte_count / _SLOWEST_BYTES_PER_S
                turns.enter_context(turn(folder / upload.sha256[:2], patience_s=patience_s))
            yield

    def _lasts(self, stored: StoredFile) -> bool:
        """Tell whether a job that waits in the queue for a while will still find the file."""
        return stored.expires_at is None or stored.expires_at > self._now() + _SPARE_S


def _check_unchanged(upload: Upload) -> None:
    """Refuse a file that is not the one that was planned with, since it would be remembered under its hash."""
    if isinstance(upload.data, bytes):
        return
    try:
        same = hash_of(upload.data) == upload.sha256
    except OSError as error:
        raise UploadError(f"{upload.data} cannot be read any more: {error.strerror}", fix="plan again") from error
    if not same:
        raise UploadError(f"{upload.data} is no longer the file that was planned with", fix="plan again")
