"""fal as a backend: what it is asked, and what its answers mean."""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from preproc.errors import InputError

from ..errors import (
    AccessError,
    BudgetError,
    EndpointError,
    RemoteError,
    ServerError,
    TransferError,
    UnknownOutcome,
    UploadError,
)
from .again import again
from .client import Client, translated
from .download import Downloader
from .forks import keep_unclosed, renewed_in_children
from .hosts import FAL_DOMAINS, Hosts, bare
from .pieces import Pieces
from .protocol import Backend, Downloaded, Status, StoredFile, Submitted
from .translate import UNREADABLE, clean, endpoint_error, without
from .unsaid import keep_unsaid

__all__ = ["Backend", "Downloaded", "FalBackend", "Lifetime", "Status", "StoredFile", "Submitted"]

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_OF_THE_FILE = frozenset({400, 413, 422})
_CANCELS, _CANCEL_PAUSE_S = 4, 0.3
_Name: TypeAlias = Literal["1h", "1d", "7d", "30d", "1y"]
Lifetime: TypeAlias = _Name | int
"""How long fal keeps a file: a name, or seconds."""
_LIFETIMES: dict[_Name, int] = {"1h": 3600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000, "1y": 31_536_000}


class FalBackend:
    """fal, through the installed `fal_client`.

    Parameters
    ----------
    key
        None finds it as `fal_client` does: FAL_KEY, FAL_KEY_ID with FAL_KEY_SECRET, or ``fal auth login``. It is looked
        for at the first request, not before.
    timeout_s
        How long one request may stay unanswered.
    patience_s
        How long a 429, or fal being out of reach, is waited out before a job that was not taken is given up; fal out of
        reach for 30 s at most.
    upload_lifetime
        How long fal keeps what is uploaded: ``"1h"``, ``"1d"``, ``"7d"``, ``"30d"``, ``"1y"`` or seconds; None leaves it
        to the account's settings. Anyone who has its URL can read it.
    result_lifetime
        The same for what jobs make. Results are fetched as soon as they are there, so it may be short.
    store_io
        Whether fal keeps arguments and answers of jobs in its history. False keeps them out of it; a job whose submit's
        answer is lost is then harder to find there.
    allowed_hosts
        Further machines that results may come from: domains (https), or exact origins such as
        ``"http://127.0.0.1:8080"``.
    pause
        Sleeps for some seconds; for tests.

    Raises
    ------
    preproc.InputError
        If a lifetime is none of these.
    """

    name = "fal"

    def __init__(
        self,
        *,
        key: str | None = None,
        timeout_s: float = 120.0,
        patience_s: float = 120.0,
        upload_lifetime: Lifetime | None = "1d",
        result_lifetime: Lifetime | None = None,
        store_io: bool = True,
        allowed_hosts: tuple[str, ...] = (),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:

        def make_client() -> Client:  # a closure, since the representation of a partial would show the key
            return Client(key=key, default_timeout=timeout_s, patience_s=patience_s, pause=pause)

        self._make_client = make_client
        self._upload_s = _seconds("upload_lifetime", upload_lifetime)
        self._headers = _headers(_seconds("result_lifetime", result_lifetime), store_io=store_io)
        self._downloader = Downloader(Hosts.read((*FAL_DOMAINS, *allowed_hosts)), secrets=self._secrets)
        self._lock = threading.Lock()
        self._found: Client | None = None
        self._open = ExitStack()
        self._open.callback(self._downloader.close)
        self.close = weakref.finalize(self, self._open.close)
        renewed_in_children(self)

    def after_fork(self) -> None:
        """In a forked child, begin with connections of its own: answers to two processes over one get mixed up."""
        keep_unclosed((self._found, self._open.pop_all()))
        self._lock, self._found = threading.Lock(), None
        self._downloader.after_fork()
        self._open.callback(self._downloader.close)

    def check_key(self) -> None:
        """Look for the key before anything is begun; nothing is sent.

        Raises
        ------
        MissingKeyError
            If there is none, or none that can be one.
        """
        with self._translated(None, TransferError):
            _ = self._client  # which is made with the key

    def upload(self, data: bytes | Path, *, content_type: str, file_name: str) -> StoredFile:
        """Store bytes, or a file of this machine, on fal's file server; over 100 MiB in parts.

        Raises
        ------
        UploadError, MissingKeyError, AccessError
        """
        expires_at = None if self._upload_s is None else time.time() + self._upload_s
        try:
            with self._translated(None, UploadError):
                url = self._client.store(
                    data, content_type=content_type, file_name=file_name, lifetime_s=self._upload_s
                )
        except EndpointError as error:
            if isinstance(error, (AccessError, BudgetError)):
                raise
            size = f"; it has {len(Pieces(data)):,} bytes" if error.status_code in _OF_THE_FILE else ""
            raise UploadError(f"{file_name} was not uploaded: {error.message}{size}", fix=error.fix) from error
        return StoredFile(url, expires_at)

    def exists(self, url: str) -> bool:
        """Tell whether a stored file is still there."""
        return self._downloader.exists(url)

    def submit(self, endpoint: str, payload: dict[str, Any]) -> Submitted:
        """Hand in a job: one POST, whatever happens to it.

        Raises
        ------
        UnknownOutcome
            If the answer was lost; the job may run and be billed.
        EndpointError
            If fal refuses it.
        TransferError
            If fal could not be reached; nothing was sent.
        """
        named: str | None = None
        try:
            with self._translated(endpoint, TransferError):
                handle = self._client.submit(endpoint, payload, headers=self._headers)
        except UnknownOutcome as error:
            if error.request_id is None:
                raise
            named = error.request_id
        # out of the handler: an error raised in there would lead to the one that holds what the job is called
        if named is not None:
            self._check_name(endpoint, named)
            return self.locate(endpoint, named)  # taken, and named; only the URLs are missing
        self._check_name(endpoint, handle.request_id)
        urls = (bare(url, longest=len(url)) for url in (handle.status_url, handle.response_url, handle.cancel_url))
        return self._client.trusted(endpoint, Submitted(handle.request_id, *urls))

    def locate(self, endpoint: str, request_id: str) -> Submitted:
        """Return where fal is asked after a request, by its id alone."""
        with self._translated(endpoint, TransferError, request_id):
            return self._client.locate(endpoint, request_id)

    def status(self, endpoint: str, submitted: Submitted, *, logs: bool = False) -> Status:
        """Ask once how far a job is."""
        with self._translated(endpoint, TransferError, submitted.request_id):
            found = self._client.ask(endpoint, submitted, logs=logs)
            facts = [found.error, found.error_type, list(found.logs)]
            error, error_type, said = clean(facts, secrets=self._secrets())
            return replace(found, error=error, error_type=error_type, logs=tuple(said))

    def result(self, endpoint: str, submitted: Submitted) -> dict[str, Any]:
        """Return a completed job's answer.

        Raises
        ------
        EndpointError
            If the job went badly.
        """
        with self._translated(endpoint, TransferError, submitted.request_id):
            answer = self._client.handle(endpoint, submitted).get()
        if not isinstance(answer, dict):
            raise ServerError(
                f"{endpoint} answered a {type(answer).__name__}, not an object",
                endpoint=endpoint,
                request_id=submitted.request_id,
                error_type=UNREADABLE,
            )
        if _is_unready(answer):
            raise endpoint_error(425, answer, endpoint=endpoint, request_id=submitted.request_id)
        known: dict[str, Any] = without(answer, self._secrets())
        return known

    def cancel(self, endpoint: str, submitted: Submitted) -> bool:
        """Ask for a job's end; False where it is over already."""

        def ask() -> None:
            with self._translated(endpoint, TransferError, submitted.request_id):
                self._client.handle(endpoint, submitted).cancel()

        try:
            again(ask, what="cancel", on=_may_pass, attempts=_CANCELS, pause_s=_CANCEL_PAUSE_S)
        except EndpointError as error:
            if error.status_code in {400, 404}:
                return False
            raise
        return True

    def download(self, url: str, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Fetch a result, from fal's machines and `allowed_hosts` only."""
        return self._downloader.fetch(url, max_bytes=max_bytes, timeout_s=timeout_s)

    @property
    def _client(self) -> Client:
        if not self.close.alive:
            raise RemoteError("this backend is closed", fix="make a new one")
        with self._lock:
            if self._found is None:
                client = self._make_client()
                client.check_key()
                self._open.callback(keep_unsaid(lambda: client.secrets))
                self._open.callback(client.close)
                self._found = client
            return self._found

    def _check_name(self, endpoint: str, request_id: str) -> None:
        """Refuse to write down an answer that repeats the key."""
        if any(secret in request_id for secret in self._secrets()):
            raise UnknownOutcome(
                "fal's answer names the job by a part of the key, which is not written down",
                fix="look for the job on fal's dashboard before it is submitted again",
                endpoint=endpoint,
            ) from None

    def _secrets(self) -> tuple[str, ...]:
        return self._found.secrets if self._found else ()

    def _translated(
        self, endpoint: str | None, broken: type[TransferError], request_id: str | None = None
    ) -> AbstractContextManager[None]:
        return translated(endpoint, broken, request_id, secrets=self._secrets)


def _seconds(name: str, lifetime: Lifetime | None) -> int | None:
    if lifetime is None or (isinstance(lifetime, int) and not isinstance(lifetime, bool) and lifetime > 0):
        return lifetime
    for known, seconds in _LIFETIMES.items():
        if lifetime == known:
            return seconds
    choices = ", ".join(map(repr, get_args(_Name)))
    raise InputError(f"{name}={lifetime!r} is no lifetime", fix=f"{choices}, a number of seconds above 0, or None")


def _is_unready(answer: dict[str, Any]) -> bool:
    """Tell an answer that speaks of the request from the endpoint's own."""
    if answer.get("status") in {"IN_QUEUE", "IN_PROGRESS"}:
        return True
    return set(answer) == {"detail"} and "in progress" in str(answer["detail"])


def _may_pass(error: Exception) -> bool:
    if isinstance(error, EndpointError):
        return error.status_code in _PASSING
    return isinstance(error, TransferError) and not error.by_settings


def _headers(result_s: int | None, *, store_io: bool) -> dict[str, str]:
    """Return what is said with each job about what fal keeps of it."""
    headers = {} if store_io else {"X-Fal-Store-IO": "0"}
    if result_s is not None:
        headers["X-Fal-Object-Lifecycle-Preference"] = json.dumps({"expiration_duration_seconds": result_s})
    return headers
