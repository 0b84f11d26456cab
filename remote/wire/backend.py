"""The wire to fal. This is the only file that knows `fal_client`.

`FalBackend` lets the installed client speak its own protocol, behind transports that send each job once and the key to
fal only, and turns whatever comes of it into the errors of `remote.errors`.
"""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

import fal_client
import fal_client.client
import httpx
import stamina
from fal_client.auth import MissingCredentialsError

from ..errors import (
    AccessError,
    BudgetError,
    EndpointError,
    MissingKeyError,
    RemoteError,
    ServerError,
    TransferError,
    UnknownOutcome,
    UploadError,
)
from .download import Downloader
from .hosts import FAL_DOMAINS, Hosts, bare, origin
from .protocol import Backend, Downloaded, Status, StoredFile, Submitted
from .translate import clean, endpoint_error, without
from .transport import Guarded, SubmitOnce

__all__ = ["Backend", "Downloaded", "FalBackend", "Lifetime", "Status", "StoredFile", "Submitted"]

Lifetime = Literal["1h", "1d", "7d", "30d", "1y"]
"""How long fal keeps an uploaded file."""
_TOKEN_PAUSE_S = 0.3
_LIFETIMES: dict[Lifetime, int] = {"1h": 3600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000, "1y": 31_536_000}


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
        How long a 429 is waited out before it is raised.
    upload_lifetime
        How long fal keeps what is uploaded. Anyone who has its URL can read it.
    allowed_hosts
        Further machines that results may come from: domains (https), or exact origins such as
        ``"http://127.0.0.1:8080"``.
    pause
        Sleeps for some seconds; for tests.
    """

    name = "fal"

    def __init__(
        self,
        *,
        key: str | None = None,
        timeout_s: float = 120.0,
        patience_s: float = 120.0,
        upload_lifetime: Lifetime = "1d",
        allowed_hosts: tuple[str, ...] = (),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:

        def make_client() -> _Client:  # a closure, since the representation of a partial would show the key
            return _Client(key=key, default_timeout=timeout_s, patience_s=patience_s, pause=pause)

        self._make_client = make_client
        self._lifetime: Lifetime = upload_lifetime
        self._downloader = Downloader(Hosts.read((*FAL_DOMAINS, *allowed_hosts)))
        self._lock = threading.Lock()
        self._found: _Client | None = None
        self._open = ExitStack()
        self._open.callback(self._downloader.close)
        self.close = weakref.finalize(self, self._open.close)

    def upload(self, data: bytes, *, content_type: str, file_name: str) -> StoredFile:
        """Store a file on fal's file server, over 100 MiB in parts.

        Raises
        ------
        UploadError, MissingKeyError, AccessError
        """
        expires_at = time.time() + _LIFETIMES[self._lifetime]
        try:
            with self._translated(None, UploadError):
                url = self._client.upload(
                    data,
                    content_type,
                    file_name,
                    repository="fal_v3",
                    fallback_repository=[],  # the other way sends the key to whatever host it is told
                    lifecycle=fal_client.StorageSettings(expires_in=self._lifetime),
                )
        except EndpointError as error:
            if isinstance(error, (AccessError, BudgetError)):
                raise
            raise UploadError(
                f"{file_name} was not taken by fal's file server: {error.message}", fix=error.fix
            ) from error
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
        try:
            with self._translated(endpoint, TransferError):
                handle = self._client.submit(endpoint, payload)
        except UnknownOutcome as error:
            if error.request_id is None:
                raise
            return self.locate(endpoint, error.request_id)  # taken, and named; only the URLs are missing
        urls = (bare(url, longest=len(url)) for url in (handle.status_url, handle.response_url, handle.cancel_url))
        return Submitted(handle.request_id, *urls)

    def locate(self, endpoint: str, request_id: str) -> Submitted:
        """Return where fal is asked after a request, by its id alone."""
        with self._translated(endpoint, TransferError, request_id):
            handle = fal_client.SyncRequestHandle.from_request_id(self._client._client, endpoint, quote(request_id, ""))  # noqa: SLF001 - as in _handle
        return Submitted(request_id, handle.status_url, handle.response_url, handle.cancel_url)

    def status(self, endpoint: str, submitted: Submitted, *, logs: bool = False) -> Status:
        """Ask once how far a job is."""
        with self._translated(endpoint, TransferError, submitted.request_id):
            try:
                found = _status(self._handle(submitted).status(with_logs=logs))
                error, said = clean([found.error, list(found.logs)], secrets=self._secrets)
                return replace(found, error=error, logs=tuple(said))
            except ValueError as error:  # a word that fal_client does not know
                if "cancel" in str(error).lower():
                    return Status("cancelled")
                raise

    def result(self, endpoint: str, submitted: Submitted) -> dict[str, Any]:
        """Return a completed job's answer.

        Raises
        ------
        EndpointError
            If the job went badly.
        """
        with self._translated(endpoint, TransferError, submitted.request_id):
            answer = self._handle(submitted).get()
        if not isinstance(answer, dict):
            raise ServerError(
                f"{endpoint} answered a {type(answer).__name__}, not an object",
                endpoint=endpoint,
                request_id=submitted.request_id,
            )
        known: dict[str, Any] = without(answer, self._secrets)
        return known

    def cancel(self, endpoint: str, submitted: Submitted) -> bool:
        """Ask for a job's end; False where it is over already."""
        try:
            with self._translated(endpoint, TransferError, submitted.request_id):
                self._handle(submitted).cancel()
        except EndpointError as error:
            if error.status_code in {400, 404}:
                return False
            raise
        return True

    def download(self, url: str, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Fetch a result, from fal's machines and `allowed_hosts` only."""
        return self._downloader.fetch(url, max_bytes=max_bytes, timeout_s=timeout_s)

    @property
    def _client(self) -> _Client:
        if not self.close.alive:
            raise RemoteError("this backend is closed", fix="make a new one")
        with self._lock:
            if self._found is None:
                client = self._make_client()
                client.check_key()
                self._open.callback(client.close)
                self._found = client
            return self._found

    @property
    def _secrets(self) -> tuple[str, ...]:
        return self._found.secrets if self._found else ()

    def _handle(self, submitted: Submitted) -> _Handle:
        client = self._client
        return _Handle(
            request_id=submitted.request_id,
            response_url=client.safe(submitted.response_url),
            status_url=client.safe(submitted.status_url),
            cancel_url=client.safe(submitted.cancel_url),
            client=client._client,  # noqa: SLF001 - the client's own handles are made from it
        )

    @contextmanager
    def _translated(
        self, endpoint: str | None, broken: type[TransferError], request_id: str | None = None
    ) -> Iterator[None]:
        # None of the errors below is chained to its cause: an answer that repeats the key would show it in a traceback.
        try:
            yield
        except RemoteError as error:
            error.endpoint, error.request_id = error.endpoint or endpoint, error.request_id or request_id
            raise
        except MissingCredentialsError as error:
            raise MissingKeyError(str(error), fix="try it without a key: Fal(backend='rehearsal')") from None
        except fal_client.FalClientHTTPError as error:
            raise self._answered(error.response, endpoint, request_id, error.error_type) from None
        except httpx.HTTPStatusError as error:
            raise self._answered(error.response, endpoint, request_id) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise broken(
                f"fal could not be reached ({type(error).__name__})",
                fix="check the connection and any proxy; nothing of this request is known to have arrived",
                endpoint=endpoint,
                request_id=request_id,
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise broken(
                f"the answer is not fal's: it is no JSON ({type(error).__name__})",
                fix="check any proxy between this machine and fal",
                endpoint=endpoint,
                request_id=request_id,
            ) from None
        except (KeyError, ValueError, TypeError) as error:
            raise ServerError(
                f"fal answered something fal_client cannot read ({type(error).__name__})",
                endpoint=endpoint,
                request_id=request_id,
            ) from None

    def _answered(
        self, response: httpx.Response, endpoint: str | None, request_id: str | None, error_type: str | None = None
    ) -> EndpointError:
        try:
            body = response.json()
        except ValueError:
            body = response.text
        error = endpoint_error(
            response.status_code,
            body,
            endpoint=endpoint,
            request_id=request_id or response.headers.get("x-fal-request-id"),
            error_type=error_type,
            secrets=self._secrets,
        )
        if endpoint is None and isinstance(error, AccessError):
            error.fix = "fal's file server does not accept the key: check it at https://fal.ai/dashboard/keys"
        return error


class _Handle(fal_client.SyncRequestHandle):
    """A handle whose `get` fetches the answer at once; theirs would first poll, without an end."""

    def iter_events(self, **_: Any) -> Iterator[fal_client.Status]:
        yield from ()


class _Client(fal_client.SyncClient):
    """The official client; its own transports, behind ours."""

    def __init__(
        self, *, key: str | None, default_timeout: float, patience_s: float, pause: Callable[[float], None]
    ) -> None:
        super().__init__(key=key, default_timeout=default_timeout)
        self.__dict__.update(_patience_s=patience_s, _pause=pause)

    def check_key(self) -> None:
        """Find the key now, and refuse one that no header can carry."""
        if not all("!" <= letter <= "~" for letter in self._auth.token):
            raise MissingKeyError(
                "the key for fal holds a space, a line break or another letter that no key has",
                fix="set FAL_KEY again, without quotes and line breaks",
            )

    def safe(self, url: str) -> str:
        """Return a URL of fal's with https where the queue itself is on https."""
        if url.startswith("http://") and fal_client.client.QUEUE_URL_FORMAT.startswith("https://"):
            return f"https://{url.removeprefix('http://')}"
        return url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must appear nowhere: the key, and the secret half of it."""
        return self._auth.token, *(part for part in self._auth.token.split(":") if len(part) >= 8)

    @cached_property
    def _hosts(self) -> Hosts:
        theirs = fal_client.client
        urls = (theirs.QUEUE_URL_FORMAT, theirs.RUN_URL_FORMAT, theirs.REST_URL, theirs.CDN_URL)
        return Hosts(FAL_DOMAINS, tuple(map(origin, urls)))

    @cached_property
    def _wire(self) -> httpx.BaseTransport:
        return fal_client.client.BackupDomainTransport()

    @cached_property
    def _client(self) -> httpx.Client:
        options = self.__dict__
        transport = SubmitOnce(
            self._wire,
            hosts=self._hosts,
            patience_s=options["_patience_s"],
            pause=options["_pause"],
        )
        headers = {"Authorization": self._auth.header_value, "User-Agent": fal_client.client.USER_AGENT}
        return httpx.Client(transport=transport, headers=headers, timeout=self.default_timeout, follow_redirects=True)

    @cached_property
    def _files(self) -> httpx.Client:
        transport = Guarded(self._wire, hosts=self._hosts)
        headers = {"User-Agent": fal_client.client.USER_AGENT}
        return httpx.Client(transport=transport, headers=headers, timeout=self.default_timeout)

    def _get_cdn_client(self) -> httpx.Client:
        """One client for all uploads, where theirs opens one each; its token is asked for with some patience."""
        for attempt in stamina.retry_context(on=_is_passing, attempts=3, wait_initial=_TOKEN_PAUSE_S, wait_jitter=0.0):
            with attempt:
                token = self._token_manager.get_token()
                self._files.headers["Authorization"] = f"{token.token_type} {token.token}"
        return self._files

    def close(self) -> None:
        """Close the connections."""
        if "_wire" in self.__dict__:
            self._wire.close()


def _is_passing(error: Exception) -> bool:
    """Tell whether asking for an upload token again may help; it costs nothing."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code in {408, 429}
    return isinstance(error, httpx.TransportError)


def _status(theirs: fal_client.Status) -> Status:
    if isinstance(theirs, fal_client.Queued):
        return Status("queued", position=theirs.position)
    if isinstance(theirs, fal_client.InProgress):
        return Status("running", logs=_logs(theirs.logs))
    if isinstance(theirs, fal_client.Completed):
        return Status("completed", logs=_logs(theirs.logs), error=theirs.error, error_type=theirs.error_type)
    raise TypeError(type(theirs).__name__)


def _logs(logs: list[dict[str, Any]] | None) -> tuple[dict[str, Any], ...]:
    return tuple(logs or ())
