"""A file cut into parts that are read when they are sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

__all__ = ["Pieces"]


class Pieces:
    """A file's bytes as `fal_client` looks at them to upload them in parts: measured, and sliced; slices are read later."""

    def __init__(self, data: bytes | Path) -> None:
        self._data = data

    def __len__(self) -> int:
        return self._data.stat().st_size if isinstance(self._data, Path) else len(self._data)

    def __getitem__(self, part: slice) -> Callable[[], bytes]:
        return partial(self._read, part.start, part.stop)

    def _read(self, start: int, stop: int) -> bytes:
        if not isinstance(self._data, Path):
            return self._data[start:stop]
        with self._data.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)
