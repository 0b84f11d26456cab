"""What a command says: answers on standard output, words on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from ..errors import PreprocError
from .exits import UsageError, tell
from .fixes import advice, command_in
from .outputs import OPTIONS, STDOUT, Saving

__all__ = ["TALK", "Talk", "facts_of_error", "table"]


@Parameter(name="*", group=OPTIONS)
@dataclass(frozen=True, kw_only=True)
class Talk:
    """How much is said, and in which form.

    Parameters
    ----------
    json
        Print JSON on standard output: a line with one object for each input, or for each thing that is listed; no line
        where there is none.
    quiet
        Say nothing but errors and what was asked for; of checks, only what is wrong.
    verbose
        Say more.
    """

    json: bool = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"])] = False

    def __post_init__(self) -> None:
        if self.quiet and self.verbose:
            raise UsageError("--quiet says less and --verbose says more", fix="give one of them")

    def check(self, saving: Saving, targets: Sequence[Path] = ()) -> None:
        """Refuse to mix words with bytes, which go to standard output with ``-o -``, or after ``-`` without ``-o``.

        Raises
        ------
        UsageError
        """
        if self.json and (saving.to_stdout or STDOUT in targets):
            raise UsageError("the picture and --json both want standard output", fix="-o FILE, or leave --json out")

    def say(self, words: str) -> None:
        """Say something on standard error."""
        if not self.quiet:
            tell(words)

    def detail(self, words: str) -> None:
        """Say something that only ``--verbose`` asks for."""
        if self.verbose and not self.quiet:
            tell(words)

    def record(self, facts: Any) -> None:
        """Print facts as one line of JSON, where that is asked for."""
        if self.json:
            sys.stdout.flush()
            sys.stdout.buffer.write(_encoded(facts) + b"\n")
            sys.stdout.buffer.flush()

    def answer(self, words: str, facts: Any, *, piped: bool = False) -> None:
        """Print what was asked for on standard output, as words or as JSON; `piped` keeps that free for bytes."""
        if self.json:
            self.record(facts)
        elif piped:
            self.say(words)
        else:
            print(words)


TALK = Talk()


def table(rows: Sequence[Sequence[str]], *, heads: Sequence[str] = ()) -> str:
    """Align words in columns; nothing is cut off, so that ids can be copied.

    Examples
    --------
    >>> print(table([["a", "1"], ["long", "2"]], heads=["name", "number"]))
    name  number
    a     1
    long  2
    """
    lines = [heads, *rows] if heads else rows
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))] if lines else []
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def facts_of_error(error: BaseException, *, mask: str | None = None, photo: str | None = None) -> dict[str, Any]:
    """Return an error as plain values; `mask` and `photo` are the files it is about, where they are known."""
    said = str(error) or "\n".join(getattr(error, "__notes__", ()))  # of an interrupt, what it interrupted
    facts: dict[str, Any] = {"type": type(error).__name__, "message": said}
    if isinstance(error, PreprocError):
        fix = None if error.fix is None else advice(error.fix, mask=mask, photo=photo)
        command = command_in(error.fix, mask=mask, photo=photo)
        facts |= {"message": error.message, "fix": error.fix, "advice": fix, "command": command}
    for name in ("code", "endpoint", "request_id", "job_id"):
        if getattr(error, name, None):
            facts[name] = getattr(error, name)
    return facts


def _encoded(facts: Any) -> bytes:
    """Return facts as one line of JSON; what is no UTF-8 in the name of a file is escaped as Python reads it back."""
    try:
        return msgspec.json.encode(facts, enc_hook=_plain)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(facts, enc_hook=_plain)).encode()


def _plain(value: Any) -> Any:
    """Turn what JSON does not know into what it does."""
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
