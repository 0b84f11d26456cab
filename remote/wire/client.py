"""fal's own client, made safe for money: each job posted once, the key to fal only. No other file knows `fal_client`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import fal_client
import fal_client.client
import httpx
from fal_client.auth import AuthCredentials, MissingCredentialsError

from ..errors import MissingKeyError, RemoteError, TransferError, UploadError
from .again import again
from .answers import answered, answers_told
from .hosts import FAL_DOMAINS, Hosts, origin
from .later import leaving
from .passing import may_pass
from .pieces import Pieces
from .protocol import Status, Submitted
from .secrets import forms_of, is_told
from .transport import Once, SubmitOnce
from .way import way_out

__all__ = ["Client", "translated"]

_TOKEN_S, _TOKEN_PAUSE_S, _TOKEN_ATTEMPTS = 10.0, 0.3, 4
_FILE_PAUSE_S, _FILE_ATTEMPTS = 0.5, 6

T = TypeVar("T")


class Client(fal_client.SyncClient):
    """The official client; its own transports, behind ours."""

    def __init__(
        self, *, key: str | None, default_timeout: float, patience_s: float, pause: Callable[[float], None]
    ) -> None:
        super().__init__(key=key, default_timeout=default_timeout)
        self.__dict__.update(_patience_s=patience_s, _pause=pause)

    def check_key(self) -> None:
        """Find the key now, and refuse one that no header can carry."""
        with way_out():  # a login that has run out is renewed
            _ = self._auth
        if not all("!" <= letter <= "~" for letter in self._auth.token):
            raise MissingKeyError(
                "the key for fal holds a space, a line break or another letter that no key has",
                fix="set FAL_KEY again, without quotes and line breaks",
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must appear nowhere: the key, its halves, the token for uploads, and each as it stands in URLs and headers."""
        cdn = getattr(self.__dict__.get("_token_manager"), "_token", None)
        return forms_of([self._auth.token, str(getattr(cdn, "token", ""))])

    def is_told(self, text: str) -> bool:
        """Tell whether a text of fal's repeats the key."""
        return is_told(text, self.secrets)

    def store(self, data: bytes | Path, *, content_type: str, file_name: str, lifetime_s: int | None) -> str:
        """Upload a file and return its URL, which is one of fal's own; over 100 MiB in parts, each tried again by itself."""
        pieces = Pieces(data)
        if len(pieces) > fal_client.client.MULTIPART_THRESHOLD:
            with leaving(None):  # the parts that are there would be sent again
                url: str = _Parts.save(
                    client=self._get_cdn_client(),
                    token_manager=self._token_manager,
                    file_name=file_name,
                    data=pieces,  # type: ignore[arg-type]  # measured and sliced like bytes
                    content_type=content_type,
                    object_lifecycle_preference={"expiration_duration_seconds": lifetime_s} if lifetime_s else None,
                )
        else:
            lifecycle = None if lifetime_s is None else fal_client.StorageSettings(expires_in=lifetime_s)
            # without a fallback: the other way sends the key to whatever host it is told
            send = partial(self.upload, repository="fal_v3", fallback_repository=[], lifecycle=lifecycle)
            url = again(
                lambda: self._with_token(lambda: send(pieces.whole(), content_type, file_name)),
                what=f"upload {file_name}",
                on=may_pass,
                attempts=_FILE_ATTEMPTS,
                pause_s=_FILE_PAUSE_S,
            )
        if not self._hosts.allow(url):
            raise UploadError(
                f"fal's file server says that {file_name} lies at {origin(url) or 'no host'}, which is none of fal's own",
                fix="check any proxy between this machine and fal",
            )
        if self.is_told(url):
            raise UploadError(
                f"fal's file server put the key into the address of {file_name}, which is not written down"
            )
        return url

    def _with_token(self, send: Callable[[], str]) -> str:
        """Upload, and once more with a new token where the file server does not take the one it was given."""
        try:
            return send()
        except fal_client.FalClientHTTPError as error:
            if error.status_code != httpx.codes.UNAUTHORIZED:
                raise
        self.__dict__.pop("_token_manager", None)
        try:
            return send()
        except fal_client.FalClientHTTPError as error:
            if error.status_code != httpx.codes.UNAUTHORIZED:
                raise
            raise UploadError(
                "fal's file server does not take the token that fal gave for it (401); the key itself was accepted",
                fix="try again in a minute; check this machine's clock",
            ) from None

    def handle(self, endpoint: str, submitted: Submitted) -> fal_client.SyncRequestHandle:
        """Return the client's own handle of a job."""
        known = self.trusted(endpoint, submitted)
        return _Handle(
            request_id=known.request_id,
            response_url=known.response_url,
            status_url=known.status_url,
            cancel_url=known.cancel_url,
            client=self._client,
        )

    def trusted(self, endpoint: str, submitted: Submitted) -> Submitted:
        """Return where fal is asked after a request: where it says, or, where that is not fal, where its queue keeps requests."""
        urls = [_safe(url) for url in (submitted.status_url, submitted.response_url, submitted.cancel_url)]
        if all(self._hosts.allow(url) and not self.is_told(url) for url in urls):
            return Submitted(submitted.request_id, *urls)
        return self.locate(endpoint, submitted.request_id)

    def locate(self, endpoint: str, request_id: str) -> Submitted:
        """Return where fal is asked after a request, by its id alone."""
        found = fal_client.SyncRequestHandle.from_request_id(self._client, endpoint, quote(request_id, ""))
        return Submitted(request_id, found.status_url, found.response_url, found.cancel_url)

    def ask(self, endpoint: str, submitted: Submitted, *, logs: bool) -> Status:
        """Ask once how far a job is."""
        try:
            theirs = self.handle(endpoint, submitted).status(with_logs=logs)
        except ValueError as error:  # a word that fal_client does not know
            if "cancel" in str(error).lower():
                return Status("cancelled")
            raise
        if isinstance(theirs, fal_client.Queued):
            return Status("queued", position=theirs.position)
        if isinstance(theirs, fal_client.InProgress):
            return Status("running", logs=tuple(theirs.logs or ()))
        if isinstance(theirs, fal_client.Completed):
            said = tuple(theirs.logs or ())
            return Status("completed", logs=said, error=theirs.error, error_type=theirs.error_type)
        raise TypeError(type(theirs).__name__)

    def close(self) -> None:
        """Close the connections."""
        if "_wire" in self.__dict__:
            self._wire.close()

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
        with way_out():
            wire = self._wire
        transport = SubmitOnce(
            wire,
            hosts=self._hosts,
            timeout_s=self.default_timeout,
            patience_s=options["_patience_s"],
            pause=options["_pause"],
        )
        headers = {"Authorization": self._auth.header_value, "User-Agent": fal_client.client.USER_AGENT}
        return httpx.Client(transport=transport, headers=headers, timeout=self.default_timeout, follow_redirects=True)

    @cached_property
    def _files(self) -> httpx.Client:
        with way_out():
            wire = self._wire
        transport = Once(wire, hosts=self._hosts, timeout_s=self.default_timeout)
        headers = {"User-Agent": fal_client.client.USER_AGENT}
        return httpx.Client(transport=transport, headers=headers, timeout=self.default_timeout)

    @cached_property
    def _token_manager(self) -> fal_client.client.CDNTokenManager:
        return _Tokens(self._auth, self._files)

    def _get_cdn_client(self) -> httpx.Client:
        """One client for all uploads, where theirs opens one each; its token is asked for with some patience."""
        token = again(
            self._token_manager.get_token, what="token", on=may_pass, attempts=_TOKEN_ATTEMPTS, pause_s=_TOKEN_PAUSE_S
        )
        self._files.headers["Authorization"] = f"{token.token_type} {token.token}"
        return self._files


class _Handle(fal_client.SyncRequestHandle):
    """A handle whose `get` fetches the answer at once; theirs would first poll, without an end."""

    def iter_events(self, **_: Any) -> Iterator[fal_client.Status]:
        yield from ()


class _Tokens(fal_client.client.CDNTokenManager):
    """Their tokens for uploads, asked for over the same connections; theirs opens one of its own for each."""

    def __init__(self, auth: AuthCredentials, files: httpx.Client) -> None:
        super().__init__(auth)
        self._files = files

    def _refresh_token(self) -> fal_client.client.CDNToken:
        answer = self._files.post(self._url, headers=self._headers, json={}, timeout=_TOKEN_S)
        answer.raise_for_status()
        said = answer.json()
        return fal_client.client.CDNToken(
            token=said["token"],
            token_type=said["token_type"],
            base_upload_url=said["base_url"],
            expires_at=datetime.fromisoformat(said["expires_at"]),
        )


class _Parts(fal_client.client.MultipartUpload):
    """Their upload in parts; theirs gives up at the first part that fails, and names the parts in the order they end."""

    def upload_part(self, part_number: int, data: Callable[[], bytes]) -> None:  # type: ignore[override]  # of `Pieces`
        send = super().upload_part
        self._again(f"part {part_number}", lambda: send(part_number, data()))

    def create(self, object_lifecycle_preference: Any = None) -> None:
        self._again("begin", partial(super().create, object_lifecycle_preference))

    def complete(self) -> str:
        self._parts.sort(key=lambda part: int(part["partNumber"]))
        return self._again("end", super().complete)

    def _again(self, what: str, work: Callable[[], T]) -> T:
        what = f"{what} of {self.file_name}"
        return again(work, what=what, on=may_pass, attempts=_FILE_ATTEMPTS, pause_s=_FILE_PAUSE_S)


def _safe(url: str) -> str:
    """Return a URL of fal's with https where the queue itself is on https."""
    if url.startswith("http://") and fal_client.client.QUEUE_URL_FORMAT.startswith("https://"):
        return f"https://{url.removeprefix('http://')}"
    return url


@contextmanager
def translated(
    endpoint: str | None,
    broken: type[TransferError],
    request_id: str | None = None,
    *,
    secrets: Callable[[], Iterable[str]] = tuple,
) -> Iterator[None]:
    """Turn whatever fal_client and httpx raise into the errors of `remote.errors`.

    None of them is chained to its cause, nor knows it: an answer that repeats the key would show it in a traceback.

    Parameters
    ----------
    endpoint, request_id
        What the request is about.
    broken
        What a lost connection becomes.
    secrets
        Returns the strings that must not appear; called when there is an error to be told.
    """
    try:
        with answers_told(endpoint, broken, request_id, secrets):
            try:
                yield
            except MissingCredentialsError as error:
                raise MissingKeyError(str(error), fix="try it without a key: Fal(backend='rehearsal')") from None
            except fal_client.FalClientHTTPError as error:
                raise answered(error.response, endpoint, request_id, secrets(), error.error_type) from None
    except RemoteError as error:
        error.__cause__ = error.__context__ = None
        raise
