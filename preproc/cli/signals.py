"""What ends a command from outside: Ctrl-C, the end of the terminal, a polite kill."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

__all__ = ["ending", "listening", "loading"]

_INTERRUPTED = 130


@contextmanager
def loading(*, process: bool) -> Iterator[None]:
    """Where the process is ours, let an interrupt end it at once while modules load, when nothing is begun yet.

    As an exception it would be lost in the callbacks of imports, or come out of them as another one.
    """
    if not (process and _in_front()):
        yield
        return
    before = {end: signal.getsignal(end) for end in _ends()}
    ours = [end for end, handler in before.items() if handler in {signal.SIG_DFL, signal.default_int_handler}]
    for end in ours:
        signal.signal(end, _leave)
    yield
    for end in ours:
        signal.signal(end, before[end])


@contextmanager
def listening() -> Iterator[None]:
    """Take the end of the terminal and a polite kill as Ctrl-C, so that they leave no half file either."""
    ours = [end for end in _ends()[1:] if _in_front() and signal.getsignal(end) is signal.SIG_DFL]
    try:
        for end in ours:
            signal.signal(end, signal.default_int_handler)
        yield
    finally:
        for end in ours:
            if signal.getsignal(end) is signal.default_int_handler:
                signal.signal(end, signal.SIG_DFL)


@contextmanager
def ending(*, process: bool) -> Iterator[None]:
    """Where the process ends with the work, obey no interrupt after it: it would only spoil the exit code."""
    try:
        yield
    finally:
        error = sys.exception()
        done = not isinstance(error, KeyboardInterrupt) and getattr(error, "code", 0) != _INTERRUPTED
        if process and done and _in_front():
            for end in _ends():
                signal.signal(end, signal.SIG_IGN)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    os.write(2, b"preproc: interrupted\n")
    os._exit(_INTERRUPTED)


def _in_front() -> bool:
    return threading.current_thread() is threading.main_thread()


def _ends() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
