"""Bring a result's files home: fetched as soon as the job is done, checked, and kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from preproc.errors import InputError, PreprocError
from preproc.files import MAX_PIXELS, load_image, size_of

from ..errors import DownloadError
from ..wire import Backend
from ..wire.hosts import bare
from .files import ANY_BYTES, RemoteFile
from .look import Seen, look
from .shelf import Shelf

__all__ = ["MAX_BYTES", "UNFETCHED", "Fetcher"]

UNFETCHED = "not fetched yet"
"""How a `Result` begins what it says of a file that is missing."""

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

    def read(self, file: RemoteFile, /, *, timeout_s: float = _FILE_S) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        DownloadError
            If it is not here yet and cannot be fetched, is not what it was declared to be, or does not open.
        """
        with self._lock:
            data = self._fetched.get(file.url) or self._kept(file.url)
            if data is None:
                data = self._fetch(file, timeout_s)
                self._keep(file.url, data)
            if file.is_picture:
                self._check_size(data, file.url)
            if file.url not in self._seen:
                self._seen[file.url] = look(data, max_pixels=self.max_pixels)
            return data

    def _fetch(self, file: RemoteFile, timeout_s: float) -> bytes:
        try:
            found = self._backend.download(file.url, max_bytes=self._max_bytes, timeout_s=timeout_s)
        except DownloadError as error:
            if error.byte_count is not None:
                error.fix = self._allow("max_file_bytes", error.byte_count)
            raise
        if file.is_picture:
            _check_picture(found.data, found.content_type, file.url, self.max_pixels)
        return found.data

    def _check_size(self, data: bytes, url: str) -> None:
        pixels = _pixels_of(data)
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

    def bring_home(self, files: Iterable[RemoteFile], *, timeout_s: float = _FILE_S) -> tuple[str, ...]:
        """Fetch the files that are not here yet, and say which could not be fetched; reading one tries again."""
        deadline = time.monotonic() + timeout_s
        missing = []
        for file in files:
            try:
                self.read(file, timeout_s=max(0.0, deadline - time.monotonic()))
            except DownloadError as error:
                missing.append(f"{UNFETCHED}: {error.message}")
        return tuple(missing)

    def _keep(self, url: str, data: bytes) -> None:
        if self._shelf and (sha256 := self._shelf.keep(self._backend.name, url, data)):
            self._hashes[url] = sha256
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


def _pixels_of(data: bytes) -> int:
    """Return how many pixels a file has by its header; 0 where it has none."""
    try:
        return size_of(data).pixels
    except PreprocError:
        return 0


def _check_picture(data: bytes, content_type: str, url: str, max_pixels: int) -> None:
    """Refuse what is no picture, and what does not open to its end; what is too large is not opened."""
    if content_type not in ANY_BYTES and not content_type.startswith("image/"):
        raise DownloadError(f"{bare(url)} should be a picture and came as {content_type}")
    if _pixels_of(data) > max_pixels:
        return
    try:
        load_image(data, max_pixels=max_pixels)
    except InputError as error:
        raise DownloadError(
            f"{bare(url)} does not open: {error.message}",
            fix="read it again; if it stays so, again=True makes and pays a new job",
        ) from error
