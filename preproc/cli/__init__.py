"""The commands. Nothing else in `preproc` prints, exits, reads the environment or reaches `remote`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end the process with its exit code unless that is 0.

    Loading what all commands need takes longer than many of them: an interrupt during that is one like any other.
    """
    try:
        with _listening():
            from .app import main as run

            run(arguments)
    except KeyboardInterrupt:
        print("preproc: interrupted", file=sys.stderr)
        sys.exit(130)


@contextmanager
def _listening() -> Iterator[None]:
    """Take the end of the terminal and a polite kill as Ctrl-C, so that they leave no half file either."""
    ends = [end for end in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")) if end is not None]
    if threading.current_thread() is not threading.main_thread():
        ends = []
    ours = [end for end in ends if signal.getsignal(end) is signal.SIG_DFL]
    try:
        for end in ours:
            signal.signal(end, signal.default_int_handler)
        yield
    finally:
        for end in ours:
            signal.signal(end, signal.SIG_DFL)
