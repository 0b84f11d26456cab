"""What a batch has done, one JSON line for each result."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..control import Recipe
from ..errors import InputError

__all__ = ["Key", "Line", "Manifest", "sha256_of"]


class Key(NamedTuple):
    """What makes a result the one that is asked for.

    Attributes
    ----------
    output
        Its file, below the manifest's folder.
    output_sha256, source_sha256, asked_sha256
        Hashes of that file, of what it was made from, and of type, size, options and version.
    """

    output: str
    output_sha256: str
    source_sha256: str
    asked_sha256: str


class Line(msgspec.Struct, frozen=True):
    """One result: as `Key`, and its source and recipe for those who read the file."""

    output: str
    output_sha256: str
    source: str
    source_sha256: str
    asked_sha256: str
    recipe: Recipe

    @property
    def key(self) -> Key:
        """What it is found by."""
        return Key(self.output, self.output_sha256, self.source_sha256, self.asked_sha256)


class Manifest:
    """The manifest of a folder; each shard writes a file of its own and reads all of them.

    Parameters
    ----------
    folder
        Where the results are.
    number, count
        The shard.
    """

    def __init__(self, folder: Path, number: int, count: int) -> None:
        name = "manifest.jsonl" if count == 1 else f"manifest-{number:03}-of-{count:03}.jsonl"
        self._folder = folder
        self._path = folder / name
        self._lock = threading.Lock()

    def read(self) -> frozenset[Key]:
        """Return what was done so far; a line that was cut off counts for nothing."""
        found: set[Key] = set()
        for path in self._folder.glob("manifest*.jsonl"):
            for text in path.read_bytes().splitlines():
                with suppress(msgspec.MsgspecError):
                    found.add(msgspec.json.decode(text, type=Line).key)
        return frozenset(found)

    def add(self, line: Line) -> None:
        """Append a line."""
        try:
            text = msgspec.json.encode(line) + b"\n"
        except UnicodeEncodeError as error:
            raise InputError(f"the name {line.source!a} is no UTF-8", fix="rename it") from error
        try:
            with self._lock, self._path.open("ab+") as file:
                if file.tell():
                    file.seek(-1, 2)
                    if file.read(1) != b"\n":
                        text = b"\n" + text
                file.write(text)
        except OSError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
