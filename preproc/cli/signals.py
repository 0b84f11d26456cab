"""What ends a command from outside: Ctrl-C, the end of the terminal, a polite kill."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

__all__ = ["ending", "listening", "loading"]

_INTERRUPTED = 130
_PATIENCE_S = 3


@contextmanager
def loading(*, process: bool) -> Iterator[None]:
    """Where the process is ours, let an interrupt end it at once while modules load, when nothing is begun yet.

    As an exception it would be lost in the callbacks of imports, or come out of them as another one.
    """
    if not (process and _in_front()):
        yield
        return
    before = {end: signal.getsignal(end) for end in _ends()}
    ours = [end for end, handler in before.items() if callable(handler) or handler is signal.SIG_DFL]
    for end in ours:
        signal.signal(end, _leave)
    yield
    for end in ours:
        signal.signal(end, before[end])


@contextmanager
def listening(*, process: bool) -> Iterator[None]:
    """Take the end of the terminal and a polite kill as Ctrl-C, so that they leave no half file either.

    Where the process is ours, one interrupt is obeyed, to the end of the process. A second one soon after it would only
    tear down what threads still work with; one that comes later is from somebody who does not want to wait.
    """
    handler = _obeying_once() if process else signal.default_int_handler
    defaults = {signal.SIG_DFL, signal.default_int_handler} if process else {signal.SIG_DFL}
    ours = {end: before for end in _ends() if _in_front() and (before := signal.getsignal(end)) in defaults}
    try:
        for end in ours:
            signal.signal(end, handler)
        yield
    finally:
        for end, before in ours.items() if not process else ():
            if signal.getsignal(end) is handler:
                signal.signal(end, before)


def _obeying_once() -> Callable[[int, FrameType | None], None]:
    obeyed: list[float] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not obeyed:
            obeyed.append(time.monotonic())
            atexit.register(_ignore)  # the interpreter would take its handlers back before it is gone
            signal.default_int_handler(number, frame)
        elif time.monotonic() - obeyed[0] > _PATIENCE_S:
            _leave(number, frame)

    return interrupt


@contextmanager
def ending(*, process: bool) -> Iterator[None]:
    """Where the process ends with the work, obey no interrupt after it: it would only spoil the exit code."""
    try:
        yield
    finally:
        error = sys.exception()
        done = not isinstance(error, KeyboardInterrupt) and getattr(error, "code", 0) != _INTERRUPTED
        if process and done and _in_front():
            _ignore()


def _ignore() -> None:
    for end in _ends():
        signal.signal(end, signal.SIG_IGN)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    os.write(2, b"preproc: interrupted\n")
    os._exit(_INTERRUPTED)


def _in_front() -> bool:
    return threading.current_thread() is threading.main_thread()


def _ends() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
