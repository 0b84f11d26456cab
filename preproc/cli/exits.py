"""Exit codes: 0 fine, 1 bug, 2 usage, 3 bad input, 4 refused by fal, 5 network or time-out, 6 some failed, 130 Ctrl-C."""

from __future__ import annotations

import sys

from ..errors import PreprocError

__all__ = ["USAGE", "exit_code", "say"]

USAGE = 2
BAD_INPUT = 3
REFUSED = 4
NETWORK = 5
INTERRUPTED = 130


def exit_code(error: BaseException) -> int | None:
    """Return the code an error ends the process with; None for a bug, whose traceback is wanted."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if "remote.errors" in sys.modules:
        from remote import errors

        if isinstance(error, errors.PlanError):
            return BAD_INPUT
        if isinstance(error, (errors.TransferError, errors.WaitTimeout, errors.UnknownOutcome)):
            return NETWORK
        if isinstance(error, errors.RemoteError):
            return REFUSED
    return BAD_INPUT if isinstance(error, PreprocError) else None


def say(error: BaseException) -> None:
    """Print an error for a person, on stderr."""
    text = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
    print(f"preproc: {text}", file=sys.stderr)
