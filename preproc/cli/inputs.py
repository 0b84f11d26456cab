"""Which pictures a command line names: files, folders, globs, and ``-`` for what comes through a pipe."""

from __future__ import annotations

import glob
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .exits import STDIO, UsageError
from .products import PRODUCTS, without_products

__all__ = ["PICTURES", "STDIO", "Source", "find", "read_stdin", "single"]

PICTURES = frozenset({".avif", ".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True, slots=True)
class Source:
    """One picture that is to be read.

    Parameters
    ----------
    path
        Its file; None for standard input.
    folder
        The folder it was found in, where one was named; what lies deeper keeps its place below it.
    data
        What came through standard input.
    called
        What it is called without a file; nothing where a mask of a given size is drawn from no picture at all.
    """

    path: Path | None
    folder: Path | None = None
    data: bytes = field(default=b"", repr=False)
    called: str = "-"

    @property
    def name(self) -> str:
        """What to call it."""
        return self.called if self.path is None else str(self.path)

    @property
    def stem(self) -> str:
        """Its file's name without the last suffix."""
        return "stdin" if self.path is None else self.path.stem

    @property
    def below(self) -> Path:
        """Where it lies below the folder that was named."""
        return self.path.parent.relative_to(self.folder) if self.path and self.folder else Path()

    @property
    def picture(self) -> Path | bytes:
        """What every function that reads a picture takes."""
        return self.data if self.path is None else self.path


def find(
    names: Sequence[str],
    *,
    recursive: bool = False,
    made: Collection[str] = PRODUCTS,
    only: str | None = None,
    suffixes: Collection[str] = PICTURES,
) -> list[Source]:
    """Find the pictures that names stand for.

    Parameters
    ----------
    names
        Files, folders, patterns such as ``"photos/*.jpg"``, and ``"-"``.
    recursive
        Look into folders of folders too.
    made, only
        What of `preproc`'s own results is left out of folders, as `without_products` says; files and patterns that are
        named are taken as they are.
    suffixes
        What counts as a picture in a folder.

    Raises
    ------
    UsageError
        Without names, or with ``-`` twice.
    InputError
        For folders and patterns in which there is nothing. Files that do not exist are left to whoever reads them.
    """
    if not names:
        raise UsageError("there is nothing to work on", fix="name files, folders, patterns, or - for standard input")
    if "" in names:
        raise UsageError("one of the names is empty", fix="see whether a variable of the shell is not set")
    if names.count(STDIO) > 1:
        raise UsageError("standard input can be read once only", fix="give - one time")
    if address := next((name for name in names if "://" in name and not Path(name).exists()), None):
        raise UsageError(f"{address} is an address, and files are read", fix=f"curl -L {address} | preproc … -")
    found: dict[Source, None] = {}
    for name in names:
        found |= dict.fromkeys(_expanded(name, recursive=recursive, made=made, only=only, suffixes=suffixes))
    return list(found)


def _expanded(
    name: str, *, recursive: bool, made: Collection[str], only: str | None, suffixes: Collection[str]
) -> Iterable[Source]:
    path = Path(name)
    if name == STDIO:
        return [Source(None, data=read_stdin())]
    if path.is_dir():
        files = sorted(path.rglob("*") if recursive else path.iterdir())
        seen = [file for file in files if not any(part.startswith(".") for part in file.relative_to(path).parts)]
        pictures = [file for file in without_products(seen, made, only) if _is_picture(file, suffixes)]
        if not pictures:
            if any(_is_picture(file, suffixes) for file in seen):
                raise InputError(
                    f"all pictures of the folder {path} are what preproc made",
                    fix="--all, or name files or another folder",
                )
            deeper = "" if recursive else "; --recursive looks into its folders too"
            raise InputError(f"the folder {path} holds no pictures{deeper}", fix="name another folder, or files")
        return [Source(file, path) for file in pictures]
    if glob.has_magic(name) and not path.exists():
        files = [Path(file) for file in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207 - absolute patterns too
        if not files:
            raise InputError(
                f"nothing matches {name!r}", fix="check the pattern, and quote it so that it arrives whole"
            )
        return [Source(file) for file in files if file.is_file()]
    return [Source(path)]


def _is_picture(file: Path, suffixes: Collection[str]) -> bool:
    """Tell whether a file counts; a link that leads nowhere does, so that it is named."""
    there = file.is_file() or (file.is_symlink() and not file.exists())
    return there and file.suffix.lower() in suffixes


def read_stdin() -> bytes:
    """Read all of standard input.

    Raises
    ------
    UsageError
        If it is a terminal.
    InputError
        If nothing came.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed", fix="pipe a file into it, or name one")
    if sys.stdin.isatty():
        raise UsageError("- reads a picture from standard input, which is a terminal", fix="pipe a file into it")
    data = sys.stdin.buffer.read()
    if not data:
        raise InputError("nothing came through standard input", fix="see what the command before the pipe said")
    return data


def single(sources: Sequence[Source], what: str) -> Source:
    """Return the only source.

    Raises
    ------
    UsageError
        If there are more.
    """
    if len(sources) != 1:
        raise UsageError(f"one {what} is needed here, {len(sources)} were named", fix="name one file")
    return sources[0]
