"""From what httpx has, an answer or an error, to our errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import httpx

from ..errors import EndpointError, RemoteError, ServerError, TransferError
from .translate import UNREADABLE, clean, endpoint_error, line
from .transport import UnansweredError
from .way import unreached

__all__ = ["answered", "answers_told"]

_LONGEST_ODDITY = 120


@contextmanager
def answers_told(
    endpoint: str | None, broken: type[TransferError], request_id: str | None, secrets: Callable[[], Iterable[str]]
) -> Iterator[None]:
    """Turn whatever httpx, or reading an answer, raises in this block into our errors.

    Parameters
    ----------
    endpoint, request_id
        What the request is about; without an endpoint it is fal's file server that is asked.
    broken
        What a lost connection becomes, and what settings that are in the way do.
    secrets
        Returns the strings that must not appear.
    """
    try:
        yield
    except RemoteError as error:
        if isinstance(error, TransferError) and error.by_settings and not isinstance(error, broken):
            raise broken(
                error.message, fix=error.fix, endpoint=endpoint, request_id=request_id, by_settings=True
            ) from None
        error.endpoint, error.request_id = error.endpoint or endpoint, error.request_id or request_id
        raise
    except httpx.HTTPStatusError as error:
        raise answered(error.response, endpoint, request_id, secrets()) from None
    except UnansweredError as error:
        if isinstance(error.reason, httpx.Response):
            raise answered(error.reason, endpoint, request_id, secrets()) from None
        raise unreached(error.reason, broken, endpoint, request_id) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreached(error, broken, endpoint, request_id) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise broken(
            f"the answer is not fal's: it is no JSON ({type(error).__name__})",
            fix="check any proxy between this machine and fal",
            endpoint=endpoint,
            request_id=request_id,
        ) from None
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ServerError(
            f"fal answered what cannot be read: {clean(_named(error), secrets=secrets())}",
            endpoint=endpoint,
            request_id=request_id,
            error_type=UNREADABLE,
        ) from None


def answered(
    response: httpx.Response,
    endpoint: str | None,
    request_id: str | None,
    secrets: Iterable[str],
    error_type: str | None = None,
) -> EndpointError:
    """Say what an answer other than 2xx means; `endpoint` is None where it is the file server's."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = response.text
    return endpoint_error(
        response.status_code,
        body,
        endpoint=endpoint,
        request_id=request_id or response.headers.get("x-fal-request-id"),
        error_type=error_type,
        secrets=secrets,
    )


def _named(error: Exception) -> str:
    """Say what is odd about an answer, in the words of what tripped over it."""
    said = line(error)[:_LONGEST_ODDITY]
    return (
        f"{said} is missing in it" if isinstance(error, KeyError) else f"{said or 'no words'} ({type(error).__name__})"
    )
