"""Which failures of an upload pass by themselves."""

from __future__ import annotations

import httpx

from .transport import UnansweredError, retry_after
from .way import lies_in_settings

__all__ = ["may_pass"]

_LONGEST_ASKED_S = 30.0
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


def may_pass(error: Exception) -> bool | float:
    """Tell whether a request that costs nothing is worth another try, or after how many seconds fal wants one."""
    answer = error.reason if isinstance(error, UnansweredError) else getattr(error, "response", None)
    if not isinstance(answer, httpx.Response):
        return isinstance(error, UnansweredError) and not lies_in_settings(answer)
    if answer.status_code not in _PASSING:
        return False
    asked = retry_after(answer.headers.get("retry-after"))
    return True if asked is None else min(asked, _LONGEST_ASKED_S)
