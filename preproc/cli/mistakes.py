"""What is said to a command line that cannot be read: which word is wrong, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cyclopts import App, CycloptsError, UnknownCommandError

from .exits import UsageError

__all__ = ["usage"]

_ALIKE = 0.6
_MEANT: Mapping[tuple[str, str], str] = {
    **{
        ("control", option): "the type comes first: preproc control canny photo.jpg"
        for option in ("--type", "--kind", "--control")
    },
    ("control", "--profile"): "-p profile=flux",
    ("control", "--low"): "-p low=100 -p high=200",
    ("control", "--high"): "-p low=100 -p high=200",
    **{("crop", f"--{name}"): f"--{name}-px 16" for name in ("feather", "margin")},
    **{(f"mask {change}", "--radius"): "--px 12" for change in ("grow", "shrink", "feather", "smooth")},
}
"""What people type who know another command or tool, and how it is typed here."""


def usage(app: App, error: CycloptsError, given: Sequence[str]) -> UsageError:
    """Say what is wrong with a command line, and what mends it."""
    if isinstance(error, UnknownCommandError):
        return _no_command(app, given)
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
    if "preproc.toml" in words:
        return UsageError(words)
    return UsageError(_without_far_guess(words), fix=f"{' '.join(['preproc', *chain])} --help")


def _no_command(app: App, given: Sequence[str]) -> UsageError:
    # the error's own words would import every command to look for a nearer name
    chain, apps, rest = app.parse_commands(given)
    known = [name for name in apps[-1] if not name.startswith("-")]
    if rest[0].startswith("-"):
        words = f"{' '.join(['preproc', *chain])} does several things, and {rest[0]} says not which"
        return UsageError(words, fix=f"one of {', '.join(known)}")
    near = difflib.get_close_matches(rest[0], known, 1)
    fix = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
    return UsageError(f"there is no command {' '.join(['preproc', *chain, rest[0]])!r}", fix=fix)


def _without_far_guess(words: str) -> str:
    """Leave out a "Did you mean" that nobody can have meant."""
    guess = re.search(r'(--?[\w-]+)"?\. Did you mean (--?[\w-]+)\?$', words)
    if guess and difflib.SequenceMatcher(None, guess[1], guess[2]).ratio() < _ALIKE:
        return words[: guess.end(1)]
    return words
