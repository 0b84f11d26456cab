"""Turns between processes: the same content is uploaded by one of them, and the others use its URL.

A turn is a lock of the operating system on a small file beside the journal. The system takes it away from a process
that ends, however it ends, so there is nothing to clean up after one that was killed; and since it only saves work, one
that is held for too long is not waited for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..wire.later import rest, tried
from .abandoned import stop_if_abandoned

__all__ = ["turn"]

_FIRST_PAUSE_S, _GROWTH, _LONGEST_PAUSE_S = 0.01, 1.5, 0.25
_MOST_PAUSES = 50  # beyond, powers grow and pauses do not


@contextmanager
def turn(path: Path, /, *, patience_s: float, sleep: Callable[[float], None] = time.sleep) -> Iterator[bool]:
    """Wait until no other process, and no other thread of this one, has its turn with this file.

    Parameters
    ----------
    path
        The file; made where it does not exist, and left there.
    patience_s
        How long to wait for the others at most. Afterwards, and where files cannot be locked, it goes on without a turn.
    sleep
        The clock.

    Yields
    ------
    bool
        Whether it is this one's turn.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError:
        yield False
        return
    with file:
        has_it = _wait(file, f"turn {path}", patience_s, sleep)
        try:
            yield has_it
        finally:
            if has_it:
                _let_go(file)


def _wait(file: BinaryIO, what: str, patience_s: float, sleep: Callable[[float], None]) -> bool:
    with tried(what) as so_far:
        while True:
            try:
                _take(file)
            except (BlockingIOError, PermissionError):  # another one has it, in the words of POSIX and of Windows
                if time.monotonic() > so_far.began + patience_s:
                    return False
            except OSError:  # a file system without locks
                return False
            else:
                return True
            stop_if_abandoned()
            pause = min(_FIRST_PAUSE_S * _GROWTH**so_far.count, _LONGEST_PAUSE_S)
            so_far.count = min(so_far.count + 1, _MOST_PAUSES)
            rest(pause, sleep)


if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _let_go(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _let_go(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
