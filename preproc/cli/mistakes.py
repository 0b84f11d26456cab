"""What is said to a command line that cannot be read: which word is wrong, and what was probably meant."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cyclopts import App, CycloptsError, MissingArgumentError, UnknownCommandError, UnusedCliTokensError

from .exits import UsageError
from .products import MAPS

__all__ = ["usage"]

_ALIKE = 0.75
_MEANT: Mapping[tuple[str, str], str] = {
    **{
        ("control", option): "the type comes first: preproc control canny photo.jpg"
        for option in ("--type", "--kind", "--control")
    },
    ("control", "--profile"): "-p profile=flux",
    ("control", "--low"): "-p low=100 -p high=200",
    ("control", "--high"): "-p low=100 -p high=200",
    **{("sweep", f"--{name}"): f"--vary {name}=50,100,150" for name in ("low", "high")},
    **{("crop", f"--{name}"): f"--{name}-px 16" for name in ("feather", "margin")},
    **{(f"mask {change}", "--radius"): "--px 12" for change in ("grow", "shrink", "feather", "smooth")},
}
"""What people type who know another command or tool, and how it is typed here."""
_COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(("dilate", "expand", "outset"), "preproc mask grow"),
    **dict.fromkeys(("erode", "contract", "inset"), "preproc mask shrink"),
    **dict.fromkeys(("blur", "soften"), "preproc mask feather"),
    **dict.fromkeys(("add", "merge"), "preproc mask union"),
    "threshold": "preproc mask binarize",
    "difference": "preproc mask changed",
    "wand": "preproc mask flood",
    "inpaint": "preproc crop, then preproc run, which pastes back",
    "controlnet": "preproc control",
    **dict.fromkeys(("edge", "edges"), "preproc canny"),
    **dict.fromkeys(("overlay", "sheet", "compare"), "preproc preview"),
    **dict.fromkeys(("paste", "stitch", "composite"), "preproc finish"),
    "extend": "preproc outpaint",
    "grid": "preproc sweep",
    "catalog": "preproc endpoints",
}
"""The same for commands."""


def usage(app: App, error: CycloptsError, given: Sequence[str]) -> UsageError:
    """Say what is wrong with a command line, and what mends it."""
    if isinstance(error, UnknownCommandError):
        return _no_command(app, given)
    if isinstance(error, UnusedCliTokensError):
        called = " ".join(["preproc", *(error.command_chain or ())])
        unused = " ".join(error.unused_tokens or ())
        return UsageError(f"{called} has no use for {unused!r}", fix=f"leave it out; {called} --help")
    own = error.__cause__
    if isinstance(own, UsageError):
        return own
    chain = error.command_chain or ()
    words = str(error).strip()
    unknown = re.match(r"Unknown option: (\S+?)\.(?=\s|$)", words)
    if unknown and Path(unknown[1]).exists():
        return UsageError(f"{unknown[1]} reads as an option", fix=f"./{unknown[1]} names the file")
    if unknown and (" ".join(chain), unknown[1]) in _MEANT:
        return UsageError(f"Unknown option: {unknown[1]}.", fix=_MEANT[" ".join(chain), unknown[1]])
    if isinstance(error, MissingArgumentError) and error.argument is not None and "preproc.toml" not in words:
        name = next((name for name in error.argument.names if name in given), None)
        lacks = (
            f"{' '.join(['preproc', *chain])} needs {error.argument.name}" if name is None else f"{name} needs a value"
        )
        example = f"such as {_example(app, chain)}; " if name is None else ""
        return UsageError(lacks, fix=f"{example}{' '.join(['preproc', *chain])} --help")
    if "preproc.toml" in words:
        return UsageError(_in_settings(words), fix="mend the file; preproc doctor reads all of it")
    return UsageError(_without_far_guess(words), fix=f"{' '.join(['preproc', *chain])} --help")


def _in_settings(words: str) -> str:
    """Say what is wrong in ``preproc.toml`` as `preproc doctor` does, which knows what was probably meant."""
    from .settings import check_options, read_file

    if file := re.search(r" from (.*preproc\.toml)\.", words):
        try:
            check_options(Path(file[1]), read_file(Path(file[1])))
        except CycloptsError as error:
            return str(error).strip()
    return words


def _no_command(app: App, given: Sequence[str]) -> UsageError:
    # the error's own words would import every command to look for a nearer name
    chain, apps, rest = app.parse_commands(given)
    known = [name for name in apps[-1] if not name.startswith("-")]
    if rest[0].startswith("-"):
        words = f"{' '.join(['preproc', *chain])} does several things, and {rest[0]} says not which"
        return UsageError(words, fix=f"one of {', '.join(known)}")
    near = _nearest(rest[0], known)
    fix = f"did you mean {near!r}?" if near else _elsewhere(app, chain, rest[0]) or f"one of {', '.join(known)}"
    return UsageError(f"there is no command {' '.join(['preproc', *chain, rest[0]])!r}", fix=fix)


def _example(app: App, chain: Sequence[str]) -> str:
    command = app
    for word in chain:
        command = command[word]
    docstring = inspect.getdoc(command.default_command) or ""
    return docstring.partition("Examples\n--------\n")[2].strip().partition("\n")[0]


def _without_far_guess(words: str) -> str:
    """Leave out a "Did you mean" that nobody can have meant."""
    guess = re.search(r'(--?[\w-]+)"?\. Did you mean (--?[\w-]+)\?$', words)
    if guess and _nearest(guess[1].lstrip("-"), [guess[2].lstrip("-")]) is None:
        return words[: guess.end(1)]
    return words


def _nearest(word: str, known: Sequence[str]) -> str | None:
    begun = [name for name in known if len(word) > 2 and name.startswith(word)]
    return next(iter(begun or difflib.get_close_matches(word, known, 1, _ALIKE)), None)


def _elsewhere(app: App, chain: Sequence[str], word: str) -> str | None:
    """Say how another tool's word is typed here, or where a command of that name is."""
    if word in MAPS:
        return f"preproc control {word}"
    if word in _COMMANDS:
        return _COMMANDS[word]
    inside = [f"preproc {name} {word}" for name in ("mask", "check") if not chain and word in app[name]]
    return inside[0] if inside else f"preproc {word}" if chain and word in app else None
