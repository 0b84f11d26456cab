"""What mends an error, as it is typed: the library's own words name Python calls."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import PreprocError
from .products import MAPS
from .rewordings import RULES

__all__ = ["advice", "command_in", "typed", "without_resolve"]

_CALL = re.compile(
    r"\w\.[a-z_]\w*\(|^m\b[^a-z]|\b(?:\w+\.)*\w+\([^()]*\w=|\b(?:preproc|mask|control|check|crop|outpaint|np|fal|plan)\.\w+(?:\.\w+)*\("
)


def typed(words: str, *, mask: str | None = None, photo: str | None = None) -> str:
    """Say the same with commands and options in the place of calls and arguments.

    Parameters
    ----------
    words
        A message, or what mends it.
    mask, photo
        The files it is about, which then stand for MASK, MAP and PHOTO.

    Examples
    --------
    >>> typed("the mask is inverted; mask.invert(m)")
    'the mask is inverted; preproc mask invert MASK'
    >>> typed("state the most it can cost: max_price=0.10")
    'state the most it can cost: --max-price 0.10'
    >>> typed("fal.resume('20260811-1').adopt(request_id), else .declare_not_taken()")
    'preproc jobs 20260811-1 --adopt REQUEST_ID, else --not-taken'
    >>> typed("mask.snap(m, 16)", mask="my mask.png"), typed("mask.from_luminance(m)")
    ("preproc mask snap 'my mask.png' --cell 16", 'preproc mask luminance MASK')
    """
    for pattern, said in RULES:
        words = re.sub(pattern, said, words)
    for name, place in (("MASK|MAP", mask), ("PHOTO", photo)):
        if place is not None:
            file = shlex.quote(f"./{place}" if place.startswith("-") and place != "-" else place)
            words = re.sub(rf"(?<= )(?:{name})\b", file.replace("\\", r"\\"), words)
    return words


def advice(fix: str, *, mask: str | None = None, photo: str | None = None) -> str:
    """Return a fix as `typed`; what can only be done in Python is told to be that.

    Examples
    --------
    >>> advice("mask.invert(m)"), advice("np.moveaxis(m, 0, -1)")
    ('preproc mask invert MASK', 'in Python: np.moveaxis(m, 0, -1)')
    """
    said = typed(fix, mask=mask, photo=photo)
    return f"in Python: {fix}" if _CALL.search(said) else said


def command_in(fix: str | None, *, mask: str | None = None, photo: str | None = None) -> str | None:
    """Return the command that a fix names first, as a shell takes it; None where that is not a whole one.

    One that names what only its reader can fill in is not, nor is the first of several that follow each other, or of two
    between which only the reader can choose.

    Examples
    --------
    >>> command_in("mask.invert(m)", mask="m.png"), command_in("preproc jobs lists their ids")
    ('preproc mask invert m.png', 'preproc jobs')
    >>> command_in("say it in other words"), command_in("--low 3 --high 6"), command_in("preproc mask trace writes one")
    (None, None, None)
    >>> command_in("mask.rectangle(m, box)", photo="cup.jpg"), command_in("mask.snap(mask.clean(m), 16)", mask="m.png")
    (None, None)
    """
    said = "" if fix is None else advice(fix, mask=mask, photo=photo)
    if said.startswith("in Python") or _FOLLOWED.search(said):
        return None
    files = {name for name in (mask, photo) if name is not None}
    first = re.search(r"(?<!\S)preproc (?=[a-z])", said)
    return None if first is None else _command(said[first.start() :], files)


_FOLLOWED = re.compile(r", then preproc |; or preproc [^;]* if ")
# PHOTO, OUTLINE.svg, LEFT,TOP,RIGHT,BOTTOM, OPTION=VALUE
_PLACEHOLDER = re.compile(r"(?:^|[,=])[A-Z]{2,}(?:[.,=]|$)|(?:^|,)X,Y|WIDTHxHEIGHT")
_SEPARATE = frozenset({"again", "first", "or"})
_COMPLETE = frozenset({"doctor", "endpoints", "jobs"})


def _command(words: str, files: Collection[str]) -> str | None:
    """Return the command that words begin with; None where they only speak of one."""
    from .app import app

    try:
        tokens = shlex.split(words)[1:]
    except ValueError:
        return None
    taken: list[str] = []
    known: Any = app
    ended, inside = False, True
    while tokens and not ended:
        token = tokens.pop(0)
        ended = token[-1:] in {",", ";", ":"}
        token = token.rstrip(",;:")
        inside = inside and token in known and not token.startswith("-")
        after_option = bool(taken) and taken[-1].startswith("--") and "=" not in taken[-1]
        if inside:
            known = known[token] if token in {"check", "mask"} and not taken else {}
        elif not (after_option or token in files or _is_typed(token)):
            if token not in _SEPARATE and taken[:1] and taken[0] not in _COMPLETE:
                return None
            break
        taken.append(token)
    needs_more = len(taken) < (3 if taken[:1] in (["mask"], ["check"]) else 2)
    if not taken or (needs_more and taken[0] not in _COMPLETE):
        return None
    if any(_PLACEHOLDER.search(token) for token in taken if token not in files):
        return None
    return shlex.join(["preproc", *taken])


def _is_typed(word: str) -> bool:
    """Tell what is typed, a file, an option, a number or a placeholder, from a word of a sentence."""
    return (
        word.startswith("-")
        or word.isupper()
        or bool(re.search(r"[\d./=_#-]", word))
        or Path(word).exists()
        or word in MAPS
    )


@contextmanager
def without_resolve() -> Iterator[None]:
    """Keep the advice to send an id as it is written from commands that send nothing."""
    try:
        yield
    except PreprocError as error:
        error.fix = error.fix and error.fix.partition("; resolve=")[0]
        raise
