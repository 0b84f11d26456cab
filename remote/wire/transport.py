"""What leaves for fal's queue, how often, and to whom.

`fal_client` posts a submit again after time-outs, cut connections, half answers, 408, 409 and gateway errors, and each
post may become a job that is billed. `SubmitOnce` stands below the client: a post goes out once. What cannot be known
afterwards is raised as `UnknownOutcome`, which is not an error of httpx, so the client does not try again. Only a
failure to connect, when nothing has left, and a 429, which is a refusal, are followed by another post, from here.

Everything else goes out once too, and what went wrong is raised as `UnansweredError`: `fal_client` would try ten times,
asleep for up to 20 minutes, while whoever waits for the job has a time limit and asks again anyway.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from ..errors import NOT_TAKEN, BudgetError, RemoteError, ServerError, UnknownOutcome
from .hosts import Hosts, origin
from .later import Later, Tried, rest, tried
from .patience import within
from .way import lies_in_settings

__all__ = ["Guarded", "Once", "SubmitOnce", "UnansweredError", "retry_after"]

_NOTHING_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_UNDECIDED = frozenset({408, 409, 499})
_ANSWER_KEYS = ("request_id", "response_url", "status_url", "cancel_url")
_REQUEST_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)
_TRIED_AGAIN = frozenset({408, 409, 429, 502, 503, 504})
_MAX_ANSWER = 4 * 1024 * 1024
_MAX_RESULT = 512 * 1024 * 1024  # pictures may be inlined
_ASKING_S, _RESULT_S = 30.0, 600.0
_LONGEST_WAIT = 30.0
_REACH_S, _LONGEST_REACH_WAIT = 30.0, 8.0
_SHORTEST_S = 0.01


class UnansweredError(Exception):
    """Nothing, or nothing final, came back from a request that costs nothing: the error of httpx, or the answer."""

    def __init__(self, reason: httpx.HTTPError | httpx.Response) -> None:
        super().__init__()
        self.reason = reason


class Guarded(httpx.BaseTransport):
    """Let requests through to `hosts` only, so that credentials reach nobody else, and let none wait without an end.

    Parameters
    ----------
    inner
        The client's own transport.
    hosts
        The machines that may be talked to.
    timeout_s
        How long a request may stay without any progress, also where the client sets no limit.
    """

    def __init__(self, inner: httpx.BaseTransport, *, hosts: Hosts, timeout_s: float = 120.0) -> None:
        self._inner = inner
        self._hosts = hosts
        self._timeout_s = timeout_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, or refuse its host."""
        return self._pass(request)

    def close(self) -> None:
        """Close the transport below."""
        self._inner.close()

    def _pass(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if not self._hosts.allow(url):
            raise ServerError(
                f"fal's answer points to {origin(url) or 'no host'}; the key goes to fal's own hosts only, over https",
                fix="if a proxy of your own stands in for fal, name it in FAL_RUN_HOST and FAL_QUEUE_RUN_HOST",
            )
        limit_s = self._timeout_s
        if request.method == "GET":
            limit_s = max(_SHORTEST_S, within(min(limit_s, _ASKING_S)))
        limits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            step: limit_s if limits.get(step) is None else min(limits[step], limit_s)
            for step in ("connect", "read", "write", "pool")
        }
        return self._inner.handle_request(request)


class Once(Guarded):
    """Send each request once, whatever the client above would do, and read its whole answer."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; `UnansweredError` where nothing, or nothing final, came back."""
        try:
            response = self._pass(request)
            try:
                answer = _read(response, within(_RESULT_S), _MAX_RESULT)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise UnansweredError(error) from None
        if answer.status_code in _TRIED_AGAIN:
            raise UnansweredError(answer)
        return answer


class SubmitOnce(Once):
    """Send each POST once; whatever leaves its outcome open becomes `UnknownOutcome`.

    Parameters
    ----------
    inner
        The client's own transport.
    hosts, timeout_s
        As for `Guarded`.
    patience_s
        How long a 429 is waited out, all waits of one post together; and fal being out of reach, 30 s at most.
    pause
        Sleeps for some seconds.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        hosts: Hosts,
        timeout_s: float = 120.0,
        patience_s: float = 120.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(inner, hosts=hosts, timeout_s=timeout_s)
        self._patience_s = patience_s
        self._pause = pause

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; a POST once, apart from those that did not arrive or were refused for now."""
        if request.method != "POST":
            return super().handle_request(request)
        with tried("submit") as so_far:
            while True:
                try:
                    response = self._post(request)
                except _NOTHING_LEFT as error:
                    wait = self._until_reached(error, so_far)
                else:
                    if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                        return response
                    wait = self._until_there_is_room(response, so_far)
                so_far.count, so_far.waited_s = so_far.count + 1, so_far.waited_s + wait
                try:
                    rest(wait, self._pause)
                except Later:
                    raise
                except BaseException as stopped:
                    stopped.add_note(NOT_TAKEN)
                    raise

    def _until_there_is_room(self, refusal: httpx.Response, so_far: Tried) -> float:
        """Return how long to wait after a 429."""
        asked = retry_after(refusal.headers.get("retry-after"))
        wait = min(2.0**so_far.count, _LONGEST_WAIT) if asked is None else asked
        if so_far.waited_s + wait > self._patience_s:
            raise BudgetError(
                f"fal takes no more jobs from this account for now (429), "
                f"{so_far.waited_s:.0f} s waited in {so_far.count} pauses",
                fix=f"try again in {math.ceil(wait)} s, or keep fewer jobs in flight",
                status_code=429,
            )
        return wait

    def _until_reached(self, error: httpx.HTTPError, so_far: Tried) -> float:
        """Return how long to wait where there was no way to fal."""
        wait = min(0.5 * 2.0**so_far.count, _LONGEST_REACH_WAIT)
        spent_s = max(so_far.waited_s, time.monotonic() - so_far.began)
        if lies_in_settings(error) or spent_s + wait > min(self._patience_s, _REACH_S):
            raise UnansweredError(error) from None
        return wait

    def _post(self, request: httpx.Request) -> httpx.Response:
        """Post once and read the whole answer; what httpx reads later could still be lost."""
        way = _Way()
        request.extensions["trace"] = way
        try:
            response = self._pass(request)
            try:
                answer = _read(response, request.extensions["timeout"]["read"], _MAX_ANSWER)
            finally:
                response.close()
        except (*_NOTHING_LEFT, RemoteError):
            raise
        except httpx.TransportError as error:
            if way.has_not_left:
                raise httpx.ConnectError(f"the way to fal broke off ({type(error).__name__})") from error
            raise _lost(f"the connection failed after the job had left ({type(error).__name__})") from None
        except Exception as error:  # noqa: BLE001 - whatever it was, the job may have left
            raise _lost(f"the connection failed after the job had left ({type(error).__name__})") from None
        status = answer.status_code
        if status >= 500 or 300 <= status < 400 or status in _UNDECIDED:
            raise _lost(f"fal answered {status}, which does not say whether the job was taken")
        if status < 300 and (missing := _missing(answer)):
            names_it = "request_id" not in missing
            raise _lost(
                f"fal answered {status} without {', '.join(missing)}", answer.json()["request_id"] if names_it else None
            )
        return answer


class _Way:
    """Watches how far a POST gets: a proxy may cut the line before anything of it is sent."""

    def __init__(self) -> None:
        self._began = self._left = False

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        self._began = True
        if event.endswith("send_request_headers.started"):
            self._left = self._left or getattr(info.get("request"), "method", b"POST") != b"CONNECT"

    @property
    def has_not_left(self) -> bool:
        """Whether the line was watched, and broke before the request itself was begun."""
        return self._began and not self._left


def retry_after(header: str | None) -> float | None:
    """Read a Retry-After header, in seconds or as a date; None where there is none that makes sense.

    Examples
    --------
    >>> retry_after("2"), retry_after("soon")
    (2.0, None)
    """
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _read(response: httpx.Response, timeout_s: float, most: int) -> httpx.Response:
    """Copy a response with its whole body read and decoded; the time-out is for all of it, not for each piece."""
    chunks, total = [], 0
    deadline = time.monotonic() + timeout_s
    for chunk in response.stream if isinstance(response.stream, httpx.SyncByteStream) else ():
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout(f"the answer took more than {timeout_s} s")
        total += len(chunk)
        if total > most:
            raise httpx.RemoteProtocolError(f"the answer is over {most} bytes")
        chunks.append(chunk)
    stream = httpx.ByteStream(b"".join(chunks))
    answer = httpx.Response(
        response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
    )
    answer.read()
    return answer


def _missing(answer: httpx.Response) -> list[str]:
    """Return which of fal's names for a job an answer lacks."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):  # the latter where it is nested too deeply
        body = None
    if not isinstance(body, dict) or not _REQUEST_ID.fullmatch(str(body.get("request_id"))):
        return list(_ANSWER_KEYS)
    return [key for key in _ANSWER_KEYS if not isinstance(body.get(key), str) or not body[key]]


def _lost(what: str, request_id: str | None = None) -> UnknownOutcome:
    return UnknownOutcome(
        f"{what}: it may be running and billed, so it was not sent again",
        fix="look for it on fal's dashboard; if it is there: fal.resume(job_id).adopt(request_id), "
        "else .declare_not_taken(), or submit the plan with again=True",
        request_id=request_id,
    )
