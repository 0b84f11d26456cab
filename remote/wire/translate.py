"""From fal's answers to our errors: one reading for the real service and for the rehearsal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import (
    AccessError,
    BudgetError,
    EndpointError,
    Problem,
    RejectedError,
    ServerError,
    UnknownEndpointError,
)
from .hosts import bare

__all__ = ["PICTURE_ERRORS", "UNREADABLE", "clean", "endpoint_error", "line", "problem_of", "without"]

_URL = re.compile(r"\b(?:https?|wss?)://[^\s\"'<>]+", re.IGNORECASE)
_DATA = re.compile(r"\bdata:[\w.+-]+/[\w.+-]+[;,][^\s\"'<>]*")
_SECRET = re.compile(r"\b(Key|Bearer|Basic)\s+(?=\S*\d)[\w.:/+=~-]{12,}", re.IGNORECASE)
_BILLING = re.compile(r"lock(?:ed)?\b|balance|top[ _-]?up|billing|payment|exceeded|quota", re.IGNORECASE)
_LONGEST_TEXT = 300
_MOST_FIELDS = 20

_FIXES = {
    "image_too_small": "use a larger picture, or a crop with more context",
    "image_too_large": "use a smaller picture, or crop.around(photo, mask, rule=fal.rule(endpoint))",
    "image_load_error": "send PNG or JPEG bytes that open on this machine",
    "file_download_error": "upload the file again: its URL may have expired",
    "file_too_large": "send a smaller file",
    "content_policy_violation": "change the prompt or the picture: the endpoint's filter refused it",
    "face_detection_error": "use a picture with a visible face",
}
_FILE_SERVER = "fal's file server"
_FILE_FIX = "try again in a minute, or pass the file's own URL in its place; nothing was submitted"
_FILE_NOT_TAKEN = "send another file, or the URL of one that lies elsewhere; nothing was submitted"
_FILE_TOO_LARGE = "send a smaller file, such as a crop, or the URL of one that lies elsewhere; nothing was submitted"
PICTURE_ERRORS = frozenset(_FIXES)
"""fal's words for what an endpoint itself refuses, whatever HTTP status they come with."""
UNREADABLE = "unreadable_answer"
"""Our word for an answer of 2xx that is none of fal's."""


def clean(value: Any, *, secrets: Iterable[str] = (), files: bool = False) -> Any:
    """Return JSON values without credentials, queries of URLs and inlined files.

    Parameters
    ----------
    value
        What fal answered.
    secrets
        Strings that must not remain, such as the key.
    files
        Keep what is needed to read the files that are named: whole paths, and inlined ones.

    Examples
    --------
    >>> clean({"input": "https://v3.fal.media/a.png?token=abc", "said": "Key 1234:abcdefghij"})
    {'input': 'https://v3.fal.media/a.png', 'said': 'Key ***'}
    """

    def cleaned(text: str) -> str:
        if files and text.startswith("data:"):
            return text
        if not files:
            text = _DATA.sub(lambda found: bare(found[0]), text)
        longest = len(text) if files else 120
        text = _URL.sub(lambda found: bare(found[0], longest=longest), text)
        return _SECRET.sub(r"\1 ***", text)

    return _each(without(value, secrets), cleaned)


def without(value: Any, secrets: Iterable[str]) -> Any:
    """Return JSON values without `secrets`, and otherwise as they are."""
    secrets = tuple(filter(None, secrets))

    def replaced(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return text

    return _each(value, replaced)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text of JSON values."""
    if isinstance(value, dict):
        return {change(str(key)): _each(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def problem_of(item: Any) -> Problem:
    """Read one entry of a 422's `detail`.

    Examples
    --------
    >>> problem_of({"loc": ["body", "strength"], "msg": "too large", "type": "less_than_equal", "input": 1.7})
    Problem(field='strength', value=1.7, message='too large', code='less_than_equal', fix=None)
    >>> problem_of({"loc": 5, "msg": "odd"})
    Problem(field='5', value=None, message='odd', code='', fix=None)
    """
    if not isinstance(item, dict):
        return Problem("", None, line(item))
    loc = item.get("loc")
    where = [line(part) for part in (loc if isinstance(loc, list) else [loc]) if part not in ("body", None)]
    limits = item.get("ctx")
    message = line(item.get("msg") or item.get("type") or "refused")
    if isinstance(limits, dict):
        named = ", ".join(f"{key} {number}" for key, number in limits.items() if isinstance(number, (int, float, str)))
        message = f"{message} ({line(named)})" if named else message
    return Problem(".".join(where), item.get("input"), message, str(item.get("type") or ""))


def endpoint_error(
    status: int | None,
    body: Any,
    *,
    endpoint: str | None,
    request_id: str | None = None,
    error_type: str | None = None,
    secrets: Iterable[str] = (),
) -> EndpointError:
    """Say what an answer other than 2xx means.

    Parameters
    ----------
    status
        The HTTP status; None where fal reported a failed job without one.
    body
        The decoded answer: `{"detail": text or list, "error_type": text}`, or text.
    endpoint, request_id
        What the request was about; without an endpoint it was fal's file server that was asked.
    error_type
        fal's word for it, where it came in a header.
    secrets
        Strings that must not appear in the error.

    Returns
    -------
    EndpointError
        Or the fitting class below it, not raised yet.
    """
    body, error_type, request_id = clean([body, error_type, request_id], secrets=secrets)
    detail = body.get("detail", body.get("error", body)) if isinstance(body, dict) else body
    if isinstance(body, dict):
        error_type = body.get("error_type") or error_type
    fields = tuple(problem_of(item) for item in detail[:_MOST_FIELDS]) if isinstance(detail, list) else ()
    error_type = error_type or next((field.code for field in fields if field.code), None)
    text = "; ".join(str(field) if field.field else field.message for field in fields) or line(detail)
    if endpoint is None:
        kind, said, fix = _of_files(status, text, error_type)
    else:
        kind, said, fix = _kind(status, text, error_type, about_request=request_id is not None)
    return kind(
        f"{endpoint or _FILE_SERVER} {said}{f' ({status})' if status else ''}: {text or 'no reason given'}",
        fix=fix,
        endpoint=endpoint,
        request_id=request_id,
        status_code=status,
        body=body,
        error_type=error_type,
        fields=fields,
    )


def _of_files(status: int | None, text: str, error_type: str | None) -> tuple[type[EndpointError], str, str | None]:
    """Say what an answer of the file server means: it knows no endpoints, and no arguments."""
    kind, said, fix = _kind(status, text, error_type, about_request=False)
    if kind is AccessError:
        return kind, said, "check the key, which the file server does not accept, at https://fal.ai/dashboard/keys"
    if kind is UnknownEndpointError:
        return EndpointError, "does not have what was asked for", _FILE_FIX
    if kind is RejectedError:
        is_large = status == 413 or error_type == "file_too_large"
        return EndpointError, "does not take the file", _FILE_TOO_LARGE if is_large else fix or _FILE_NOT_TAKEN
    if kind is ServerError:
        return kind, "failed", "upload it again in a minute; if it fails again, see https://status.fal.ai"
    if status == 429:
        return kind, said, "wait, or upload fewer files at once"
    return kind, said, fix


def _kind(
    status: int | None, text: str, error_type: str | None, *, about_request: bool
) -> tuple[type[EndpointError], str, str | None]:
    fix = _FIXES.get(error_type or "")
    if status in {400, 413, 422} or (status is None and error_type in _FIXES):
        return RejectedError, "refuses what it was sent", fix
    if status == 401:
        return AccessError, "does not accept the key", "check the key at https://fal.ai/dashboard/keys"
    if status == 402 or (status == 403 and _BILLING.search(text)):
        return BudgetError, "is locked for this account", "see https://fal.ai/dashboard/billing; the key itself is fine"
    if status == 403:
        return (
            AccessError,
            "is not open to this key",
            "the key is known, but may not use this: ask its owner for access",
        )
    if status == 404 and about_request:
        return (
            UnknownEndpointError,
            "does not have this request",
            "fal keeps requests for a limited time: look for it on fal's dashboard; again=True makes and pays a new job",
        )
    if status == 404:
        return UnknownEndpointError, "is not known to fal", "preproc endpoints lists what fal publishes"
    if status == 429:
        return BudgetError, "gets too many requests", "wait, or keep fewer jobs in flight"
    if status is None or status >= 500:
        return (
            ServerError,
            "failed on fal's side",
            fix or "submit the plan again; if it fails again, see https://status.fal.ai",
        )
    return EndpointError, "answers with an error", fix


def line(text: object) -> str:
    """One line, not too long, of letters that a terminal shows and does not obey."""
    shown = "".join(letter if letter.isprintable() else " " for letter in str(text if text is not None else ""))
    words = " ".join(shown.split())
    return words if len(words) <= _LONGEST_TEXT else f"{words[: _LONGEST_TEXT - 3]}..."
