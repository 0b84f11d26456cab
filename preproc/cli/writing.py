"""Pictures to files and pipes, and what belongs together to the disk before anything is interrupted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import preproc

from .outputs import STDOUT, to_stdout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..files import Photo

__all__ = ["put", "uninterrupted"]


def put(picture: NDArray[Any] | Photo, target: Path, *, overwrite: bool) -> None:
    """Write a picture to its target, whole or not at all."""
    if target == STDOUT:
        if isinstance(picture, preproc.Photo):
            picture = picture.rgb
        from ..files import encode_png

        to_stdout(encode_png(picture))
    else:
        with uninterrupted():
            preproc.save_image(picture, target, overwrite=overwrite)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Finish what is written in one go before an interrupt is obeyed; threads but the first are never interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: list[tuple[int, FrameType | None]] = []
    signals = [signal.SIGINT, *(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))]
    before = {one: handler for one in signals if callable(handler := signal.getsignal(one))}
    try:
        for one in before:
            signal.signal(one, lambda number, frame: kept.append((number, frame)))
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    for number, frame in kept[:1]:
        before[signal.Signals(number)](number, frame)
