"""Exit codes: 0 fine, 1 bug, 2 usage, 3 bad input, 4 refused by fal, 5 network or time-out, 6 some failed, 130 Ctrl-C."""

from __future__ import annotations

import sys

from ..errors import InputError, PreprocError

__all__ = [
    "BAD_INPUT",
    "INTERRUPTED",
    "NETWORK",
    "PARTLY_FAILED",
    "PIPE_CLOSED",
    "REFUSED",
    "USAGE",
    "UsageError",
    "complain",
    "exit_code",
    "meant",
]

USAGE = 2
BAD_INPUT = 3
REFUSED = 4
NETWORK = 5
PARTLY_FAILED = 6
INTERRUPTED = 130
PIPE_CLOSED = 141


class UsageError(InputError):
    """A command line that asks for something that makes no sense."""


def meant(error: BaseException) -> BaseException:
    """Return what an error comes from, where that says more: a library or a module that cannot be imported."""
    if not isinstance(error, ImportError) or isinstance(error, PreprocError):
        return error
    if isinstance(error.__cause__, PreprocError):
        return error.__cause__
    if (error.name or "").partition(".")[0] == "remote":
        return PreprocError(f"the module remote is not ours: {error}", fix="preproc doctor says where it lies")
    return error


def exit_code(error: BaseException) -> int | None:
    """Return the code an error ends the process with; None for a bug, whose traceback is wanted."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, UsageError):
        return USAGE
    if "remote.errors" in sys.modules:
        from remote import errors

        if isinstance(error, (errors.PlanError, errors.UnknownJobError)):
            return BAD_INPUT
        if isinstance(error, (errors.TransferError, errors.WaitTimeout, errors.UnknownOutcome)):
            return NETWORK
        if isinstance(error, errors.RemoteError):
            return REFUSED
    return BAD_INPUT if isinstance(error, PreprocError) else None


def complain(about: BaseException | str) -> None:
    """Print what went wrong for a person, on stderr."""
    text = "interrupted" if isinstance(about, KeyboardInterrupt) else str(about)
    print(f"preproc: {text}", file=sys.stderr)
