"""Where results go: beside their source, into a folder, by a pattern, or through a pipe."""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from ..errors import InputError
from .exits import UsageError
from .inputs import STDIO, Source

__all__ = [
    "NOWHERE",
    "OPTIONS",
    "SAVING",
    "STDOUT",
    "Saving",
    "beside",
    "check_formats",
    "folders",
    "free",
    "names_folder",
    "to_stdout",
]

OPTIONS = Group("Options of every command", sort_key=100)
STDOUT = Path("-")
NOWHERE = Path()
"""The target of what writes nothing, such as a check."""


@Parameter(name="*", group=OPTIONS)
@dataclass(frozen=True, kw_only=True)
class Saving:
    """Where results go.

    Parameters
    ----------
    output
        A file, with its suffix (edges.png); a folder, without one (edges or edges/), which is made if it is missing; a
        pattern with {stem}, {name} or {parent}; or - for standard output. Left out: beside the input.
    overwrite
        Replace files that are there.
    """

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    overwrite: bool = False

    @property
    def to_stdout(self) -> bool:
        """Whether the result goes through a pipe."""
        return self.output in {"-", STDIO}

    def targets(self, sources: Sequence[Source], *, tag: str, suffix: str = ".png") -> list[Path]:
        """Choose where the result of each source goes.

        Parameters
        ----------
        sources
            In order.
        tag
            What the result is: ``photo.jpg`` becomes ``photo.canny.png`` beside it, also where that is the folder that
            was named. In a folder of their own, results are called like their sources.
        suffix
            The results' format where nothing else says it.

        Raises
        ------
        UsageError
            If several results would go into one file, or a pattern is wrong.
        """
        if self.output is None:
            return [
                STDOUT if source.path is None else source.path.with_name(f"{stem}.{tag}{suffix}")
                for source, stem in _stems(sources)
            ]
        if not self.output:
            raise UsageError("-o names nothing", fix="-o FILE, FOLDER, a pattern, or -")
        if self.to_stdout:
            if len(sources) > 1:
                raise UsageError(f"{len(sources)} results cannot share standard output", fix="-o FOLDER")
            return [STDOUT]
        if "{" in self.output:
            parts = [(source.stem, source.path or Path("stdin")) for source in sources]
            fix = _apart(sources, Path(self.output).parent, Path(self.output).suffix or suffix)
            return _made([_filled(self.output, stem, path, suffix) for stem, path in parts], fix)
        path = Path(self.output)
        if names_folder(self.output):
            _not_inside(path, sources)
            named = [_in_folder(path, source, stem, tag, suffix) for source, stem in _stems(sources)]
            return _made(named, _apart(sources, path, suffix))
        if len(sources) > 1:
            fix = _apart(sources, path.parent, path.suffix)
            raise UsageError(
                f"{len(sources)} results cannot go into one file, {path}", fix=f"-o {path.stem}, a folder, or {fix}"
            )
        return [path]

    def target(self, stem: str, path: Path) -> Path:
        """Choose where a single result goes that is called `stem` after the file `path`; `output` is given."""
        assert self.output
        if self.to_stdout:
            return STDOUT
        if "{" in self.output:
            return _made([_filled(self.output, stem, path, ".png")])[0]
        if names_folder(self.output):
            return _made([Path(self.output) / f"{stem}.png"])[0]
        return Path(self.output)


SAVING = Saving()


def names_folder(output: str) -> bool:
    """Tell a folder from a file: it is there, ends in a slash, or has no suffix."""
    path = Path(output)
    return path.is_dir() or output.endswith(("/", "\\")) or not path.suffix


def beside(source: Source, ending: str) -> Path:
    """Return the file beside a source that is called like it but for its ending."""
    return Path(f"stdin{ending}") if source.path is None else source.path.with_name(f"{source.stem}{ending}")


def _filled(pattern: str, stem: str, path: Path, suffix: str) -> Path:
    parent = path.parent if path.parent.name else path.absolute().parent  # a bare name lies in a folder too
    known = {"stem": stem, "name": path.name, "parent": str(parent)}
    filled = re.sub(r"\{(\w+)\}", lambda part: known.get(part[1], part[0]), pattern)
    if "{" in re.sub(r"\{(?:stem|name|parent)\}", "", pattern):
        raise UsageError(f"the pattern {pattern!r} cannot be filled", fix="{stem}, {name} and {parent} stand for parts")
    return Path(filled) if Path(filled).suffix else Path(f"{filled}{suffix}")


def _stems(sources: Sequence[Source]) -> list[tuple[Source, str]]:
    """Name results after their sources; where cat.jpg and cat.png would meet, their whole names are kept."""
    places = [(source.folder, source.below, source.stem) for source in sources]
    counts = Counter(places)
    return [
        (source, source.path.name if source.path and counts[place] > 1 else source.stem)
        for source, place in zip(sources, places, strict=True)
    ]


def _in_folder(folder: Path, source: Source, stem: str, tag: str, suffix: str) -> Path:
    place = folder / source.below
    is_beside = source.path is not None and place.resolve() == source.path.absolute().parent.resolve()
    return place / (f"{stem}.{tag}{suffix}" if is_beside else f"{stem}{suffix}")


def _not_inside(output: Path, sources: Sequence[Source]) -> None:
    """Refuse to read what an earlier run wrote into a folder below its own input."""
    inside = output.resolve()
    for folder in {source.folder for source in sources if source.folder}:
        if folder.resolve() not in inside.parents:
            continue
        below = inside.relative_to(folder.resolve())
        for source in sources:
            if source.folder == folder and source.below.is_relative_to(below):
                raise UsageError(f"{source.name} lies in {output}, where results go", fix="-o a folder elsewhere")


def _apart(sources: Sequence[Source], folder: Path, suffix: str) -> str:
    """Propose names for results that keep them apart."""
    for pattern in ("{stem}", "{name}", "{parent}-{stem}", "{parent}-{name}"):
        whole = f"{folder / pattern}{suffix}"
        targets = {_filled(whole, source.stem, source.path or Path("stdin"), suffix) for source in sources}
        if len(targets) == len(sources):
            return f"-o {shlex.quote(whole)}"
    return "name each picture once"


def _made(targets: list[Path], fix: str | None = None) -> list[Path]:
    twice = [str(target) for target, count in Counter(targets).items() if count > 1]
    if twice:
        raise UsageError(f"{Counter(map(str, targets))[twice[0]]} results would go into {twice[0]}", fix=fix)
    return targets


@contextmanager
def folders(targets: Sequence[Path], saving: Saving) -> Iterator[None]:
    """Make the folders that results go into, and take those away in which nothing came to lie.

    Raises
    ------
    InputError
        If one cannot be made.
    """
    made = []
    if saving.output and not saving.to_stdout and ("{" in saving.output or names_folder(saving.output)):
        for folder in dict.fromkeys(target.parent for target in targets):
            made += [one for one in (*reversed(folder.parents), folder) if not one.exists()]
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"the folder {folder} cannot be made: {error.strerror}", fix="another -o") from error
    try:
        yield
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def free(target: Path, *, overwrite: bool) -> None:
    """Refuse to work for a file that may not be written.

    Raises
    ------
    InputError
        If it is there and may not be replaced, or its folder is not there.
    """
    if target == STDOUT:
        return
    if target.exists() and not overwrite:
        raise InputError(f"{target} is there already", fix="overwrite=True, or another name")
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist", fix=f"mkdir -p {target.parent}, or another -o")


def check_formats(targets: Sequence[Path], *, exact: bool = False) -> None:
    """Refuse suffixes that name no format, before anything is read; with `exact` also those that change pixels.

    Raises
    ------
    UsageError
    """
    from ..files.write import suffix_of

    for target in targets:
        if target in {STDOUT, NOWHERE}:
            continue
        exactly = f"-o {target.with_suffix('.png')}"
        try:
            suffix = suffix_of(target)
        except InputError as error:
            raise UsageError(error.message, fix=exactly if exact else error.fix) from error
        if exact and suffix in {".jpg", ".jpeg"}:
            raise UsageError(f"{target}: JPEG changes every pixel of a mask or map", fix=exactly)


def to_stdout(data: bytes) -> None:
    """Write bytes to standard output.

    Raises
    ------
    UsageError
        If that is a terminal.
    InputError
        If it takes no more.
    BrokenPipeError
        If nobody reads it.
    """
    if sys.__stdout__ is None:
        raise InputError("standard output is closed", fix="-o FILE")
    if sys.stdout.isatty():
        raise UsageError("a picture is not written to a terminal", fix="-o FILE, or a pipe behind this command")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"cannot write to standard output: {error.strerror}", fix="-o FILE") from error
