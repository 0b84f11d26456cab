"""The commands. Nothing else in `preproc` prints, exits, reads the environment or reaches `remote`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end the process with its exit code unless that is 0.

    Loading what all commands need takes longer than many of them: an interrupt during that is one like any other.
    """
    try:
        with _listening():
            from .app import main as run

            try:
                run(arguments)
            finally:
                if arguments is None and not isinstance(sys.exception(), KeyboardInterrupt):
                    _let_end()
    except KeyboardInterrupt:
        print("preproc: interrupted", file=sys.stderr)
        sys.exit(_INTERRUPTED)


def _let_end() -> None:
    """Obey no interrupt after the work is done: it would do nothing but spoil the exit code."""
    code = getattr(sys.exception(), "code", 0)
    if code != _INTERRUPTED and threading.current_thread() is threading.main_thread():
        for end in _ends():
            signal.signal(end, signal.SIG_IGN)


def _ends() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def _listening() -> Iterator[None]:
    """Take the end of the terminal and a polite kill as Ctrl-C, so that they leave no half file either."""
    in_front = threading.current_thread() is threading.main_thread()
    ours = [end for end in _ends()[1:] if in_front and signal.getsignal(end) is signal.SIG_DFL]
    try:
        for end in ours:
            signal.signal(end, signal.default_int_handler)
        yield
    finally:
        for end in ours:
            if signal.getsignal(end) is signal.default_int_handler:
                signal.signal(end, signal.SIG_DFL)
