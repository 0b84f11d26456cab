"""A file that is read when it is sent, as a whole or in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ..errors import UploadError

__all__ = ["Pieces"]


class Pieces:
    """A file's bytes as `fal_client` looks at them to upload them in parts: measured, and sliced; slices are read later."""

    def __init__(self, data: bytes | Path) -> None:
        self._data = data

    def __len__(self) -> int:
        if not isinstance(self._data, Path):
            return len(self._data)
        with _read_still(self._data):
            return self._data.stat().st_size

    def __getitem__(self, part: slice) -> Callable[[], bytes]:
        return partial(self._read, part.start, part.stop)

    def whole(self) -> bytes:
        """Return all of it."""
        return self._read(0, None)

    def _read(self, start: int, stop: int | None) -> bytes:
        if not isinstance(self._data, Path):
            return self._data[start:stop]
        with _read_still(self._data), self._data.open("rb") as file:
            file.seek(start)
            return file.read() if stop is None else file.read(stop - start)


@contextmanager
def _read_still(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UploadError(
            f"{path} cannot be read any more: {error.strerror}", fix="plan again, with a file that stays"
        ) from error
