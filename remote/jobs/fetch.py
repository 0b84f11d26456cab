"""Bring a result's files home: fetched as soon as the job is done, checked, and kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from preproc.files import MAX_PIXELS

from ..errors import DownloadError
from ..wire import Backend
from ..wire.hosts import bare
from .faults import Fault, check_answer, fault_of, pixels_of, unopened
from .files import RemoteFile
from .look import Seen, look
from .shelf import Shelf

__all__ = ["MAX_BYTES", "UNFETCHED", "Fetcher"]

UNFETCHED = "not fetched yet"
"""How a `Result` begins what it says of a file that is still to be fetched."""

MAX_BYTES = 256 * 1024 * 1024
"""The largest file of a result that is fetched, unless stated otherwise."""

_FILE_S = 300.0


class Fetcher:
    """Fetches the files of one result, each once: off the shelf, from memory, else from where they lie.

    Parameters
    ----------
    backend
        What they come through.
    shelf
        Where they are kept; None keeps them in memory.
    job_id
        Whose result it is, for advice.
    max_bytes, max_pixels
        Bounds for one file, and for one picture. What is larger is here, or still there, and read when more is allowed.
    """

    def __init__(
        self,
        backend: Backend,
        shelf: Shelf | None = None,
        *,
        job_id: str = "",
        max_bytes: int = MAX_BYTES,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self.max_pixels = max_pixels
        self._backend = backend
        self._shelf = shelf
        self._job_id = job_id
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._fetched: dict[str, bytes] = {}
        self._hashes: dict[str, str] = {}
        self._seen: dict[str, Seen | None] = {}
        self._faults: dict[str, Fault | None] = {}
        self._gone: set[str] = set()

    def read(self, file: RemoteFile, /, *, timeout_s: float = _FILE_S) -> bytes:
        """Return the bytes of a file, as they came: also those of a picture that does not open here, see `fault`.

        A damaged one is fetched once more whenever it is read, as long as it is there, and kept where it comes no better.

        Raises
        ------
        DownloadError
            If it is not here yet and cannot be fetched, or is no picture where one was declared, or too large a one.
        """
        with self._lock:
            data = self._fetched.get(file.url) or self._kept(file.url)
            if data is None:
                data = self._fetch(file, timeout_s)
                self._keep(file.url, data)
            elif self._may_be_mended(file, data):
                data = self._better(file, data, timeout_s)
            if file.is_picture:
                self._check_size(data, file.url)
            if file.url not in self._seen:
                self._seen[file.url] = look(data, max_pixels=self.max_pixels)
            self._judged(file, data)
            return data

    def fault(self, file: RemoteFile, /) -> Fault | None:
        """Return why a picture that was read does not open here; None where it does."""
        return self._faults.get(file.url)

    def _judged(self, file: RemoteFile, data: bytes) -> Fault | None:
        if file.is_picture and file.url not in self._faults:
            self._faults[file.url] = fault_of(data, max_pixels=self.max_pixels)
        return self._faults.get(file.url)

    def _may_be_mended(self, file: RemoteFile, data: bytes) -> bool:
        fault = self._judged(file, data)
        return fault is not None and not fault.is_whole and file.url not in self._gone

    def _better(self, file: RemoteFile, data: bytes, timeout_s: float) -> bytes:
        try:
            fresh = self._fetch(file, timeout_s)
        except DownloadError as error:
            if error.gone:
                self._gone.add(file.url)
            return data
        if fault_of(fresh, max_pixels=self.max_pixels) is not None:
            return data
        self._keep(file.url, fresh)
        del self._faults[file.url]
        self._seen.pop(file.url, None)
        return fresh

    def _fetch(self, file: RemoteFile, timeout_s: float) -> bytes:
        try:
            found = self._backend.download(file.url, max_bytes=self._max_bytes, timeout_s=timeout_s)
        except DownloadError as error:
            if error.byte_count is not None:
                error.fix = self._allow("max_file_bytes", error.byte_count)
            raise
        if file.is_picture:
            check_answer(found.data, found.content_type, file.url)
        return found.data

    def _check_size(self, data: bytes, url: str) -> None:
        pixels = pixels_of(data)
        if pixels > self.max_pixels:
            raise DownloadError(
                f"{bare(url)} has {pixels:,} pixels; at most {self.max_pixels:,} are opened",
                fix=self._allow("max_pixels", pixels),
            )

    def _allow(self, bound: str, amount: int) -> str:
        return f"allow that many, and nothing is paid again: Fal({bound}={amount}).resume({self._job_id!r}).wait()"

    def seen(self, file: RemoteFile, /) -> Seen | None:
        """Return what a picture that was read shows; None for what was not read, or is none."""
        return self._seen.get(file.url)

    def at_hand(self, url: str, /) -> bytes | None:
        """Return a file that is kept here from earlier, without a network; None where none is."""
        with self._lock:
            return self._fetched.get(url) or self._kept(url)

    def bring_home(self, files: Iterable[RemoteFile], *, timeout_s: float = _FILE_S) -> tuple[str, ...]:
        """Fetch the files that are not here yet; say which could not be fetched, which reading tries again, or do not open."""
        deadline = time.monotonic() + timeout_s
        missing = []
        for file in files:
            try:
                self.read(file, timeout_s=max(0.0, deadline - time.monotonic()))
            except DownloadError as error:
                missing.append(f"{UNFETCHED}: {error.message}")
                continue
            if fault := self.fault(file):
                missing.append(f"{unopened(file.url, fault)}; its bytes are kept as they came")
        return tuple(missing)

    def _keep(self, url: str, data: bytes) -> None:
        if self._shelf and (sha256 := self._shelf.keep(self._backend.name, url, data)):
            self._hashes[url] = sha256
            self._fetched.pop(url, None)
        else:
            self._fetched[url] = data

    def _kept(self, url: str) -> bytes | None:
        if self._shelf is None:
            return None
        sha256 = self._hashes.get(url) or self._shelf.find(self._backend.name, url)
        if sha256 is None:
            return None
        self._hashes[url] = sha256  # a result is still read when the journal is closed
        return self._shelf.read(sha256)
