"""Fetch results: from known machines, within bounds of bytes and time."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from urllib.parse import unquote_to_bytes, urlsplit

import httpx

from ..errors import DownloadError
from .again import again
from .forks import keep_unclosed
from .hosts import Hosts, bare, is_public, origin
from .patience import within
from .protocol import Downloaded
from .secrets import is_told
from .transport import retry_after
from .way import lies_in_settings, named_in_settings, unreached, way_out

__all__ = ["Downloader"]

_HOPS = 5
_GONE = frozenset({401, 403, 404, 410})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_NO_HEAD = frozenset({405, 501})
_NEVER = ("text/html", "application/xhtml")


class _PassingError(Exception):
    """Something that may go away when tried again."""

    def __init__(self, error: DownloadError, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


class _Timed(httpx.SyncByteStream):
    """A body that looks at the clock at each piece off the wire; decoders and chunkers hold back what trickles in."""

    def __init__(self, body: httpx.SyncByteStream, check: Callable[[], object]) -> None:
        self._body = body
        self._check = check

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._check()
            yield piece

    def close(self) -> None:
        self._body.close()


class Downloader:
    """Fetch files without credentials.

    Parameters
    ----------
    hosts
        The machines results may come from; redirects too.
    attempts
        How often one file is tried when the connection fails or the server is busy.
    pause_s
        The first pause between two attempts; later ones grow.
    secrets
        Returns strings that are in no address that is asked for, and in no content type.
    """

    def __init__(
        self,
        hosts: Hosts,
        *,
        attempts: int = 4,
        pause_s: float = 0.3,
        secrets: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._hosts = hosts
        self._secrets = secrets
        self._attempts = attempts
        self._pause_s = pause_s
        self._closed = False

    @cached_property
    def _client(self) -> httpx.Client:
        with way_out(DownloadError):
            return httpx.Client(follow_redirects=False)

    def after_fork(self) -> None:
        """In a forked child, leave the connections to the parent."""
        keep_unclosed(self.__dict__.pop("_client", None))

    def close(self) -> None:
        """Close the connections. Files can still be fetched, each over a connection of its own."""
        self._closed = True
        if "_client" in self.__dict__:
            self._client.close()

    def fetch(self, url: str, *, max_bytes: int, timeout_s: float) -> Downloaded:
        """Return the file behind `url`.

        Parameters
        ----------
        url
            An https or data URL.
        max_bytes
            Larger files are refused, at the latest when one byte more has come.
        timeout_s
            For everything together: attempts, redirects and pauses. Less where whoever waits has less; see `patience`.

        Raises
        ------
        DownloadError
            With `gone` where trying again is of no use.
        """
        if url.startswith("data:"):
            return _inline(url, max_bytes)
        if self._closed:
            with closing(
                Downloader(self._hosts, attempts=self._attempts, pause_s=self._pause_s, secrets=self._secrets)
            ) as fresh:
                return fresh.fetch(url, max_bytes=max_bytes, timeout_s=timeout_s)
        timeout_s = within(timeout_s)
        deadline = time.monotonic() + timeout_s
        try:
            return again(
                lambda: self._follow(url, max_bytes, deadline),
                what=f"download {url}",
                on=lambda error: time.monotonic() < deadline and _may_pass(error),
                attempts=self._attempts,
                pause_s=self._pause_s,
                timeout_s=timeout_s,
            )
        except _PassingError as failed:
            broken = failed.error
        raise broken  # apart from its cause, which may repeat what no error may hold

    def exists(self, url: str, *, timeout_s: float = 10.0) -> bool:
        """Tell whether a file is still there, without fetching it. Doubts count as no."""
        if not self._hosts.allow(url):
            return False
        try:
            answer = self._client.head(url, timeout=timeout_s)
            if answer.status_code not in _NO_HEAD:
                return answer.is_success
            with self._client.stream("GET", url, headers={"Range": "bytes=0-0"}, timeout=timeout_s) as response:
                return response.is_success
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, DownloadError):
            return False

    def _follow(self, url: str, max_bytes: int, deadline: float) -> Downloaded:
        for _ in range(_HOPS):
            self._check(url)
            with self._open(url, deadline) as response:
                if is_told(response.headers.get("content-type", ""), self._secrets()):
                    raise _failed(url, "came with the key in its content type")
                if not response.is_redirect:
                    return _body(response, url, max_bytes, deadline)
                if not response.has_redirect_location:
                    raise _failed(url, f"is answered with {response.status_code}, which leads nowhere")
                url = str(response.url.join(response.headers["location"]))
        raise DownloadError(f"{bare(url)} was reached over more than {_HOPS} redirects", host=_host(url))

    def _check(self, url: str) -> None:
        if not origin(url):
            raise _unreadable(url)
        if not self._hosts.allow(url):
            raise DownloadError(
                f"a result at {origin(url)} is not fetched: only https from {', '.join(self._hosts.domains)}",
                fix="if that host is right, name it in allowed_hosts",
            )
        if is_told(url, self._secrets()):
            raise DownloadError("a result's address repeats the key, so it is not asked for", host=_host(url))
        host = _host(url)
        if not self._hosts.named(url) and not is_public(host or ""):
            raise DownloadError(
                f"{host} is an address inside this network; a result is not fetched from there", host=host
            )

    @contextmanager
    def _open(self, url: str, deadline: float) -> Iterator[httpx.Response]:
        try:
            with self._client.stream("GET", url, timeout=_left(url, deadline)) as response:
                yield response
        except (httpx.InvalidURL, UnicodeError):
            raise _unreadable(url) from None
        except httpx.RequestError as error:
            if lies_in_settings(error):
                raise unreached(error, DownloadError) from None
            if named_in_settings(error):
                raise _PassingError(unreached(error, DownloadError)) from error
            raise _PassingError(_failed(url, f"broke off ({type(error).__name__})")) from error


def _body(response: httpx.Response, url: str, max_bytes: int, deadline: float) -> Downloaded:
    status = response.status_code
    if status in _PASSING:
        raise _PassingError(
            _failed(url, f"is answered with {status}"), retry_after(response.headers.get("retry-after"))
        )
    if status != httpx.codes.OK:
        raise _failed(url, f"is answered with {status}", gone=status in _GONE)
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.startswith(_NEVER):
        raise _failed(url, f"is a web page ({content_type}), not a result")
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise _too_large(url, f"has {int(declared):,} bytes, allowed are {max_bytes:,}", int(declared))
    data = bytearray()
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Timed(response.stream, lambda: _left(url, deadline))
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > max_bytes:
            raise _too_large(url, f"has more than the allowed {max_bytes:,} bytes", 2 * max_bytes)
    return Downloaded(bytes(data), content_type)


def _may_pass(error: Exception) -> bool | float:
    """Tell whether to try again, and after how long."""
    if not isinstance(error, _PassingError):
        return False
    return True if error.wait_s is None else min(error.wait_s, 30.0)


def _left(url: str, deadline: float) -> float:
    left = within(deadline - time.monotonic())
    if left <= 0:
        raise _failed(url, "took too long", fix="read it again, or wait with a longer timeout")
    return min(left, 30.0)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _failed(url: str, what: str, *, gone: bool = False, fix: str | None = None) -> DownloadError:
    if gone:
        fix = "fal keeps files for a limited time; submit the plan with again=True to make a new one"
    return DownloadError(f"{bare(url)} {what}", fix=fix, host=_host(url), gone=gone)


def _too_large(url: str, what: str, byte_count: int) -> DownloadError:
    error = _failed(url, what, fix="allow more bytes, and read it again")
    error.byte_count = byte_count
    return error


def _unreadable(url: str) -> DownloadError:
    return _failed(
        url,
        "is where the result should be; it is not fetched, since it is no https URL",
        fix="see the answer: result.raw",
    )


def _inline(url: str, max_bytes: int) -> Downloaded:
    head, comma, body = url.partition(",")
    if not comma:
        raise DownloadError("a data URL without data")
    if len(body) > max_bytes * 4 // 3 + 4:
        raise _too_large(url, f"of {len(body):,} characters is over the allowed {max_bytes:,} bytes", len(body))
    try:
        data = base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except binascii.Error:
        raise DownloadError("a data URL that is not base64") from None
    return Downloaded(data, head.removeprefix("data:").partition(";")[0].lower())
