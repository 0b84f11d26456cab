"""Exit codes: 0 fine, 1 bug, 2 usage, 3 bad input, 4 refused by fal, 5 network or time-out, 6 some failed, 130 Ctrl-C."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from ..errors import InputError, PreprocError
from .fixes import advice, typed

__all__ = [
    "BAD_INPUT",
    "INTERRUPTED",
    "NETWORK",
    "PARTLY_FAILED",
    "PIPE_CLOSED",
    "REFUSED",
    "STDIO",
    "USAGE",
    "UsageError",
    "complain",
    "exit_code",
    "give_up",
    "meant",
    "tell",
]

STDIO = "<stdio>"
"""What `main` puts in the place of each ``-``, which would be taken for an option."""
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
    """Return what an error comes from, where that says more: a missing library, the disk, the memory."""
    if isinstance(error, MemoryError):
        return PreprocError(
            f"there is not enough memory: {error}", fix="smaller sizes, or fewer pictures at once: --jobs 1"
        )
    if isinstance(error, OSError) and not isinstance(error, (PreprocError, ImportError)) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return PreprocError(f"{where}{error.strerror}")
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

        if isinstance(error, (errors.PlanError, errors.UnknownJobError)) or type(error) is errors.RemoteError:
            return BAD_INPUT
        if isinstance(error, (errors.TransferError, errors.WaitTimeout, errors.UnknownOutcome)):
            return NETWORK
        if isinstance(error, errors.RemoteError):
            return REFUSED
    return BAD_INPUT if isinstance(error, PreprocError) else None


def complain(
    about: BaseException | str, *, source: str = "", mask: str | None = None, photo: str | None = None
) -> None:
    """Print what went wrong for a person, on stderr; with the name of its source, where it does not say that itself.

    `mask` and `photo` are the files that a fix is about, where they are known.
    """
    text = _of_interrupt(about) if isinstance(about, KeyboardInterrupt) else str(about)
    if isinstance(about, PreprocError):
        text = typed(about.message) + (f"\nFix: {advice(about.fix, mask=mask, photo=photo)}" if about.fix else "")
    if source not in text:
        text = f"{source}: {text}"
    text = text.replace(STDIO, "-")
    tell(f"preproc: {text}")


def _of_interrupt(error: KeyboardInterrupt) -> str:
    """Say what was interrupted where that matters: a note's first line is what happened, the second what to do."""
    happened, _, do = "\n".join(getattr(error, "__notes__", ())).partition("\n")
    text = f"interrupted: {happened}" if happened else "interrupted"
    return f"{text}\nFix: {advice(do)}" if do else text


def tell(words: str) -> None:
    """Write a line to standard error; where nothing takes it, it is lost, and the work goes on."""
    try:
        sys.stderr.write(f"{words}\n")  # at once: others may speak at the same time
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Send what is left for a stream that takes nothing any more to nowhere, so that ending does not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
